"""What a call costs: what the answer tells, or an estimate from its length."""

from typing import Any

from columnist.synthesis.teachers.json_texts import parse_json
from columnist.synthesis.teachers.ledger import Cost
from columnist.synthesis.teachers.settings import OpenAITeacherConfig

_BYTES_PER_TOKEN = 3  # English prose has about 4, SQL and JSON less
_PLAUSIBLE_TOKENS = 10_000_000


def worst_case(config: OpenAITeacherConfig, body: str) -> Cost:
    """Return what a call may cost at most, as far as that can be known before it.

    Example:
        >>> config = OpenAITeacherConfig(kind="openai", base_url="http://localhost/v1", model="m", license="MIT",
        ...     max_tokens=100)
        >>> worst_case(config, "x" * 30).input_tokens, worst_case(config, "x" * 30).output_tokens
        (10, 100)
    """
    return _cost(config, _estimate(body), config.max_tokens, estimated=True)


def cost_of(config: OpenAITeacherConfig, body: str, answer: bytes) -> Cost:
    """Return what an answered call has cost."""
    usage = _usage(answer)
    if usage:
        return _cost(config, *usage, estimated=False)
    output_tokens = min(-(-len(answer) // _BYTES_PER_TOKEN), config.max_tokens)
    return _cost(config, _estimate(body), output_tokens, estimated=True)


def _usage(answer: bytes) -> tuple[int, int] | None:
    """Return input and output tokens, if the answer tells them and they can be believed."""
    try:
        content = parse_json(answer)
    except ValueError:
        return None
    usage = content.get("usage") if isinstance(content, dict) else None
    if not isinstance(usage, dict):
        return None
    input_tokens, output_tokens = _count(usage.get("prompt_tokens")), _count(usage.get("completion_tokens"))
    return None if input_tokens is None or output_tokens is None else (input_tokens, output_tokens)


def _count(value: Any) -> int | None:
    return value if type(value) is int and 0 <= value <= _PLAUSIBLE_TOKENS else None


def _estimate(body: str) -> int:
    return -(-len(body.encode()) // _BYTES_PER_TOKEN)


def _cost(config: OpenAITeacherConfig, input_tokens: int, output_tokens: int, estimated: bool) -> Cost:
    usd = config.usd(input_tokens, output_tokens)
    return Cost(input_tokens=input_tokens, output_tokens=output_tokens, usd=usd, estimated=estimated)
