"""A judge's folder."""

from pathlib import Path

import pytest

from columnist.judging import Judge

JUDGE = """\
parameters:
  judge:
    model: {kind: openai, base_url: "http://127.0.0.1:9/v1", model: none, license: MIT}
    decoding: {max_new_tokens: 8, forced: false}
    labels: {first: "1", second: "2", tie: TIE, both_bad: BOTH_BAD}
    length_control: {ridge: 0.01}
    intervals: {seed: 3, level: 0.95, resamples: 200}
    probation: {min_ballots: 60, min_tables: 30}
"""
PROMPT = """\
{{ schema }}
{{ subject }}
Text {{ labels.first }}:
{{ first }}
Text {{ labels.second }}:
{{ second }}
Answer with {{ labels.words | join(", ") }}.
"""


@pytest.fixture
def judge_folder(tmp_path) -> Path:
    folder = tmp_path / "strict-v1"
    folder.mkdir()
    (folder / "judge.yaml").write_text(JUDGE)
    (folder / "prompt.j2").write_text(PROMPT)
    return folder


@pytest.fixture
def judge(judge_folder) -> Judge:
    return Judge.open(judge_folder)
