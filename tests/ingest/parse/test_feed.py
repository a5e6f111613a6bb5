"""Feeds as they come, hostile ones among them, to submissions."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from services.ingest.document import Document, Unreadable
from services.ingest.parse import parse
from services.ingest.submission import Submission
from tests.ingest.feeds import an_item, items, rss

URL = "https://bay.example/feeds/rss"


def parsed(body: bytes, content_type: str = "application/rss+xml") -> Document:
    found = parse(body, url=URL, content_type=content_type, source_id="bay")
    assert isinstance(found, Document)
    return found


def the_item(more: str, channel: str = "") -> Submission:
    (item,) = parsed(rss(an_item(1, more=more), channel=channel)).submissions
    return item


def test_an_item_keeps_its_guid_link_words_and_date() -> None:
    item = the_item("")
    assert (item.guid, item.url, item.headline) == ("g1", "https://bay.example/1", "Story 1")
    assert item.published_at == datetime(2026, 11, 22, 0, 1, tzinfo=UTC)
    assert (item.summary, item.body_html) == ("Words of story 1.", "")


def test_all_authors_are_kept_and_addresses_left_out() -> None:
    more = "<dc:creator>Ann Writer</dc:creator><dc:creator>Bo Editor</dc:creator><author>x@bay.example</author>"
    assert [author.name for author in the_item(more).authors] == ["Ann Writer", "Bo Editor"]


def test_content_and_summary_are_kept_apart_and_links_made_absolute() -> None:
    item = the_item('<content:encoded><![CDATA[<p>Long <a href="/x">story</a></p>]]></content:encoded>')
    assert item.summary == "Words of story 1."
    assert item.body_html == '<p>Long <a href="https://bay.example/x">story</a></p>'


def test_a_description_with_blocks_is_the_story() -> None:
    item = parsed(rss("<item><title>T</title><guid>g</guid><description>&lt;p&gt;One.&lt;/p&gt;</description></item>"))
    assert (item.submissions[0].summary, item.submissions[0].body_html) == (None, "<p>One.</p>")


def test_a_picture_keeps_its_credit_caption_and_size() -> None:
    media = (
        '<media:content url="/a.jpg" medium="image" width="800" height="600"><media:credit>Ann/Agency</media:credit>'
        "<media:description>The ferry.</media:description></media:content>"
    )
    item = the_item(media)
    (image,) = item.images
    assert (image.url, image.credit, image.caption) == ("https://bay.example/a.jpg", "Ann/Agency", "The ferry.")
    assert (image.width, image.height) == (800, 600)
    assert item.summary == "Words of story 1."


def test_of_several_pictures_none_gets_the_credit_of_another() -> None:
    media = (
        "".join(f'<media:content url="/{n}.jpg" medium="image"/>' for n in (1, 2)) + "<media:credit>A</media:credit>"
    )
    assert [image.credit for image in the_item(media).images] == [None, None]


def test_an_enclosed_picture_counts_and_a_recording_does_not() -> None:
    enclosures = (
        '<enclosure url="/a.png" type="image/png" length="7"/><enclosure url="/a.mp3" type="audio/mpeg" length="9"/>'
    )
    assert [(image.url, image.bytes) for image in the_item(enclosures).images] == [("https://bay.example/a.png", 7)]


def test_categories_keep_their_scheme() -> None:
    item = the_item('<category domain="https://e.org/s">Bay</category><category>Ferry</category>')
    assert [(c.term, c.scheme) for c in item.categories] == [("Bay", "https://e.org/s"), ("Ferry", None)]


def test_an_update_date_is_not_lost_and_none_is_made_up() -> None:
    assert the_item("").updated_at is None
    item = the_item("<atom:updated>2026-11-22T05:00:00Z</atom:updated>")
    assert item.updated_at == datetime(2026, 11, 22, 5, tzinfo=UTC)


def test_the_feeds_language_is_that_of_its_items() -> None:
    assert the_item("", channel="<language>uk-UA</language>").language == "uk-UA"


def test_atom_is_read_with_authors_related_and_dates() -> None:
    body = b"""<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="de"><title>Tal</title><id>urn:x</id>
      <entry><title>Br\xc3\xbccke</title><id>urn:1</id><link href="/bruecke"/>
      <published>2026-11-01T10:00:00+01:00</published>
      <updated>2026-11-02T10:00:00Z</updated><author><name>Eva</name><uri>https://e.org/eva</uri></author>
      <author><name>Udo</name></author><link rel="related" href="/old" title="Alte Br\xc3\xbccke"/>
      <content type="html">&lt;p&gt;Neu.&lt;/p&gt;</content></entry></feed>"""
    (item,) = parsed(body).submissions
    assert [(author.name, author.url) for author in item.authors] == [("Eva", "https://e.org/eva"), ("Udo", None)]
    assert (item.url, item.language, item.body_html) == ("https://bay.example/bruecke", "de", "<p>Neu.</p>")
    assert (item.related[0].url, item.related[0].headline) == ("https://bay.example/old", "Alte Brücke")
    assert item.published_at == datetime(2026, 11, 1, 9, tzinfo=UTC)
    assert item.updated_at == datetime(2026, 11, 2, 10, tzinfo=UTC)


def test_an_undated_item_has_no_date_of_ours() -> None:
    (item,) = parsed(rss("<item><title>T</title><guid>g</guid></item>")).submissions
    assert (item.published_at, item.updated_at) == (None, None)


def test_an_item_without_guid_and_link_is_named_by_its_words() -> None:
    first, second = parsed(rss("<item><title>A</title></item>", "<item><title>B</title></item>")).submissions
    assert first.guid is not None
    assert first.guid.startswith("content:")
    assert first.guid != second.guid


def test_a_guid_given_to_two_items_names_each_with_its_link() -> None:
    item = "<item><title>{0}</title><guid isPermaLink='false'>same</guid><link>https://bay.example/{0}</link></item>"
    found = parsed(rss(item.format("a"), item.format("b"), item.format("a"))).submissions
    assert [one.guid for one in found] == ["same|https://bay.example/a", "same|https://bay.example/b"]


def test_wordless_items_are_skipped_and_counted() -> None:
    found = parsed(rss("<item><link>https://bay.example/x</link></item>", an_item(2)))
    assert (len(found.submissions), found.skipped) == (1, 1)


def test_no_more_than_500_items_are_taken() -> None:
    found = parsed(rss(*items(range(1, 521))))
    assert (len(found.submissions), found.cut) == (500, 20)


def test_sloppy_feeds_are_read_all_the_same() -> None:
    broken = rss(an_item(1, "Fish & chips &eacute;")).replace(b"</channel></rss>", b"")
    (item,) = parsed(b"\nWarning: PHP\n" + broken).submissions
    assert item.headline == "Fish & chips é"


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "empty"),
        (b"<!doctype html><html><body>Hi</body></html>", "HTML"),
        (b'{"version": "x"}', "JSON"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 50, "neither"),
    ],
)
def test_what_is_no_feed_is_said_to_be_something_else(body: bytes, reason: str) -> None:
    found = parse(body, url=URL, content_type="", source_id="bay")
    assert isinstance(found, Unreadable)
    assert reason in found.reason


def test_bytes_that_name_a_file_or_an_address_open_nothing(tmp_path: Path) -> None:
    secret = tmp_path / "feed.xml"
    secret.write_bytes(rss(an_item()))
    for body in (str(secret).encode(), secret.as_uri().encode(), b"http://127.0.0.1:9/feed"):
        assert isinstance(parse(body, url=URL, content_type="", source_id="bay"), Unreadable)


def test_entities_are_neither_read_from_files_nor_expanded(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("hunter2")
    dtd = f'<!DOCTYPE rss [<!ENTITY x SYSTEM "{secret.as_uri()}"><!ENTITY y "yyyyy">]>'
    (item,) = parsed(dtd.encode() + rss(an_item(1, "Title &x; &y; end"))[21:]).submissions
    assert "hunter2" not in item.headline
    assert "yyyyy" not in item.headline


@pytest.mark.parametrize("number", ["#x110000", "#99999999999999999999", "#xD800", "#0", "#x" + "f" * 300])
def test_numbers_of_no_character_cost_no_item(number: str) -> None:
    broken = rss(an_item(1, f"One &{number}; two"), an_item(2, f"&amp;{number}; &#233;"), "<item><title>no end")
    first, second, *_ = parsed(broken[: -len(b"</channel></rss>")]).submissions
    assert first.headline == "One two"
    assert second.headline == "é"


BOMB = b'<!DOCTYPE r [<!ENTITY a0 "aaaaaaaaaa">' + b"".join(
    b'<!ENTITY a%d "&a%d;&a%d;&a%d;">' % (n + 1, n, n, n) for n in range(60)
)
ITEM = b"<rss><channel><item><title>T</title><description>"
MANY = 25_000
MONSTERS = {
    "unclosed quotes": ITEM + b"<a x='" * MANY,
    "quotes of both kinds": ITEM + b"<a x=\"<a y='" * MANY,
    "processing instructions": ITEM + b"<?" * MANY,
    "mismatched tags": ITEM + b"<x></y>" * MANY,
    "undeclared prefixes": b"<rss><item>" + b"".join(b"<a%d:x/>" % n for n in range(MANY)) + b"</item></rss>",
    "declared prefixes": b"<rss " + b" ".join(b"xmlns:a%d='u'" % n for n in range(MANY)) + b"><channel/></rss>",
    "escaped tags": ITEM + b"&lt;a href='" * MANY + b"</description></item></channel></rss>",
    "one tag of attributes": ITEM + b"&lt;img " + b"src=a " * MANY + b"&gt;</description></item></channel></rss>",
    "one long srcset": ITEM + b"&lt;img srcset='" + b"a, " * MANY + b"'&gt;</description></item></channel></rss>",
    "references": ITEM + b"&amp;#0;" * MANY + b"</description></item></channel></rss>",
    "tags in a title": b"<rss><item><title>" + b"&lt;b " * MANY + b"&gt;</title></item></rss>",
    "signs in an author": b"<rss><item><title>T</title><author>" + b"(@" * MANY + b"</author></item></rss>",
    "authors": b"<rss><item><title>T</title>" + b"<author>x</author>" * MANY + b"</item></rss>",
    "one long date": b"<rss><item><title>T</title><pubDate>" + b"1 " * MANY + b"</pubDate></item></rss>",
    "bases": b"<feed xml:base='" + b"x/" * 1000 + b"'>" + b"<entry><id>1</id><title>T</title></entry>" * 2_500,
    "broken items": b"<rss>" + b"<item>" * MANY,
    "json depth": b'{"version":"https://jsonfeed.org/version/1","items":' + b"[" * MANY,
    "json tags": b'{"version":"https://jsonfeed.org/version/1","items":[{"id":1,"tags":['
    + b'"<b>",' * MANY
    + b'""]}]}',
    "wide characters": ("<rss>" + "x" * MANY).encode("utf-16"),
    "blank lines": b"<feed><entry><id>1</id><title>T</title><content>a" + b"\n " * MANY + b"b</content></entry></feed>",
    "entities": BOMB + b"]><rss><channel><item><title>&a59;</title></item></channel></rss>",
    "depth": b"<rss><channel>" + b"<a>" * MANY,
    "balanced depth": b"<rss>" + b"<a>" * 5_000 + b"</a>" * 5_000 + b"</rss>",
    "attributes": b"<rss " + b" ".join(b"a%d='x'" % n for n in range(12_500)) + b"/>",
    "elements": b"<rss><channel>" + b"<item><title>x</title></item>" * 15_000,
    "doctypes": b"<!DOCTYPE x>" * 5_000,
    "unclosed doctypes": b"<!DOCTYPE" * 12_500,
    "comments": b"<rss><channel>" + b"<!--" * MANY,
    "sections": b"<rss><channel><item><title>" + b"<![CDATA[" * MANY,
    "brackets": b"<rss><channel><item><title>" + b"<" * MANY,
    "ampersands": b"<rss><channel><item><title>" + b"&" * MANY,
    "namespaces": b"<rss><channel><item><title xmlns='" + b"x" * 250_000 + b"'/>",
}


@pytest.mark.parametrize("name", MONSTERS)
def test_no_bytes_hold_the_parser_for_long(name: str) -> None:
    started = time.process_time()
    found = parse(MONSTERS[name], url=URL, content_type="", source_id="bay")
    assert isinstance(found, Document | Unreadable)
    assert time.process_time() - started < 5
