"""The comparison of two models, and what a person sees of it."""

import struct
import subprocess
import sys
from collections.abc import Sequence
from datetime import date

import pytest
from markdown_it import MarkdownIt

from columnist.ddl.tables import Column, Table
from columnist.documentation import Texts
from columnist.errors import TrainingSetError
from columnist.evaluation import (
    MEASURES,
    Direction,
    EvaluationConfig,
    Finding,
    Interval,
    MetricResult,
    ReplyFaults,
    compare_values,
    measure_texts,
)
from columnist.evaluation.costs import CostTerms, HostedPrice, MachinePrice, Source, Usage
from columnist.evaluation.evaluating import TestTables, Written, evaluate_systems, evaluate_tables
from columnist.evaluation.identity import SystemIdentity
from columnist.evaluation.measures import measure_named
from columnist.evaluation.measuring import Similarity
from columnist.evaluation.report import render_html, render_markdown, render_picture, summarize, tabulate, tell_price
from columnist.evaluation.results import Evaluation, Role, SetResult
from columnist.synthesis.examples import Example

SOURCE = Source(title="Prices", url="https://example.com", read=date(2026, 11, 22), verified=True)
CONFIG = EvaluationConfig(seed=7, level=0.95, samples=2, resamples=500)
HOSTILE = "<script>alert(1)</script> | [x](javascript:alert(1))"


def example(number: int) -> Example:
    columns = (Column(name="id", type="INT"), Column(name="ship_date", type="DATE"))
    return Example(
        id=f"e{number}",
        ddl=f"CREATE TABLE orders_{number} (\n  id INT,\n  ship_date DATE\n)",
        table=Table(name=f"orders_{number}", columns=columns),
        reference=Texts(
            table=f"Orders taken by branch {number}.",
            columns=("Number printed on the invoice.", "Day the parcel leaves the warehouse."),
        ),
        naics_code="454110",
        use_case="orders",
        license="CC0-1.0",
    )


EXAMPLES = [example(number) for number in range(6)]  # of five, no exact p is 0.05 or less
REFERENCES = [each.reference for each in EXAMPLES]
ECHOES = [Texts(table="Orders.", columns=("ID.", "Ship date.")) for _ in EXAMPLES]
COMPUTED_ALWAYS = {"unsupported", "loops", "plain", "structure", "fits_limit", "language", "leak", "filler"}


def usage(tables: int) -> Usage:
    return Usage(input_tokens=(100,) * tables, output_tokens=(20,) * tables, seconds=tables / 2)


def wrote(name: str, role: Role, texts: Sequence[Texts]) -> Written:
    identity = SystemIdentity(name=name, kind="names", reference="", model_sha256=name * 8, license="MIT")
    return Written(
        tables="synthetic", identity=identity, role=role, texts=tuple(texts), faults=(), usage=usage(len(texts))
    )


def compare(
    examples: Sequence[Example],
    candidate: Sequence[Texts],
    baseline: Sequence[Texts],
    config: EvaluationConfig = CONFIG,
    similarity: Similarity | None = None,
) -> SetResult:
    """Evaluate a candidate against one baseline."""
    tables = TestTables(name="synthetic", origin="tests", planned=len(examples), examples=tuple(examples))
    written = [wrote("tuned", Role.CANDIDATE, candidate), wrote("base", Role.BASE, baseline)]
    return evaluate_tables(tables, written, config, similarity, smallest_slice=2)


def whole(*found: SetResult) -> Evaluation:
    return Evaluation(config=CONFIG, sets=found)


def likeness(texts: Sequence[str], others: Sequence[str]) -> list[float]:
    """Stand in for sentence embeddings: equal texts are alike, all others half so."""
    return [1.0 if text == other else 0.5 for text, other in zip(texts, others, strict=True)]


@pytest.fixture(scope="module")
def evaluation() -> SetResult:
    return compare(EXAMPLES, candidate=REFERENCES, baseline=ECHOES, config=CONFIG, similarity=likeness)


def test_a_perfect_candidate_beats_echoes_where_they_differ(evaluation: SetResult) -> None:
    findings = {result.name: result.finding for result in evaluation.comparison("base").metrics}
    assert findings == {
        "semantic_similarity": Finding.BETTER,
        "semantic_similarity_table": Finding.BETTER,
        "chrf": Finding.BETTER,
        "rouge_l": Finding.BETTER,
        "name_echo": Finding.BETTER,
        "unsupported": Finding.UNDECIDED,
        "repetition": Finding.UNDECIDED,
        "loops": Finding.UNDECIDED,
        "filled": Finding.UNDECIDED,
        "plain": Finding.UNDECIDED,
        "structure": Finding.UNDECIDED,
        "abstains_rightly": Finding.UNDECIDED,
        "abstains_wrongly": Finding.UNDECIDED,
        "fits_limit": Finding.UNDECIDED,
        "language": Finding.UNDECIDED,
        "leak": Finding.UNDECIDED,
        "filler": Finding.UNDECIDED,
        "information": Finding.BETTER,
        "specificity": Finding.BETTER,
    }
    # Every reference equals the candidate's text, and every baseline text is an echo.
    assert (
        evaluation.comparison("base").metric("chrf").candidate.estimate,
        evaluation.comparison("base").metric("name_echo").baseline.estimate,
    ) == (1, 1)
    assert evaluation.comparison("base").metric("name_echo").difference.estimate == -1
    assert (evaluation.tables.n_tables, evaluation.tables.n_texts) == (6, 18)


def test_exchanging_the_models_turns_every_finding(evaluation: SetResult) -> None:
    turned = compare(EXAMPLES, candidate=ECHOES, baseline=REFERENCES, config=CONFIG, similarity=likeness)
    opposite = {Finding.BETTER: Finding.WORSE, Finding.WORSE: Finding.BETTER, Finding.UNDECIDED: Finding.UNDECIDED}
    assert [opposite[result.finding] for result in turned.comparison("base").metrics] == [
        result.finding for result in evaluation.comparison("base").metrics
    ]


def test_the_same_config_gives_the_same_evaluation(evaluation: SetResult) -> None:
    again = compare(EXAMPLES, candidate=REFERENCES, baseline=ECHOES, config=CONFIG, similarity=likeness)
    assert again == evaluation
    assert Evaluation.model_validate_json(whole(evaluation).model_dump_json()) == whole(evaluation)
    assert whole(again).digest == whole(evaluation).digest


@pytest.mark.parametrize(
    ("low", "high", "p_value", "direction", "finding"),
    [
        (0.1, 0.2, 0.05, Direction.HIGHER, Finding.BETTER),
        (0.1, 0.2, 0.01, Direction.LOWER, Finding.WORSE),
        (-0.2, -0.1, 0.05, Direction.HIGHER, Finding.WORSE),
        (-0.2, -0.1, 0.01, Direction.LOWER, Finding.BETTER),
        (0.0, 0.2, 0.01, Direction.HIGHER, Finding.UNDECIDED),
        (-0.2, 0.0, 0.01, Direction.LOWER, Finding.UNDECIDED),
        (0.0, 0.0, 1.0, Direction.HIGHER, Finding.UNDECIDED),
        (-0.2, -0.1, 0.125, Direction.HIGHER, Finding.UNDECIDED),
        (0.1, 0.2, 0.051, Direction.HIGHER, Finding.UNDECIDED),
    ],
)
def test_a_finding_needs_the_whole_interval_and_the_test(
    low: float, high: float, p_value: float, direction: Direction, finding: Finding
) -> None:
    interval = Interval(low=low, high=high, estimate=(low + high) / 2, level=0.95)
    result = MetricResult(
        name="chrf",
        direction=direction,
        n_tables=5,
        candidate=interval,
        baseline=interval,
        difference=interval,
        wins=1,
        ties=3,
        losses=1,
        p_value=p_value,
    )
    assert result.finding is finding


def test_the_rare_losses_of_a_few_tables_are_not_called_worse() -> None:
    # Four of 100 tables lose a text: the bootstrap interval ends below zero, but signs alone do as much in 1 of 8.
    lost = [0.5] * 4 + [1.0] * 96
    (filled,) = compare_values({"filled": lost}, {"filled": [1.0] * 100}, CONFIG, [measure_named("filled")])
    assert filled.difference.high < 0
    assert filled.p_value == pytest.approx(0.125)
    assert filled.finding is Finding.UNDECIDED


def test_no_finding_contradicts_the_p_beside_it() -> None:
    for losses in range(1, 12):
        values = [0.5] * losses + [1.0] * (60 - losses)
        (filled,) = compare_values({"filled": values}, {"filled": [1.0] * 60}, CONFIG, [measure_named("filled")])
        assert (filled.finding is Finding.WORSE) == (filled.p_value <= 0.05 and filled.difference.high < 0)


def test_samples_are_whole_tables_chosen_by_the_seed(evaluation: SetResult) -> None:
    assert len(evaluation.samples) == 2
    for sample in evaluation.samples:
        chosen = next(each for each in EXAMPLES if each.table.name == sample.table)
        assert (sample.ddl, sample.reference, sample.texts["tuned"]) == (chosen.ddl, chosen.reference, chosen.reference)
    many = compare(EXAMPLES, REFERENCES, ECHOES, CONFIG.model_copy(update={"samples": 99}))
    assert [sample.table for sample in many.samples] == [each.table.name for each in EXAMPLES]


def test_too_few_tables_are_a_persons_mistake() -> None:
    with pytest.raises(TrainingSetError, match="at least 2 tables, got 1; synthesize more"):
        compare(EXAMPLES[:1], REFERENCES[:1], ECHOES[:1], CONFIG)


def test_texts_of_other_tables_are_refused() -> None:
    with pytest.raises(ValueError, match="6 examples need as many texts, got 4"):
        compare(EXAMPLES, REFERENCES, ECHOES[:4], CONFIG)
    short = [Texts(table="", columns=("",)), *REFERENCES[1:]]
    with pytest.raises(ValueError, match="example e0 has 2 columns, but its texts have 1"):
        compare(EXAMPLES, short, ECHOES, CONFIG)


def test_without_an_encoder_meaning_is_left_out(evaluation: SetResult) -> None:
    bare = compare(EXAMPLES, REFERENCES, ECHOES, CONFIG)
    meaning = {"semantic_similarity", "semantic_similarity_table"}
    assert {each.name for each in evaluation.comparison("base").metrics} - {
        each.name for each in bare.comparison("base").metrics
    } == meaning
    assert [each for each in evaluation.comparison("base").metrics if each.name not in meaning] == list(
        bare.comparison("base").metrics
    )


def test_what_says_nothing_is_near_to_nothing() -> None:
    asked: list[str] = []

    def watch(texts: Sequence[str], others: Sequence[str]) -> list[float]:
        asked.extend(texts)
        return likeness(texts, others)

    silent = [Texts(table="", columns=("? Which id?", "Ship date.")) for _ in EXAMPLES]
    measured = measure_texts(EXAMPLES, silent, watch)
    # Of two columns one asks (0) and one is half alike.
    assert (measured["semantic_similarity"], measured["semantic_similarity_table"]) == ([0.25] * 6, [0.0] * 6)
    assert set(asked) == {"", "Ship date."}


def test_faults_of_a_reply_count_against_its_structure() -> None:
    faults = [ReplyFaults(missing=1, invented=1), *[ReplyFaults()] * 5]
    # Three texts were asked for: two came as they should, beside an invented one.
    assert measure_texts(EXAMPLES, ECHOES, faults=faults)["structure"] == [0.5, 1, 1, 1, 1, 1]


def test_the_summary_counts_what_is_found(evaluation: SetResult) -> None:
    assert summarize(evaluation, evaluation.comparison("base")) == (
        "On 6 synthetic tables (18 texts) tuned is better than base in 7 measures "
        "(Meaning of columns, Meaning of tables, chrF, ROUGE-L, Name echo, Information beyond the name, "
        "Specific texts); worse in no measure; not told apart from it in 12 measures "
        "(Unsupported claims, Repetition, Loops, Filled, Plain text, Valid structure, Abstains rightly, "
        "Abstains wrongly, Within the limit, In English, Leaks of the prompt, Filler)."
    )


def test_rows_show_estimates_with_intervals(evaluation: SetResult) -> None:
    rows = tabulate(evaluation.comparison("base"))
    assert rows[4] == (
        "Name echo",
        "lower",
        "6",
        "0.000 [0.000, 0.000]",
        "1.000 [1.000, 1.000]",
        "-1.000 [-1.000, -1.000]",
        "6/0/0",
        "0.031",  # of 2 ** 6 signs two are as extreme: all plus and all minus
        "better",
    )


def open_example(number: int) -> Example:
    """An example whose last column nobody can know."""
    reference = example(number).reference.model_copy(update={"columns": ("Printed number.", "? Which day is it?")})
    return example(number).model_copy(update={"reference": reference})


def test_a_model_that_abstains_rightly_beats_one_that_never_does() -> None:
    examples = [open_example(number) for number in range(6)]
    evaluation = compare(examples, [each.reference for each in examples], ECHOES, CONFIG)
    rightly, wrongly = (
        evaluation.comparison("base").metric("abstains_rightly"),
        evaluation.comparison("base").metric("abstains_wrongly"),
    )
    # The baseline describes all three texts of each table, and is right in two of them.
    assert (rightly.candidate.estimate, rightly.baseline.estimate) == (1, pytest.approx(2 / 3))
    assert (rightly.finding, wrongly.finding) == (Finding.BETTER, Finding.UNDECIDED)
    assert (
        evaluation.comparison("base").metric("chrf").candidate.estimate
        == evaluation.comparison("base").metric("filled").candidate.estimate
        == 1
    )


def test_a_model_that_always_asks_is_worse_where_one_can_know() -> None:
    asking = [Texts(table="? Which?", columns=("? Why?", "? When?")) for _ in EXAMPLES]
    evaluation = compare(EXAMPLES, asking, REFERENCES, CONFIG)
    findings = {result.name: result.finding for result in evaluation.comparison("base").metrics}
    worse = {name for name, finding in findings.items() if finding is Finding.WORSE}
    assert worse == {
        "chrf",
        "rouge_l",
        "filled",
        "abstains_rightly",
        "abstains_wrongly",
        "information",
        "specificity",
    }
    assert Finding.BETTER not in findings.values()


def test_intervals_are_over_the_tables_that_have_a_measure() -> None:
    opaque = Texts(table="? What is it?", columns=("? Which?", ""))
    none = Texts(table="", columns=("", ""))
    examples = [
        *EXAMPLES[:2],
        EXAMPLES[2].model_copy(update={"reference": opaque}),
        EXAMPLES[3].model_copy(update={"reference": none}),
    ]
    evaluation = compare(examples, REFERENCES[:4], ECHOES[:4], CONFIG)
    tables = {result.name: result.n_tables for result in evaluation.comparison("base").metrics}
    assert (tables["chrf"], tables["abstains_rightly"], tables["plain"]) == (2, 3, 4)
    assert evaluation.tables.n_tables == 4
    few = compare(examples[1:], REFERENCES[1:4], ECHOES[1:4], CONFIG)
    assert {result.name for result in few.comparison("base").metrics} == COMPUTED_ALWAYS | {"abstains_rightly"}
    assert render_picture(few).startswith(b"\x89PNG")
    assert "chrF" not in render_html(whole(few)) + render_markdown(whole(few)) + summarize(few, few.comparison("base"))


def test_the_reports_show_an_abstention_as_one() -> None:
    examples = [open_example(number) for number in range(2)]
    asked = [each.reference.model_copy(update={"table": "? <b>Which</b>?"}) for each in examples]
    evaluation = compare(examples, asked, ECHOES[:2], CONFIG)
    markdown, page = render_markdown(whole(evaluation)), render_html(whole(evaluation))
    assert "| Printed number. | Printed number. | ID. |" in markdown
    assert "| *asks:* Which day is it? | *asks:* Which day is it? | Ship date. |" in markdown
    assert "*asks:* &lt;b&gt;Which&lt;/b&gt;? |" in markdown
    assert '<td><span class="asks">asks:</span> Which day is it?</td>' in page
    assert "&lt;b&gt;Which&lt;/b&gt;?" in page
    assert "? Which" not in markdown + page
    assert markdown.startswith("# Evaluation")


def hostile(evaluation: SetResult) -> Evaluation:
    sample = evaluation.samples[0].model_copy(
        update={
            "table": HOSTILE,
            "columns": (HOSTILE, "b"),
            "ddl": f"```\n{HOSTILE}",
            "texts": {**evaluation.samples[0].texts, "tuned": Texts(table=HOSTILE, columns=("", HOSTILE))},
        }
    )
    return whole(evaluation.model_copy(update={"samples": (sample,)}))


def test_the_page_is_self_contained_and_inert(evaluation: SetResult) -> None:
    page = render_html(hostile(evaluation))
    assert page.startswith("<!doctype html>")
    assert summarize(evaluation, evaluation.comparison("base")) in page
    assert not any(harm in page for harm in ("<script", "<link", 'src="http', "href=", "url(", "@import"))
    assert "&lt;script&gt;alert(1)" in page
    assert all(measure.blind_spots.split(";")[0] in page.replace("&#39;", "'") for measure in MEASURES)


def test_the_markdown_is_inert_too(evaluation: SetResult) -> None:
    page = MarkdownIt("commonmark", {"html": True}).enable("table").render(render_markdown(hostile(evaluation)))
    assert "<script" not in page
    assert "<a " not in page
    # Measures, slices (one dialect, sector, width and difficulty) and the sample's three texts, each below a header.
    assert page.count("<table>") == 3
    assert page.count("<tr>") == 1 + len(evaluation.candidate.means) + 1 + 4 + 1 + 3


def test_an_evaluation_without_samples_has_a_report_too(evaluation: SetResult) -> None:
    bare = whole(evaluation.model_copy(update={"samples": ()}))
    assert "## Samples" not in render_markdown(bare)
    assert "<pre>" not in render_html(bare)


def test_the_picture_is_a_png_with_equal_bytes(evaluation: SetResult) -> None:
    picture = render_picture(evaluation)
    assert picture.startswith(b"\x89PNG\r\n\x1a\n")
    width, height = struct.unpack(">II", picture[16:24])
    # One panel: (3 + 3.4) in x (1.4 + 0.36 * measures) in, at 110 dpi.
    assert (width, height) == (704, int(110 * (1.4 + 0.36 * len(evaluation.candidate.means))))
    assert b"tEXt" not in picture
    assert picture == render_picture(evaluation)


def test_a_report_that_is_made_again_has_equal_bytes(evaluation: SetResult) -> None:
    kept = Evaluation.model_validate_json(whole(evaluation).model_dump_json())
    assert render_html(kept) == render_html(whole(evaluation))
    assert render_markdown(kept) == render_markdown(whole(evaluation))


def test_importing_the_package_loads_nothing_heavy() -> None:
    script = (
        "import sys, columnist.evaluation; print([m for m in ('evaluate','datasets','scipy','matplotlib','jinja2',"
        "'torch','zenml','mlflow') if m in sys.modules])"
    )
    loaded = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert loaded.stdout.strip() == "[]"


def test_numbers_are_flat_for_a_tracker(evaluation: SetResult) -> None:
    numbers = whole(evaluation).numbers()
    # Estimate and two ends of each system's mean and of the difference.
    assert len(numbers) == len(evaluation.candidate.means) * 3 * 3
    assert numbers["synthetic.minus_base.name_echo.estimate"] == -1
    assert numbers["synthetic.base.name_echo.high"] == 1


TERMS = CostTerms(
    dated=date(2026, 11, 22),
    machine_price=MachinePrice(machine="2 vCPUs", usd_per_hour=0.36, source=SOURCE),
    hosted={
        "hosted": HostedPrice(usd_per_million_input_tokens=1, usd_per_million_output_tokens=10, source=SOURCE),
    },
)


def test_a_whole_evaluation_says_what_it_costs_and_whether_it_helps_to_search() -> None:
    tables = TestTables(name="documented", origin="tests", planned=9, examples=tuple(EXAMPLES), by_people=True)
    written = [
        each.model_copy(update={"tables": "documented", "hosted_usage": usage(5)})
        for each in (wrote("tuned", Role.CANDIDATE, REFERENCES), wrote("base", Role.BASE, ECHOES))
    ]
    found = evaluate_systems([tables], written, [], CONFIG, TERMS, None, 2).result_of("documented")
    # Half a second a table at 0.36 dollars an hour; 100 tokens at 1 and 20 at 10 dollars a million.
    assert found.candidate.cost is not None
    assert found.candidate.cost.usd_per_1000_tables == pytest.approx(1000 * 0.5 / 3600 * 0.36)
    assert found.hosted["hosted"].usd_per_1000_tables == pytest.approx(1000 * (100 * 1 + 20 * 10) / 1e6)
    assert "of 9 planned" in summarize(found, found.comparisons[0])
    assert "cost $0.050 of machine time (0.50 s a table, 100 tokens read and 20 written)" in tell_price(found)
    assert "hosted $0.30" in tell_price(found)
    assert found.retrieval is not None
    page = render_html(whole(found)) + render_markdown(whole(found))
    assert "What a table costs" in page
    assert ("Does it help to find data?" in page) is bool(found.retrieval)


def test_two_systems_of_one_name_are_refused() -> None:
    tables = TestTables(name="synthetic", origin="tests", planned=5, examples=tuple(EXAMPLES))
    same = [wrote("tuned", Role.CANDIDATE, REFERENCES), wrote("tuned", Role.BASE, ECHOES)]
    with pytest.raises(ValueError, match="systems need names of their own, got tuned, tuned"):
        evaluate_tables(tables, same, CONFIG, None, 2)
