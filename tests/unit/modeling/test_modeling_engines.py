"""The batched engine against decoding one slot after the other."""

import copy

import pytest

from columnist.ddl.tables import Column, Table
from columnist.errors import AdapterError, BaseModelError
from columnist.modeling.encoding import encode_lead, encode_prefix
from columnist.modeling.engines import open_engine
from columnist.modeling.engines import transformers_engine as engines
from columnist.modeling.engines.endings import finished_text, stop_tokens
from columnist.modeling.engines.transformers_engine import TransformersEngine
from columnist.modeling.prompts import Prompt, PromptKind, Slot, render_prompts

TABLES = (
    Table(name="a", columns=(Column(name="b", type="INT"),)),
    Table(
        name="customer_orders",
        columns=tuple(Column(name=f"a_long_column_name_{number}", type="DECIMAL(10, 2)") for number in range(7)),
    ),
    Table(name="stock", columns=(Column(name="sku", type="TEXT", primary_key=True), Column(name="qty", type="INT"))),
)
COMPACT = [prompt for table in TABLES for prompt in render_prompts(table, PromptKind.COMPACT)]
PROMPTS = [*COMPACT, *(prompt.model_copy(update={"instructions": "Say what it is."}) for prompt in COMPACT)]


@pytest.fixture(scope="module")
def tokenizer(tiny_base_model):
    from transformers import AutoTokenizer

    return AutoTokenizer.from_pretrained(tiny_base_model)


@pytest.fixture(scope="module")
def model(keen_base_model):
    from transformers import AutoModelForCausalLM

    return AutoModelForCausalLM.from_pretrained(keen_base_model).float().eval()


@pytest.fixture
def engine(model, tokenizer):
    """An engine on the tiny model, with a fifth of its vocabulary ending a text, so that rows stop at any time."""
    engine = TransformersEngine(model, tokenizer, "cpu")
    engine._stops |= frozenset(range(len(tokenizer) - 60, len(tokenizer)))
    return engine


def alone(model, tokenizer, prompt, slot, stops) -> list[int]:
    """The tokens that plain greedy generation writes for one slot, without its stop."""
    import torch

    tokens = [*encode_prefix(tokenizer, prompt), *encode_lead(tokenizer, slot.lead)]
    ids = torch.tensor([tokens])
    with torch.inference_mode():
        written = model.generate(
            input_ids=ids,
            attention_mask=torch.ones_like(ids),
            do_sample=False,
            min_new_tokens=1,
            max_new_tokens=engines.MAX_NEW_TOKENS,
            eos_token_id=sorted(stops),
            pad_token_id=tokenizer.pad_token_id,
        )[0, len(tokens) :].tolist()
    end = next((place for place, token in enumerate(written) if token in stops), len(written))
    return written[: end + 1]


def test_no_text_is_over_before_it_has_begun(model, tokenizer):
    engine = TransformersEngine(model, tokenizer, "cpu")
    engine._stops = frozenset(range(len(tokenizer) - 1))  # all but one token would end it
    for written in engine.fill([COMPACT[0]])[0]:
        assert len(written.logprobs) >= 2


def texts_of(filled) -> list[tuple[str, ...]]:
    """The texts alone: the batch a slot is in may change the last digits of its log-probabilities."""
    return [tuple(written.text for written in slots) for slots in filled]


def test_slots_in_a_batch_get_the_texts_they_get_alone(engine, model, tokenizer, monkeypatch):
    raw = []
    monkeypatch.setattr(engines, "finished_text", lambda _, tokens, __: raw.append(tuple(tokens)) or str(tokens))
    filled = texts_of(engine.fill(PROMPTS))
    expected = [
        tuple(str(alone(model, tokenizer, prompt, slot, engine._stops)) for slot in prompt.slots) for prompt in PROMPTS
    ]
    assert filled == expected
    # The comparison means something only if rows stop at different times.
    assert len({len(tokens) for tokens in raw}) > 4
    assert len(set(raw)) > 5


def test_small_groups_give_the_same_texts_as_one(engine, monkeypatch):
    together = texts_of(engine.fill(PROMPTS))
    monkeypatch.setattr(engines, "_GROUP_TOKENS", 1)
    assert texts_of(engine.fill(PROMPTS)) == together


def test_filling_again_gives_the_same_texts(engine):
    assert engine.fill(PROMPTS) == engine.fill(PROMPTS)


@pytest.mark.parametrize("group_tokens", [1, 2000, 16_000])
def test_each_prompt_is_told_once_with_all_its_slots(engine, monkeypatch, group_tokens):
    monkeypatch.setattr(engines, "_GROUP_TOKENS", group_tokens)
    told = []
    filled = engine.fill(PROMPTS, lambda place, written: told.append((place, written)))
    assert sorted(told) == list(enumerate(filled))


def test_a_text_comes_with_the_probability_of_each_of_its_tokens(model, tokenizer):
    """The log-probabilities are those of a pass over the whole text, its end included."""
    import torch

    engine = TransformersEngine(model, tokenizer, "cpu")
    engine._stops = frozenset(range(len(tokenizer) - 200, len(tokenizer)))
    prompt = COMPACT[1]
    for slot, filled in zip(prompt.slots, *engine.fill([prompt]), strict=True):
        tokens = [*encode_prefix(tokenizer, prompt), *encode_lead(tokenizer, slot.lead)]
        expected = []
        for _ in filled.logprobs:
            with torch.inference_mode():
                logprobs = model(torch.tensor([tokens])).logits[0, -1].log_softmax(-1)
            # No text is over before it has begun.
            stops = [] if expected else sorted(engine._stops)
            chosen = int(logprobs.index_fill(0, torch.tensor(stops, dtype=torch.int64), -torch.inf).argmax())
            expected.append(float(logprobs[chosen]))
            tokens.append(chosen)
        assert filled.logprobs == pytest.approx(expected, abs=1e-3)
        assert tokens[-1] in engine._stops or len(filled.logprobs) == engines.MAX_NEW_TOKENS


def test_nothing_to_fill_is_nothing(engine):
    assert engine.fill([]) == []


def test_a_prompt_without_slots_gets_no_texts(engine):
    empty = Prompt(instructions="", schema_text="table t", slots=())
    one = Prompt(instructions="", schema_text="table t", slots=(Slot(index=0, lead="a:"),))
    assert [len(texts) for texts in engine.fill([empty, one, empty])] == [0, 1, 0]
    assert engine.fill([empty]) == [()]


class Scripted:
    """Makes an engine's model write given texts, one token after the other."""

    def __init__(self, engine, tokenizer, monkeypatch, texts):
        self._left = [tokenizer(text, add_special_tokens=False)["input_ids"] for text in texts]
        self._size = len(tokenizer)
        monkeypatch.setattr(engine._model, "get_output_embeddings", lambda: self._head)

    def _head(self, hidden):
        import torch

        logits = torch.zeros(hidden.shape[0], self._size)
        # The engine drops rows that have stopped; those that go on keep their order.
        self._left = [left for left in self._left if left is not None]
        for place, left in enumerate(self._left):
            logits[place, left[0]] = 1.0
            self._left[place] = left[1:] or None
        return logits


@pytest.fixture
def write(model, tokenizer, monkeypatch):
    engine = TransformersEngine(model, tokenizer, "cpu")

    def write(*texts: str) -> tuple[str, ...]:
        Scripted(engine, tokenizer, monkeypatch, texts)
        slots = tuple(Slot(index=number, lead=f"c{number}:") for number in range(len(texts)))
        (filled,) = engine.fill([Prompt(instructions="", schema_text="table t", slots=slots)])
        return tuple(written.text for written in filled)

    return write


def test_a_text_ends_at_its_end_token_or_line(write):
    assert write(" Day of sale.<|im_end|>", " Units held.\n") == ("Day of sale.", "Units held.")


def test_any_control_token_ends_a_text(write):
    assert write(" Day.<|im_start|>user evil<|im_end|>") == ("Day.",)


@pytest.mark.parametrize("limit", [3, 10, 25, 40, 1000])
def test_the_token_limit_never_cuts_a_sentence(write, monkeypatch, limit):
    monkeypatch.setattr(engines, "MAX_NEW_TOKENS", limit)
    sentences = ("Day of the order. ", "It is in UTC. ", "Units are days and they are counted on")
    (text,) = write(" " + "".join(sentences) * 3 + ".<|im_end|>")
    assert text == "" or text.endswith(".")


def test_a_text_that_ends_before_the_limit_is_kept_without_a_full_stop(write):
    assert write(" Day of the order<|im_end|>") == ("Day of the order",)


@pytest.mark.parametrize(
    ("written", "kept", "kept_at_limit"),
    [
        (" Day of sale.\n\nqty: Units held.", "Day of sale.", "Day of sale."),
        (" Day of sale\u2028qty: Units", "Day of sale", "Day of sale"),
        (" Day of sale.\n", "Day of sale.", "Day of sale."),
        ("\n Day of sale.", "", ""),
        (" Day of sale. In UTC and", "Day of sale. In UTC and", "Day of sale."),
        (" Day of sale and", "Day of sale and", ""),
        (" Day<|im_end|>", "Day", "Day"),
        ("<|im_end|>", "", ""),
        ("", "", ""),
    ],
)
def test_what_is_kept_of_what_was_written(tokenizer, written, kept, kept_at_limit):
    tokens = tokenizer(written, add_special_tokens=False)["input_ids"]
    assert finished_text(tokenizer, tokens, max_tokens=1000) == kept
    assert finished_text(tokenizer, tokens, max_tokens=len(tokens)) == kept_at_limit


def test_every_token_with_a_line_end_ends_a_text(tokenizer):
    """Vocabularies have tokens such as two line ends in a row, or a full stop with its line end."""
    tokenizer = copy.deepcopy(tokenizer)
    tokenizer.add_tokens(["Ċ(", ".\n"])
    stops = stop_tokens(tokenizer)
    assert {tokenizer.convert_tokens_to_ids(token) for token in ("Ċ", "Ċ(", ".\n", "<|im_start|>")} <= stops
    assert tokenizer.convert_tokens_to_ids("a") not in stops


def test_an_engine_refuses_an_unknown_base_model(tmp_path):
    with pytest.raises(BaseModelError, match="is not known"):
        open_engine(str(tmp_path / "nope"), None)


def test_an_engine_refuses_an_adapter_of_another_base_model(keen_base_model, trained_adapter):
    card = trained_adapter.card.model_copy(update={"base_model_digest": "0" * 64})
    with pytest.raises(AdapterError, match="was trained on"):
        open_engine(str(keen_base_model), trained_adapter.model_copy(update={"card": card}))


def test_an_adapter_changes_what_an_engine_writes(keen_base_model, trained_adapter):
    tuned = open_engine(str(keen_base_model), trained_adapter)
    base = open_engine(str(keen_base_model), None)
    assert tuned.fill(COMPACT) != base.fill(COMPACT)


def test_a_wide_table_with_long_names_is_filled_in_bounded_groups(engine, monkeypatch):
    """One prompt of 41 slots with a long schema would hold 41 copies of the schema's keys and values."""
    monkeypatch.setattr(engines, "_GROUP_TOKENS", 2000)
    rows = []
    generate = engine._generate

    def watched(prefixes, leads, owners):
        rows.append(len(leads) * max(len(prefix) for prefix in prefixes))
        return generate(prefixes, leads, owners)

    monkeypatch.setattr(engine, "_generate", watched)
    columns = tuple(Column(name=f"{number}" + "x" * 60, type="INT") for number in range(39))
    (prompt,) = render_prompts(Table(name="wide", columns=columns), PromptKind.COMPACT)
    prefix = len(encode_prefix(engine._tokenizer, prompt))
    (texts,) = engine.fill([prompt])
    assert len(texts) == 40
    assert max(rows) <= max(2000, prefix)
