"""Atom, new and old."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from services.ingest.document import Document, Withdrawal
from services.ingest.parse import parse
from services.ingest.submission import Submission

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
ATOM = 'xmlns="http://www.w3.org/2005/Atom"'


def read(inside: str, attributes: str = ATOM) -> Document:
    body = f"<feed {attributes}><title>Bay</title><id>urn:bay</id>{inside}</feed>".encode()
    found = parse(body, url="https://bay.example/feeds/atom", content_type="", source_id="bay", now=NOW)
    assert isinstance(found, Document)
    return found


def entry(inside: str, feed: str = "", attributes: str = ATOM) -> Submission:
    return read(f"{feed}<entry><id>urn:1</id><title>T</title>{inside}</entry>", attributes).submissions[0]


@pytest.mark.parametrize(
    ("content", "body"),
    [
        ("<content>One.\n\nTwo &lt;3&gt;.</content>", "<p>One.</p><p>Two &lt;3&gt;.</p>"),
        ('<content type="text">&lt;p&gt;Mislabelled.&lt;/p&gt;</content>', "<p>Mislabelled.</p>"),
        ('<content type="html">&lt;p&gt;A&lt;/p&gt;</content>', "<p>A</p>"),
        ('<content type="text/html">&lt;p&gt;A&lt;/p&gt;</content>', "<p>A</p>"),
        (
            '<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>A <b>b</b><br/>c</p></div></content>',
            "<p>A <b>b</b><br>c</p>",
        ),
        (
            '<content type="xhtml"><x:div xmlns:x="http://www.w3.org/1999/xhtml">A &lt; B</x:div></content>',
            "A &lt; B",
        ),
        ('<content type="html"><p>Not escaped</p></content>', "<p>Not escaped</p>"),
        ('<content mode="escaped" type="text/html">&lt;p&gt;Old&lt;/p&gt;</content>', "<p>Old</p>"),
        ('<content mode="base64" type="text/html">PHA+QmFzZTwvcD4=</content>', "<p>Base</p>"),
        ('<content type="html" src="https://bay.example/x"/>', ""),
    ],
)
def test_content_of_every_type_is_html(content: str, body: str) -> None:
    assert entry(content).body_html == body


def test_content_that_is_no_text_is_told() -> None:
    found = read('<entry><id>1</id><title>T</title><content type="application/zip">UEsDBP//</content></entry>')
    assert found.submissions[0].body_html == ""
    assert found.lost == ("content of the type application/zip is not read",)


@pytest.mark.parametrize(
    ("title", "headline"),
    [
        ("<title>A &lt; B &amp; C</title>", "A < B & C"),
        ('<title type="html">&lt;b&gt;Bold&lt;/b&gt; &amp;amp; x</title>', "Bold & x"),
        ('<title type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">1 &lt;b&gt; <i>x</i></div></title>', "1 <b> x"),
        ("<title>Tom &amp;amp; Ann</title>", "Tom & Ann"),
    ],
)
def test_titles_of_every_type_are_words(title: str, headline: str) -> None:
    assert read(f"<entry><id>1</id>{title}</entry>").submissions[0].headline == headline


def test_a_plain_summary_stays_one() -> None:
    one = entry("<summary>Short.</summary>")
    assert (one.summary, one.body_html) == ("Short.", "")
    both = entry('<summary>Short.</summary><content type="html">&lt;p&gt;Long.&lt;/p&gt;</content>')
    assert (both.summary, both.body_html) == ("Short.", "<p>Long.</p>")


def test_the_page_is_the_alternate_in_html() -> None:
    links = '<link rel="self" href="/s"/><link href="/j" type="application/json"/><link href="/h?utm_medium=x"/>'
    assert entry(links).url == "https://bay.example/h"
    assert entry('<link rel="replies" href="/r"/>').url is None
    assert entry('<content src="/c" type="text/html"/>').url == "https://bay.example/c"


def test_xml_base_is_heeded_on_every_level() -> None:
    one = entry(
        '<link href="1"/><content type="xhtml" xml:base="pics/"><div xmlns="http://www.w3.org/1999/xhtml">'
        '<p><img src="a.jpg"/><a href="b" xml:base="/c/">x</a></p></div></content>',
        attributes=f'{ATOM} xml:base="https://other.example/news/"',
    )
    assert one.url == "https://other.example/news/1"
    html = '<p><img src="https://other.example/news/pics/a.jpg"><a href="https://other.example/c/b">x</a></p>'
    assert one.body_html == html


def test_a_base_of_escaped_content_is_its_own_and_a_relative_one_counts_once() -> None:
    content = '<content type="html" xml:base="pics/">&lt;img src="a.jpg"&gt;&lt;a href="/b"&gt;x&lt;/a&gt;</content>'
    one = entry(f'<link href="1"/>{content}', attributes=f'{ATOM} xml:base="news/"')
    assert one.url == "https://bay.example/feeds/news/1"
    html = '<img src="https://bay.example/feeds/news/pics/a.jpg"><a href="https://bay.example/b">x</a>'
    assert one.body_html == html


def test_an_embargo_whose_end_is_not_understood_keeps_its_entry_out() -> None:
    until = '<p:embargoDate xmlns:p="http://prismstandard.org/namespaces/basic/2.0/">{}</p:embargoDate>'
    said = "".join(f"<entry><title>{when}</title>{until.format(when)}</entry>" for when in ("2099-01-01", "2026-12-24"))
    assert [one.headline for one in read(said).submissions] == ["2026-12-24"]


def test_the_feeds_author_stands_in_and_the_sources_before_it() -> None:
    feed = "<author><name>Feed</name></author>"
    assert [a.name for a in entry("", feed).authors] == ["Feed"]
    assert [a.name for a in entry("<source><author><name>Src</name></author></source>", feed).authors] == ["Src"]
    own = "<author><name>Ann</name><uri>/ann</uri><email>ann@bay.example</email></author>"
    assert [(a.name, a.url) for a in entry(own, feed).authors] == [("Ann", "https://bay.example/ann")]


def test_enclosures_categories_rights_and_language() -> None:
    one = entry(
        '<link rel="enclosure" href="/a.mp3" type="audio/mpeg" length="9" title="Sound"/>'
        '<link rel="enclosure" href="/a.jpg" type="image/jpeg"/><category term="bay" scheme="s" label="Bay"/>'
        "<rights>(c) Ann</rights>",
        attributes=f'{ATOM} xml:lang="uk"',
    )
    assert [(e.url, e.bytes, e.title) for e in one.enclosures] == [("https://bay.example/a.mp3", 9, "Sound")]
    assert [image.url for image in one.images] == ["https://bay.example/a.jpg"]
    assert [(tag.term, tag.scheme, tag.label) for tag in one.categories] == [("bay", "s", "Bay")]
    assert (one.rights, one.language) == ("(c) Ann", "uk")


def test_tombstones_and_paging_are_told() -> None:
    found = read(
        '<link rel="next" href="?p=2"/><link rel="hub" href="https://hub.example/"/>'
        '<d:deleted-entry xmlns:d="http://purl.org/atompub/tombstones/1.0" ref="urn:9" when="2026-11-22T05:00:00Z">'
        '<d:comment type="text">Wrong.</d:comment><link href="https://bay.example/9"/></d:deleted-entry>'
    )
    assert found.withdrawals == (
        Withdrawal(
            guid="urn:9", url="https://bay.example/9", reason="Wrong.", at=datetime(2026, 11, 22, 5, tzinfo=UTC)
        ),
    )
    assert (found.older, found.hubs) == ("https://bay.example/feeds/atom?p=2", ("https://hub.example/",))


def test_atom_03_is_read() -> None:
    one = entry(
        "<issued>2026-11-20T00:00:00Z</issued><modified>2026-11-21T00:00:00Z</modified>"
        '<link rel="alternate" type="text/html" href="/1"/>',
        attributes='version="0.3" xmlns="http://purl.org/atom/ns#"',
    )
    assert one.published_at == datetime(2026, 11, 20, tzinfo=UTC)
    assert (one.updated_at, one.url) == (datetime(2026, 11, 21, tzinfo=UTC), "https://bay.example/1")


def test_an_entry_alone_is_a_document() -> None:
    body = f"<entry {ATOM}><id>urn:1</id><title>T</title></entry>".encode()
    found = parse(body, url="", content_type="", source_id="bay", now=NOW)
    assert isinstance(found, Document)
    assert [one.guid for one in found.submissions] == ["urn:1"]


def test_of_several_versions_of_one_entry_the_last_updated_holds() -> None:
    entries = "".join(
        f"<entry><id>1</id><title>At {hour}</title><updated>2026-11-21T{hour:02}:00:00Z</updated></entry>"
        for hour in (9, 11, 10)
    )
    assert [item.headline for item in read(entries).submissions] == ["At 11"]
