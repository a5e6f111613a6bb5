"""One browser and one line for all journeys of this folder; each visit is watched for what a page must never do."""

from __future__ import annotations

import contextlib
import os
import shutil
import struct
import tempfile
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import orjson
import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, Route, async_playwright, expect

from shared.embedded import EmbeddedServer
from tests.journeys.line import Line, a_line
from tests.waiting import PATIENCE, until

NEWSROOM = Path(__file__).parents[3] / "newsroom"
FILES = ("authors.toml", "taxonomy.toml", "site.toml")
STORIES = ("010-kursk", "020-kursk-update", "030-pokrovsk", "040-grid", "050-arkhiv")
OLDER = 22
SAMPLES = f"/?before={OLDER + len(STORIES) + 1}"
"""The News Feed as it was before any journey pushed stories of its own; they may run in any order."""
WATCH = """
  window.shifted = 0;
  window.violations = [];
  addEventListener("securitypolicyviolation", (event) => window.violations.push(event.violatedDirective));
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shifted += entry.value;
  }).observe({ type: "layout-shift", buffered: true });
"""


def executable() -> str | None:
    """Return the browser of this machine."""
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    return next((found for name in names if (found := shutil.which(name))), None)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def chromium() -> AsyncIterator[Browser]:
    path = executable()
    if path is None:
        pytest.skip("there is no Chromium on this machine")
    # No name is looked up: what a page would fetch from elsewhere fails, and is seen.
    arguments = ["--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"]
    if os.geteuid() == 0:
        arguments.append("--no-sandbox")
    expect.set_options(timeout=PATIENCE * 1000)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=arguments, timeout=PATIENCE * 1000)
        yield browser
        await browser.close()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def site(chromium: Browser) -> AsyncIterator[Line]:
    """Run a line of its own, with older stories and the sample newsroom's above them."""
    folder = Path(tempfile.mkdtemp(prefix="wr-"))
    server = EmbeddedServer(folder, maxmemory="256mb", durable=False)
    server.start()
    (folder / "newsroom").mkdir()
    for name in FILES:
        shutil.copy(NEWSROOM / name, folder / "newsroom" / name)
    shutil.copytree(NEWSROOM / "pictures", folder / "newsroom" / "pictures")
    try:
        async with a_line(server.url, folder / "data", folder / "newsroom") as line:
            await until(line.ready)
            await _told(line)
            yield line
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


async def _told(line: Line) -> None:
    for number in range(OLDER):
        await line.push(guid=f"older-{number}", url=f"https://example.org/{number}", headline=f"Older story {number}")
    await until(lambda: _count(line, OLDER))
    for number, name in enumerate(STORIES, 1):
        story = orjson.loads((NEWSROOM / "drop" / f"{name}.json").read_bytes())
        status, answer = await line.post("/api/v1/articles", story)
        assert status == 202, answer
        await until(partial(_count, line, OLDER + number))


async def _count(line: Line, wanted: int) -> bool:
    return len(await line.events()) >= wanted


@dataclass
class Visit:
    """A page that is open, and what it did that it must not."""

    page: Page
    url: str
    faults: list[str] = field(default_factory=list)

    async def text(self, selector: str) -> str:
        """Return the words of the one element there is."""
        return " ".join((await self.page.locator(selector).inner_text()).split())

    async def shifted(self) -> float:
        """Return how much of the page has moved while it was read to its end."""
        # Pictures are fetched when they come near, so the whole page is walked through.
        await self.page.evaluate(
            """async () => {
              for (let y = 0; y < document.body.scrollHeight; y += 700) {
                scrollTo({ top: y, behavior: "instant" });
                await new Promise((seen) => requestAnimationFrame(() => requestAnimationFrame(seen)));
              }
              await Promise.all([...document.images].map((image) => image.decode().catch(() => 0)));
            }"""
        )
        return float(await self.page.evaluate("window.shifted"))


Open = Callable[..., Awaitable[Visit]]


@pytest_asyncio.fixture(loop_scope="session")
async def visit(chromium: Browser, site: Line) -> AsyncIterator[Open]:
    """Open pages; none may break its policy, throw an error, or ask another host for more than pictures."""
    async with contextlib.AsyncExitStack() as stack:
        visits: list[Visit] = []

        async def opened(path: str, *, wide: int = 1280, **options: Any) -> Visit:
            size = {"width": wide, "height": 844 if wide < 600 else 900}
            context = await chromium.new_context(viewport=size, **options)  # type: ignore[arg-type]  # a TypedDict
            stack.push_async_callback(context.close)
            context.set_default_timeout(PATIENCE * 1000)
            page = await context.new_page()
            found = Visit(page, site.url)
            visits.append(found)
            await _watched(found)
            await page.goto(site.url + path)
            return found

        yield opened
        for one in visits:
            with contextlib.suppress(Exception):  # a page without JavaScript tells nothing
                one.faults.extend(await one.page.evaluate("window.violations || []"))
        assert [fault for one in visits for fault in one.faults] == []


async def _watched(visit: Visit) -> None:
    async def answer(route: Route) -> None:
        request = route.request
        if request.url.startswith(visit.url):
            await route.continue_()
        elif request.resource_type == "image":
            await route.fulfill(body=PICTURE, content_type="image/png")
        else:
            visit.faults.append(f"asked for {request.url}")
            await route.abort()

    await visit.page.route("**/*", answer)
    await visit.page.add_init_script(WATCH)
    visit.page.on("pageerror", lambda error: visit.faults.append(str(error)))
    visit.page.on("console", lambda message: visit.faults.append(message.text) if message.type == "error" else None)


def _png(width: int, height: int) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = (b"\0" + b"\x80" * width) * height
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


PICTURE = _png(300, 200)
