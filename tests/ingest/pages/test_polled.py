"""Pages through the whole intake: sources that give headlines or addresses only, polled on loopback."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from functools import partial
from typing import Any

import pytest

from services.ingest.pages.complete import Pages
from services.ingest.readers import page as page_reader
from services.ingest.readers import sitemap
from shared.redis import Store
from tests.ingest.pages.samples import PARAGRAPHS, TITLE, graph, linked, seed
from tests.ingest.pages.sites import Site, a_site, page
from tests.ingest.polling import Polling, a_polling
from tests.receiver import Reply

MAP = '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{}</urlset>'


@pytest.fixture
async def polling(store: Store) -> AsyncIterator[Polling]:
    async with a_polling(store) as polling:
        pages, parsers = Pages(polling.clock.seconds), asyncio.Semaphore(1)
        polling.complete = pages.completed
        polling.readers["sitemap"] = partial(sitemap.read, parsers=parsers)
        polling.readers["page"] = partial(page_reader.read, robots=pages.robots, parsers=parsers)
        polling.poller = polling.another()
        yield polling


def listed(site: Site, **days: str) -> Reply:
    urls = (f"<url><loc>{site.url}/{name}</loc><lastmod>{day}</lastmod></url>" for name, day in days.items())
    return page(MAP.format("".join(urls)), "application/xml")


async def articles(polling: Polling) -> list[dict[str, Any]]:
    await polling.sent()
    found = [body["article"] for body in polling.line.bodies]
    polling.line.bodies.clear()
    return found


async def test_a_listings_story_arrives_whole(polling: Polling) -> None:
    async with a_site(story=page(seed(linked(graph())))) as site:
        site.paths["/news"] = page('<li><a href="/story">As the list has it</a>')
        await polling.add(url=f"{site.url}/news", kind="page", full_text=True, selectors={"item": "li"})
        await polling.poll()
        (story,) = await articles(polling)
    assert story["headline"] == "As the list has it"
    assert all(text in story["body_html"] for text in PARAGRAPHS)
    assert [one["role"] for one in story["authors"]] == ["Reporter"]
    assert story["images"][0]["lead"]
    assert len(story["related"]) == 1


async def test_a_sitemaps_page_is_published_once_its_page_has_named_it(polling: Polling) -> None:
    async with a_site(story=Reply(500)) as site:
        site.paths["/map"] = listed(site, story="2026-11-20")
        await polling.add(url=f"{site.url}/map", kind="sitemap", full_text=True)
        await polling.poll()
        assert await articles(polling) == []
        site.paths["/story"] = page(seed(linked(graph())))
        await polling.again()
        (story,) = await articles(polling)
        assert (story["headline"], story["version"]) == (TITLE, 1)
        await polling.again()
        assert await articles(polling) == []


async def test_a_sitemaps_page_that_changed_is_read_again_and_one_that_fails_changes_nothing(polling: Polling) -> None:
    async with a_site(story=page(seed(linked(graph())))) as site:
        site.paths["/map"] = listed(site, story="2026-11-20")
        await polling.add(url=f"{site.url}/map", kind="sitemap", full_text=True)
        await polling.poll()
        assert [one["version"] for one in await articles(polling)] == [1]
        site.paths |= {"/map": listed(site, story="2026-11-21"), "/story": Reply(500)}
        await polling.again()
        assert await articles(polling) == []
        changed = seed(linked(graph(headline="Corrected"))).replace(TITLE, "Corrected")
        site.paths |= {"/map": listed(site, story="2026-11-22"), "/story": page(changed)}
        await polling.again()
        assert [(one["headline"], one["version"]) for one in await articles(polling)] == [("Corrected", 2)]


async def test_a_page_that_robots_forbid_leaves_the_article_as_its_source_gave_it(polling: Polling) -> None:
    async with a_site(story=page(seed(linked(graph())))) as site:
        site.paths["/news"] = page('<li><a href="/story">As the list has it</a>')
        site.paths["/robots.txt"] = page("User-agent: *\nDisallow: /story", "text/plain")
        await polling.add(url=f"{site.url}/news", kind="page", full_text=True, selectors={"item": "li"})
        await polling.poll()
        (story,) = await articles(polling)
    assert (story["headline"], story["body_html"]) == ("As the list has it", "")
    assert "/story" not in site.asked


async def test_a_listing_that_lost_its_items_is_a_failing_source(polling: Polling) -> None:
    async with a_site(news=page("<p>redesigned")) as site:
        await polling.add(url=f"{site.url}/news", kind="page", selectors={"item": "li"})
        source = await polling.poll()
    assert (source.health.failures, source.health.error) == (1, "no item matched the selector 'li'")
