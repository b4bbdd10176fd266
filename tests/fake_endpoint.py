"""A local endpoint in the OpenAI form that charges for each call, and misbehaves as it is told."""

import json
import threading
import time
from collections import Counter
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

Reply = Callable[["Call"], None]


class FakeEndpoint:
    """Answers ``/v1/chat/completions``; each call is handed to ``reply``.

    Attributes:
        reply: What to do with a call; ``answer_well`` unless a test says otherwise.
        delay_s: How long the model thinks; a call is charged before it does.
        charges: The request keys that were charged, one entry a charge.
        calls: Time and headers of each call.
    """

    def __init__(self, log: Path | None = None):
        self.reply: Reply = answer_well
        self.delay_s = 0.0
        self.charges: list[str] = []
        self.calls: list[tuple[float, dict[str, str]]] = []
        self._log, self._lock = log, threading.Lock()
        self._server = _Server(("127.0.0.1", 0), self._handler())
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}/v1"

    def __enter__(self) -> "FakeEndpoint":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def charge(self, key: str) -> None:
        with self._lock:
            self.charges.append(key)
            if self._log:
                with self._log.open("a") as log:
                    log.write(key + "\n")

    def charged_twice(self) -> list[str]:
        return [key for key, times in Counter(self.charges).items() if times > 1]

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        endpoint = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                with endpoint._lock:
                    endpoint.calls.append((time.monotonic(), dict(self.headers)))
                endpoint.reply(Call(endpoint, self, json.loads(body)))

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        return Handler


class Call:
    """One call that is being answered."""

    def __init__(self, endpoint: FakeEndpoint, handler: BaseHTTPRequestHandler, body: dict[str, Any]):
        self.endpoint, self.handler, self.body = endpoint, handler, body
        self.key = handler.headers.get("Idempotency-Key", "")
        self.number = len(endpoint.calls)

    @property
    def form(self) -> dict[str, Any]:
        """The form that the model is to fill."""
        return dict(json.loads(self.body["messages"][-1]["content"].rpartition("The form to fill:")[2]))

    @property
    def facts(self) -> dict[str, Any]:
        text = self.body["messages"][-1]["content"].partition("The facts:")[2].partition("The form to fill:")[0]
        return dict(json.loads(text))

    def send(self, status: int, body: bytes = b"", headers: dict[str, str] | None = None) -> None:
        sent = {"Content-Type": "application/json", "Content-Length": str(len(body)), **(headers or {})}
        try:
            self.handler.send_response(status)
            for name, value in sent.items():
                self.handler.send_header(name, value)
            self.handler.end_headers()
            self.handler.wfile.write(body)
        except OSError:
            return  # the caller has gone, or has had enough

    def say(self, content: object, **choice: Any) -> None:
        """Charge, think, and answer with a message."""
        self.endpoint.charge(self.key)
        time.sleep(self.endpoint.delay_s)
        self.send(200, completion(content, **choice))

    def hang_up(self) -> None:
        self.handler.close_connection = True
        self.handler.connection.close()


def completion(content: object, usage: object = None, **choice: Any) -> bytes:
    """The body of an answer whose message has some content."""
    message = {"role": "assistant", "content": content}
    told = {"prompt_tokens": 1000, "completion_tokens": 100} if usage is None else usage
    choices = [{"index": 0, "finish_reason": "stop", "message": message} | choice]
    return json.dumps({"id": "x", "choices": choices, "usage": told}).encode()


def answer_well(call: Call) -> None:
    """Reword the facts."""
    call.say(json.dumps(reworded(call.facts)))


def reworded(facts: Any) -> Any:
    """The same facts in what passes for other words."""
    if isinstance(facts, dict):
        return {name: reworded(fact) for name, fact in facts.items()}
    return f"In other words, {facts[:1].lower()}{facts[1:]}"


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def handle_error(self, *_: object) -> None:
        """Say nothing: callers are killed in the middle of a call on purpose."""
