"""The command line of calibration: what it prints, and what it refuses in one line."""

import json

import pytest
from acceptance_simulation import CONFIG, LABEL, referenced_tables, simulate
from click.testing import CliRunner

from columnist import calibration_commands
from columnist.calibration_commands import calibration
from columnist.errors import AdapterError, ConfigError, ModelNotFound
from columnist.modeling.acceptance import adapting
from columnist.modeling.acceptance.adapting import fit_acceptance
from columnist.modeling.acceptance.calibration import CalibrationReport
from columnist.modeling.shipped import shipped_adapter
from columnist.synthesis import SynthesisConfig, synthesize_to
from columnist.terminal_calibration import print_calibration


@pytest.fixture
def run():
    """Run a subcommand; errors that a person can mend reach the test."""
    return lambda *arguments: CliRunner().invoke(calibration, list(arguments), catch_exceptions=False)


def test_a_model_that_is_not_there(run):
    with pytest.raises(ModelNotFound, match="no/such/adapter"):
        run("measure", "no/such/adapter")


def test_a_folder_that_holds_no_adapter(run, tmp_path):
    with pytest.raises(AdapterError, match="holds no adapter"):
        run("fit", str(tmp_path), "--to", str(tmp_path / "new"))


def test_a_folder_that_cannot_be_made(run, tmp_path):
    with pytest.raises(ConfigError, match="give a folder within one that exists"):
        run("fit", str(tmp_path), "--to", str(tmp_path / "no" / "new"))


def test_a_misspelt_parameter_is_noticed_before_the_work(run, tmp_path):
    with pytest.raises(ConfigError, match=r"parameters\.acceptance\.treshold"):
        run("fit", str(tmp_path), "--to", str(tmp_path / "new"), "--set", "acceptance.treshold=0.5")


@pytest.fixture
def measured(monkeypatch):
    """Let nothing be written by a model: the sources that it would be measured on are kept, and a report is given."""
    seen = []

    def measure_acceptance(_adapter, _acceptance, sources, *_):
        seen.append(sources)
        return fit_acceptance({name: simulate(referenced_tables()) for name in sources}, CONFIG, LABEL, "").report

    monkeypatch.setattr(adapting, "measure_acceptance", measure_acceptance)
    return seen


@pytest.fixture
def documented(tmp_path):
    path = tmp_path / "shop.sql"
    path.write_text(
        "CREATE TABLE orders (id INT, made DATE);\nCOMMENT ON COLUMN orders.made IS 'Day of the order.';\n"
        "CREATE TABLE items (id INT);\nCOMMENT ON TABLE items IS 'What is ordered.';\n"
    )
    return path


def test_documented_tables_are_measured_alone_where_no_training_set_is_named(run, measured, documented, monkeypatch):
    def no_store(*_):
        raise AssertionError("a training set is looked for")

    monkeypatch.setattr(calibration_commands, "_read_training_set", no_store)
    done = run("measure", str(shipped_adapter().folder), "--documented", str(documented), "--json")
    assert done.exit_code == 0
    (sources,) = measured
    assert {name: [known.table.name for known in tables] for name, tables in sources.items()} == {
        "documented": ["orders", "items"]
    }
    assert sources["documented"][0].reference.columns == ("", "Day of the order.")
    (printed,) = CalibrationReport.model_validate_json(done.stdout).calibrations
    assert printed.name.startswith("documented")


def test_a_training_set_that_is_named_is_measured_beside_documented_tables(run, measured, documented, tmp_path):
    folder = tmp_path / "set"
    synthesize_to(SynthesisConfig(seed=11, train_examples=4, validation_examples=1, test_examples=2), folder)
    adapter = str(shipped_adapter().folder)
    assert run("measure", adapter, "--documented", str(documented), "--training-set", str(folder)).exit_code == 0
    assert [sorted(sources) for sources in measured] == [["documented", "test"]]


@pytest.mark.parametrize("name", ["none.jsonl", "", "empty.sql"])
def test_documented_tables_that_cannot_be_read_are_refused_before_the_model_is_opened(run, tmp_path, name):
    (tmp_path / "empty.sql").touch()
    for command in (["measure"], ["fit", "--to", str(tmp_path / "new")]):
        with pytest.raises(ConfigError, match=r"expected described tables.*check the path"):
            run(*command, "no/such/adapter", "--documented", str(tmp_path / name))
    assert not (tmp_path / "new").exists()


def test_the_curves_are_printed_as_numbers(capsys):
    fitted = fit_acceptance({"simulated": simulate(referenced_tables())}, CONFIG, LABEL, "")
    (found,) = fitted.report.calibrations
    print_calibration(found)
    printed = capsys.readouterr().out
    assert f"{found.ece_equal_mass.estimate:.3f} (" in printed
    assert "risk and coverage" in printed
    assert f"{found.in_use.coverage:.1%}" in printed
    assert CalibrationReport.model_validate(json.loads(fitted.report.model_dump_json())) == fitted.report
