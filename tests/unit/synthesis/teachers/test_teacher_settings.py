"""Which teacher a configuration names, and which ones are refused."""

import pytest
from pydantic import TypeAdapter, ValidationError

from columnist.synthesis.teachers import GrammarTeacherConfig, LocalTeacherConfig, OpenAITeacherConfig, TeacherConfig

SERVED = {"kind": "openai", "base_url": "https://api.example.com/v1", "model": "m", "license": "Apache-2.0"}


def parse(settings: dict) -> TeacherConfig:
    return TypeAdapter(TeacherConfig).validate_python(settings)


def test_the_kind_tells_the_teacher():
    assert isinstance(parse({"kind": "grammar"}), GrammarTeacherConfig)
    assert isinstance(parse(SERVED), OpenAITeacherConfig)
    assert isinstance(parse({"kind": "local", "base_model": "embedded", "license": "MIT"}), LocalTeacherConfig)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"kind": "oracle"}, "grammar"),
        ({"api_key": "k"}, "Extra inputs"),
        ({"license": "do what you want"}, "pattern"),
        ({"base_url": "ftp://example.com"}, "http"),
        ({"base_url": "https://"}, "address"),
        ({"base_url": "https://[::1"}, "address"),
        ({"base_url": "https://host:port/v1"}, "address"),
        ({"base_url": "https://user:hunter2@example.com/v1"}, "COLUMNIST_TEACHER_API_KEY"),
        ({"base_url": "https://example.com/v1?key=hunter2"}, "COLUMNIST_TEACHER_API_KEY"),
        ({"base_url": "http://api.example.com/v1"}, "allow_plain_http"),
        ({"base_url": "http://localhost.example.com/v1"}, "allow_plain_http"),
        ({"max_usd": 5}, "usd_per_million_input_tokens"),
        ({"temperature": float("nan")}, "temperature"),
        ({"concurrency": 0}, "concurrency"),
    ],
)
def test_what_cannot_work_is_refused(change, expected):
    with pytest.raises(ValidationError, match=expected):
        parse(SERVED | change)


@pytest.mark.parametrize("license", ["MIT", "LicenseRef-vendor-terms", "Apache-2.0 WITH LLVM-exception"])
def test_licenses_are_spdx_expressions(license):
    assert parse({"kind": "grammar", "license": license}).license == license


@pytest.mark.parametrize("base_url", ["http://localhost:11434/v1", "http://127.0.0.1/v1", "http://[::1]:8080/v1/"])
def test_plain_http_stays_on_this_machine(base_url):
    assert parse(SERVED | {"base_url": base_url}).base_url == base_url.rstrip("/")


def test_plain_http_can_be_allowed_and_the_last_part_of_the_address_is_ours():
    config = parse(SERVED | {"base_url": "http://gpu-1/v1/chat/completions", "allow_plain_http": True})
    assert config.base_url == "http://gpu-1/v1"
