"""What every page for reviewers has: its frame, its errors, and the picture of a lineage."""

import re
from collections.abc import Callable, Coroutine, Mapping, Sequence
from typing import Any, NamedTuple

from fastapi import HTTPException, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, RedirectResponse
from fastapi.routing import APIRoute

from columnist.errors import EvidenceError, ModelNotFound
from columnist.reviewers.dossiers import Station
from webapp.pages import render
from webapp.review.sessions import Seat, SignedOutError

# Of each status: the heading, and what to do.
_ERRORS = {
    400: ("That could not be read", "Go back, and try again."),
    403: ("That did not come from this page", "Nothing was decided. Load the page again, and decide there."),
    404: ("There is no such page", "Go back to the list of versions."),
    405: ("There is no such page", "Go back to the list of versions."),
    413: ("That was too much at once", "Nothing was decided. Write a shorter reason."),
    415: ("That could not be read", "Go back, and try again."),
    429: ("Too many attempts", "Wait a few minutes, then try again."),
    500: (
        "Something went wrong here",
        "Look into the audit log before you decide again; what went wrong stands in the log of the server.",
    ),
    503: ("The evidence cannot be read now", "Try again in a minute."),
}
_DIGEST = re.compile(r"\b([0-9a-f]{16})[0-9a-f]{16,48}\b")
_LINE, _PAD, _GAP = 20, 12, 22
_LONGEST, _MOST_LINES = 54, 7  # signs and lines that fit into a box; all of it stands below the picture


class ReviewRoute(APIRoute):
    """A route whose errors are pages for reviewers, and which asks whoever is signed out to sign in."""

    @staticmethod
    def tell_failure(status: int) -> HTMLResponse:
        """Return the page of a bug, here or in the process that reads the evidence."""
        return show_error(status)

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return the handler."""
        handle = super().get_route_handler()

        async def handle_or_tell(request: Request) -> Response:
            try:
                return await handle(request)
            except SignedOutError:
                return RedirectResponse("/review/sign-in", 303)
            except HTTPException as error:
                return show_error(error.status_code, error.headers)
            except RequestValidationError:
                return show_error(400)
            except ModelNotFound as error:
                return show_error(404, said=str(error))
            except EvidenceError as error:
                return show_error(503, said=str(error))

        return handle_or_tell


class Box(NamedTuple):
    """A station as it is drawn."""

    name: str
    title: str
    top: int
    height: int
    lines: tuple[tuple[str, int], ...]


def show(template: str, seat: Seat | None, status: int = 200, **values: Any) -> HTMLResponse:
    """Return a page of ``webapp/templates/review``; all values are escaped."""
    return render(f"review/{template}", status, seat=seat, **values)


def show_error(status: int, headers: Mapping[str, str] | None = None, said: str = "") -> HTMLResponse:
    """Return the page of an error; a status without a page of its own gets that of 400 or 503."""
    known = status if status in _ERRORS else (503 if status >= 500 else 400)
    heading, advice = _ERRORS[known]
    page = show("error.html.j2", None, status, heading=heading, advice=advice, said=said)
    page.headers.update(dict(headers or {}))
    return page


def draw_lineage(stations: Sequence[Station]) -> tuple[tuple[Box, ...], int]:
    """Return the boxes of a lineage from top to bottom, and the height of the picture.

    Example:
        >>> boxes, height = draw_lineage([Station(name="code", title="Code", facts=(("commit", "c0ffee"),))])
        >>> boxes[0].lines, height
        ((('commit: c0ffee', 55),), 72)
    """
    boxes, top = [], 2
    for station in stations:
        texts = [_cut(f"{name}: {fact}") for name, fact in station.facts]
        if len(texts) > _MOST_LINES:
            texts[_MOST_LINES - 1 :] = [f"and {len(texts) - _MOST_LINES + 1} more"]
        lines = tuple((text, top + _PAD + _LINE * place + 1 + _LINE) for place, text in enumerate(texts, 1))
        height = 2 * _PAD + _LINE * (len(lines) + 1) + 4
        boxes.append(Box(name=station.name, title=station.title, top=top, height=height, lines=lines))
        top += height + _GAP
    return tuple(boxes), max(top - _GAP, 0) + 2


def _cut(text: str) -> str:
    text = _DIGEST.sub(r"\1…", text)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
