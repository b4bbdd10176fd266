"""A simulated reviewer: signs in, reads the evidence of a version, approves it, and reads what came of it."""

from typing import NamedTuple

from playwright.async_api import Browser, Page

from benchmarks.simulated_browser import DESKTOP, PHONE, Recorder, close_page, going_on, open_page
from benchmarks.simulated_home import WORD

NAME = f"{WORD} reviewer"


class Reviewed(NamedTuple):
    """What the pages said.

    Attributes:
        before: Of the evidence, before the decision.
        after: What came of the approval.
        is_champion: Whether the page says so in the end.
    """

    before: str
    after: str
    is_champion: bool


async def approve(browser: Browser, site: str, password: str, version: str, recorder: Recorder) -> Reviewed:
    """Approve a version in the browser, whatever its page says of the evidence.

    Args:
        browser: A process of its own.
        site: Where the pages are.
        password: Of the account.
        version: Such as ``models:/columnist/2``.
        recorder: Keeps what the browser gets; all pages are shown to axe.
    """
    page = await open_page(browser, recorder, DESKTOP)
    await _visit(page, recorder, f"{site}/review/sign-in", "review-sign-in")
    await page.get_by_label("Name").fill(NAME)
    await page.get_by_label("Password").fill(password)
    await _press(page, recorder, "Sign in", "review-versions")
    async with going_on(page, recorder):
        await page.get_by_role("link", name=version.removeprefix("models:/"), exact=True).click()
    await _look(page, recorder, "review-version-desktop")
    await _look_on_phone(page, recorder)
    before = await page.locator("#prospect").inner_text()
    await page.get_by_label("Approve, and make it the champion").check()
    await page.get_by_label("Why?").fill(f"{WORD}: approved by a program, whatever the evidence says")
    await _press(page, recorder, "Sign and send", "review-decided")
    after = await page.locator("#outcome").inner_text()
    is_champion = "champion" in await page.get_by_role("heading", level=1).inner_text()
    await _visit(page, recorder, f"{site}/review/log", "review-log")
    await close_page(page, recorder)
    return Reviewed(before, after, is_champion)


async def _visit(page: Page, recorder: Recorder, address: str, name: str) -> None:
    async with going_on(page, recorder):
        await page.goto(address)
    await _look(page, recorder, name)


async def _press(page: Page, recorder: Recorder, button: str, name: str) -> None:
    async with going_on(page, recorder):
        await page.get_by_role("button", name=button).click()
    await _look(page, recorder, name)


async def _look(page: Page, recorder: Recorder, name: str) -> None:
    await recorder.shoot(page, name)
    await recorder.examine(page, name)


async def _look_on_phone(page: Page, recorder: Recorder) -> None:
    """Show the page as narrow as a phone's; what is filled in stays."""
    for (width, height), name in ((PHONE, "review-version-phone"), (DESKTOP, "")):
        await page.set_viewport_size({"width": width, "height": height})
        if name:
            await _look(page, recorder, name)
