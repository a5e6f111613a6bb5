"""A developer in a real browser, without JavaScript: signs in, subscribes, sees what was sent, tries and replays."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page, expect

from tests.journeys.browser.conftest import Open
from tests.journeys.line import Line
from tests.receiver import a_receiver
from tests.waiting import until

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_a_developer_sees_and_does_all_there_is(visit: Open, site: Line) -> None:
    key = await _a_key(site)
    async with a_receiver() as receiver:
        seen = await visit("/portal", wide=390, java_script_enabled=False)
        page = seen.page
        await page.fill("#key", key)
        await page.click("main form button")
        await expect(page.locator("h1")).to_have_text("Subscriptions")
        await page.fill("#url", receiver.url)
        await page.fill("#description", "Front page")
        await page.click("button:text('Subscribe')")
        await expect(page.locator(".secret code")).to_contain_text("whsec_")
        await page.click("text=Go to the subscription")
        await page.click("text=Send a test event")
        await expect(page.locator(".done")).to_contain_text("Test event arrived.")
        story = await site.push(guid="for-developers", url="https://example.org/dev", headline="For developers")
        await until(
            lambda: any(call.version == (story["id"], 1) for call in receiver.calls if "seq" in str(call.event))
        )
        await page.goto(site.url + "/portal")
        await page.click("text=Front page")
        await page.click("tbody th a >> nth=0")
        await expect(page.locator("main")).to_contain_text("For developers")
        assert key not in await page.content()
        assert key not in page.url
        await page.click("text=Send it again")
        await expect(page.locator(".done")).to_contain_text("Sent again")
        await page.click("button:text('Pause')")
        await expect(page.locator(".facts")).to_contain_text("paused")
        await page.click("text=Sign out")
        await expect(page.locator("#key")).to_have_count(1)


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_axe_finds_nothing_in_the_portal(visit: Open, site: Line, scheme: str) -> None:
    key = await _a_key(site)
    seen = await visit("/portal", color_scheme=scheme, wide=390)
    await _clean(seen.page)
    async with a_receiver() as receiver:
        await seen.page.fill("#key", key)
        await seen.page.click("main form button")
        await seen.page.fill("#url", receiver.url)
        await seen.page.click("button:text('Subscribe')")
        await seen.page.click("text=Go to the subscription")
        await site.push(guid=f"axe-{scheme}", url=f"https://example.org/axe-{scheme}", headline="For axe")
        await until(lambda: receiver.calls)
        await expect(seen.page.locator("h1")).to_be_visible()
        address = seen.page.url
        while not await seen.page.locator("tbody tr:has(a)").count():
            await seen.page.goto(address)
        await _clean(seen.page)
        await seen.page.click("tbody th a >> nth=0")
        await _clean(seen.page)
    for path in ("/portal", "/portal/preview?q=lang:en", "/portal/receiver"):
        await seen.page.goto(site.url + path)
        await _clean(seen.page)


async def _a_key(site: Line) -> str:
    status, made = await site.post("/api/v1/consumers", {"name": "Partner"})
    assert status == 201, made
    return str(made["key"])


async def _clean(page: Page) -> None:
    found: dict[str, Any] = (await Axe().run(page, options={"resultTypes": ["violations"]})).response
    assert [(one["id"], orjson.dumps([node["html"] for node in one["nodes"]])) for one in found["violations"]] == []
