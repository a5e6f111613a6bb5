"""Sitemaps of all kinds."""

from __future__ import annotations

from datetime import UTC, datetime

from services.ingest.document import Document, Unreadable
from services.ingest.parse import Map, Page, Sitemap, parse, read_sitemap

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
URL = "https://bay.example/sitemap.xml"
NEWS = b"""<?xml version="1.0" encoding="UTF-8"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"
 xmlns:news="http://www.google.com/schemas/sitemap-news/0.9" xmlns:image="http://www.google.com/schemas/sitemap-image/1.1">
<url><loc>https://bay.example/1?utm_source=map</loc><lastmod>2026-11-22T07:00:00Z</lastmod><news:news><news:publication>
<news:name>Bay</news:name><news:language>en</news:language></news:publication>
<news:publication_date>2026-11-22T05:00:00Z</news:publication_date><news:title>Fish &amp; chips</news:title>
<news:keywords>ferry, harbour</news:keywords></news:news><image:image><image:loc>/a.jpg</image:loc>
<image:caption>The ferry.</image:caption><image:title>Ferry</image:title></image:image></url>
<url><loc>https://bay.example/2</loc><lastmod>2026-11-21</lastmod></url></urlset>"""
INDEX = b"""<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><sitemap><loc>https://bay.example/a.xml</loc>
<lastmod>2026-11-21</lastmod></sitemap><sitemap><loc>/b.xml</loc></sitemap></sitemapindex>"""


def sitemap(body: bytes) -> Sitemap:
    found = read_sitemap(body, url=URL, source_id="bay", now=NOW)
    assert isinstance(found, Sitemap)
    return found


def test_a_news_sitemap_tells_stories_and_pages() -> None:
    told, bare = sitemap(NEWS).pages
    story = told.submission
    assert story is not None
    assert (story.url, story.headline, story.language) == ("https://bay.example/1", "Fish & chips", "en")
    assert [tag.term for tag in story.categories] == ["ferry", "harbour"]
    assert [(i.url, i.caption, i.alt) for i in story.images] == [("https://bay.example/a.jpg", "The ferry.", "Ferry")]
    assert (story.published_at, story.updated_at) == (
        datetime(2026, 11, 22, 5, tzinfo=UTC),
        datetime(2026, 11, 22, 7, tzinfo=UTC),
    )
    assert bare == Page(url="https://bay.example/2", modified=datetime(2026, 11, 21, tzinfo=UTC))


def test_as_a_document_it_has_the_titled_pages_and_counts_the_others() -> None:
    found = parse(NEWS, url=URL, content_type="", source_id="bay", now=NOW)
    assert isinstance(found, Document)
    assert ([one.headline for one in found.submissions], found.skipped) == (["Fish & chips"], 1)


def test_an_index_names_other_maps() -> None:
    assert sitemap(INDEX).maps == (
        Map(url="https://bay.example/a.xml", modified=datetime(2026, 11, 21, tzinfo=UTC)),
        Map(url="https://bay.example/b.xml"),
    )
    found = parse(INDEX, url=URL, content_type="", source_id="bay", now=NOW)
    assert isinstance(found, Document)
    assert found.maps == ("https://bay.example/a.xml", "https://bay.example/b.xml")


def test_a_list_of_addresses_is_a_sitemap_too() -> None:
    assert sitemap(b"https://bay.example/1\nhttps://bay.example/2\n").pages == (
        Page(url="https://bay.example/1"),
        Page(url="https://bay.example/2"),
    )


def test_what_is_no_sitemap_is_said_to_be_none() -> None:
    assert read_sitemap(b"<rss/>", url=URL, source_id="bay") == Unreadable("this is no sitemap")
