"""The experiment on the forms of the task, on the tiny base model: what each form is taught, and a whole run."""

import json

import pytest
from click.testing import CliRunner

from benchmarks.formulation_forms import Form, encode, parse_json, render_json
from benchmarks.formulation_runs import Experiment, Settings
from benchmarks.formulations import main, print_results
from columnist.modeling.base_models import load_tokenizer, resolve_base_model
from columnist.modeling.encoding import IGNORED
from columnist.modeling.prompts import PromptKind, render_prompts
from columnist.synthesis import SynthesisConfig, synthesize


@pytest.fixture(scope="module")
def tables():
    """Return narrow tables, so that the tiny model has little to decode."""
    made = synthesize(SynthesisConfig(seed=5, train_examples=30, validation_examples=1, test_examples=1)).train
    narrow = [each for each in made if len(each.table.columns) <= 12 and all(each.reference.columns)]
    return narrow[:6]


@pytest.fixture(scope="module")
def tokenizer(tiny_base_model):
    return load_tokenizer(resolve_base_model(str(tiny_base_model)))


@pytest.fixture
def settings(tiny_base_model):
    return Settings(
        base_model=str(tiny_base_model),
        seed=3,
        train=2,
        test=2,
        real_tables=2,
        steps=2,
        tables_per_step=1,
        batch=2,
        learning_rate=1e-3,
        lora_r=2,
        max_row_tokens=20_000,
        training_set="of this test",
        prompt="of this test",
    )


def _prompt(example):
    (prompt,) = render_prompts(example.table, PromptKind.COMPACT)
    return prompt


def _learned(tokenizer, row):
    return tokenizer.decode([label for label in row.labels if label != IGNORED], skip_special_tokens=True)


def test_all_forms_read_the_same_schema_and_teach_the_same_texts(tables, tokenizer):
    example = tables[0]
    prompt, texts = _prompt(example), example.reference
    rows = {form: encode(form, tokenizer, prompt, texts) for form in Form}
    schema = rows[Form.PARALLEL].segments.count(0)
    assert len({row.tokens[:schema] for row in rows.values()}) == 1
    assert _learned(tokenizer, rows[Form.LINES]) == _learned(tokenizer, rows[Form.PARALLEL])
    assert rows[Form.LINES].tokens == rows[Form.PARALLEL].tokens
    assert _learned(tokenizer, rows[Form.JSON]) == render_json(prompt, texts)


def test_only_the_parallel_form_hides_texts_from_each_other(tables, tokenizer):
    prompt, texts = _prompt(tables[0]), tables[0].reference
    assert set(encode(Form.LINES, tokenizer, prompt, texts).segments) == {0}
    assert max(encode(Form.PARALLEL, tokenizer, prompt, texts).segments) == len(prompt.slots)


def test_what_json_teaches_is_read_back_whole(tables):
    prompt, texts = _prompt(tables[0]), tables[0].reference
    reply = parse_json(prompt, render_json(prompt, texts))
    assert (reply.missing, reply.invented) == (0, 0)
    assert len(reply.texts.columns) == len(texts.columns)
    assert all(reply.texts.columns)


def test_a_name_that_comes_twice_or_not_at_all_is_a_fault(tables):
    prompt, texts = _prompt(tables[0]), tables[0].reference
    twice = render_json(prompt, texts).replace('"columns": {', '"columns": {"' + prompt.slots[1].name + '": "Again.", ')
    assert parse_json(prompt, twice).missing == 1
    assert parse_json(prompt, "{}").missing == len(prompt.slots)


def test_every_form_is_run_once_and_then_remembered(tables, settings, tmp_path):
    def alike(texts, others):
        return [float(text == other) for text, other in zip(texts, others, strict=True)]

    def run():
        experiment = Experiment(settings, tmp_path, tables[:2], tables[2:4], tables[4:6], alike)
        return [experiment.run(form) for form in Form]

    results = run()
    assert [result.form for result in results] == list(Form)
    # The same tables in the same steps: the forms read the same texts, and JSON writes the names besides.
    assert results[0].learned_tokens > results[1].learned_tokens == results[2].learned_tokens
    assert results[1].real.valid == results[2].real.valid == 1.0
    assert run() == results
    written = json.loads(next(tmp_path.glob("lines-*-texts.json")).read_text(encoding="utf-8"))
    assert list(written) == [example.id for example in tables[2:6]]
    print_results(results)


def test_too_few_tables_are_one_line(tables, settings, tmp_path):
    from columnist.errors import TrainingSetError

    with pytest.raises(TrainingSetError, match=r"2 of the training tables fit .* expected 9; lower --train"):
        Experiment(settings.model_copy(update={"train": 9}), tmp_path, tables[:2], tables, tables, lambda a, b: [])


def test_the_command_says_what_it_wants():
    result = CliRunner().invoke(main, [])
    assert result.exit_code == 2
    assert "Missing argument 'TRAINING_SET'" in result.output
