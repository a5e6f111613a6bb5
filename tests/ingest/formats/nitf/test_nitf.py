"""Bare NITF documents as stories, and NITF's body as HTML."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from lxml import etree

from services.ingest.document import Document, Unreadable
from services.ingest.formats import read
from services.ingest.formats.nitf import body_html

STORY = """<?xml version="1.0" encoding="ISO-8859-1"?>
<!DOCTYPE nitf SYSTEM "nitf-3-4.dtd">
<nitf><head><title>Caf&eacute; reopens</title>
<tobject><tobject.subject tobject.subject.refnum="10000000" tobject.subject.type="Lifestyle"/></tobject>
<docdata management-status="usable"><doc-id id-string="cafe-1" regsrc="EW"/><du-key version="3"/>
<date.issue norm="20261120T101500+0100"/><date.release norm="20261122T130000Z"/>
<doc.copyright year="2026" holder="Example Wire"/>
<key-list><keyword key="coffee"/></key-list>
<identified-content><person idsrc="https://people.example.org/" value="Ada Lund" code="7"/><org>Bridge Trust</org>
</identified-content></docdata><pubdata position.section="City" ex-ref="https://wire.example.org/cafe"/></head>
<body xml:lang="en"><body.head><hedline><hl1>Caf&eacute; on the lock reopens</hl1><hl2>Bring cash</hl2></hedline>
<byline>By Ann Writer</byline><dateline><location>Arden</location><story.date>20 Nov</story.date></dateline></body.head>
<body.content><block><p>Two tables, <em>six</em> chairs.</p></block></body.content>
<body.end><tagline>Call the desk</tagline></body.end></body></nitf>"""


def document(body: bytes) -> Document:
    found = read(body, name="wire/cafe.xml", source_id="wire")
    assert isinstance(found, Document), found
    return found


def test_every_part_of_a_document_finds_its_place() -> None:
    (found,) = document(STORY.encode("latin-1")).submissions
    assert (found.guid, found.url) == ("cafe-1", "https://wire.example.org/cafe")
    assert (found.headline, found.byline, found.dateline) == ("Café on the lock reopens", "By Ann Writer", "Arden")
    assert found.body_html == "<div><p>Two tables, <em>six</em> chairs.</p></div>"
    assert (found.section, found.language, found.rights) == ("City", "en", "© 2026 Example Wire")
    assert found.published_at == datetime(2026, 11, 20, 9, 15, tzinfo=UTC)
    assert found.embargoed_until == datetime(2026, 11, 22, 13, 0, tzinfo=UTC)
    assert [(one.term, one.scheme, one.label) for one in found.categories] == [
        ("coffee", None, None),
        ("subj:10000000", "http://cv.iptc.org/newscodes/subjectcode/", "Lifestyle"),
        ("7", "https://people.example.org/", "Ada Lund"),
        ("Bridge Trust", None, None),
    ]


@pytest.mark.parametrize(
    ("line", "byline"),
    [
        ("By <person>Ann Writer</person><byttl>Lock Keeper</byttl>", "By Ann Writer, Lock Keeper"),
        ("By <person>Ann Writer</person>\n <byttl>Lock Keeper</byttl>", "By Ann Writer, Lock Keeper"),
        ("By <person>Ann Writer</person>, <byttl>Lock Keeper</byttl>", "By Ann Writer, Lock Keeper"),
        ("By <person>Ann Writer</person> and <person>Bo Reader</person>", "By Ann Writer and Bo Reader"),
        ("<!-- c --><byttl>Staff</byttl>", "Staff"),
        ("<byttl/>", None),
    ],
)
def test_a_title_in_a_byline_stands_apart_from_the_name(line: str, byline: str | None) -> None:
    (found,) = document(STORY.replace("By Ann Writer", line).encode("latin-1")).submissions
    assert found.byline == byline


@pytest.mark.parametrize(("status", "kept"), [("usable", "usable"), ("withheld", "withheld"), ("embargoed", "usable")])
def test_the_status_is_kept(status: str, kept: str) -> None:
    (found,) = document(STORY.replace('"usable"', f'"{status}"').encode("latin-1")).submissions
    assert found.status == kept


@pytest.mark.parametrize(
    ("written", "status"),
    [("20261122T130000Z", "usable"), ("noon on Sunday", "withheld"), ("", "usable"), ("99999999T000000Z", "withheld")],
)
def test_a_release_date_that_is_not_understood_holds_the_document_back(written: str, status: str) -> None:
    found = document(STORY.replace("20261122T130000Z", written).encode("latin-1"))
    assert [one.status for one in found.submissions] == [status]
    assert bool(found.lost) == (status == "withheld")


def test_an_embargo_without_an_end_holds_the_document_back() -> None:
    text = STORY.replace('<date.release norm="20261122T130000Z"/>', "").replace('"usable"', '"embargoed"')
    assert [one.status for one in document(text.encode("latin-1")).submissions] == ["withheld"]


def test_a_canceled_document_is_a_withdrawal() -> None:
    found = document(STORY.replace('"usable"', '"canceled"').encode("latin-1"))
    assert [one.guid for one in found.withdrawals] == ["cafe-1"]


def test_a_document_without_a_name_goes_by_that_of_its_file() -> None:
    (found,) = document(b"<nitf><head><title>T</title></head><body><body.content/></body></nitf>").submissions
    assert (found.guid, found.headline) == ("file:wire/cafe.xml", "T")


def test_a_document_without_a_headline_is_none() -> None:
    found = read(b"<nitf><body/></nitf>", name="a.xml", source_id="wire")
    assert found == Unreadable("has no headline")


@pytest.mark.parametrize(
    ("nitf", "html"),
    [
        ("<p>a <person>B</person> c</p>", "<p>a B c</p>"),
        ("<hl2>a</hl2><bq><p>b</p></bq>", "<h2>a</h2><blockquote><p>b</p></blockquote>"),
        ('<p><a href="javascript:x">a</a> <a href="https://x.example/?a=1&amp;b=2">b</a></p>',
         '<p>a <a href="https://x.example/?a=1&amp;b=2">b</a></p>'),
        ('<table><tr><td colspan="2" id="x">a</td></tr></table>', '<table><tr><td colspan="2">a</td></tr></table>'),
        ("<p>1 &lt; 2<br/>&amp;</p><hr/>", "<p>1 &lt; 2<br>&amp;</p><hr>"),
        ("<media><media-caption>not body</media-caption></media>tail", "tail"),
        ("<style>x</style><p>y</p>", "x<p>y</p>"),
        ("<p>a\n    b</p>\n  <pre>a\n    b</pre>", "<p>a b</p> <pre>a\n    b</pre>"),
    ],
)  # fmt: skip
def test_the_body_becomes_html(nitf: str, html: str) -> None:
    assert body_html(etree.fromstring(f"<body.content>{nitf}</body.content>")) == html


def test_nesting_beyond_reason_keeps_the_words() -> None:
    deep = "<block>" * 200 + "words" + "</block>" * 200
    assert "words" in body_html(etree.fromstring(f"<body.content>{deep}</body.content>"))
