"""An operator in a real browser: reads without JavaScript, follows the ledger with it; axe finds nothing."""

from __future__ import annotations

import pytest
from playwright.async_api import Page, expect

from tests.journeys.browser.axe import ALL, COLOURS, Options
from tests.journeys.browser.conftest import Open
from tests.journeys.browser.test_portal import clean
from tests.journeys.line import TOKEN, Line

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def sign_in(page: Page) -> None:
    await page.fill("#key", TOKEN)
    await page.click("main form button")
    await expect(page.locator("h1")).to_have_text("The line")


async def test_without_javascript_all_is_there_to_be_read(visit: Open) -> None:
    page = (await visit("/console", wide=390, java_script_enabled=False)).page
    await sign_in(page)
    assert await page.locator("#tail tr").count() > 0
    await page.fill("#query", "headline OR kursk")
    await page.click("#live button")
    await expect(page.locator("#query")).to_have_value("headline OR kursk")
    await page.goto(page.url.partition("?")[0])
    await page.click("text=Sources")
    await expect(page.locator("tbody")).to_contain_text("desk")
    await page.click("text=Dead letters")
    await expect(page.locator("main")).to_contain_text("There are none.")
    assert TOKEN not in await page.content() + page.url
    assert await page.evaluate("document.documentElement.scrollWidth") == 390
    await page.click("text=Sign out")
    await expect(page.locator("#key")).to_have_count(1)


async def test_with_it_new_entries_come_on_top(visit: Open, site: Line) -> None:
    page = (await visit("/console")).page
    await sign_in(page)
    await expect(page.locator("#tail-state")).to_contain_text("New entries come on top")
    before = int((await page.locator("#latest").inner_text()).replace(",", ""))
    hostile = "Live <img src=x onerror=alert(1)>"
    made = await site.push(guid="for-operators", url="https://example.org/live", headline=hostile)
    await expect(page.locator("#tail tr >> nth=0")).to_contain_text(hostile)
    assert await page.locator("#tail tr >> nth=0").locator("a").get_attribute("href") == f"/articles/{made['id']}"
    assert await page.locator("#tail img").count() == 0
    newest = int(await page.locator("#tail tr >> nth=0").locator("td >> nth=0").inner_text())
    assert newest > before
    await expect(page.locator("#latest")).to_have_text(f"{newest:,}")


async def test_with_a_filter_only_what_it_finds_comes(visit: Open, site: Line) -> None:
    page = (await visit("/console")).page
    await sign_in(page)
    await page.fill("#query", "whelks")
    await page.click("#live button")
    await expect(page.locator("#tail-state")).to_contain_text("New entries come on top")
    for guid, headline in (("of-eels", "Eels again"), ("of-whelks", "Whelks again")):
        await site.push(guid=guid, url=f"https://example.org/{guid}", headline=headline)
    await expect(page.locator("#tail tr")).to_have_count(1)
    await expect(page.locator("#tail")).to_contain_text("Whelks again")


async def test_a_source_is_polled_by_a_button(visit: Open, site: Line) -> None:
    status, made = await site.post(
        "/api/v1/sources", {"url": "http://127.0.0.1:65000/rss", "kind": "feed", "id": "quay"}
    )
    assert status == 201, made
    page = (await visit("/console", wide=390, java_script_enabled=False)).page
    await sign_in(page)
    await page.click(".who a:text('Sources')")
    row = page.locator("tr", has_text="quay")
    while await row.count() == 0:
        await page.reload()
    await row.locator("button:text('Poll now')").click()
    await expect(page.locator(".done")).to_contain_text("polled within seconds")


@pytest.mark.parametrize(("scheme", "options"), [("light", ALL), ("dark", COLOURS)])
async def test_axe_finds_nothing_in_the_console(visit: Open, scheme: str, options: Options) -> None:
    page = (await visit("/console", color_scheme=scheme, wide=390)).page
    await clean(page, options)
    await sign_in(page)
    await clean(page, options)
    for path in ("sources", "dead-letters"):
        await page.click(f".who a[href$='/{path}']")
        await page.wait_for_url(f"**/{path}")
        await clean(page, options)
