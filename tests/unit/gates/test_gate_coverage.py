"""Every branch of the gate is tested: a line that no test has seen could open it."""

import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
TESTS = ("test_gate_automatic.py", "test_gate_evidence.py", "test_gate_config.py")
MODULES = ("automatic", "config", "criteria", "evidence", "results")


def test_every_branch_is_covered_by_its_own_tests(tmp_path):
    """In a process of its own: what is imported already is not measured any more."""
    report = tmp_path / "coverage.json"
    tests = [str(Path(__file__).with_name(name)) for name in TESTS]
    options = ["--cov=columnist.gates", "--cov-branch", f"--cov-report=json:{report}", "-p", "no:cacheprovider"]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *tests, *options],
        cwd=ROOT,
        env={**os.environ, "COVERAGE_FILE": str(tmp_path / "data")},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout
    files = json.loads(report.read_text())["files"]
    # Of simulations nothing is needed here: tests of single cases have to see every branch.
    missed = {
        name: (
            files[f"columnist/gates/{name}.py"]["missing_lines"],
            files[f"columnist/gates/{name}.py"]["missing_branches"],
        )
        for name in MODULES
    }
    assert missed == dict.fromkeys(MODULES, ([], []))
