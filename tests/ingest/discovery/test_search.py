"""Discovery on sites on loopback: each way in which a source is found, and what goes wrong on the way."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Mapping
from functools import partial

import pytest

from services.ingest.discovery import Discovery, discover
from services.ingest.discovery.search import MOST_ASKED
from services.ingest.reader import Read
from services.ingest.readers import sitemap, wordpress
from services.ingest.source import Kind
from tests.ingest.pages.sites import Site, a_site, moved, page
from tests.ingest.wordpress.posts import a_post
from tests.receiver import Call, Reply

ITEMS = "".join(
    f"<item><title>Story {at}</title><link>https://e.org/{at}</link><guid>{at}</guid>"
    f"<author>x@e.org (Ann Writer)</author><pubDate>Mon, 0{at} Nov 2026 10:00:00 GMT</pubDate></item>"
    for at in range(1, 8)
)
RSS = page(
    f'<rss version="2.0"><channel><title>The Paper</title><link>https://e.org/</link>{ITEMS}</channel></rss>',
    "text/xml",
)
JSON = page(
    '{"version": "https://jsonfeed.org/version/1.1", "title": "Paper", "items": [{"id": "1", "title": "One", "url": "https://e.org/1"}]}',
    "application/feed+json",
)


def readers() -> Mapping[Kind, Read]:
    return {"sitemap": partial(sitemap.read, parsers=asyncio.Semaphore(1)), "wordpress": wordpress.read}


async def found(site: Site, path: str = "/") -> Discovery:
    return await discover(f"{site.url}{path}", site.ask, readers(), time.monotonic)


def kinds(search: Discovery) -> list[tuple[str, str]]:
    return [(one.kind, one.url.partition("//")[2].partition("/")[2]) for one in search.feeds]


async def test_a_feed_itself_is_found_and_shown_with_five_items() -> None:
    async with a_site(rss=RSS) as site:
        search = await found(site, "/rss")
        (feed,) = search.feeds
        assert (feed.kind, feed.title, feed.type, feed.items, feed.how) == (
            "feed",
            "The Paper",
            "text/xml",
            7,
            "the address itself",
        )
        assert [item["headline"] for item in feed.items_preview] == [f"Story {at}" for at in range(1, 6)]
        assert feed.items_preview[0]["authors"] == ["Ann Writer"]
        assert site.asked == ["/rss"]


@pytest.mark.parametrize(
    "kind",
    [
        "application/rss+xml",
        "text/xml",
        "application/xml",
        "application/rdf+xml",
        "application/atom+xml; charset=utf-8",
    ],
)
async def test_feeds_that_a_page_links_are_found_whatever_xml_they_are_called(kind: str) -> None:
    async with a_site(**{"news-archive/rss/": RSS}) as site:
        site.paths["/"] = page(
            f'<head><link rel="alternate" type="{kind}" href="news-archive/rss/" title="All news"></head>'
        )
        assert kinds(await found(site)) == [("feed", "news-archive/rss/")]


async def test_json_feeds_are_found_and_comments_stand_last() -> None:
    async with a_site(feed=JSON, comments=RSS) as site:
        site.paths["/"] = page(
            '<link rel="alternate" type="text/xml" href="/comments" title="Comments">'
            '<link rel="alternate" type="application/feed+json" href="/feed">'
            '<link rel="alternate" type="application/json" href="/wp-json/wp/v2/pages/2">'
        )
        assert kinds(await found(site)) == [("feed", "feed"), ("feed", "comments")]
        assert not any("wp-json" in path for path in site.asked)


async def test_links_in_the_text_and_usual_paths_are_tried_where_none_is_linked() -> None:
    async with a_site(**{"feeds/all": RSS}) as site:
        site.paths["/"] = page('<p><a href="/feeds/all">RSS</a> <a href="/prose">Prose</a></p>')
        assert kinds(await found(site)) == [("feed", "feeds/all")]
        assert "/prose" not in site.asked
    async with a_site(**{"": page("<p>no links"), "atom.xml": RSS}) as site:
        assert kinds(await found(site)) == [("feed", "atom.xml")]


async def test_usual_paths_are_tried_even_when_the_page_is_not_to_be_had() -> None:
    async with a_site(**{"feed/": RSS}) as site:
        site.paths["/"] = Reply(403)
        search = await found(site)
        assert kinds(search) == [("feed", "feed/")]
        assert search.problems == [f"{site.url}/: the server answered 403 Forbidden"]


async def test_one_feed_behind_two_addresses_is_told_once() -> None:
    async with a_site(a=RSS, b=moved("/a")) as site:
        links = "".join(f'<link rel="alternate" type="text/xml" href="/{name}">' for name in ("a", "b"))
        site.paths["/"] = page(links)
        assert kinds(await found(site)) == [("feed", "a")]


async def test_ghost_is_told_with_the_key_that_it_needs() -> None:
    async with a_site(rss=RSS) as site:
        site.paths["/"] = page(
            '<meta name="generator" content="Ghost 6.1"><link rel="alternate" type="text/xml" href="/rss">'
            f'<script data-ghost="{site.url}/" data-key="0123456789abcdef0123456789"></script>'
        )
        search = await found(site)
        assert kinds(search) == [("feed", "rss"), ("ghost", "")]
        assert "key" in str(search.feeds[1].note)
        assert "0123456789abcdef" not in repr(search)


async def test_wordpress_is_read_and_shown() -> None:
    posts = json.dumps([a_post(7)])
    about = '{"name": "Paper", "home": "https://e.org", "url": "https://e.org", "namespaces": ["wp/v2"]}'

    async with a_site() as site:
        site.paths["/"] = page('<link rel="https://api.w.org/" href="/wp-json/">')
        plain = site.receiver.answer

        async def answer(call: Call) -> Reply:
            if call.path.startswith("/wp-json/wp/v2/posts"):
                return page(posts, "application/json")
            return page(about, "application/json") if call.path.startswith("/wp-json/") else await plain(call)

        site.receiver.answer = answer
        search = await found(site)
        assert ("wordpress", "wp-json/") in kinds(search), search
        assert [item["headline"] for item in search.feeds[0].items_preview] == ["Ferry returns – after eleven years"]


async def test_news_sitemaps_of_robots_and_the_page_itself_are_told_last() -> None:
    news = (
        '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:n="http://www.google.com/schemas/sitemap-news/0.9">'
        "<url><loc>https://e.org/1</loc><n:news><n:title>Story</n:title></n:news></url></urlset>"
    )
    async with a_site(**{"news.xml": page(news, "text/xml")}) as site:
        site.paths["/robots.txt"] = page(
            f"Sitemap: http://[news\nSitemap: {site.url}/news.xml\nSitemap: https://elsewhere.example/news.xml",
            "text/plain",
        )
        site.paths["/"] = page("".join(f'<h2><a href="/s{at}">A headline, number {at}</a></h2>' for at in range(3)))
        search = await found(site)
        assert kinds(search) == [("sitemap", "news.xml"), ("page", "")]
        assert "headlines were found by their shape" in str(search.feeds[1].note)


async def test_what_is_linked_and_is_no_feed_is_said_in_words() -> None:
    async with a_site(bad=page("<html><p>sorry")) as site:
        site.paths["/"] = page(
            '<link rel="alternate" type="text/xml" href="/bad"><link rel="alternate" type="text/xml" href="/gone">'
            '<link rel="alternate" type="text/xml" href="file:///etc/passwd"><link rel="alternate" type="text/xml" href="http://10.0.0.1/">'
        )
        search = await found(site)
        assert search.feeds == []
        assert search.problems[0] == f"{site.url}/bad: this is an HTML page, not a feed"
        assert search.problems[1] == f"{site.url}/gone: the server answered 404 Not Found"
        assert search.problems[2].startswith("http://10.0.0.1/: 10.0.0.1 is a private address")
        assert len(search.problems) == 3


async def test_a_page_that_links_a_thousand_feeds_costs_a_bounded_number_of_requests() -> None:
    async with a_site() as site:
        links = "".join(f'<link rel="alternate" type="text/xml" href="/f{at}">' for at in range(1_000))
        site.paths["/"] = page(links + '<a href="/rss/x">rss</a>' * 1_000)
        await found(site)
        assert len(site.asked) <= MOST_ASKED


async def test_a_host_that_is_slow_ends_the_search_and_what_was_found_is_told() -> None:
    async with a_site(rss=RSS) as site:
        site.paths["/"] = page('<link rel="alternate" type="text/xml" href="/rss">')
        moments = iter([0.0, 0.0, 1.0, 26.0])
        search = await discover(f"{site.url}/", site.ask, readers(), lambda: next(moments, 99.0))
        assert kinds(search) == [("feed", "rss")]
        assert len(site.asked) == 2
