"""The group ``bench``: benchmarks are loaded when asked for, and what is missing is said in one line."""

import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from columnist.bench_commands import BENCHMARKS, bench, load_benchmark
from columnist.errors import ConfigError

ROOT = Path(__file__).resolve().parents[3]


def test_the_help_lists_every_benchmark_and_loads_none():
    code = (
        "import sys; sys.argv = ['run.py', 'bench', '--help']; import run; run.main(); "
        "print('LOADED', [name for name in sys.modules if name.startswith(('benchmarks', 'torch'))])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)
    assert done.stdout.splitlines()[-1] == "LOADED []"
    assert all(f"  {name} " in done.stdout for name in BENCHMARKS)


@pytest.mark.parametrize("name", sorted(name for name in BENCHMARKS if (ROOT / "benchmarks" / f"{name}.py").exists()))
def test_every_benchmark_is_a_command_that_explains_itself(name):
    command = load_benchmark(name)
    assert command.help
    assert all(option.help for option in command.params if isinstance(option, click.Option))
    shown = CliRunner().invoke(bench, [name, "--help"])
    assert shown.exit_code == 0
    assert shown.output.startswith(f"Usage: bench {name}")


def test_an_unknown_benchmark():
    done = CliRunner().invoke(bench, ["nope"])
    assert done.exit_code == 2
    assert "No such command 'nope'" in done.output


def test_a_checkout_without_the_folder(monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(ConfigError, match="bench decode needs the folder benchmarks"):
        load_benchmark("decode")


def test_a_benchmark_that_is_not_there():
    with pytest.raises(ConfigError, match=r"bench none is not in .*benchmarks"):
        load_benchmark("none")


def test_the_page_explains_every_benchmark():
    page = (ROOT / "benchmarks" / "README.md").read_text()
    assert [name for name in BENCHMARKS if f"## {name}\n" not in page] == []
