"""Whatever a file, a page or a hook holds: no error."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from services.ingest import formats
from services.ingest.cms.passed import Passed
from services.ingest.document import Document, Unreadable
from services.ingest.ghost.hook import Hidden, Other, Shown, told
from services.ingest.ghost.post import submission_of as of_ghost
from services.ingest.pages import PageArticle, article
from services.ingest.pages.listing import listing
from services.ingest.source import Settings
from services.ingest.submission import Submission
from services.ingest.wordpress.post import submission_of as of_wordpress
from tests.examples import examples

quick = examples(30)
NEWSML = (
    b'<newsItem xmlns="http://iptc.org/std/nar/2006-10-01/" guid="g" version="x" xml:lang="">',
    b"<itemMeta><pubStatus qcode='stat:canceled'/><versionCreated>",
    b"2026-13-41T99:00:00</versionCreated></itemMeta>",
    b"<contentMeta><headline>",
    b"</headline><by>",
    b"<creator><name>",
    b"<subject qcode='medtop:'><name>",
    b"<contentSet><inlineXML contenttype='application/nitf+xml'>",
    b"<inlineXML><html xmlns='http://www.w3.org/1999/xhtml'><body><p>",
    b"<remoteContent href='//[' size='-1' width='1e9'>",
    b"</newsItem>",
    b"<newsMessage><itemSet>",
    b"<nitf><body><body.head><hedline><hl1>",
    b"<byline>By <person>",
    b"<body.content><block><media><media-reference source='a.jpg' width='x'/>",
    b"</nitf>",
    b"&eacute;",
    b"&#0;",
    b"<?xml version='1.0' encoding='utf-16'?>",
    b"<!DOCTYPE a [<!ENTITY b 'c'>]>",
)
PAGE = (
    b"<html><head><title>A title",
    b"<script type='application/ld+json'>",
    b'{"@type": ["NewsArticle", 1, null], "headline": {"@value": []}, "author": [[], {"name": 3}, "http://x"],',
    b'"image": {"url": {"url": []}}, "datePublished": "99999-01-01", "@graph": [{"@id": "a", "author": {"@id": "a"}}]}',
    b"</script>",
    b"<meta property='og:image' content='//['>",
    b"<base href='javascript:x'>",
    b"<h1>A headline",
    b"<article class='post author related'>",
    b"<div class='entry-content'>",
    b"<figure class='kg-card kg-bookmark-card'><img srcset=', ,,x 9w' src='data:,'><figcaption>",
    b"<p>words that make a sentence of some length, twice and again. ",
    b"(Updated: 31 February 99999)",
    b"<a href='http://[x'><h2>Another headline",
    b"</div></article>",
    b"<time datetime='PT'>",
    b"<svg><style>",
    b"\xff\xfe\x00",
    b"<table><tr><td>",
    b"<li><li>",
)
NAMES = (
    "post current previous id title html status visibility published_at updated_at url canonical_url feature_image "
    "feature_image_caption authors primary_author tags primary_tag name slug profile_image bio website twitter "
    "mastodon locale content rendered excerpt guid link date_gmt modified_gmt _embedded wp:term wp:featuredmedia "
    "source_url media_details width uri headline headlines value role body_html bodies associations renditions href "
    "subjects versioncreated firstcreated pubstatus type standard contenttype source items version"
).split()
VALUES: tuple[Any, ...] = (
    None,
    True,
    -1,
    2**70,
    1.5,
    "",
    "words",
    "//[",
    "<p>a",
    "\0",
    "2026-11-22T10:00:00Z",
    "99999-01-01",
    [],
    {},
)


def tree(numbers: list[int]) -> Any:
    """Grow JSON out of numbers: a value, a list or an object, of what the rest of them make."""
    if not numbers:
        return None
    first, rest = numbers[0], numbers[1:]
    if first % 3 == 0 or not rest:
        return VALUES[first % len(VALUES)]
    half = len(rest) // 2
    if first % 3 == 1:
        return [tree(rest[:half]), tree(rest[half:])]
    third = max(1, len(rest) // 3)
    parts = [rest[at : at + third] for at in range(0, len(rest), third)]
    return {NAMES[part[0] % len(NAMES)]: tree(part[1:]) for part in parts}


def pieces(of: tuple[bytes, ...]) -> st.SearchStrategy[bytes]:
    return st.lists(st.one_of(st.sampled_from(of), st.binary(max_size=6)), max_size=25).map(b"".join)


@quick
@given(pieces(NEWSML), st.sampled_from(("a.xml", "a.nitf", "a.html")))
def test_any_pieces_of_wire_formats_are_a_document_or_none(body: bytes, name: str) -> None:
    assert isinstance(formats.read(body, name=name, source_id="bay"), Document | Unreadable)


@quick
@given(pieces(PAGE))
def test_any_pieces_of_pages_are_an_article_a_listing_or_none(body: bytes) -> None:
    assert isinstance(article(body, url="https://bay.example/a", content_type=""), PageArticle | Unreadable)
    assert isinstance(
        listing(body, url="https://bay.example/", content_type="", source_id="bay"), Document | Unreadable
    )
    assert isinstance(formats.read(body, name="a.html", source_id="bay"), Document | Unreadable)


@quick
@given(st.lists(st.integers(0, 10_000), max_size=60))
def test_any_json_is_a_post_an_item_or_none(numbers: list[int]) -> None:
    plain = {name: tree(numbers[at::8]) for at, name in enumerate(NAMES) if at < 8} | {"more": tree(numbers)}
    plain |= {NAMES[number % len(NAMES)]: tree(numbers[at:]) for at, number in enumerate(numbers[:12])}
    settings_ = Settings(id="bay", url="https://bay.example/")
    for build in (of_ghost, of_wordpress):
        assert isinstance(build(plain, settings_), Submission | Passed)
    assert isinstance(told({"post": {"current": plain, "previous": plain}}), Shown | Hidden | Other)
    assert isinstance(told(plain), Shown | Hidden | Other)
    body = json.dumps([plain]).encode()
    for form in (body, body[1:-1]):
        assert isinstance(formats.read(form, name="a.json", source_id="bay"), Document | Unreadable)
