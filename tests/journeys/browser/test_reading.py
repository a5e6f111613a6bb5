"""Readers in a real browser: the News Feed item part by part, going on, and other devices than one's own."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import expect

from tests.journeys.browser.conftest import SAMPLES, Open
from tests.journeys.line import Line

pytestmark = pytest.mark.asyncio(loop_scope="session")

KURSK = "Pentagon: North Korean troops killed and wounded in Russia’s Kursk Oblast"
ITEM = f"article.story:has(h2 a:text-is('{KURSK}'))"
LIMIT = 100_000


async def test_the_story_is_read_part_by_part(visit: Open) -> None:
    seen = await visit(SAMPLES, timezone_id="Europe/Kyiv", locale="en-US")
    item = seen.page.locator(ITEM)
    meta = await seen.text(f"{ITEM} p.meta")
    assert meta.startswith("1 min read By Tim Zadorozhnyy Dec 16, 2024, 8:42 PM GMT+2")
    assert await seen.text(f"{ITEM} .updated") == "(Updated: Dec 16, 2024, 10:05 PM GMT+2)"
    assert await item.locator(".updated time").get_attribute("datetime") == "2024-12-16T20:05:00Z"
    assert (await seen.text(f"{ITEM} figcaption")).endswith("on Oct. 31, 2023. (Kevin Dietsch/Getty Images)")
    assert "as reported by Reuters" in await seen.text(f"{ITEM} .body")
    assert (await seen.text(f"{ITEM} .related a")).startswith("North Korean soldiers shot at a Russian unit")
    assert await seen.text(f"{ITEM} .author .role") == "Reporter"
    assert "local television station in Odesa" in await seen.text(f"{ITEM} .author .bio")
    await expect(item.locator(".author img.face")).to_be_visible()
    await item.locator(".author .more a").click()
    await expect(seen.page).to_have_url(f"{seen.url}/authors/tim-zadorozhnyy")
    await expect(seen.page.locator("h1")).to_have_text("Tim Zadorozhnyy")
    await expect(seen.page.locator("article h2")).to_have_text([KURSK])


async def test_show_more_goes_on_in_place(visit: Open) -> None:
    seen = await visit("/")
    stories = seen.page.locator("article.story")
    await expect(stories).to_have_count(20)
    await seen.page.click("#more")
    await expect(stories.nth(20)).to_be_attached()
    focused = await seen.page.evaluate("document.activeElement.closest('article').dataset.id")
    assert await stories.nth(20).get_attribute("data-id") == focused
    while await seen.page.locator("#more").count():
        await seen.page.click("#more")
        await expect(seen.page.locator("#more[aria-busy]")).to_have_count(0)
    await expect(stories.last.locator("h2")).to_have_text("Older story 0")
    ids = await stories.evaluate_all("all => all.map((one) => one.dataset.id)")
    assert len(ids) == len(set(ids))
    assert seen.page.url == f"{seen.url}/"


@pytest.mark.parametrize("path", ["/", "/portal", "/console", "/nothing/here"])
async def test_every_page_offers_the_sections_and_on_a_phone_they_stay_within_its_margin(
    visit: Open, path: str
) -> None:
    seen = await visit(path, wide=390)
    links = seen.page.locator("nav[aria-label=Sections] a")
    assert (await links.all_inner_texts())[-1] == "Subscribe"
    assert await links.count() > 3
    margin = await seen.page.evaluate("document.querySelector('.bar').getBoundingClientRect().right")
    for link in await links.all():
        box = await link.bounding_box()
        assert box is not None
        assert box["x"] + box["width"] <= margin
    seen.faults.clear()  # one of them is not there, and the console tells of it


async def test_without_javascript_all_can_be_read(visit: Open) -> None:
    seen = await visit(SAMPLES, java_script_enabled=False)
    assert await seen.text(f"{ITEM} .updated") == "(Updated: Dec. 16, 2024, 8:05 p.m. UTC)"
    await seen.page.goto(f"{seen.url}/")
    await expect(seen.page.locator("#fresh button")).to_have_count(0)
    first = await seen.page.locator("article.story").first.get_attribute("data-id")
    await seen.page.click("#more")
    assert "?before=" in seen.page.url
    assert await seen.page.locator("article.story").first.get_attribute("data-id") != first
    await seen.page.click("a[rel=prev]")
    assert await seen.page.locator("article.story").first.get_attribute("data-id") == first
    await seen.page.fill("#q", 'tag:kursk-oblast AND "friendly fire"')
    await seen.page.press("#q", "Enter")
    await expect(seen.page.locator("article h2")).to_have_text([KURSK])


@pytest.mark.parametrize(
    ("path", "wide"), [("/", 390), ("/", 1440), ("/feeds", 390), ("/authors/tim-zadorozhnyy", 820)]
)
async def test_nothing_moves_nor_overflows(visit: Open, path: str, wide: int) -> None:
    seen = await visit(path, wide=wide)
    assert await seen.shifted() == 0
    room = await seen.page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    assert room[0] <= room[1]


async def test_a_picture_that_cannot_be_had_leaves_its_words_and_no_empty_frame(visit: Open) -> None:
    seen = await visit(SAMPLES)
    await seen.page.route("**/*.jpg", lambda route: route.fulfill(status=404, body="gone"))
    await seen.page.reload()
    picture = seen.page.locator(".lead img").first
    await expect(picture).to_have_class(re.compile("gone"))
    box = await picture.bounding_box()
    assert box is not None
    assert 0 < box["height"] < 120
    seen.faults.clear()  # the browser says on its console that it got a 404


async def test_a_page_is_small(visit: Open) -> None:
    seen = await visit("/")
    sizes = await seen.page.evaluate(
        """performance.getEntriesByType("navigation").concat(performance.getEntriesByType("resource"))
             .filter((one) => one.initiatorType !== "img" && one.initiatorType !== "fetch")
             .map((one) => one.encodedBodySize)"""
    )
    assert len(sizes) >= 3
    assert 0 < sum(sizes) < LIMIT


async def test_the_device_decides_between_light_and_dark(visit: Open) -> None:
    grounds = []
    for scheme in ("light", "dark"):
        seen = await visit("/", color_scheme=scheme)
        grounds.append(await seen.page.evaluate("getComputedStyle(document.body).backgroundColor"))
    assert grounds == ["rgb(255, 253, 248)", "rgb(21, 22, 26)"]


async def test_paper_shows_the_story_alone(visit: Open, site: Line) -> None:
    seen = await visit(SAMPLES, color_scheme="dark")
    await seen.page.emulate_media(media="print")
    for gone in ("form[role=search]", "aside.rail", "#more"):
        await expect(seen.page.locator(gone)).to_be_hidden()
    await expect(seen.page.locator(ITEM)).to_be_visible()
    assert await seen.page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 253, 248)"
