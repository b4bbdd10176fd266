"""The routes of reviewers: sign in, the versions, one version's evidence with the decision upon it, and the log."""

from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Request
from fastapi.responses import RedirectResponse, Response
from starlette.concurrency import run_in_threadpool

from columnist.promotion.approvals import Decision
from columnist.reviewers.dossiers import Request as Asked
from webapp.review.pages import ReviewRoute, draw_lineage, show
from webapp.review.sessions import (
    FORM_COOKIE,
    Office,
    Seat,
    begin_session,
    end_session,
    find_seat,
    find_signer,
    give_form_token,
    new_form_token,
    office_of,
    read_cookie,
    require_csrf,
    verify_person,
)
from webapp.security import Form, csrf_token, read_form

MAX_REASON = 4000
_PAGES = APIRouter(prefix="/review", route_class=ReviewRoute)
Opened = Annotated[Office, Depends(office_of)]
Seated = Annotated[Seat, Depends(find_seat)]
Signing = Annotated[tuple[Seat, Form], Depends(find_signer)]


def make_router(office: Office) -> APIRouter:
    """Return the pages of reviewers, for ``webapp.app.create_app``."""

    def give(request: Request) -> None:
        request.state.office = office

    router = APIRouter(dependencies=[Depends(give)])
    router.include_router(_PAGES)
    return router


@_PAGES.get("/sign-in")
def ask(request: Request, office: Opened) -> Response:
    """Ask who it is; meanwhile the stores are opened."""
    if office.accounts.list():
        office.clerk.warm()
    return _ask(request)


@_PAGES.post("/sign-in")
async def sign_in(request: Request, office: Opened, form: Annotated[Form, Depends(read_form)]) -> Response:
    """Begin a session, if name and password are those of an account."""
    token = read_cookie(request, FORM_COOKIE)
    if token is None:
        raise HTTPException(403)
    require_csrf(form, csrf_token(token))
    name = form.one("name")
    reviewer = await run_in_threadpool(verify_person, request, office, name, form.one("password"))
    response = RedirectResponse("/review", 303)
    if reviewer is None or not await run_in_threadpool(begin_session, request, response, office, reviewer):
        return _ask(request, name, "Name or password are not right. Nothing else is said about which.", 422)
    return response


@_PAGES.post("/sign-out")
def sign_out(request: Request, signing: Signing) -> Response:
    """End the session."""
    response = RedirectResponse("/review/sign-in", 303)
    end_session(request, response, signing[0].office)
    return response


@_PAGES.get("")
async def versions(seat: Seated) -> Response:
    """List all versions with their aliases."""
    return show("versions.html.j2", seat, lines=await seat.office.clerk.versions())


@_PAGES.get("/versions/{model}/{version}")
async def version(seat: Seated, model: str, version: str, study: str = "", done: str = "") -> Response:
    """Show the evidence of a version beside the champion's."""
    said = {"approve": "It is the champion now.", "reject": "The rejection is signed and kept."}.get(done, "")
    return await _show(seat, model, version, Form(fields=(("study", study),)), said)


@_PAGES.post("/versions/{model}/{version}")
async def decide(signing: Signing, model: str, version: str) -> Response:
    """Sign a decision and carry it out; what is refused is said on the page, and the reason stays filled in."""
    seat, form = signing
    reason = form.one("reason").replace("\r\n", "\n").strip()
    if form.one("decision") not in set(Decision) or not reason or len(reason) > MAX_REASON:
        return await _show(seat, model, version, form, "Choose approve or reject, and say why.", 422)
    decision = Decision(form.one("decision"))
    asked = Asked(
        model=model,
        version=version,
        reviewer=seat.reviewer,
        decision=decision,
        reason=reason,
        study_id=form.one("study"),
        subject_sha256=form.one("subject"),
    )
    outcome = await seat.office.clerk.decide(asked)
    if not outcome.done:
        return await _show(seat, model, version, form, outcome.sentence, 409)
    return RedirectResponse(f"/review/versions/{model}/{version}?done={decision.value}", 303)


@_PAGES.get("/log")
async def log(seat: Seated) -> Response:
    """Show the audit log."""
    return show("log.html.j2", seat, sayings=await seat.office.clerk.log())


@_PAGES.get("/{rest:path}")
def miss() -> Response:
    """Say that there is no such page, in words for reviewers."""
    raise HTTPException(404)


def _ask(request: Request, name: str = "", said: str = "", status: int = 200) -> Response:
    token = new_form_token(request)
    response = show("sign_in.html.j2", None, status, csrf=csrf_token(token), name=name, said=said)
    give_form_token(request, response, token)
    return response


async def _show(seat: Seat, model: str, version: str, form: Form, said: str = "", status: int = 200) -> Response:
    dossier = await seat.office.clerk.dossier(model, version, form.one("study"))
    lineage = dossier.version.lineage
    boxes, height = draw_lineage(lineage.stations if lineage else ())
    return show(
        "version.html.j2",
        seat,
        status,
        found=dossier,
        boxes=boxes,
        height=height,
        said=said,
        is_refused=status >= 400,
        decision=form.one("decision"),
        reason=form.one("reason"),
        most=MAX_REASON,
    )
