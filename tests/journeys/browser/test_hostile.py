"""Text that tries to break the page: the page shows it, runs nothing of it, and stays what it was."""

from __future__ import annotations

from functools import partial
from typing import Any

import orjson
import pytest
from playwright.async_api import Page, expect

from tests.journeys.browser.conftest import Open
from tests.journeys.line import Line
from tests.waiting import until

pytestmark = pytest.mark.asyncio(loop_scope="session")

BREAKS = '</title></script></style><script>document.title="owned"</script><img src=x onerror=document.title="owned">'
CASES: dict[str, dict[str, Any]] = {
    "markup": {"headline": BREAKS, "summary": BREAKS, "section": BREAKS, "authors": [{"name": BREAKS, "bio": BREAKS}]},
    "body": {"headline": "Hostile body", "body_html": f"<p>{BREAKS}</p></article></main><h1 id=main>Mine</h1>"},
    "controls": {"headline": "Null\u0001 bell\u0007 end", "body_html": "<p>a\u0008b\u000bc</p>"},
    "arabic": {"headline": "عنوان بالعربية", "body_html": "<p>نص القصة</p>", "language": "ar"},
    "override": {"headline": "Turned \u202eround\u202c", "body_html": "<p>\u202eevil\u202c</p>"},
    "emoji": {"headline": "👩‍👩‍👧‍👦 win 🏳️‍🌈", "body_html": "<p>🎉</p>"},
    "word": {"headline": "W" * 1_000, "body_html": f"<p>{'x' * 10_000}</p><pre>{'y' * 10_000}</pre>"},
    "megabyte": {"headline": "Long story", "body_html": f"<p>{'many words ' * 25}</p>" * 3_400},
}

ALONE = ("markup", "word", "megabyte")
"""Those whose own page is worth a look."""


async def test_hostile_text_leaves_the_page_unharmed(visit: Open, site: Line) -> None:
    stories = {
        case: await site.push(guid=case, url=f"https://example.org/{case}", **over) for case, over in CASES.items()
    }
    for story in stories.values():
        await until(partial(_out, site, story["id"]))
    seen = await visit("/", wide=390)
    await _unharmed(seen.page)
    for case, story in stories.items():
        await expect(seen.page.locator(f"article[data-id='{story['id']}'] h2")).to_have_count(1)
        if case in ALONE:
            await seen.page.goto(f"{site.url}/articles/{story['id']}")
            await _unharmed(seen.page)
            await seen.page.go_back()


async def _unharmed(page: Page) -> None:
    assert await page.title() != "owned"
    await expect(page.locator("body > .sheet > main#main")).to_have_count(1)
    await expect(page.locator("body > footer.colophon")).to_be_visible()
    assert await page.locator("script:not([src]):not([type='application/ld+json']), [onerror]").count() == 0
    room = await page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    assert room[0] <= room[1]
    for text in await page.locator("script[type='application/ld+json']").all_text_contents():
        assert orjson.loads(text)


async def _out(site: Line, article_id: str) -> bool:
    return (await site.get(f"/articles/{article_id}")).status == 200
