import numpy
import pytest

from columnist.ddl.tables import Column, Table
from columnist.documentation import Texts
from columnist.errors import ConfigError, TrainingSetError
from columnist.evaluation.retrieval import NAMES, PEOPLE, Method, Target, measure_retrieval
from columnist.evaluation.retrieval.measuring import _Bootstrap
from columnist.evaluation.retrieval.questions import Question, ask, write_documents
from columnist.evaluation.words import content_words
from columnist.synthesis.examples import Example


def describe(name, table, **columns):
    """An example whose columns are called by the keywords and described by their values."""
    return Example(
        id=name,
        ddl="",
        table=Table(name=name, columns=tuple(Column(name=column) for column in columns)),
        reference=Texts(table=table, columns=tuple(columns.values())),
        naics_code="",
        use_case="",
        license="CC0-1.0",
    )


EXAMPLES = [
    describe("t1", "Parcels that reached a customer.", a="Day of delivery to customers.", b="Weight of the parcel."),
    describe("t2", "Wages paid to employees monthly.", a="Gross wages. Before tax and insurance.", b="Employee paid."),
    describe("t3", "Machines that need repair soon.", a="Machine to repair. Taken from plant lists.", b="Due date."),
]
SILENT = [Texts(table="", columns=("", "")) for _ in EXAMPLES]
ASKING = [Texts(table="?", columns=("? What is it?", "? Which one?")) for _ in EXAMPLES]
HUMAN = [example.reference for example in EXAMPLES]


def embed_words(texts):
    """Vectors whose cosine counts beginnings of words that texts share."""
    told = [text for example in EXAMPLES for text in example.reference.columns]
    known = sorted({word[:5] for text in told for word in content_words(text)})
    rows = numpy.array([[start in text.casefold() for start in known] for text in texts], dtype=float)
    return rows / numpy.maximum(numpy.linalg.norm(rows, axis=1, keepdims=True), 1)


def measure(systems, encode=None, examples=EXAMPLES, **rest):
    return measure_retrieval(examples, systems, encode, seed=1, **{"resamples": 200, **rest})


def test_texts_of_columns_lead_to_the_table_where_names_say_nothing():
    search = measure({"tuned": HUMAN}).search(Target.TABLE, Method.BM25)
    assert [each.documentation for each in search.found] == [NAMES, "tuned", PEOPLE]
    # All three names are equally far, so the right one comes second on average: 1/2.
    assert search.documentation(NAMES).reciprocal_rank.mean.estimate == pytest.approx(1 / 2)
    assert search.documentation(PEOPLE).reciprocal_rank.mean.estimate == 1
    assert search.documentation(PEOPLE).reciprocal_rank.gain.estimate == pytest.approx(1 / 2)


def test_who_writes_as_people_do_goes_the_whole_way_and_who_says_nothing_none():
    search = measure({"same": HUMAN, "silent": SILENT}).search(Target.TABLE, Method.BM25)
    same, silent = (search.documentation(name).reciprocal_rank for name in ("same", "silent"))
    assert (same.share.low, same.share.estimate, same.share.high) == (1, 1, 1)
    assert (silent.share.estimate, silent.gain.estimate, silent.gain.high) == (0, 0, 0)


def test_a_share_is_a_ratio_whose_ends_reach_as_far_as_resamples_without_any_leave_them():
    # Tables gain 0.2 and 0.4, of which a system gets 0.1 each: a third of 0.3, from a quarter to a half.
    questions = [Question("", table, ()) for table in range(2)]
    bootstrap = _Bootstrap(questions, seed=1, level=0.95, resamples=500)
    share = bootstrap.share(numpy.array([0.1, 0.1]), numpy.array([0.2, 0.4]))
    assert (share.low, share.estimate, share.high) == pytest.approx((1 / 4, 1 / 3, 1 / 2))
    # A quarter of resamples hold the first table alone, where there is nothing to have a share of.
    assert bootstrap.share(numpy.array([0.1, 0.1]), numpy.array([0.0, 0.4])) is None
    # Of ten tables all of whose resamples but one in 10^10 hold a gain, one without any does no harm.
    many = _Bootstrap([Question("", table, ()) for table in range(10)], seed=1, level=0.95, resamples=500)
    gains = numpy.array([0.0] + [0.4] * 9)
    assert many.share(gains / 2, gains).high == pytest.approx(1 / 2)


def test_embeddings_find_a_table_by_the_nearest_of_its_columns():
    search = measure({"silent": SILENT}, embed_words).search(Target.TABLE, Method.EMBEDDINGS)
    assert search.documentation(PEOPLE).reciprocal_rank.mean.estimate == 1
    assert search.documentation("silent").reciprocal_rank.mean.estimate == pytest.approx(1 / 2)


def test_a_text_that_asks_says_nothing():
    documents = write_documents(Target.COLUMN, EXAMPLES, {"asking": ASKING})
    assert documents["asking"] == documents[NAMES]


def test_there_is_no_share_of_what_people_do_not_gain():
    plain = [
        describe("parcels_customer", "Parcels that reached a customer.", a="First.", b="Other."),
        describe("wages_employees", "Wages paid to employees.", a="First.", b="Other."),
    ]
    search = measure({"silent": SILENT[:2]}, examples=plain).search(Target.TABLE, Method.BM25)
    assert search.documentation(PEOPLE).reciprocal_rank.gain.estimate == 0
    assert search.documentation("silent").reciprocal_rank.share is None


@pytest.mark.parametrize("target", Target)
def test_no_document_holds_the_text_that_asks_for_it(target):
    documents = write_documents(target, EXAMPLES, {})
    assert (PEOPLE in documents) is (target is not Target.COLUMN)
    for question in ask(target, EXAMPLES):
        for own in documents.values():
            for answer in question.answers:
                assert question.text not in " ".join(text for _, text in own[answer].parts)


def test_details_are_second_sentences_and_people_keep_the_first():
    questions = ask(Target.DETAIL, EXAMPLES)
    assert [question.text for question in questions] == ["Before tax and insurance.", "Taken from plant lists."]
    people = write_documents(Target.DETAIL, EXAMPLES, {})[PEOPLE]
    assert [people[question.answers[0]].parts[0][1] for question in questions] == ["Gross wages.", "Machine to repair."]


def test_a_question_that_its_document_repeats_is_left_out():
    told = describe("t4", "Orders of all shops.", a="One of the orders of all shops: its number.")
    assert [question.table for question in ask(Target.TABLE, [*EXAMPLES, told])] == [0, 1, 2]


def test_a_question_of_few_words_is_left_out():
    assert "Due date." not in {question.text for question in ask(Target.COLUMN, EXAMPLES)}


def test_a_question_that_two_columns_answer_is_asked_once():
    twins = [describe(name, "Some table.", a="Number of the clinical trial.") for name in ("one", "two")]
    (question,) = ask(Target.COLUMN, twins)
    assert (question.table, question.answers) == (0, (0, 1))


def test_intervals_resample_tables_with_all_of_their_questions():
    """The first table's two questions come first, the second's one in the middle of three columns that tie."""
    examples = [
        describe("sales", "", net="Net sales without tax.", gross="Gross sales with taxes."),
        describe("zz", "", q="Unheard things of any kind."),
    ]
    search = measure({}, examples=examples, resamples=2_000).search(Target.COLUMN, Method.BM25)
    mean = search.documentation(NAMES).reciprocal_rank.mean
    # A resample holds the first table twice (1), the second twice (1/2), or both: (1 + 1 + 1/2) / 3.
    assert (mean.low, mean.high) == (0.5, 1)
    assert mean.estimate == pytest.approx(2.5 / 3)
    assert (search.n_questions, search.n_tables, search.n_documents) == (3, 2, 3)


def test_an_answer_counts_among_ten_alone():
    names = [f"zz{first}{second}" for first in "abcde" for second in "abcde"]
    many = [describe(name, f"Unheard-of thing of kind {number}.", a="x") for number, name in enumerate(names)]
    search = measure({}, examples=many).search(Target.TABLE, Method.BM25)
    # No name holds a word of any question, so each comes in the middle of 25.
    assert search.documentation(NAMES).reciprocal_rank.mean.estimate == pytest.approx(1 / 13)
    assert search.documentation(NAMES).recall_at_10.mean.estimate == 0


def test_without_an_encoder_only_words_are_compared():
    assert {search.method for search in measure({}).searches} == {Method.BM25}


def test_the_same_seed_gives_the_same_intervals():
    systems = {"tuned": HUMAN}
    assert measure(systems, embed_words) == measure(systems, embed_words)


def test_texts_that_do_not_belong_are_refused():
    with pytest.raises(ValueError, match="texts of tuned do not belong"):
        measure({"tuned": HUMAN[:2]})
    with pytest.raises(ConfigError, match=r"called 'people'.*rename it"):
        measure({PEOPLE: HUMAN})
    with pytest.raises(TrainingSetError, match="at least 2 tables"):
        measure({}, examples=EXAMPLES[:1])
