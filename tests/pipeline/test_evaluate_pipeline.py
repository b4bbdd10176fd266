"""The evaluate pipeline with real tables and several systems, on the tiny model."""

import json
from pathlib import Path

import pytest

from columnist.evaluate import write_page
from columnist.evaluation.results import Role


@pytest.fixture(scope="module")
def documented(tmp_path_factory) -> Path:
    columns = {"id": "Key of the row.", "qty": "Units held.", "made_at": "When it was made."}
    rows = [
        {
            "id": number,
            "ddl": f"CREATE TABLE stock_{number} (id INT, qty INT COMMENT 'secret', made_at DATE)",
            "dialect": "mysql",
            "description": "Stock by warehouse.",
            "columns": columns,
            "source_repo": f"owner/project{number}",
        }
        for number in range(8)
    ]
    path = tmp_path_factory.mktemp("documented") / "tables.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


@pytest.fixture(scope="module")
def evaluated(loop, documented):
    from pipelines.launch import CONFIGS, launch_evaluate, plan_evaluation

    overrides = ["evaluation.resamples=200", "tables.documented_skip=2", "tables.documented_tables=4"]
    config = CONFIGS / "evaluate/smoke.yaml"
    return launch_evaluate(plan_evaluation(config, overrides, ["spelled=names:"], documented), str(loop.adapter.id))


def test_all_systems_write_about_the_same_tables(evaluated, loop):
    result = evaluated.load()
    assert [(found.tables.name, found.tables.n_tables) for found in result.sets] == [
        ("synthetic", 3),
        ("documented", 4),
    ]
    for found in result.sets:
        systems = [(system.identity.name, system.role) for system in found.systems]
        assert systems == [("tuned", Role.CANDIDATE), ("base", Role.BASE), ("spelled", Role.BASELINE)]
        assert [each.baseline for each in found.comparisons] == ["base", "spelled"]
    assert result.candidate.model_sha256 == loop.adapter.load().digest
    # Where people wrote the references one can search with their words.
    assert result.result_of("synthetic").retrieval is None
    assert result.result_of("documented").retrieval is not None


def test_tokens_time_and_money_are_counted(evaluated):
    found = evaluated.load().result_of("documented")
    costs = {system.identity.name: system.cost for system in found.systems}
    assert 0 < costs["tuned"].input_tokens.estimate < costs["base"].input_tokens.estimate
    assert costs["spelled"].output_tokens.estimate == 0
    assert set(found.hosted) == {"gpt-6-luna", "claude-opus-5.5"}


def test_the_page_is_the_artifacts(evaluated, tmp_path):
    result = evaluated.load()
    page = tmp_path / "report.html"
    write_page(result, page)
    stored = next(each.uri for each in evaluated.visualizations if each.uri.endswith(".html"))
    assert page.read_text() == Path(stored).read_text()
    write_page(result, tmp_path / "report.json")
    assert type(result).model_validate_json((tmp_path / "report.json").read_bytes()) == result
