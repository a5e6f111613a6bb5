"""Listing pages polled over real HTTP on loopback."""

from __future__ import annotations

import asyncio
from typing import Any

from services.ingest.fetch import Failed, Gone, NotModified, Throttled
from services.ingest.health import Health
from services.ingest.pages.robots import Robots
from services.ingest.reader import Reading, Same, Took
from services.ingest.readers import page as reader
from services.ingest.source import Settings, Source
from tests.ingest.pages.sites import Site, a_site, page
from tests.receiver import Reply

LIST = "".join(f"<li><a href=/s{at}>Story number {at}</a>" for at in range(3))


NEW = Health()


async def read(site: Site, health: Health = NEW, **over: Any) -> Reading:
    settings = Settings.model_validate(
        {"id": "paper", "kind": "page", "url": f"{site.url}/news", "selectors": {"item": "li"}} | over
    )
    robots = Robots(lambda: 0.0)
    return await reader.read(Source(settings, health), site.ask, robots=robots, parsers=asyncio.Semaphore(1))


async def test_a_listing_is_taken_and_the_same_items_are_the_same_whatever_else_changed() -> None:
    async with a_site(news=page(f"<p>{1}</p>{LIST}", etag='"1"')) as site:
        taken = await read(site)
        assert isinstance(taken, Took)
        assert [one.headline for one in taken.document.submissions] == [f"Story number {at}" for at in range(3)]
        assert taken.fields["etag"] == '"1"'
        site.paths["/news"] = page(f"<p>another advert</p>{LIST}")
        assert isinstance(await read(site, Health(body_hash=taken.fields["body_hash"])), Same)
        site.paths["/news"] = page(LIST.replace("number 2", "number two"))
        assert isinstance(await read(site, Health(body_hash=taken.fields["body_hash"])), Took)


async def test_a_listing_without_items_has_failed() -> None:
    async with a_site(news=page("<p>redesigned")) as site:
        assert await read(site) == Failed("no item matched the selector 'li'")


async def test_robots_are_asked_first_and_obeyed() -> None:
    async with a_site(news=page(LIST)) as site:
        site.paths["/robots.txt"] = page("User-agent: *\nDisallow: /news", "text/plain")
        assert await read(site) == Failed("127.0.0.1's robots.txt does not allow it")
        assert site.asked == ["/robots.txt"]


async def test_other_answers_are_passed_on() -> None:
    async with a_site() as site:
        for reply, outcome in (
            (Reply(304), NotModified),
            (Reply(410), Gone),
            (Reply(429), Throttled),
            (Reply(500), Failed),
        ):
            site.paths["/news"] = reply
            assert isinstance(await read(site, Health(etag='"1"')), outcome)
