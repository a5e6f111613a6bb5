"""Everybody can read it: axe finds nothing on any page, by day and by night, and keys alone reach all."""

from __future__ import annotations

from typing import Literal

import pytest

from tests.journeys.browser.axe import ALL, ALL_BUT_COLOURS, COLOURS, Options, found
from tests.journeys.browser.conftest import Open
from tests.journeys.line import Line

pytestmark = pytest.mark.asyncio(loop_scope="session")

PATHS = ("/", "/feeds", "/search?q=(tag:", "/authors/tim-zadorozhnyy", "/nothing/here")
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
ONE_OF_EACH = """
  const seen = new Set();
  const thin = (element, path) => {
    const says = [...element.childNodes].some((one) => one.nodeType === Node.TEXT_NODE && one.data.trim());
    const kind = `${path} ${element.tagName}.${element.className}.${says}`;
    let kept = !seen.has(kind);
    seen.add(kind);
    for (const child of [...element.children]) kept = thin(child, kind) || kept;
    if (!kept) element.remove();
    return kept;
  };
  thin(document.body, "");
"""
"""Leaves one element of each kind at each place: the reference has 12,000 of few kinds, and a colour is its kind's."""
RICH = (
    "<h2>One</h2><table><tr><th>a</th><td>1</td></tr></table><table><tr><td>2</td></tr></table>"
    "<pre>x</pre><pre>y</pre><a href='https://example.org/p'><img src='https://example.org/p.png'></a>"
    "<h4>Two</h4><blockquote>So.</blockquote><iframe src='https://tube.example/1'></iframe>"
)


@pytest.mark.parametrize(("scheme", "options"), [("light", ALL), ("dark", COLOURS)])
async def test_axe_finds_nothing(visit: Open, site: Line, scheme: str, options: Options) -> None:
    story = await site.push(guid="rich", url="https://example.org/rich", headline="All kinds", body_html=RICH)
    seen = await visit("/", color_scheme=scheme, wide=390)
    for path in (*PATHS, f"/articles/{story['id']}"):
        await seen.page.goto(site.url + path)
        assert await found(seen.page, options) == [], path
    seen.faults.clear()  # two of the pages say that there is none, and the console tells of it


async def test_axe_finds_nothing_in_the_reference(visit: Open) -> None:
    page = (await visit("/docs", wide=390)).page
    assert await found(page, ALL_BUT_COLOURS) == []
    await page.evaluate(ONE_OF_EACH)
    for scheme in SCHEMES:
        await page.emulate_media(color_scheme=scheme)
        assert await found(page, COLOURS) == [], scheme


async def test_keys_reach_the_stories_first(visit: Open) -> None:
    seen = await visit("/")
    await seen.page.keyboard.press("Tab")
    assert await seen.page.evaluate("document.activeElement.className") == "skip"
    await seen.page.keyboard.press("Enter")
    assert await seen.page.evaluate("document.activeElement.id") == "main"
