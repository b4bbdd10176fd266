"""Whole studies in real browsers, with programs for people."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.slow
def test_a_better_candidate_is_promoted_and_a_worse_one_refused_in_real_browsers(tmp_path):
    pytest.importorskip("playwright", reason="drives browsers: pip install -e '.[browser]'")
    pytest.importorskip("axe_playwright_python", reason="looks at pages: pip install -e '.[browser]'")
    if not any(map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))):
        pytest.skip("no Chromium is installed")
    records, home = tmp_path / "records", tmp_path / "home"
    command = [sys.executable, "-m", "benchmarks.simulated_study", "--tables", "24", "--raters", "2"]
    ended = subprocess.run(
        [*command, "--to", records, "--home", home], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    better, worse = json.loads((records / "summary.json").read_text())
    assert better["verdict"] == "promote"
    assert better["outcome"] == "It is the champion now."
    assert worse["verdict"] != "promote"
    assert "says" in worse["outcome"]
    assert better["leaks"] == worse["leaks"] == []
    assert better["responses"] > 150
    assert (home / "SIMULATED.md").is_file()
    assert all(
        (records / "better" / f"{name}.png").stat().st_size > 10_000 for name in ("rating-desktop", "rating-phone")
    )
