"""The rater's pages: a link, one item after the other, undo, and breaks.

Nothing that is said here depends on who wrote a text: pages show an item's schema and its two options, and
neither its kind nor the ids of its texts.
"""

import re
from collections.abc import Iterator
from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from columnist.errors import StudyError
from columnist.studies.ballots import Preference
from columnist.studies.items import MAX_REASON, Mark, StudyText, Tag
from columnist.studies.storage import Progress, Shown
from columnist.values import Value
from webapp.clock import answer_item, show_item
from webapp.pages import render
from webapp.security import Form
from webapp.sessions import (
    Visit,
    begin_session,
    end_session,
    find_sender,
    find_visit,
    is_invited,
    set_clock,
    set_session,
)

rating = APIRouter()
Visiting = Annotated[Visit, Depends(find_visit)]
Sending = Annotated[tuple[Visit, Form], Depends(find_sender)]
_MARK = re.compile(r"mark-([AB])-(\d{1,4})")
_KEPT = re.compile(r"preference|reason|item|mark-[AB]-\d{1,4}")
_CHOICES = (
    (Preference.A, "A is better"),
    (Preference.B, "B is better"),
    (Preference.TIE, "Equally good"),
    (Preference.BOTH_BAD, "Both are bad"),
)


class Row(Value):
    """Two texts about the same thing, side by side.

    Attributes:
        name: Of the column; empty for the table.
        marked: Whether a fault of either is ticked.
    """

    name: str
    a: str
    b: str
    marked: bool


@rating.get("/r/{token}")
def welcome(request: Request, token: str) -> HTMLResponse:
    """Say what is to be done. Programs that preview links open them too: only the button uses the link."""
    if not is_invited(request, token):
        raise HTTPException(410)  # the same for a link that was revoked, has expired or never was
    return render("welcome.html.j2")


@rating.post("/r/{token}")
def begin(request: Request, token: str) -> Response:
    """Begin, or go on where another device has ended."""
    # A page elsewhere could let somebody in as somebody else; browsers tell where a form comes from.
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        raise HTTPException(403)
    opened = begin_session(request, token)
    if opened is None:
        raise HTTPException(410)
    response = RedirectResponse("/rate", 303)
    set_session(request, response, *opened)
    return response


@rating.get("/rate")
def show(request: Request, visit: Visiting, undone: bool = False) -> Response:
    """Show the next item, or that there is none."""
    shown = visit.site.storage.next_assignment(visit.rater)
    if shown is None:
        return render("done.html.j2", csrf=visit.csrf, progress=_progress(visit))
    return _show(request, visit, shown, Form(), "Your last answer is undone. Answer again." if undone else "")


@rating.post("/rate")
def answer(request: Request, sending: Sending) -> Response:
    """Record a ballot; when the browser is sent on, it is on disk."""
    visit, form = sending
    chosen = form.one("preference") in set(Preference)
    if not chosen and (shown := _find_shown(visit, form.one("item"))) is not None:
        return _show(request, visit, shown, form, "Choose an answer first.", 422)
    clock = answer_item(visit.clock, form.one("item"), visit.site.now())
    _record(visit, form, clock.last_s)
    response = RedirectResponse("/rate", 303)
    set_clock(request, response, clock)
    return response


@rating.post("/undo")
def undo(sending: Sending) -> Response:
    """Undo the last ballot, and show its item again."""
    visit, _form = sending
    undone = visit.site.storage.undo_last(visit.rater, visit.site.now())
    return RedirectResponse("/rate?undone=1" if undone else "/rate", 303)


@rating.post("/break")
def pause(request: Request, sending: Sending) -> Response:
    """Stop the clock; what was filled in waits in the page."""
    visit, form = sending
    kept = [pair for pair in form.fields if _KEPT.fullmatch(pair[0])]
    response = render("break.html.j2", csrf=visit.csrf, kept=kept, progress=_progress(visit))
    if visit.clock is not None:
        set_clock(request, response, visit.clock.pause(visit.site.now()))
    return response


@rating.post("/resume")
def resume(request: Request, sending: Sending) -> Response:
    """Show the item of before the break with what was filled in."""
    visit, form = sending
    shown = visit.site.storage.next_assignment(visit.rater)
    if shown is None or shown.item.item_id != form.one("item"):
        return RedirectResponse("/rate", 303)
    return _show(request, visit, shown, form)


@rating.post("/leave", dependencies=[Depends(find_sender)])
def leave(request: Request) -> Response:
    """End the session on this device."""
    response = render("left.html.j2")
    end_session(request, response)
    return response


def _show(request: Request, visit: Visit, shown: Shown, form: Form, said: str = "", status: int = 200) -> HTMLResponse:
    response = render(
        "rate.html.j2",
        status,
        csrf=visit.csrf,
        item_id=shown.item.item_id,
        ddl=shown.item.ddl,
        rows=_rows(shown, form),
        choices=[(preference.value, label) for preference, label in _CHOICES],
        tags=[tag.value for tag in Tag],
        filled=set(form.fields),
        reason=form.one("reason"),
        most=MAX_REASON,
        progress=_progress(visit),
        said=said,
    )
    set_clock(request, response, show_item(visit.clock, shown.item.item_id, visit.site.now()))
    return response


def _find_shown(visit: Visit, item_id: str) -> Shown | None:
    """Return an item that is still to be answered; mostly it is the next one."""
    storage = visit.site.storage
    shown = storage.next_assignment(visit.rater)
    if shown is None or shown.item.item_id == item_id:
        return shown
    return next((each for each in storage.remaining(visit.rater) if each.item.item_id == item_id), None)


def _record(visit: Visit, form: Form, seconds: float) -> None:
    """Record a ballot; one that was sent twice changes nothing.

    Raises:
        HTTPException: The item was answered otherwise before, or is not the rater's.
        StudyError: The study takes no ballots.
    """
    storage = visit.site.storage
    # Most ballots mark nothing, and need not be looked up to be recorded.
    ticked = any(_MARK.fullmatch(name) for name, _value in form.fields)
    shown = _find_shown(visit, form.one("item")) if ticked else None
    marks = () if shown is None else tuple(_read_marks(form, shown))
    try:
        storage.record_ballot(
            visit.rater,
            form.one("item"),
            Preference(form.one("preference")),
            seconds=seconds,
            at=visit.site.now(),
            reason=_read_reason(form),
            marks=marks,
        )
    except (StudyError, ValueError) as error:
        storage.next_assignment(visit.rater)  # raises where the reason is that the study is closed
        raise HTTPException(409) from error


def _progress(visit: Visit) -> Progress:
    return visit.site.storage.progress(visit.rater)


def _options(shown: Shown) -> dict[str, StudyText]:
    texts = {text.text_id: text for text in shown.item.texts}
    return {"A": texts[shown.a_text_id], "B": texts[shown.b_text_id]}


def _rows(shown: Shown, form: Form) -> list[Row]:
    a, b = _options(shown).values()
    names = ("", *(name for name, _text in a.columns))
    texts = [
        (a.table_text, b.table_text),
        *((of_a, of_b) for (_a, of_a), (_b, of_b) in zip(a.columns, b.columns, strict=True)),
    ]
    ticked = {name for name, _value in form.fields}
    return [
        Row(name=name, a=of_a, b=of_b, marked=bool({f"mark-A-{place}", f"mark-B-{place}"} & ticked))
        for place, (name, (of_a, of_b)) in enumerate(zip(names, texts, strict=True))
    ]


def _read_reason(form: Form) -> str:
    """Return a reason with plain line ends; browsers count these as one sign, and send two."""
    return form.one("reason").replace("\r\n", "\n").strip()[:MAX_REASON]


def _read_marks(form: Form, shown: Shown) -> Iterator[Mark]:
    """Yield what was ticked: fields are named by option and row, so that no page tells the id of a text."""
    options = _options(shown)
    ticked: dict[tuple[str, int], set[str]] = {}
    for name, value in form.fields:
        if match := _MARK.fullmatch(name):
            ticked.setdefault((match[1], int(match[2])), set()).add(value)
    for (option, row), values in sorted(ticked.items()):
        text = options[option]
        tags = tuple(tag for tag in Tag if tag.value in values)
        if not tags or row > len(text.columns):
            raise HTTPException(400)
        yield Mark(text_id=text.text_id, column=text.columns[row - 1][0] if row else "", tags=tags)
