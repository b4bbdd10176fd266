"""The engine for models behind an endpoint in the form of OpenAI: hosted, vLLM, Ollama or a llama.cpp server.

One chat request asks for all slots of a prompt as a JSON object. Whatever comes back,
there is one text per slot; what is missing or cannot be read stays empty and is counted.
The endpoint's own limits are respected: it is called no faster than it allows, and an
answer that may have been charged is not asked for again.

Endpoints differ in what they accept. A request is sent in the most exact form first, and
in a plainer one where it is refused; the form that was accepted is kept.
"""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

import httpx2
from pydantic import ValidationError
from tenacity import AsyncRetrying, retry_if_exception, stop_after_attempt, wait_exponential, wait_random

from columnist.digests import canonical_json, digest_value
from columnist.errors import ConfigError, TeacherError
from columnist.modeling.engines.protocol import Filled, OnFilled
from columnist.modeling.engines.spoken_logprobs import Spoken, logprobs_of_texts
from columnist.modeling.prompts import TABLE_SLOT, Prompt, Request, as_request, parse_reply
from columnist.synthesis.teachers.asking import Request as Posted
from columnist.synthesis.teachers.calls import InDoubt, NotCharged, call, open_client, read_key
from columnist.synthesis.teachers.costs import cost_of, worst_case
from columnist.synthesis.teachers.json_texts import parse_json
from columnist.synthesis.teachers.ledger import Cost
from columnist.synthesis.teachers.pace import Pace, sleep_unless
from columnist.synthesis.teachers.settings import OpenAITeacherConfig

_LONGEST_BACKOFF_S = 60
_HOPELESS = 8  # requests that failed in a row: the endpoint is down, and so would be all others
_SEED = 0
_UNKNOWN_LICENSE = "LicenseRef-unknown"  # of outputs: they are shown to stewards, and nothing is trained on them


class _Form(NamedTuple):
    """How a request is put, where endpoints differ.

    Attributes:
        response_format: ``json_schema``, ``json_object``, or nothing.
        extras: Whether a seed is given and log-probabilities are asked for.
        has_system: Whether there is a message of the role system; some chat templates know none.
    """

    response_format: str
    extras: bool
    has_system: bool


_FORMS = (
    _Form("json_schema", extras=True, has_system=True),
    _Form("json_schema", extras=False, has_system=True),
    _Form("json_object", extras=False, has_system=True),
    _Form("", extras=False, has_system=True),
    _Form("", extras=False, has_system=False),
)


class Usage(NamedTuple):
    """What an engine's calls have taken so far.

    Attributes:
        answers: Requests that were answered.
        unreadable: Answers without any text that was asked for.
        unanswered: Requests that were given up.
        estimated: Whether an endpoint did not tell the tokens of some call.
    """

    answers: int = 0
    unreadable: int = 0
    unanswered: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    usd: float = 0.0
    estimated: bool = False

    def plus(self, cost: Cost) -> "Usage":
        """Return the usage with one more call's cost."""
        return self._replace(
            input_tokens=self.input_tokens + cost.input_tokens,
            output_tokens=self.output_tokens + cost.output_tokens,
            usd=self.usd + cost.usd,
            estimated=self.estimated or cost.estimated,
        )


class OpenAIEngine:
    """Fills slots with a model behind an endpoint.

    Attributes:
        usage: What the calls have taken so far.
    """

    def __init__(self, config: OpenAITeacherConfig):
        """Take the settings of an endpoint; the key comes from the environment.

        Raises:
            TeacherError: The key cannot be one.
        """
        self.usage = Usage()
        self._config, self._key = config, read_key()
        self._form = 0

    def fill(self, prompts: Sequence[Prompt], on_filled: OnFilled | None = None) -> list[tuple[Filled, ...]]:
        """Fill the slots of ``instruct`` prompts, several prompts at once.

        ``on_filled`` is not called for a prompt that got no answer: asked again later,
        it may get one.

        Raises:
            ConfigError: The prompts are for tuned models.
            TeacherError: No further call makes sense; the calls in flight were waited for.
        """
        if any(not prompt.instructions for prompt in prompts):
            raise ConfigError(
                "the engine openai asks general-purpose models, but prompts for a tuned model came; "
                "choose another engine for an adapter"
            )
        return asyncio.run(self._fill(prompts, on_filled))

    def complete(
        self,
        requests: Sequence[tuple[str, str | None]],
        max_new_tokens: int,
        schemas: Sequence[dict[str, Any]] | None = None,
    ) -> list[str]:
        """Answer chat requests, several at once.

        Args:
            requests: The user's text, and the system's if there is one.
            max_new_tokens: An answer is cut here.
            schemas: A JSON schema for each request, for its answer to follow where the endpoint can force it.

        Returns:
            The raw answers; empty for a request that got none.

        Raises:
            TeacherError: No further call makes sense; the calls in flight were waited for.
        """
        config = self._config.model_copy(update={"max_tokens": max_new_tokens})
        forms = schemas or [{} for _ in requests]
        asked = [
            Request(slots=(), system=system or "", user=user, json_schema=form)
            for (user, system), form in zip(requests, forms, strict=True)
        ]
        results = [""] * len(asked)

        def take(place: int, answer: bytes, calls: _Calls) -> None:
            results[place], _tokens = _content(answer)
            calls.count(bool(results[place]))

        asyncio.run(self._ask(config, asked, take))
        return results

    async def _fill(self, prompts: Sequence[Prompt], on_filled: OnFilled | None) -> list[tuple[Filled, ...]]:
        results = [(Filled(""),) * len(prompt.slots) for prompt in prompts]
        requests = [as_request(prompt) for prompt in prompts]

        def take(place: int, answer: bytes, calls: _Calls) -> None:
            results[place] = calls.read(requests[place], answer)
            if on_filled:
                on_filled(place, results[place])

        await self._ask(self._config, requests, take)
        return results

    async def _ask(self, config: OpenAITeacherConfig, requests: Sequence[Request], take: "_Take") -> None:
        """Send requests, several at once, and hand over each answer with its place as soon as it is there."""
        waiting = iter(range(len(requests)))
        async with open_client(config, self._key) as client:
            calls = _Calls(config, client, self.usage, self._form)

            async def work() -> None:
                for place in waiting:
                    answer = await calls.ask(requests[place])
                    if calls.fault and answer is None:
                        return
                    if answer is not None:
                        take(place, answer, calls)

            try:
                await asyncio.gather(*(work() for _ in range(min(config.concurrency, len(requests)))))
            finally:
                self.usage, self._form = calls.usage, calls.form
        if calls.fault:
            raise calls.fault


class _Calls:
    """The calls of one filling: their pace, their budget, and what they have taken.

    Attributes:
        form: The place in ``_FORMS`` of the most exact form that the endpoint has accepted.
        fault: Why no further call makes sense, if so.
    """

    def __init__(self, config: OpenAITeacherConfig, client: httpx2.AsyncClient, usage: Usage, form: int):
        self.usage, self.form = usage, form
        self.fault: TeacherError | None = None
        self._config, self._client = config, client
        self._pace = Pace(config.requests_per_minute)
        self._stopping = asyncio.Event()
        self._reserved_usd = 0.0
        self._failed_in_a_row = 0

    async def ask(self, request: Request) -> bytes | None:
        """Return the answer to a request, or ``None`` where there is none."""
        reason = "it did not accept the request"
        for number in range(self.form, len(_FORMS)):
            if self._stopping.is_set():
                return None
            try:
                answer = await self._send(_render(self._config, request, _FORMS[number]))
            except NotCharged as error:
                if not error.again:
                    continue  # perhaps in a plainer form
                reason = str(error)
                break
            except InDoubt as error:
                reason = str(error)
                break
            except TeacherError as error:
                self._stop(error)
                return None
            # A plainer form is only kept if it was the form that was refused, not this one request.
            self.form = max(self.form, number)
            self._failed_in_a_row = 0
            return answer
        self._give_up(reason)
        return None

    def read(self, request: Request, answer: bytes) -> tuple[Filled, ...]:
        """Return what an answer says of each slot of a request."""
        content, tokens = _content(answer)
        texts = parse_reply(request, content)
        logprobs = logprobs_of_texts(content, tokens)
        self.count(any(texts))
        return tuple(
            Filled(text, logprobs.get("table" if slot.index == TABLE_SLOT else slot.name, ()) if text else ())
            for slot, text in zip(request.slots, texts, strict=True)
        )

    def count(self, is_readable: bool) -> None:
        """Take note of an answer."""
        usage = self.usage
        self.usage = usage._replace(answers=usage.answers + 1, unreadable=usage.unreadable + (not is_readable))

    async def _send(self, posted: Posted) -> bytes:
        """Send a request, and again while that may help."""
        backoff_s = self._config.backoff_s
        retrying = AsyncRetrying(
            stop=stop_after_attempt(self._config.max_attempts),
            wait=wait_exponential(multiplier=backoff_s, max=_LONGEST_BACKOFF_S) + wait_random(0, backoff_s),
            retry=retry_if_exception(self._is_worth_another),
            sleep=lambda wait_s: sleep_unless(self._stopping, wait_s),
            reraise=True,
        )
        return await retrying(self._attempt, posted)

    async def _attempt(self, posted: Posted) -> bytes:
        worst = worst_case(self._config, posted.body)
        self._check_budget(worst.usd)
        if not await self._pace.turn(self._stopping):
            raise NotCharged("the calls were stopped", again=False)
        self._reserved_usd += worst.usd
        try:
            answer = await call(self._client, self._config, posted)
        except NotCharged as error:
            self._pace.hold(error.wait_s)
            raise
        except InDoubt:
            self.usage = self.usage.plus(worst)
            raise
        finally:
            self._reserved_usd -= worst.usd
        self.usage = self.usage.plus(cost_of(self._config, posted.body, answer))
        return answer

    def _check_budget(self, usd: float) -> None:
        limit_usd = self._config.max_usd
        if limit_usd is not None and self.usage.usd + self._reserved_usd + usd > limit_usd:
            raise TeacherError(
                f"the next call might exceed max_usd ({limit_usd:g}): {self.usage.usd:.4f} USD are spent "
                f"and it may cost {usd:.4f}; raise max_usd to go on"
            )

    def _is_worth_another(self, error: BaseException) -> bool:
        if isinstance(error, InDoubt):
            return self._config.in_doubt == "resend"
        return isinstance(error, NotCharged) and error.again

    def _give_up(self, reason: str) -> None:
        if self._stopping.is_set():
            return
        self.usage = self.usage._replace(unanswered=self.usage.unanswered + 1)
        self._failed_in_a_row += 1
        if self._failed_in_a_row == _HOPELESS:
            self._stop(
                TeacherError(
                    f"{self._config.base_url}: {_HOPELESS} requests in a row failed, the last because {reason}; "
                    "start again when it works"
                )
            )

    def _stop(self, error: TeacherError) -> None:
        """Send nothing more; the calls in flight are paid for and are waited for."""
        self.fault = self.fault or error
        self._stopping.set()


_Take = Callable[[int, bytes, _Calls], None]


def open_openai(reference: str) -> OpenAIEngine:
    """Return an engine for a model behind an endpoint.

    Args:
        reference: The endpoint's address and the model's name, with ``#`` between them.

    Raises:
        ConfigError: The address cannot be used.
        TeacherError: The key cannot be one.
    """
    base_url, _, model = reference.partition("#")
    if not model:
        raise ConfigError(
            f"the engine openai expects an address and a model, such as https://host/v1#model, but {reference!r} came"
        )
    return OpenAIEngine(served_model(base_url, model))


def served_model(base_url: str, model: str, **settings: Any) -> OpenAITeacherConfig:
    """Return the settings of a model behind an endpoint, asked for what it holds likeliest.

    Raises:
        ConfigError: The address or a setting cannot be used.

    Example:
        >>> served_model("http://localhost:11434/v1/", "qwen2.5:1.5b").base_url
        'http://localhost:11434/v1'
    """
    chosen = {"temperature": 0.0, "license": _UNKNOWN_LICENSE, **settings}
    try:
        return OpenAITeacherConfig(kind="openai", base_url=base_url, model=model, **chosen)
    except ValidationError as error:
        problem = error.errors()[0]
        place = ".".join(map(str, problem["loc"])) or "the endpoint"
        raise ConfigError(f"the engine openai cannot be used: {place}: {problem['msg']}") from None


def _render(config: OpenAITeacherConfig, request: Request, form: _Form) -> Posted:
    """Return what is posted; greedy as far as an endpoint has a setting for that."""
    system, user = request.system, request.user
    body: dict[str, Any] = {
        "model": config.model,
        "messages": [{"role": "system", "content": system}, {"role": "user", "content": user}]
        if system and form.has_system
        else [{"role": "user", "content": f"{system}\n\n{user}".strip()}],
        config.max_tokens_field: config.max_tokens,
        "stream": False,
    }
    if config.temperature is not None:
        body["temperature"] = config.temperature
    if not request.json_schema:
        pass  # a free answer
    elif form.response_format == "json_schema":
        named = {"name": "documentation", "strict": True, "schema": request.json_schema}
        body["response_format"] = {"type": "json_schema", "json_schema": named}
    elif form.response_format:
        body["response_format"] = {"type": form.response_format}
    if form.extras:
        body |= {"seed": _SEED, "logprobs": True}
    return Posted(key=digest_value({"body": body}), body=canonical_json(body))


def _content(answer: bytes) -> tuple[str, list[Spoken]]:
    """Return what a model said, and its tokens where the endpoint tells them; nothing if there is no message."""
    try:
        completion = parse_json(answer)
        choice = completion["choices"][0]
        content = choice["message"]["content"]
    except (ValueError, KeyError, IndexError, TypeError):
        return "", []
    return (content, list(_tokens(choice))) if isinstance(content, str) else ("", [])


def _tokens(choice: dict[str, Any]) -> Iterator[Spoken]:
    logprobs = choice.get("logprobs")
    listed = logprobs.get("content") if isinstance(logprobs, dict) else None
    for entry in listed if isinstance(listed, list) else ():
        text, logprob = (entry.get("token"), entry.get("logprob")) if isinstance(entry, dict) else (None, None)
        if not isinstance(text, str) or not isinstance(logprob, int | float) or isinstance(logprob, bool):
            return  # what is incomplete does not spell the answer, and is not used
        yield Spoken(text, float(logprob))
