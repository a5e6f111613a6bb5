"""Everybody can read it: axe finds nothing on any page, by day and by night, and keys alone reach all."""

from __future__ import annotations

from typing import Any

import pytest
from axe_playwright_python.async_playwright import Axe

from tests.journeys.browser.conftest import Open
from tests.journeys.line import Line

pytestmark = pytest.mark.asyncio(loop_scope="session")

PATHS = ("/", "/feeds", "/search?q=(tag:", "/authors/tim-zadorozhnyy", "/nothing/here", "/docs")
ALL: dict[str, Any] = {"resultTypes": ["violations"]}
COLOURS = ALL | {"runOnly": ["color-contrast"]}
RICH = (
    "<h2>One</h2><table><tr><th>a</th><td>1</td></tr></table><table><tr><td>2</td></tr></table>"
    "<pre>x</pre><pre>y</pre><a href='https://example.org/p'><img src='https://example.org/p.png'></a>"
    "<h4>Two</h4><blockquote>So.</blockquote><iframe src='https://tube.example/1'></iframe>"
)


@pytest.mark.parametrize(("scheme", "options"), [("light", ALL), ("dark", COLOURS)])
async def test_axe_finds_nothing(visit: Open, site: Line, scheme: str, options: dict[str, Any]) -> None:
    story = await site.push(guid="rich", url="https://example.org/rich", headline="All kinds", body_html=RICH)
    seen = await visit("/", color_scheme=scheme, wide=390)
    for path in (*PATHS, f"/articles/{story['id']}"):
        await seen.page.goto(site.url + path)
        found: dict[str, Any] = (await Axe().run(seen.page, options=options)).response
        told = [(one["id"], [node["html"] for node in one["nodes"]]) for one in found["violations"]]
        assert told == [], path
    seen.faults.clear()  # two of the pages say that there is none, and the console tells of it


async def test_keys_reach_the_stories_first(visit: Open) -> None:
    seen = await visit("/")
    await seen.page.keyboard.press("Tab")
    assert await seen.page.evaluate("document.activeElement.className") == "skip"
    await seen.page.keyboard.press("Enter")
    assert await seen.page.evaluate("document.activeElement.id") == "main"
