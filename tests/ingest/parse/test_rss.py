"""What RSS of any age says beyond title and link."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from services.ingest.document import Document, Hints, Withdrawal
from services.ingest.parse import parse
from services.ingest.submission import Submission
from tests.ingest.feeds import an_item, rss

URL = "https://bay.example/feeds/rss"
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


def read(body: bytes, url: str = URL, timezone: str | None = None) -> Document:
    found = parse(body, url=url, content_type="", source_id="bay", timezone=timezone, now=NOW)
    assert isinstance(found, Document)
    return found


def item(inside: str, channel: str = "") -> Submission:
    (one,) = read(rss(f"<item>{inside}</item>", channel=channel)).submissions
    return one


def test_hints_hubs_and_older_pages_are_told() -> None:
    channel = (
        "<ttl>60</ttl><skipHours><hour>0</hour><hour>24</hour><hour> 7 </hour><hour>x</hour></skipHours>"
        "<skipDays><day>Saturday</day><day>sunday</day></skipDays>"
        '<sy:updatePeriod xmlns:sy="http://purl.org/rss/1.0/modules/syndication/"> hourly </sy:updatePeriod>'
        '<sy:updateFrequency xmlns:sy="http://purl.org/rss/1.0/modules/syndication/">2</sy:updateFrequency>'
        '<atom:link rel="self" href="/feeds/rss"/><atom:link rel="hub" href="https://hub.example/"/>'
        '<atom:link rel="prev-archive" href="/feeds/old"/>'
    )
    found = read(rss(an_item(1), channel=channel))
    assert found.hints == Hints(ttl=3600, period=1800, skip_hours=frozenset({0, 7}), skip_days=frozenset({5, 6}))
    assert (found.hubs, found.topic) == (("https://hub.example/",), "https://bay.example/feeds/rss")
    assert found.older == "https://bay.example/feeds/old"


def test_every_tombstone_is_a_withdrawal() -> None:
    space = 'xmlns:at="http://purl.org/atompub/tombstones/1.0"'
    graves = (
        f'<at:deleted-entry {space} ref="g1" when="2026-11-22T05:00:00Z">'
        "<at:comment>Wrong.</at:comment></at:deleted-entry>"
        f'<at:deleted-entry {space} ref="https://bay.example/2"/><at:deleted-entry {space}/>'
    )
    assert read(rss(an_item(3), channel=graves)).withdrawals == (
        Withdrawal(guid="g1", reason="Wrong.", at=datetime(2026, 11, 22, 5, tzinfo=UTC)),
        Withdrawal(guid="https://bay.example/2", url="https://bay.example/2"),
    )


@pytest.mark.parametrize(
    ("inside", "url"),
    [
        ("<link>/1</link>", "https://bay.example/1"),
        ("<link>\n https://bay.example/1 \n</link>", "https://bay.example/1"),
        ("<link>https://bay.example/1?utm_source=rss&amp;id=1</link>", "https://bay.example/1?id=1"),
        ("<guid>https://bay.example/g</guid>", "https://bay.example/g"),
        ("<guid isPermaLink='false'>https://bay.example/g</guid>", None),
        ("<atom:link rel='self' href='/s'/><atom:link href='/a'/>", "https://bay.example/a"),
        (
            (
                "<link>https://go.example/x</link><f:origLink xmlns:f='http://rssnamespace.org/feedburner/ext/1.0'>"
                "https://bay.example/o</f:origLink>"
            ),
            "https://bay.example/o",
        ),
    ],
)
def test_the_storys_own_address_is_found(inside: str, url: str | None) -> None:
    assert item(f"<title>T</title>{inside}").url == url


def test_relative_addresses_follow_xml_base_then_the_site() -> None:
    body = b"""<rss xml:base="https://other.example/news/"><channel><title>x</title><item><title>T</title><link>1</link>
    <description>&lt;p&gt;&lt;img src="a.jpg"&gt;&lt;/p&gt;</description></item></channel></rss>"""
    (one,) = read(body).submissions
    assert (one.url, one.body_html) == (
        "https://other.example/news/1",
        '<p><img src="https://other.example/news/a.jpg"></p>',
    )
    behind_a_proxy = read(rss("<item><title>T</title><link>/1</link></item>"), url="https://proxy.example/bay")
    assert behind_a_proxy.submissions[0].url == "https://bay.example/1"


def test_authors_come_in_many_forms() -> None:
    inside = (
        "<title>T</title><author>ann@bay.example (Ann Writer)</author><dc:creator>Bo Editor</dc:creator>"
        "<dc:creator>ann writer</dc:creator><atom:author><atom:name>Cy Lens</atom:name><atom:uri>/cy</atom:uri>"
        "<atom:email>cy@bay.example</atom:email></atom:author><media:credit role='author'>Nobody</media:credit>"
    )
    assert [(a.name, a.url) for a in item(inside).authors] == [
        ("Bo Editor", None),
        ("ann writer", None),
        ("Cy Lens", "https://bay.example/cy"),
    ]


def test_a_long_list_of_authors_in_one_text_is_a_byline() -> None:
    several = ", ".join(f"Writer Number {number}" for number in range(40))
    one = item(f"<title>T</title><author>{several}</author><dc:creator>Ann</dc:creator>")
    assert ([author.name for author in one.authors], one.byline) == (["Ann"], several)


def test_categories_come_from_all_who_name_them() -> None:
    inside = (
        "<title>T</title><category domain='s'>Bay</category><category>Bay</category><dc:subject>Ferry</dc:subject>"
        "<media:category scheme='m' label='Sea'>sea</media:category><media:keywords>a, b</media:keywords>"
        "<itunes:category xmlns:itunes='http://www.itunes.com/dtds/podcast-1.0.dtd' text='News'/><category> </category>"
    )
    assert [(tag.term, tag.scheme, tag.label) for tag in item(inside).categories] == [
        ("Bay", "s", None),
        ("Bay", None, None),
        ("sea", "m", "Sea"),
        ("Ferry", None, None),
        ("News", None, None),
        ("a", None, None),
        ("b", None, None),
    ]


@pytest.mark.parametrize(
    ("inside", "summary", "body"),
    [
        (
            "<description>Short.</description><content:encoded>&lt;p&gt;L.&lt;/p&gt;</content:encoded>",
            "Short.",
            "<p>L.</p>",
        ),
        ("<description><p>Not <b>escaped</b> &amp; so.</p></description>", None, "<p>Not <b>escaped</b> &amp; so.</p>"),
        ("<description>&amp;lt;p&amp;gt;Twice.&amp;lt;/p&amp;gt;</description>", None, "<p>Twice.</p>"),
        ("<description>x</description><body xmlns='http://www.w3.org/1999/xhtml'><p>L.</p></body>", "x", "<p>L.</p>"),
        ("<y:full-text xmlns:y='http://news.yandex.ru'>All of it.</y:full-text>", None, "All of it."),
        ("<description>a<!-- not this -->b</description>", "ab", ""),
        ("<atom:summary>Told.</atom:summary>", "Told.", ""),
    ],
)
def test_summary_and_body_are_told_apart(inside: str, summary: str | None, body: str) -> None:
    one = item(f"<title>T</title>{inside}")
    assert (one.summary, one.body_html) == (summary, body)


def test_dates_take_the_sources_time_zone() -> None:
    body = rss("<item><title>T</title><pubDate>22 Nov 2026 10:00</pubDate></item>")
    assert read(body, timezone="Europe/Kyiv").submissions[0].published_at == datetime(2026, 11, 22, 8, tzinfo=UTC)
    assert read(body, timezone="No/Where").submissions[0].published_at == datetime(2026, 11, 22, 10, tzinfo=UTC)


def test_a_date_that_means_nothing_is_told_and_another_is_taken() -> None:
    found = read(rss("<item><title>T</title><pubDate>soon</pubDate><dc:date>2026-11-22</dc:date></item>"))
    assert found.submissions[0].published_at == datetime(2026, 11, 22, tzinfo=UTC)
    assert found.lost == ('the date "soon" is not understood, or lies ahead',)


def test_a_tomorrows_date_is_refused() -> None:
    found = read(rss("<item><title>T</title><pubDate>Mon, 30 Nov 2026 10:00:00 GMT</pubDate></item>"))
    assert found.submissions[0].published_at is None
    assert len(found.lost) == 1


def test_when_it_was_changed_is_kept() -> None:
    inside = "<title>T</title><pubDate>2026-11-20</pubDate><d:modified xmlns:d='http://purl.org/dc/terms/'>2026-11-21</d:modified>"
    one = item(inside)
    assert one.updated_at == datetime(2026, 11, 21, tzinfo=UTC)
    assert item("<title>T</title><atom:updated>2026-11-21</atom:updated>").published_at == one.updated_at


def test_an_embargo_is_told_by_prism() -> None:
    space = 'xmlns:prism="http://prismstandard.org/namespaces/basic/2.0/"'
    found = item(f"<title>T</title><prism:embargoDate {space}>2026-12-24T06:00:00Z</prism:embargoDate>")
    assert found.embargoed_until == datetime(2026, 12, 24, 6, tzinfo=UTC)


@pytest.mark.parametrize(
    ("written", "taken"),
    [
        ("2099-01-01T00:00:00Z", False),
        ("when the court rises", False),
        ("", True),
        ("2020-01-01T00:00:00Z", True),
        ("0001-01-01T00:00:00", True),
    ],
)
def test_an_embargo_whose_end_is_not_understood_keeps_its_item_out(written: str, taken: bool) -> None:
    space = 'xmlns:prism="http://prismstandard.org/namespaces/basic/2.0/"'
    told = f"<title>T</title><guid>g</guid><prism:embargoDate {space}>{written}</prism:embargoDate>"
    found = read(rss(f"<item>{told}</item><item><title>U</title></item>"))
    assert [one.headline for one in found.submissions] == (["T", "U"] if taken else ["U"])
    assert any("embargo" in why for why in found.lost) != taken


def test_language_and_rights_come_from_the_item_or_its_channel() -> None:
    channel = "<language>uk-UA</language><copyright>(c) Bay</copyright>"
    assert (item("<title>T</title>", channel).language, item("<title>T</title>", channel).rights) == (
        "uk-UA",
        "(c) Bay",
    )
    inside = "<title>T</title><dc:language>en</dc:language><dc:rights>Mine</dc:rights>"
    assert (item(inside, channel).language, item(inside, channel).rights) == ("en", "Mine")
    (one,) = read(rss("<item xml:lang='de'><title>T</title></item>", channel=channel)).submissions
    assert one.language == "de"


def test_what_finds_no_place_is_told() -> None:
    story = "<title>T</title><x:story xmlns:x='https://x.example/'>" + "Words. " * 50 + "</x:story>"
    found = read(rss(f"<item>{story}</item>"))
    assert found.lost == ("the element story is not read",)
    found = read(rss(f"<item><title>{'t' * 1500}</title></item>"))
    assert found.lost == ("a headline is cut after 1000 characters",)


def test_rss_1_is_read() -> None:
    body = b"""<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
    xmlns:dc="http://purl.org/dc/elements/1.1/"><channel rdf:about="https://bay.example/"><title>Bay</title></channel>
    <item rdf:about="https://bay.example/1"><title>One</title><dc:date>2026-11-22T05:00:00Z</dc:date></item></rdf:RDF>"""
    found = read(body)
    (one,) = found.submissions
    assert (found.title, found.home, one.guid, one.url) == (
        "Bay",
        "https://bay.example/",
        "https://bay.example/1",
        "https://bay.example/1",
    )
    assert one.published_at == datetime(2026, 11, 22, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    "body",
    [
        b'<RSS version="0.91"><CHANNEL><ITEM><TITLE>T</TITLE><LINK>/1</LINK></ITEM></CHANNEL></RSS>',
        b"<rss><item><title>T</title><link>/1</link></item></rss>",
        b"<channel><item><title>T</title><link>/1</link></item></channel>",
        b'<rss xmlns="http://www.w3.org/2005/Atom"><channel><item><title>T</title><link>/1</link></item></channel></rss>',
        b'<rss xmlns="http://backend.userland.com/rss2"><channel><item><title>T</title><link>/1</link></item></channel></rss>',
        (
            b'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://my.netscape.com/rdf/simple/0.9/">'
            b"<item><title>T</title><link>/1</link></item></rdf:RDF>"
        ),
        b"<rss><channel><items><item><title>T</title><link>/1</link></item></items></channel></rss>",
        b"<xml><rss><channel><item><title>T</title><link>/1</link></item></channel></rss></xml>",
    ],
)
def test_feeds_of_odd_shape_are_read(body: bytes) -> None:
    assert [(one.headline, one.url) for one in read(body).submissions] == [("T", "https://bay.example/1")]


@pytest.mark.parametrize(
    ("broken", "headlines"),
    [
        (b"<rss><channel><item><title>Fish & chips</title></item></channel></rss>", ["Fish & chips"]),
        (b"<rss><channel><item><title>Caf&eacute;&nbsp;x</title></item></channel></rss>", ["Café x"]),
        (b"<rss><channel><item><title>\x93Caf\xe9\x94</title></item></channel></rss>", ["“Café”"]),
        (b"<b>Warning</b>: x in /a.php\n<?xml version='1.0'?><rss><item><title>T</title></item></rss>", ["T"]),
        (b"<rss><channel><item><title>One</title></item><item><title>Two</title><desc", ["One", "Two"]),
        (b"<rss><channel><item><title>One<item><title>Two</title></item></channel></rss>", ["One", "Two"]),
        (b"<rss><channel><item><title>One</titel></item><item><title>Two</title></item></rss>", ["One", "Two"]),
        (b"<rss><item><title>Bell\x07s</title></item></rss>", ["Bells"]),
        (b"<rss><item><media:title>T</media:title></item></rss>", ["T"]),
        (b"<rss><item><title>T</title><description>a<br>b<p>c</description></item></rss>", ["T"]),
        (b"<rss><item><title lang=en>T</title></item></rss>", ["T"]),
        (b"<rss><item><title>AT&amp;amp;T</title></item></rss>", ["AT&T"]),
    ],
)
def test_no_words_of_a_broken_feed_are_lost(broken: bytes, headlines: list[str]) -> None:
    assert [one.headline for one in read(broken).submissions] == headlines


def test_an_item_of_a_story_that_was_taken_back_is_a_withdrawal() -> None:
    status = '<category domain="http://cv.iptc.org/newscodes/pubstatusg2/">{}</category>'
    gone = f"<item><title>Retracted: A</title><guid>g1</guid><description>Wrong.</description>{status}</item>"
    ours = gone.replace("Wrong.", "This story has been withdrawn. Subscribers must remove all versions. Wrong.")
    found = read(rss(ours.format("canceled"), gone.replace("g1", "g2").format("usable")))
    assert [item.guid for item in found.submissions] == ["g2"]
    assert found.withdrawals == (Withdrawal(guid="g1", reason="Wrong."),)
    assert (found.skipped, found.cut) == (0, 0)


def test_a_person_of_the_podcast_namespace_has_face_and_page() -> None:
    person = (
        '<podcast:person xmlns:podcast="https://podcastindex.org/namespace/1.0" role="{}" img="/a.jpg" '
        'href="/ann">Ann Lens</podcast:person>'
    )
    creator = '<dc:creator xmlns:dc="http://purl.org/dc/elements/1.1/">Ann Lens</dc:creator>'
    for inside in (creator + person.format("author"), person.format("author")):
        (author,) = item(f"<title>T</title><guid>1</guid>{inside}").authors
        assert (author.name, author.avatar) == ("Ann Lens", "https://bay.example/a.jpg")
        assert author.url == "https://bay.example/ann"
    assert item(f"<title>T</title><guid>1</guid>{person.format('guest')}").authors == ()
