"""Sitemaps polled over real HTTP on loopback: news, plain, indexes, gzip."""

from __future__ import annotations

import asyncio
import gzip
import zlib
from typing import Any

from services.ingest.fetch import Failed
from services.ingest.health import Health
from services.ingest.reader import Reading, Same, Took
from services.ingest.readers import sitemap as reader
from services.ingest.source import Settings, Source
from tests.ingest.pages.sites import Site, a_site, page
from tests.receiver import Reply

NS = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"'


def xml(text: str) -> Reply:
    return page(f'<?xml version="1.0"?>{text}', "application/xml")


def plain(*names: str) -> Reply:
    urls = (
        f"<url><loc>https://e.org/{name}</loc><lastmod>2026-11-{at + 1:02}</lastmod></url>"
        for at, name in enumerate(names)
    )
    return xml(f"<urlset {NS}>{''.join(urls)}</urlset>")


def news(*names: str) -> Reply:
    urls = (
        f"<url><loc>https://e.org/{name}</loc><news:news><news:title>About {name}</news:title>"
        f"<news:publication_date>2026-11-{at + 1:02}T10:00:00Z</news:publication_date></news:news></url>"
        for at, name in enumerate(names)
    )
    return xml(f"<urlset {NS}>{''.join(urls)}</urlset>")


def index(site: Site, **maps: str | None) -> Reply:
    entries = (
        f"<sitemap><loc>{site.url}/{name}</loc>{f'<lastmod>{when}</lastmod>' if when else ''}</sitemap>"
        for name, when in maps.items()
    )
    return xml(f"<sitemapindex {NS}>{''.join(entries)}</sitemapindex>")


NEW = Health()


async def read(site: Site, health: Health = NEW, **over: Any) -> Reading:
    settings = Settings.model_validate({"id": "paper", "kind": "sitemap", "url": f"{site.url}/map"} | over)
    return await reader.read(Source(settings, health), site.ask, parsers=asyncio.Semaphore(1))


async def taken(site: Site, health: Health = NEW, **over: Any) -> Took:
    found = await read(site, health, **over)
    assert isinstance(found, Took), found
    return found


def names(took: Took) -> list[str]:
    return [str(one.url).rpartition("/")[2] for one in took.document.submissions]


async def test_a_news_sitemap_is_taken_newest_first_with_its_titles() -> None:
    async with a_site(map=news("a", "b")) as site:
        found = await taken(site)
        assert [one.headline for one in found.document.submissions] == ["About b", "About a"]
        assert isinstance(await read(site, Health(body_hash=found.fields["body_hash"])), Same)


async def test_a_plain_sitemap_needs_full_text_and_its_pages_are_called_by_their_addresses() -> None:
    async with a_site(map=plain("a", "b")) as site:
        refused = await read(site)
        assert isinstance(refused, Failed)
        assert "set full_text" in refused.reason
        found = await taken(site, full_text=True)
        assert [one.headline for one in found.document.submissions] == ["https://e.org/b", "https://e.org/a"]
        assert found.document.submissions[0].updated_at is not None


async def test_of_an_index_the_newest_maps_are_read_first_and_then_those_that_changed() -> None:
    async with a_site(**{name: news(name) for name in ("m1", "m2", "m3", "m4")}) as site:
        days = {f"m{at}": f"2026-11-{at:02}" for at in range(1, 5)}
        site.paths["/map"] = index(site, **days)
        first = await taken(site)
        assert site.asked == ["/map", "/m4", "/m3", "/m2"]
        assert first.fields["cursor"] == "2026-11-04T00:00:00Z"
        site.paths["/map"] = index(site, **days | {"m1": "2026-11-05"})
        site.receiver.calls.clear()
        later = await taken(site, Health(cursor=first.fields["cursor"], body_hash="x"))
        assert (site.asked, names(later)) == (["/map", "/m1"], ["m1"])
        assert later.fields["cursor"] == "2026-11-05T00:00:00Z"


async def test_an_index_without_dates_is_asked_whole_each_time() -> None:
    async with a_site(old=news("a"), news=news("b")) as site:
        site.paths["/map"] = index(site, old=None, news=None)
        found = await taken(site)
        assert site.asked == ["/map", "/news", "/old"]
        await read(site, Health(cursor=found.fields["cursor"], etag='"1"'))
        assert "if-none-match" not in site.receiver.calls[3].headers


async def test_an_index_that_names_itself_ends() -> None:
    async with a_site() as site:
        site.paths["/map"] = index(site, map="2026-11-01")
        assert names(await taken(site)) == []


async def test_a_map_that_does_not_come_fails_the_poll_so_that_nothing_is_missed() -> None:
    async with a_site() as site:
        site.paths["/map"] = index(site, away="2026-11-01")
        assert await read(site) == Failed("a map of the index: the server answered 404 Not Found")


async def test_gzip_is_unpacked_and_a_bomb_is_refused() -> None:
    async with a_site(map=Reply(200, {}, gzip.compress(news("a").body))) as site:
        assert names(await taken(site)) == ["a"]
        site.paths["/map"] = Reply(200, {}, gzip.compress(b" " * 11_000_000))
        refused = await read(site)
        assert isinstance(refused, Failed)
        assert "larger than 10 MiB" in refused.reason
        site.paths["/map"] = Reply(200, {}, b"\x1f\x8b" + zlib.compress(b"x"))
        assert isinstance(await read(site), Failed)


async def test_what_is_no_sitemap_is_said() -> None:
    async with a_site(map=page("<html><p>x</p></html>")) as site:
        assert isinstance(await read(site), Failed)
