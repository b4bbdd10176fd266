"""A simulated rater: follows its link, reads each page, answers by mouse or keyboard, and does what raters do besides.

It takes a break, undoes an answer, and goes on with another device halfway, all through the page's own buttons.
"""

from random import Random
from typing import NamedTuple

from playwright.async_api import Browser, Page

from benchmarks.simulated_browser import DESKTOP, PHONE, Recorder, close_page, going_on, open_page
from benchmarks.simulated_home import WORD
from benchmarks.simulated_opinion import Opinion, Reading, Row, form_opinion

_BREAK, _UNDO = 3, 5  # numbers of the items at which these are tried
_LABELS = {"A": "A is better", "B": "B is better", "TIE": "Equally good", "BOTH_BAD": "Both are bad"}
_READ = """() => ({
  schema: document.querySelector('.schema pre').textContent,
  rows: [...document.querySelectorAll('article.row')].map(row => [
    row.classList.contains('whole') ? '' : row.querySelector('h3').textContent,
    ...[...row.querySelectorAll('p.text')].map(text => text.lastChild.textContent)]),
  counted: document.querySelector('.progress label').textContent,
})"""


class Done(NamedTuple):
    """What a rater has done, as it saw it.

    Attributes:
        answers: How many times an answer was sent.
        faults: Where a page was not what a rater may expect.
    """

    answers: int
    by_keyboard: int
    breaks: int
    undone: int
    devices: int
    faults: tuple[str, ...]


class SimulatedRater:
    """One rater at one browser.

    Args:
        browser: A process of its own.
        link: Of the invitation.
        recorder: Keeps what the browser gets.
        random: The rater's chance.
        noise: See ``form_opinion``.
        shows: Whether screenshots are taken and axe looks at the pages.
    """

    def __init__(self, browser: Browser, link: str, recorder: Recorder, random: Random, noise: float, shows: bool):
        self._browser, self._link, self._recorder = browser, link, recorder
        self._random, self._noise, self._shows = random, noise, shows
        self._counts = dict.fromkeys(("answers", "by_keyboard", "breaks", "undone", "devices"), 0)
        self._faults: list[str] = []

    async def rate(self) -> Done:
        """Answer all items."""
        page = await self._arrive(DESKTOP)
        reading = await self._read(page)
        moves_at = reading.total // 2
        while True:
            if reading.number == moves_at and self._counts["devices"] == 1:
                page = await self._change_device(page)
                reading = await self._expect(page, reading)
            if reading.number == _BREAK and not self._counts["breaks"]:
                await self._take_break(page)
                reading = await self._expect(page, reading)
            await self._show(page, reading, moves_at)
            await self._answer(page, reading)
            if reading.number == _UNDO and not self._counts["undone"]:
                await self._undo(page)
                await self._answer(page, await self._expect(page, reading))
            if not await page.locator("#ballot").count():
                break
            reading = await self._read(page)
        await self._look(page, "done")
        await close_page(page, self._recorder)
        return Done(**self._counts, faults=tuple(self._faults))

    async def _arrive(self, size: tuple[int, int]) -> Page:
        """Follow the link, on a device that has never been here."""
        page = await open_page(self._browser, self._recorder, size)
        async with going_on(page, self._recorder):
            await page.goto(self._link)
        if size == DESKTOP:
            await self._look(page, "welcome")
        async with going_on(page, self._recorder):
            await page.get_by_role("button", name="Begin, or go on").click()
        self._counts["devices"] += 1
        return page

    async def _read(self, page: Page) -> Reading:
        found = await page.evaluate(_READ)
        number, _, total = found["counted"].partition(" of ")
        rows = tuple(Row(*map(str.strip, row)) for row in found["rows"])
        return Reading(found["schema"], rows, int(number), int(total))

    async def _expect(self, page: Page, before: Reading) -> Reading:
        """Read a page that has to show what was seen before."""
        found = await self._read(page)
        if found != before:
            self._faults.append(f"item {before.number} came back as another, {found.number}")
        return found

    async def _answer(self, page: Page, reading: Reading) -> None:
        """Answer every second item by keyboard alone, with marks and a reason now and then."""
        opinion = form_opinion(reading, self._random, self._noise)
        if opinion.worse and self._random.random() < 0.2:
            await self._mark(page, opinion, self._random.randrange(len(reading.rows)))
        by_keyboard = reading.number % 2 == 0
        async with going_on(page, self._recorder):
            if by_keyboard:
                await page.keyboard.press(str(list(_LABELS).index(opinion.preference) + 1))
                await page.keyboard.press("Enter")
            else:
                await page.locator(".choices label", has_text=_LABELS[opinion.preference]).click()
                await page.get_by_role("button", name="Save and go on").click()
        self._counts["answers"] += 1
        self._counts["by_keyboard"] += by_keyboard

    async def _mark(self, page: Page, opinion: Opinion, row: int) -> None:
        marks = page.locator("details.marks").nth(row)
        await marks.locator("summary").click()
        await marks.get_by_role("group", name=f"Faults of {opinion.worse}").get_by_label("vague").check()
        await page.get_by_label("Why?").fill(f"{WORD}: {opinion.worse} says less")
        await page.get_by_role("heading", level=1).click()  # leaves the field, in which keys write

    async def _take_break(self, page: Page) -> None:
        async with going_on(page, self._recorder):
            await page.get_by_role("button", name="Take a break").click()
        await self._look(page, "break")
        async with going_on(page, self._recorder):
            await page.get_by_role("button", name="Go on").click()
        self._counts["breaks"] += 1

    async def _undo(self, page: Page) -> None:
        async with going_on(page, self._recorder):
            await page.get_by_role("button", name="Undo the last answer").click()
        if not await page.get_by_role("alert").count():
            self._faults.append("nothing says that an answer was undone")
        self._counts["undone"] += 1

    async def _change_device(self, page: Page) -> Page:
        """Sign out, and go on with the same link on a phone that has never been here."""
        async with going_on(page, self._recorder):
            await page.get_by_role("button", name="Take a break").click()
        async with going_on(page, self._recorder):
            await page.get_by_role("button", name="Sign out").click()
        await close_page(page, self._recorder)
        return await self._arrive(PHONE)

    async def _show(self, page: Page, reading: Reading, moves_at: int) -> None:
        """Show the rating page once on each device."""
        if reading.number in (2, moves_at):
            await self._look(page, "rating-desktop" if reading.number == 2 else "rating-phone")

    async def _look(self, page: Page, name: str) -> None:
        if self._shows:
            await self._recorder.shoot(page, name)
            await self._recorder.examine(page, name)
