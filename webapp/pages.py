"""Pages from templates, and the one page that every error gets: it tells what to do, and nothing of the server."""

from collections.abc import Mapping
from typing import Any

from fastapi.responses import HTMLResponse
from jinja2 import Environment, PackageLoader, StrictUndefined

from webapp.security import HEADERS

_PAGES = Environment(
    loader=PackageLoader("webapp"), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
)

# Of each status: the heading, and what to do.
_ERRORS = {
    400: ("That could not be read", "Go back, and try again."),
    401: (
        "Please open your link again",
        "This browser holds no open session. If the link does not work any more, ask whoever invited you for a new "
        "one. Your answers are kept.",
    ),
    403: ("That did not come from this page", "Nothing was saved. Go on from the current page."),
    404: ("There is no such page", "Open the link that you were sent."),
    405: ("There is no such page", "Open the link that you were sent."),
    409: (
        "That answer was not saved",
        "You have answered this item otherwise before, perhaps on another device. The first answer counts. "
        "To change it, undo it.",
    ),
    410: ("This link does not work", "It has ended or was never valid: ask whoever sent it to you for a new one."),
    413: ("That was too much at once", "Nothing was saved. Go back, and write less."),
    415: ("That could not be read", "Go back, and try again."),
    423: ("The study takes no answers", "It is closed, or rests. Everything that you answered is kept. Thank you."),
    429: ("That was too fast", "Wait a moment, then load the page again. Your answers are kept."),
    503: ("This takes too long", "Your earlier answers are kept. Try again in a minute."),
    500: ("Something went wrong here", "Your earlier answers are kept. Try again in a minute."),
}
# Where going on from the current page makes sense.
_GO_ON = {400, 403, 409, 413, 415, 429, 500, 503}


def render(template: str, status: int = 200, **values: Any) -> HTMLResponse:
    """Return a page of ``webapp/templates``; all values are escaped."""
    return HTMLResponse(_PAGES.get_template(template).render(values), status)


def render_error(status: int, headers: Mapping[str, str] | None = None) -> HTMLResponse:
    """Return the page of an error; a status without a page of its own gets that of 400 or 500."""
    known = status if status in _ERRORS else (500 if status >= 500 else 400)
    heading, advice = _ERRORS[known]
    page = render("error.html.j2", status, heading=heading, advice=advice, go_on=known in _GO_ON)
    # What answers for a bug stands outside of all middleware.
    page.headers.update(HEADERS | dict(headers or {}))
    return page
