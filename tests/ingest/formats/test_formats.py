"""Which format a file is of is told by its content."""

from __future__ import annotations

import re

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as some

from services.ingest.document import Document, Unreadable
from services.ingest.formats import read
from tests.builders import a_push
from tests.examples import examples
from tests.ingest.feeds import items, rss
from tests.ingest.formats.parts import a_news_item, a_ninjs, in_a_message

PAGE = b"""<!doctype html><html lang="en"><head><title>Snow on the pier</title>
<link rel="canonical" href="https://pier.example.org/snow">
<script type="application/ld+json">{"@context": "https://schema.org", "@type": "NewsArticle",
"headline": "Snow on the pier", "datePublished": "2026-11-20T07:00:00Z",
"author": {"@type": "Person", "name": "Ann Writer"}}</script></head>
<body><article><h1>Snow on the pier</h1><p>It fell all night, and nobody swept before noon on Sunday.</p>
<p>The ferry sounded its horn at the first passenger, a dog who had come alone.</p></article></body></html>"""

ATOM = b"""<feed xmlns="http://www.w3.org/2005/Atom"><title>T</title><id>urn:f</id>
<updated>2026-11-20T07:00:00Z</updated><entry><id>urn:e</id><title>Snow</title>
<updated>2026-11-20T07:00:00Z</updated><summary>It fell.</summary></entry></feed>"""

JSON_FEED = orjson.dumps(
    {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "T",
        "items": [{"id": "urn:j", "title": "Snow", "content_text": "It fell.", "url": "https://pier.example.org/j"}],
    }
)


def document(body: bytes, name: str = "a.xml") -> Document:
    found = read(body, name=name, source_id="wire")
    assert isinstance(found, Document), found
    return found


def reason(body: bytes, name: str = "a.json") -> str:
    found = read(body, name=name, source_id="wire")
    assert isinstance(found, Unreadable)
    return found.reason


@pytest.mark.parametrize("name", ["a.xml", "a.json", "a.html"])
@pytest.mark.parametrize(
    ("body", "guid"),
    [
        (orjson.dumps(a_ninjs()), "urn:newsml:wire.example.org:20261120:bridge-1"),
        (a_news_item(), "urn:newsml:wire.example.org:20261121:lock-1"),
        (JSON_FEED, "urn:j"),
        (PAGE, "https://pier.example.org/snow"),
    ],
)
def test_the_content_tells_the_format_whatever_the_name(body: bytes, guid: str, name: str) -> None:
    assert [one.guid for one in document(body, name).submissions] == [guid]


@pytest.mark.parametrize(("body", "guid"), [(rss(*items([1])), "g1"), (ATOM, "urn:e")])
def test_feeds_are_read_by_the_parser_of_feeds(body: bytes, guid: str) -> None:
    assert [one.guid for one in document(body).submissions] == [guid]


def test_our_own_article_is_of_the_source_it_names_or_of_its_folder() -> None:
    assert document(orjson.dumps(a_push())).submissions[0].source.id == "desk"
    assert document(b'{"guid": "g", "headline": "h"}').submissions[0].source.id == "wire"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_json_is_read_in_any_encoding_of_unicode(encoding: str) -> None:
    body = orjson.dumps(a_ninjs(headline="Міст")).decode().encode(encoding)
    assert document(body, "a.json").submissions[0].headline == "Міст"


@pytest.mark.parametrize("join", [b"\n", b"\r\n", b"\n\n"])
def test_ninjs_items_come_one_a_line_or_in_an_array(join: bytes) -> None:
    lines = [orjson.dumps(a_ninjs(uri=f"urn:{number}")) for number in range(3)]
    for body in (join.join(lines), b"[" + b",".join(lines) + b"]"):
        assert [one.guid for one in document(body, "a.jsonl").submissions] == ["urn:0", "urn:1", "urn:2"]


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b'{"headline": "x",\n "guid": }', "is not valid JSON: .* at line 2 column 1"),
        (orjson.dumps(a_ninjs()) + b'\n{"uri": ', "is not valid JSON: .* at line 2 column"),
        (b"[]", "holds no article"),
        (b"[1]", r"must hold one JSON object, an article, or several ninjs items, which \$\[0\] is not"),
        (orjson.dumps([a_push(), a_push()]), r"which \$\[0\] is not"),
        (b'{"guid": "g"}', "is not an article: headline: is missing"),
        (b'{"guid": "g", "headline": "h", "autors": []}', "autors: there is no such field"),
        (b"{\xff\xfe\x00", "is not valid JSON"),
        (b'{"guid": "g", "headline": "\\ud800"}', "is not valid JSON"),
        (b"[" * 200_000, "is not valid JSON"),
        (b"  ", "is empty"),
        (b"just words", "is not a feed"),
        (b"PK\x03\x04" + b"\0" * 50, "is not a feed"),
        (b'<NewsML Version="1.2"/>', "is NewsML 1, of which only its successor"),
        (b"<!doctype html><html><body></body></html>", "without an article|has no"),
    ],
)
def test_what_cannot_be_taken_says_why(body: bytes, words: str) -> None:
    assert re.search(words, reason(body))


def test_a_page_goes_by_its_canonical_address_or_by_its_file() -> None:
    (found,) = document(PAGE, "p.html").submissions
    assert (found.url, found.headline) == ("https://pier.example.org/snow", "Snow on the pier")
    assert [one.name for one in found.authors] == ["Ann Writer"]
    assert "swept before noon" in found.body_html
    bare = PAGE.replace(b'<link rel="canonical" href="https://pier.example.org/snow">', b"")
    assert document(bare, "wire/p.html").submissions[0].guid == "file:wire/p.html"


WHOLE = [
    a_news_item(),
    in_a_message(a_news_item(), a_news_item(guid="b")),
    orjson.dumps(a_ninjs()),
    PAGE,
    ATOM,
    JSON_FEED,
]


@examples(60)
@given(some.sampled_from(WHOLE), some.integers(0, 4000), some.integers(0, 40), some.binary(max_size=12))
def test_no_bytes_make_a_reader_fail(body: bytes, at: int, length: int, other: bytes) -> None:
    place = at % len(body)
    broken = body[:place] + other + body[place + length :]
    assert isinstance(read(broken, name="a.xml", source_id="wire"), Document | Unreadable)


VALUES = some.recursive(
    some.none() | some.booleans() | some.integers(-5, 2**60) | some.floats(allow_nan=False) | some.text(max_size=20),
    lambda inner: some.lists(inner, max_size=3) | some.dictionaries(some.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
FIELDS = some.sampled_from(
    [*a_ninjs(), "people", "subjects", "associations", "renditions", "altIds", "service", "authors", "by", "pubStatus"]
)


@examples(100)
@given(some.dictionaries(FIELDS, VALUES, max_size=4))
def test_no_values_make_the_reader_of_ninjs_fail(over: dict[str, object]) -> None:
    assert isinstance(read(orjson.dumps(a_ninjs() | over), name="a.json", source_id="wire"), Document | Unreadable)
