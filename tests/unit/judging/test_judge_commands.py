"""The command line of judges, against a model behind an endpoint."""

import json

import pytest
from click.testing import CliRunner
from fake_endpoint import FakeEndpoint
from fake_judges import cast_ballots, item_of, longer_wins, shown_texts

from columnist.errors import BaseModelError, ConfigError, TeacherError
from columnist.judge_commands import judge
from columnist.judging import judge as judge_module
from columnist.modeling import base_models

ITEMS = [item_of(n, "x" * (20 + 9 * (n % 2)), f"{'y' * 22}{n:03}") for n in range(40)]


@pytest.fixture
def run(tmp_path, monkeypatch):
    """Run a subcommand on a fresh home; errors that a person can mend reach the test."""
    monkeypatch.setenv("COLUMNIST_HOME", str(tmp_path / "home"))
    return lambda *arguments: CliRunner().invoke(judge, [str(each) for each in arguments], catch_exceptions=False)


@pytest.fixture
def endpoint(monkeypatch):
    monkeypatch.delenv("COLUMNIST_TEACHER_API_KEY", raising=False)
    with FakeEndpoint() as endpoint:
        endpoint.reply = lambda call: call.say(longer_wins(*shown_texts(call.body["messages"][-1]["content"])))
        yield endpoint


@pytest.fixture
def served(judge_folder, endpoint):
    """The folder of a judge that asks the endpoint."""
    path = judge_folder / "judge.yaml"
    path.write_text(path.read_text().replace("http://127.0.0.1:9/v1", endpoint.base_url))
    return judge_folder


def written(path, rows):
    path.write_text("".join(row.model_dump_json() + "\n" for row in rows))
    return path


@pytest.fixture
def items(tmp_path):
    return written(tmp_path / "items.jsonl", ITEMS)


@pytest.fixture
def ballots(tmp_path, items):
    return written(tmp_path / "ballots.jsonl", cast_ballots([item.longer for item in ITEMS]))


def test_items_are_judged_through_the_endpoint_once(run, served, items, endpoint):
    found = json.loads(run("ask", served, "--items", items, "--json").stdout)
    assert (found["wins"], found["losses"], found["ties"], found["habits"]["unparsable"]) == (20, 20, 0, 0)
    assert (found["standing"], found["weight"]) == ("probation", 0)
    assert len(endpoint.charges) == 80
    said = run("ask", served, "--items", items).stdout
    assert "probation, weight 0.00" in said
    assert "option A wins 20, ties 0, loses 20" in said
    assert len(endpoint.charges) == 80


def test_an_endpoint_that_is_down_is_an_error_and_what_came_is_kept(run, served, items, endpoint):
    path = served / "judge.yaml"
    impatient = "license: MIT, max_attempts: 1, concurrency: 1}"
    path.write_text(path.read_text().replace("license: MIT}", impatient))
    answer, served_well = endpoint.reply, 20
    endpoint.reply = lambda call: answer(call) if len(endpoint.charges) < served_well else call.send(500)
    with pytest.raises(TeacherError) as raised:
        run("ask", served, "--items", items)
    assert "\n" not in str(raised.value)
    endpoint.reply = answer
    assert json.loads(run("ask", served, "--items", items, "--json").stdout)["habits"]["unparsable"] == 0
    # Of the 80 requests, the 16 that were written down before it broke are not paid for twice.
    assert len(endpoint.charges) == served_well + 80 - 16


def test_one_lost_request_is_an_error_that_names_the_comparison(run, served, tmp_path, endpoint):
    few = written(tmp_path / "few.jsonl", ITEMS[:1])
    endpoint.reply = lambda call: call.send(500)
    path = served / "judge.yaml"
    path.write_text(path.read_text().replace("license: MIT}", "license: MIT, max_attempts: 1}"))
    with pytest.raises(TeacherError, match=r"gave no answer to 2 of 2 requests, such as that about comparison 'c0'"):
        run("ask", served, "--items", few)


def test_a_reply_that_cannot_be_read_is_no_answer(run, served, tmp_path, endpoint):
    few = written(tmp_path / "few.jsonl", ITEMS[:2])
    endpoint.reply = lambda call: call.say("Both have their merits.")
    assert json.loads(run("ask", served, "--items", few, "--json").stdout)["habits"]["unparsable"] == 2


def test_a_request_is_plain_greedy_and_short(run, served, items, endpoint):
    seen = []
    endpoint.reply = lambda call: (seen.append(call.body), call.say("TIE"))
    run("ask", served, "--items", items)
    assert seen[0]["max_tokens"] == 8
    assert "response_format" not in seen[0]
    assert [message["role"] for message in seen[0]["messages"]] == ["user"]


def test_a_forced_answer_has_a_form(run, served, items, endpoint):
    path = served / "judge.yaml"
    path.write_text(path.read_text().replace("forced: false", "forced: true"))
    seen = []
    endpoint.reply = lambda call: (seen.append(call.body), call.say('{"preference": "BOTH_BAD"}'))
    assert json.loads(run("ask", served, "--items", items, "--json").stdout)["both_bad"] == 40
    form = seen[0]["response_format"]["json_schema"]["schema"]
    assert form["properties"]["preference"]["enum"] == ["1", "2", "TIE", "BOTH_BAD"]


def test_calibration_gives_a_weight_that_a_changed_prompt_loses(run, served, items, ballots):
    result = run("calibrate", served, "--ballots", ballots)
    assert "admitted: weight 1.00" in result.stdout
    assert "kept in" in result.stderr
    assert json.loads(run("ask", served, "--items", items, "--json").stdout)["weight"] == 1
    (served / "prompt.j2").write_text("Think.\n" + (served / "prompt.j2").read_text())
    assert json.loads(run("ask", served, "--items", items, "--json").stdout)["standing"] == "probation"


def test_calibration_as_json_and_of_a_judge_of_position(run, served, ballots, items, endpoint):
    endpoint.reply = lambda call: call.say("1")
    found = json.loads(run("calibrate", served, "--ballots", ballots, "--items", items, "--json").stdout)
    assert (found["standing"], found["weight"]) == ("demoted", 0)
    assert found["habits"]["flip_rate"]["estimate"] == 1
    assert found["raters_alpha"]["estimate"] == 1


def test_judges_are_listed_with_their_weight(run, served, ballots, monkeypatch):
    monkeypatch.setattr(judge_module, "JUDGES", served.parent)
    run("calibrate", served.name, "--ballots", ballots)
    (row,) = json.loads(run("list", "--json").stdout)
    assert (row["judge"], row["standing"], row["weight"]) == ("strict-v1", "admitted", 1)
    assert row["model"].endswith("/v1#none")
    assert "admitted" in run("list").stdout


def test_a_judge_is_known_by_one_digest_everywhere(run, served, items, ballots, monkeypatch):
    monkeypatch.setattr(judge_module, "JUDGES", served.parent)
    (row,) = json.loads(run("list", "--json").stdout)
    asked = json.loads(run("ask", served, "--items", items, "--json").stdout)
    calibrated = json.loads(run("calibrate", served, "--ballots", ballots, "--json").stdout)
    assert row["identity"] == asked["identity"] == calibrated["identity"]
    assert f"({row['identity'][:16]})" in run("ask", served, "--items", items).stdout


def test_a_judge_whose_model_is_missing_is_listed_with_the_reason(run, monkeypatch):
    def missing(reference):
        raise BaseModelError(f"{reference} is not installed")

    monkeypatch.setattr(base_models, "resolve_base_model", missing)
    rows = {row["judge"]: row for row in json.loads(run("list", "--json").stdout)}
    assert rows["embedded-v1"]["standing"] == "cannot be used: smollm2-135m-instruct is not installed"
    assert rows["endpoint-v1"]["standing"] == "probation"


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (("ask", "nobody", "--items", "items.jsonl"), "there is no judge 'nobody'"),
        (("ask", "endpoint-v1", "--items", "no.jsonl"), r"no\.jsonl cannot be read"),
        (("calibrate", "endpoint-v1", "--ballots", "no.jsonl"), r"no\.jsonl cannot be read"),
    ],
)
def test_mistakes_are_told_in_a_line(run, arguments, problem):
    with pytest.raises(ConfigError, match=problem) as raised:
        run(*arguments)
    assert "\n" not in str(raised.value)


def test_ballots_without_items_beside_them(run, served, ballots, items):
    items.unlink()
    with pytest.raises(ConfigError, match=r"items\.jsonl cannot be read"):
        run("calibrate", served, "--ballots", ballots)


def test_an_engine_that_takes_no_free_requests_is_refused(run, judge_folder, items, monkeypatch):
    from columnist.modeling import engines

    path = judge_folder / "judge.yaml"
    local = "{kind: local, base_model: smollm2-135m-instruct, engine: transformers}"
    path.write_text(
        path.read_text().replace('{kind: openai, base_url: "http://127.0.0.1:9/v1", model: none, license: MIT}', local)
    )
    monkeypatch.setattr(engines, "open_engine", lambda *_: object())
    with pytest.raises(ConfigError, match="takes no free requests; use the engine openvino"):
        run("ask", judge_folder, "--items", items)
