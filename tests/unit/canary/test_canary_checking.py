"""What a check says for every kind of change, with an engine that answers by rule."""

import pytest

from columnist.canary import fingerprint
from columnist.canary.checking import CanaryResult, CanaryState, judge
from columnist.canary.fingerprint import Change, Part
from columnist.canary.page import render_result
from columnist.canary.rescoring import pin_model, rescore
from columnist.errors import CanaryAlarm
from columnist.evaluation import Finding
from columnist.modeling.engines import EngineName


@pytest.fixture
def pinned(engine, folder, home):
    """A record of what the engine writes, below the home."""
    return pin_model(str(folder), EngineName.AUTO, home)


@pytest.fixture
def check(pinned, folder, home, config):
    return lambda **changed: rescore(str(folder), None, config.model_copy(update=changed), home)


def parts(result: CanaryResult) -> set[Part]:
    return {change.part for change in result.changes}


def test_nothing_changed(check, engine):
    result = check()
    assert (result.state, result.changes, result.n_changed, result.samples) == (CanaryState.UNCHANGED, (), 0, ())
    assert result.summary.endswith("Nothing in the fingerprint changed.")
    assert {metric.difference.estimate for metric in result.metrics} == {0.0}
    assert {metric.p_value for metric in result.metrics} == {1.0}
    assert engine.runs == 2  # written anew, not taken from what was kept


def test_a_changed_weight_file_is_named(check, engine, folder):
    (folder / "adapter_model.safetensors").write_bytes(b"other weights")
    engine.adds = " and of no other row"
    result = check()
    assert result.state is CanaryState.ALARM
    assert parts(result) == {Part.WEIGHTS}
    assert result.changes[0].name == "adapter_model.safetensors"
    assert "weights (adapter_model.safetensors: " in result.summary
    # The model writes every text but the two that people wrote as comments.
    assert (result.n_texts, result.n_changed) == (255, 253)


def test_the_card_for_people_is_no_weight(check, folder):
    (folder / "MODEL_CARD.md").write_text("# Another title\n")
    assert check().state is CanaryState.UNCHANGED


def test_a_changed_prompt_is_named(check, engine, monkeypatch):
    monkeypatch.setattr(fingerprint, "prompt_digest", lambda _: "9" * 64)
    engine.adds = " of it"
    result = check()
    assert (result.state, parts(result)) == (CanaryState.ALARM, {Part.PROMPT})
    assert "→ 999999999999)" in result.summary


def test_another_engine_is_named(check, engine):
    engine.only = lambda name: name == "eta"
    engine.adds = " of it"
    result = check(engine=EngineName.TRANSFORMERS)
    assert (result.state, parts(result)) == (CanaryState.ALARM, {Part.ENGINE})
    assert "engine (name: openvino → transformers)" in result.summary
    assert result.n_changed == 1
    (text,) = result.samples
    assert (text.table, text.column) == ("postgres.port_calls", "eta")
    assert text.after == text.before.replace(".", " of it.")


def test_another_version_of_a_library_is_named(check, engine, monkeypatch):
    real = fingerprint.version
    monkeypatch.setattr(fingerprint, "version", lambda name: "1.2.3" if name == "openvino" else real(name))
    result = check()
    assert (result.state, parts(result)) == (CanaryState.NOTICE, {Part.LIBRARY})
    assert "→ 1.2.3)" in result.summary
    engine.adds = " of it"
    assert check().state is CanaryState.ALARM


def test_changed_code_is_a_notice_where_the_texts_are_the_same(check, monkeypatch):
    code = dict(fingerprint._digest_code())
    monkeypatch.setattr(fingerprint, "_digest_code", lambda: code | {"modeling/cleaning.py": "8" * 64})
    result = check()
    assert (result.state, [change.name for change in result.changes]) == (CanaryState.NOTICE, ["modeling/cleaning.py"])


def test_other_texts_under_the_same_fingerprint_are_an_alarm_that_says_so(check, engine):
    engine.adds, engine.only = " of it", lambda name: name == "eta"
    result = check()
    assert (result.state, result.changes) == (CanaryState.ALARM, ())
    assert "decoding is not deterministic here" in result.summary


def test_a_few_texts_may_change_with_the_machine(check, engine, monkeypatch):
    monkeypatch.setattr(fingerprint, "cpu_flags", lambda: {"avx2", "sse9"})
    engine.adds, engine.only = " of it", lambda name: name == "eta"
    result = check()
    assert (result.state, parts(result)) == (CanaryState.TOLERATED, {Part.HARDWARE})
    assert result.changes[0].after == "avx2"
    engine.only = lambda _: True
    assert check().state is CanaryState.ALARM


def test_measures_that_are_surely_worse_are_named_also_where_the_texts_are_tolerated(check, engine, monkeypatch):
    monkeypatch.setattr(fingerprint, "cpu_flags", lambda: {"avx2"})
    engine.adds = " xyzzy plugh xyzzy plugh xyzzy plugh"
    result = check(changed_share_other_cpu=1)
    assert result.state is CanaryState.TOLERATED
    assert "chrf" in result.worse
    (chrf,) = [metric for metric in result.metrics if metric.name == "chrf"]
    assert chrf.finding is Finding.WORSE
    assert f"chrf by {chrf.baseline.estimate - chrf.candidate.estimate:.3f}" in result.summary
    engine.adds, engine.only = " of it", lambda name: name == "eta"
    assert check().summary.endswith("No measure is surely worse.")


@pytest.mark.parametrize(
    ("part", "name", "state"),
    [
        (Part.ENGINE, "precision", CanaryState.TOLERATED),
        (Part.ENGINE, "name", CanaryState.ALARM),
        (Part.LIBRARY, "openvino", CanaryState.ALARM),
        (Part.CODE, "ddl", CanaryState.ALARM),
        (Part.WEIGHTS, "base model", CanaryState.ALARM),
    ],
)
def test_another_machine_excuses_its_precision_and_nothing_else(config, part, name, state):
    cores = Change(part=Part.HARDWARE, name="cores", before="2", after="1")
    other = Change(part=part, name=name, before="a", after="b")
    assert judge((cores, other), 0.1, config) is state
    assert judge((other,), 0.1, config) is CanaryState.ALARM


def test_numbers_and_page_and_alarm_say_the_same(check, engine):
    engine.adds = " | <b>of it</b> [x](https://example.com)"
    result = check()
    numbers = result.numbers()
    assert numbers["changed_texts"] == result.n_changed
    assert numbers["alarm"] == 1.0
    # Difference of means over the same tables.
    assert numbers["chrf.difference"] == pytest.approx(numbers["chrf.now"] - numbers["chrf.pinned"])
    page = render_result(result)
    assert "<b>" not in page
    assert "[x](" not in page
    assert result.summary in page
    assert (CanaryAlarm(result).exit_code, CanaryAlarm(result).result) == (1, result)
    assert CanaryResult.model_validate_json(result.model_dump_json()) == result


def test_a_check_is_the_same_every_time(check, engine):
    engine.adds = " of it"
    assert check() == check()
