"""Which teacher writes, as a configuration file says it."""

import ipaddress
import re
from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import SplitResult, urlsplit

from pydantic import Field, field_validator, model_validator

from columnist.values import Value

# An SPDX expression, or LicenseRef- and a name for terms that SPDX does not list.
License = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9.+-]*( (AND|OR|WITH) [A-Za-z0-9][A-Za-z0-9.+-]*)*$")]


class GrammarTeacherConfig(Value):
    """The generator itself: offline and deterministic.

    Attributes:
        license: SPDX identifier under which its texts may be used.
    """

    kind: Literal["grammar"]
    license: License = "Apache-2.0"


class LocalTeacherConfig(Value):
    """A model of one's own, through the engine that also describes tables.

    Attributes:
        base_model: A reference as in ``columnist.modeling.base_models``.
        adapter: Folder of an adapter that was trained on it; ``None`` for the base model alone.
        license: SPDX identifier under which its texts may be used.
    """

    kind: Literal["local"]
    base_model: str = Field(min_length=1)
    adapter: Path | None = None
    license: License


class OpenAITeacherConfig(Value):
    """A model behind an OpenAI-compatible endpoint: hosted, vLLM, Ollama or a llama.cpp server.

    The key is no part of it: it is read from ``COLUMNIST_TEACHER_API_KEY``.

    Attributes:
        base_url: What stands before ``/chat/completions``, such as ``https://api.example.com/v1``.
        license: SPDX identifier under which the model's outputs may be used.
        temperature: ``None`` leaves it to the endpoint, as some models demand.
        max_tokens: Longest answer; a table of 100 columns needs about 5,000.
        max_tokens_field: How the endpoint calls ``max_tokens``.
        timeout_s: Longest time for one call, from connecting to the last byte.
        concurrency: Calls in flight at once.
        requests_per_minute: Calls are spread evenly; ``None`` for no limit.
        max_attempts: How often a request is sent at most, if the endpoint is busy or fails.
        backoff_s: Wait before the second attempt, on average; it doubles with each further one.
        max_usd: What all requests of a ledger may cost together; none is sent that could exceed it.
        in_doubt: What to do about a request whose answer was lost, because time ran
            out, the connection broke or the machine crashed: it may have been charged.
            ``reject`` counts a refusal and never pays twice; ``resend`` is for
            endpoints that are free or honour the ``Idempotency-Key`` header.
        allow_plain_http: Whether another machine may be called without TLS.
    """

    kind: Literal["openai"]
    base_url: str
    model: str = Field(min_length=1)
    license: License
    temperature: float | None = Field(default=0.7, ge=0, le=2, allow_inf_nan=False)
    max_tokens: int = Field(default=8192, ge=1, le=1_000_000)
    max_tokens_field: Literal["max_tokens", "max_completion_tokens"] = "max_tokens"
    timeout_s: float = Field(default=120, gt=0, le=3600)
    concurrency: int = Field(default=8, ge=1, le=256)
    requests_per_minute: float | None = Field(default=None, gt=0, allow_inf_nan=False)
    max_attempts: int = Field(default=5, ge=1, le=20)
    backoff_s: float = Field(default=1, gt=0, le=60)
    usd_per_million_input_tokens: float = Field(default=0, ge=0, allow_inf_nan=False)
    usd_per_million_output_tokens: float = Field(default=0, ge=0, allow_inf_nan=False)
    max_usd: float | None = Field(default=None, gt=0, allow_inf_nan=False)
    in_doubt: Literal["reject", "resend"] = "reject"
    allow_plain_http: bool = False

    @field_validator("base_url")
    @classmethod
    def _base_url_is_an_address_without_secrets(cls, base_url: str) -> str:
        parts = _split(base_url)
        if parts is None or parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError("expected an http(s) address such as https://api.example.com/v1")
        if parts.username or parts.password or parts.query or parts.fragment or re.search(r"\s", base_url):
            # Not repeated here: it may hold a password.
            raise ValueError(
                "expected an address without user, password and query; the key belongs into COLUMNIST_TEACHER_API_KEY"
            )
        return base_url.rstrip("/").removesuffix("/chat/completions")

    @model_validator(mode="after")
    def _plain_http_is_allowed(self) -> Self:
        if not (self.base_url.startswith("https:") or is_loopback(self.base_url) or self.allow_plain_http):
            raise ValueError("plain http would show the key to the network; use https, or set allow_plain_http: true")
        return self

    @model_validator(mode="after")
    def _a_budget_needs_prices(self) -> Self:
        if self.max_usd and not (self.usd_per_million_input_tokens or self.usd_per_million_output_tokens):
            raise ValueError("max_usd needs usd_per_million_input_tokens and usd_per_million_output_tokens")
        return self

    def usd(self, input_tokens: int, output_tokens: int) -> float:
        """Return the price of tokens.

        Example:
            >>> config = OpenAITeacherConfig(kind="openai", base_url="http://localhost:11434/v1", model="m",
            ...     license="MIT", usd_per_million_input_tokens=1, usd_per_million_output_tokens=10)
            >>> config.usd(input_tokens=2_000, output_tokens=500)
            0.007
        """
        return (
            input_tokens * self.usd_per_million_input_tokens + output_tokens * self.usd_per_million_output_tokens
        ) / 1_000_000


TeacherConfig = Annotated[
    GrammarTeacherConfig | OpenAITeacherConfig | LocalTeacherConfig,
    Field(discriminator="kind"),
]


def is_loopback(url: str) -> bool:
    """Whether an address is on this machine, so that what is sent there stays on it.

    Example:
        >>> is_loopback("http://127.0.0.1:8080/v1"), is_loopback("http://localhost.example.com/v1")
        (True, False)
    """
    host = urlsplit(url).hostname or ""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _split(url: str) -> SplitResult | None:
    try:
        parts = urlsplit(url)
        return parts if parts.port is None or parts.port else None
    except ValueError:  # brackets that do not close, or a port that is no number
        return None
