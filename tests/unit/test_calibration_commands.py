"""The command line of calibration: what it prints, and what it refuses in one line."""

import json

import pytest
from acceptance_simulation import CONFIG, LABEL, referenced_tables, simulate
from click.testing import CliRunner

from columnist.calibration_commands import calibration
from columnist.errors import AdapterError, ConfigError, ModelNotFound
from columnist.modeling.acceptance.adapting import fit_acceptance
from columnist.modeling.acceptance.calibration import CalibrationReport
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


def test_the_curves_are_printed_as_numbers(capsys):
    fitted = fit_acceptance({"simulated": simulate(referenced_tables())}, CONFIG, LABEL, "")
    (found,) = fitted.report.calibrations
    print_calibration(found)
    printed = capsys.readouterr().out
    assert f"{found.ece_equal_mass.estimate:.3f} (" in printed
    assert "risk and coverage" in printed
    assert f"{found.in_use.coverage:.1%}" in printed
    assert CalibrationReport.model_validate(json.loads(fitted.report.model_dump_json())) == fitted.report
