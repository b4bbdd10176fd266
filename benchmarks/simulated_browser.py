"""A real browser that records all it gets: each response with headers, body and times, and its own complaints."""

import asyncio
import json
import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Error, Page, Response, async_playwright

from benchmarks.simulated_leaks import Exchange
from columnist.errors import ConfigError

_NAMES = ("chromium", "chromium-browser", "google-chrome")
DESKTOP, PHONE = (1280, 900), (390, 844)
_PATIENCE_MS = 120_000  # four browsers on two cores that others use too
_GRAVE = {"serious", "critical"}
_REDIRECT = range(300, 400)  # browsers keep no body of these


class Recorder:
    """Keeps what the windows of one person's browser get.

    Attributes:
        exchanges: All responses, as they ended.
        complaints: Errors and warnings of the browser, such as of a violated policy; 4xx and 5xx also say so here.
        violations: What axe finds serious or critical, each with the page.
        looked_at: How many pages axe has looked at.
    """

    def __init__(self, folder: Path, name: str):
        self.folder, self.name = folder, name
        self.exchanges: list[Exchange] = []
        self.complaints: list[str] = []
        self.violations: list[str] = []
        self.looked_at = 0
        self._unfinished: set[asyncio.Task[None]] = set()

    def watch(self, context: BrowserContext) -> None:
        """Record all that the pages of a context get from now on."""
        context.on("response", self._begin)
        context.on("requestfailed", lambda request: self.complaints.append(f"{request.url}: {request.failure}"))
        context.on("weberror", lambda error: self.complaints.append(str(error.error)))
        context.on("console", self._hear)

    async def settle(self) -> None:
        """Wait until all that was asked for is recorded: a browser forgets bodies when it goes on."""
        while self._unfinished:
            await asyncio.gather(*self._unfinished)

    async def shoot(self, page: Page, name: str) -> None:
        """Take a screenshot of what is seen, and one of the whole page."""
        for suffix, whole in (("", False), ("-whole", True)):
            await page.screenshot(path=self.folder / f"{name}{suffix}.png", full_page=whole)

    async def examine(self, page: Page, name: str) -> None:
        """Let axe look at a page."""
        found = await Axe().run(page)
        self.looked_at += 1
        for each in found.response["violations"]:
            if each["impact"] in _GRAVE:
                places = ", ".join(" ".join(map(str, node["target"])) for node in each["nodes"][:3])
                self.violations.append(f"{name}: {each['id']} ({each['impact']}): {places}")
        await self.settle()

    def write(self) -> None:
        """Write the recording, one response a line."""
        lines = (json.dumps(each._asdict(), ensure_ascii=False) + "\n" for each in self.exchanges)
        (self.folder / f"{self.name}.jsonl").write_text("".join(lines), encoding="utf-8")

    def _hear(self, said: ConsoleMessage) -> None:
        if said.type in ("error", "warning"):
            self.complaints.append(said.text)

    def _begin(self, response: Response) -> None:
        task = asyncio.ensure_future(self._keep(response))
        self._unfinished.add(task)
        task.add_done_callback(self._unfinished.discard)

    async def _keep(self, response: Response) -> None:
        body, fault, request = b"", "", response.request
        try:
            if response.status not in _REDIRECT:
                body = await response.body()
        except Error as error:
            fault = str(error)
        times: Any = request.timing
        headers = await response.headers_array()
        self.exchanges.append(
            Exchange(
                method=request.method,
                url=response.url,
                sent=request.post_data or "",
                status=response.status,
                headers=tuple((each["name"].lower(), each["value"]) for each in headers),
                body=body.decode(errors="replace"),
                wait_ms=round(times["responseStart"] - times["requestStart"], 3),
                fault=fault,
            )
        )


def find_chromium() -> str:
    """Return the path of an installed Chromium.

    Raises:
        ConfigError: There is none.
    """
    found = next(filter(None, map(shutil.which, _NAMES)), None)
    if found is None:
        raise ConfigError(f"a browser is needed, but none of {', '.join(_NAMES)} is installed; install Chromium")
    return found


@asynccontextmanager
async def open_browsers(count: int) -> AsyncIterator[list[Browser]]:
    """Start headless browsers, each a process of its own, and end them."""
    async with async_playwright() as started:
        path, sandboxed = find_chromium(), os.geteuid() != 0  # which Chromium refuses to root
        browsers = [
            # A container's /dev/shm is often too small for a page.
            await started.chromium.launch(
                executable_path=path,
                chromium_sandbox=sandboxed,
                args=["--disable-dev-shm-usage"],
                timeout=_PATIENCE_MS,
            )
            for _ in range(count)
        ]
        try:
            yield browsers
        finally:
            for browser in browsers:
                await browser.close()


async def open_page(browser: Browser, recorder: Recorder, size: tuple[int, int] = DESKTOP) -> Page:
    """Open a window that knows nothing of others: no cookies, nothing kept."""
    width, height = size
    context = await browser.new_context(
        viewport={"width": width, "height": height}, is_mobile=size == PHONE, has_touch=size == PHONE
    )
    context.set_default_timeout(_PATIENCE_MS)
    recorder.watch(context)
    return await context.new_page()


@asynccontextmanager
async def going_on(page: Page, recorder: Recorder) -> AsyncIterator[None]:
    """Do what leads to another page, and wait until that is there and recorded."""
    await recorder.settle()
    async with page.expect_navigation(wait_until="load"):
        yield
    await recorder.settle()


async def close_page(page: Page, recorder: Recorder) -> None:
    """Close a window once all that it asked for is recorded, also what it asked for last, such as its icon."""
    await page.wait_for_load_state("networkidle")
    await recorder.settle()
    await page.context.close()
