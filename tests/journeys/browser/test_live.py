"""New stories announce themselves on an open page, what was taken back goes at once, and a broken stream goes on."""

from __future__ import annotations

import orjson
import pytest
from playwright.async_api import Route, expect

from tests.journeys.browser.conftest import Open
from tests.journeys.line import Line
from tests.waiting import until

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_new_stories_announce_themselves_and_come_when_asked(visit: Open, site: Line) -> None:
    seen = await visit("/")
    button = seen.page.locator("#fresh button")
    await expect(button).to_be_hidden()
    for number in range(3):
        await site.push(guid=f"live-{number}", url=f"https://example.org/live-{number}", headline=f"Newsflash {number}")
    await expect(button).to_have_text("3 new stories")
    assert await seen.page.locator("article h2", has_text="Newsflash").count() == 0
    await button.click()
    await expect(seen.page.locator("article h2", has_text="Newsflash")).to_have_text(
        ["Newsflash 2", "Newsflash 1", "Newsflash 0"]
    )
    await expect(button).to_be_hidden()
    assert await seen.page.evaluate("document.activeElement.textContent") == "Newsflash 2"


async def test_an_update_is_offered_and_a_retraction_is_not_waited_for(visit: Open, site: Line) -> None:
    story = await site.push(guid="wavering", url="https://example.org/w", headline="First words")
    seen = await visit("/")
    item = seen.page.locator(f"article[data-id='{story['id']}']")
    await expect(item).to_have_count(1)
    await site.push(guid="wavering", url="https://example.org/w", headline="Second words")
    await item.locator(".changed a").click()
    await expect(item.locator("h2")).to_have_text("Second words")
    status, _ = await site.post(f"/api/v1/articles/{story['id']}/retract", {"reason": "It was not so."})
    assert status in {200, 202}
    await expect(item.locator(".notice")).to_contain_text("It was not so.")
    assert "ferry sails" not in await item.inner_text()


async def test_a_stream_that_broke_off_goes_on(visit: Open, site: Line) -> None:
    seen = await visit("/feeds")
    asked: list[str] = []

    async def first_breaks_off(route: Route) -> None:
        asked.append(route.request.url)
        if len(asked) > 1:
            await route.continue_()
            return
        first, second = [await site.push(guid=guid, url=f"https://example.org/{guid}") for guid in ("told", "missed")]
        await until(lambda: _out(site, second["id"]))
        told = next(event for event in await site.events() if event["data"]["article"]["id"] == first["id"])
        body = f"retry: 1\nid: {told['seq']}\nevent: article.published\ndata: {orjson.dumps(told).decode()}\n\n"
        await route.fulfill(body=body, content_type="text/event-stream")

    await seen.page.route("**/events/stream*", first_breaks_off)
    await seen.page.goto(seen.url)
    await expect(seen.page.locator("#fresh button")).to_have_text("2 new stories")
    assert len(asked) == 2


async def _out(site: Line, article_id: str) -> bool:
    return (await site.get(f"/articles/{article_id}")).status == 200
