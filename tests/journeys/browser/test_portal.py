"""A developer in a real browser, without JavaScript: signs in, subscribes, sees what was sent, proves it and leaves."""

from __future__ import annotations

import pytest
from playwright.async_api import Page, expect

from tests.journeys.browser.axe import ALL, ALL_BUT_COLOURS, COLOURS, Options, found
from tests.journeys.browser.conftest import Open
from tests.journeys.line import Line
from tests.receiver import a_receiver
from tests.waiting import until

pytestmark = pytest.mark.asyncio(loop_scope="session")

PLAIN = ("/portal", "/portal/new", "/portal/retractions", "/portal/preview?q=lang:en", "/portal/receiver")


async def test_a_developer_sees_and_does_all_there_is(visit: Open, site: Line) -> None:
    key = await _a_key(site)
    async with a_receiver() as receiver:
        seen = await visit("/portal", wide=390, java_script_enabled=False)
        page = seen.page
        await _subscribed(page, key, receiver.url, "Front page")
        await page.click("text=Send a test event")
        await expect(page.locator(".done")).to_contain_text("The test event was taken")
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
        await expect(page.locator(".done")).to_contain_text("1 to be sent again")
        await page.click("button:text('Pause')")
        await expect(page.locator(".facts").first).to_contain_text("paused")
        await page.click("text=Sign out")
        await expect(page.locator("#key")).to_have_count(1)


async def test_a_developer_edits_proves_and_deletes(visit: Open, site: Line) -> None:
    key = await _a_key(site)
    async with a_receiver() as receiver:
        seen = await visit("/portal", wide=390, java_script_enabled=False)
        page = seen.page
        await _subscribed(page, key, receiver.url, "Desk")
        await page.click("main .onward a:text('Settings')")
        await page.fill("#filter", "ferry AND x:y")
        await page.click("button:text('Save')")
        await expect(page.locator("mark")).to_have_text("x")
        await page.fill("#filter", "ferry")
        await page.click("summary:text('Pace')")
        await page.fill("#rate_limit", "50")
        await page.click("button:text('Save')")
        await expect(page.locator(".done")).to_contain_text("Saved")
        await expect(page.locator("main")).to_contain_text("50 a second")
        story = await site.push(guid="to-prove", url="https://example.org/prove", headline="The ferry is late")
        await until(lambda: receiver.calls)
        await site.post(f"/api/v1/articles/{story['id']}/retract", {"reason": "It was on time."})
        await until(lambda: len(receiver.calls) == 2)
        await page.click("text=Have you got everything?")
        # What was taken back is told by its id alone, also as it was before.
        await expect(page.locator("tbody tr")).to_have_count(2)
        await expect(page.locator("main")).to_contain_text(story["id"])
        await expect(page.locator("main")).not_to_contain_text("The ferry is late")
        while "not yet" in await seen.text(".facts"):
            await page.reload()
        await page.click("nav a:text('Retractions')")
        await expect(page.locator("tbody")).to_contain_text("It was on time.")
        await expect(page.locator("tbody")).to_contain_text("The ferry is late")
        await page.click("tbody td[data-label=Confirmed] a")
        await expect(page.locator("h1")).to_have_text("The ferry is late")
        await page.click("tbody a")
        await page.click("main .onward a:text('Delete')")
        await page.check("input[name=sure]")
        await page.click("button:text('Delete')")
        await expect(page.locator(".done")).to_contain_text("Deleted")
        await expect(page.locator("tbody")).to_have_count(0)
        seen.faults.clear()  # the console tells of the form that was refused


async def test_of_credentials_the_fields_of_the_kind_that_is_chosen_are_shown(visit: Open, site: Line) -> None:
    key = await _a_key(site)
    page = (await visit("/portal", wide=390, java_script_enabled=False)).page
    await page.fill("#key", key)
    await page.click("main form button")
    await page.goto(site.url + "/portal/new")
    await page.click("summary:text('credentials')")
    kinds = ("basic", "bearer", "oauth2")
    for chosen in ("", *kinds):
        await page.select_option("#auth", chosen)
        assert [kind for kind in kinds if await page.locator(f".{kind}").is_visible()] == [*filter(None, [chosen])]


@pytest.mark.parametrize(
    ("scheme", "wide", "options"), [("light", 390, ALL), ("dark", 390, COLOURS), ("light", 1440, ALL_BUT_COLOURS)]
)
async def test_axe_finds_nothing_in_the_portal_and_nothing_overflows(
    visit: Open, site: Line, scheme: str, wide: int, options: Options
) -> None:
    key = await _a_key(site)
    seen = await visit("/portal", color_scheme=scheme, wide=wide)
    await clean(seen.page, options)
    async with a_receiver() as receiver:
        await _subscribed(seen.page, key, receiver.url, "W" * 200)
        made = seen.page.url
        guid = f"axe-{scheme}-{wide}"
        story = await site.push(guid=guid, url=f"https://example.org/{guid}", headline="For axe")
        await until(lambda: receiver.calls)
        await site.post(f"/api/v1/articles/{story['id']}/retract", {"reason": "R" * 200})
        await until(lambda: len(receiver.calls) == 2)
        while await seen.page.locator("#deliveries tbody tr").count() < 2:
            await seen.page.goto(made)
        await clean(seen.page, options)
        await seen.page.click("tbody th a >> nth=0")
        await clean(seen.page, options)
        for one in await seen.page.locator("summary").all():
            await one.click()
        await clean(seen.page, options)
    own = [f"{made.removeprefix(site.url)}{rest}" for rest in ("?outcome=failed", "/settings", "/delete", "/proof")]
    for path in (*PLAIN, *own, f"/portal/receipts?article={story['id']}"):
        await seen.page.goto(site.url + path)
        await clean(seen.page, options)
    await seen.page.goto(site.url + "/portal/new")
    await _refused(seen.page)
    await clean(seen.page, options)
    seen.faults.clear()  # the console tells of the form that was refused


async def _a_key(site: Line) -> str:
    status, made = await site.post("/api/v1/consumers", {"name": "Partner"})
    assert status == 201, made
    return str(made["key"])


async def _subscribed(page: Page, key: str, url: str, name: str) -> None:
    """Sign in, subscribe, and stop at the page of the new subscription."""
    await page.fill("#key", key)
    await page.click("main form button")
    await expect(page.locator("h1")).to_have_text("Subscriptions")
    await page.click("text=New subscription")
    await page.fill("#url", url)
    await page.fill("#description", name)
    await page.click("button:text('Subscribe')")
    await expect(page.locator(".secret code")).to_contain_text("whsec_")
    await page.click("text=Go to the subscription")
    await expect(page.locator("h1")).to_have_text(name)


async def _refused(page: Page) -> None:
    """Send a form in which everything is wrong, all its parts unfolded."""
    for one in await page.locator("summary").all():
        await one.click()
    wrong = {"#url": "http://127.0.0.1/", "#filter": "x:y", "#schedule": "soon", "#headers": "host: me"}
    for field, text in wrong.items():
        await page.fill(field, text)
    await page.click("button:text('Subscribe')")
    await expect(page.locator(".wrong").first).to_be_visible()


async def clean(page: Page, options: Options) -> None:
    assert await found(page, options) == []
    room = await page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    assert room[0] <= room[1], page.url
