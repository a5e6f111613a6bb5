"""The News Feed page: what it takes to render, and what a browser makes of it (`bench_feeds` has its requests)."""

from __future__ import annotations

import random
import shutil
from functools import partial
from statistics import median
from typing import Any

from markupsafe import Markup
from playwright.async_api import Browser, async_playwright

from services.syndication.feeds.document import seal
from services.syndication.feeds.shelf import ALL
from services.syndication.page.directory import counted
from services.syndication.page.head import Listing
from services.syndication.page.spans import PER_PAGE
from services.syndication.page.story import CUT
from shared.events import Article
from tests.benchmarks.line_apart import HOST, an_item, the_line
from tests.benchmarks.rows import Row, ms
from tests.syndication.page.building import a_printer

VISITS = 5
LARGEST = 100.0
"""Kilobytes of page, style and script together."""
PAINTED = """() => new Promise((told) => {
  let shifted = 0;
  new PerformanceObserver((list) => list.getEntries().forEach((one) => { shifted += one.value; }))
    .observe({ type: "layout-shift", buffered: true });
  new PerformanceObserver((list) => {
    const kept = performance.getEntries().filter((one) => ["navigation", "link", "script"].includes(
      one.entryType === "navigation" ? "navigation" : one.initiatorType));
    told({ painted: list.getEntries().at(-1).startTime, shifted,
      bytes: kept.reduce((sum, one) => sum + (one.encodedBodySize || 0), 0) });
  }).observe({ type: "largest-contentful-paint", buffered: true });
})"""


async def run() -> list[Row]:
    """Measure rendering in this process, and reading in a browser where there is one."""
    rows = _rendering()
    path = shutil.which("chromium") or shutil.which("google-chrome")
    if path is None:
        return rows
    with the_line() as served:
        async with async_playwright() as playwright:
            arguments = ["--no-sandbox", f"--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE {HOST}"]
            browser = await playwright.chromium.launch(executable_path=path, args=arguments)
            visits = [await _read(browser, f"http://{HOST}:{served.port}/") for _ in range(VISITS)]
            await browser.close()
    return [*rows, *_read_rows(visits)]


def _rendering() -> list[Row]:
    printer, chance = a_printer(), random.Random(7)
    articles: list[Article] = [an_item(chance, number) for number in range(PER_PAGE)]
    directory = counted(articles)
    items = [Markup(printer.item(article, CUT)) for article in articles]  # noqa: S704  # rendered with autoescape
    page = Listing(feed=ALL, label="", items=items, mark=1, newest=1)
    whole = printer.listing(page, directory).encode()
    one = ms(partial(printer.item, articles[0], CUT), 100)
    joined = ms(partial(printer.listing, page, directory), 100)
    packed = ms(partial(seal, [whole], media_type="text/html", modified=None), 10)
    note = f"{joined:.2f} ms of it the page around {PER_PAGE} kept items ({len(whole):,} bytes)"
    return [
        Row(name="one new story into the News Feed page", value=one + joined, unit="ms", note=note),
        Row(name="News Feed page, hash and three codings", value=packed, unit="ms", note="once a change, in a thread"),
        Row(name="one article's own page", value=ms(partial(printer.article, articles[0], directory), 100), unit="ms"),
    ]


async def _read(browser: Browser, url: str) -> dict[str, Any]:
    context = await browser.new_context(viewport={"width": 390, "height": 844})
    page = await context.new_page()
    await page.goto(url)
    found: dict[str, Any] = await page.evaluate(PAINTED)
    await context.close()
    return found


def _read_rows(visits: list[dict[str, Any]]) -> list[Row]:
    size = median(visit["bytes"] for visit in visits) / 1e3
    return [
        Row(
            name="News Feed page, without pictures",
            value=size,
            unit="KB",
            ceiling=LARGEST,
            target=1.0,
            note=f"as sent; page, style and script; layout shift {max(visit['shifted'] for visit in visits):g}",
        ),
        Row(
            name="News Feed page, largest paint",
            value=median(visit["painted"] for visit in visits),
            unit="ms",
            note=f"phone-sized, local, nothing kept; median of {VISITS}",
        ),
    ]
