"""NewsML-G2 items and messages as stories and withdrawals."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from services.ingest.document import Document, Unreadable, Withdrawal
from services.ingest.formats import read
from services.ingest.submission import Submission
from tests.ingest.formats.parts import NAR, NITF, a_news_item, in_a_message

PICTURE = (
    f'<?xml version="1.0"?><newsItem xmlns="{NAR}" guid="urn:pic-1" version="1">'
    '<itemMeta><itemClass qcode="ninat:picture"/></itemMeta><contentMeta>'
    "<creator><name>Jo Brandt</name></creator><creditline>Jo Brandt/Example Wire</creditline>"
    '<headline>Lock</headline><description role="drol:caption">The wheel in\n March.</description></contentMeta>'
    "<contentSet>"
    '<remoteContent rendition="rnd:highRes" href="https://img.example.org/l-5000.jpg" contenttype="image/jpeg"'
    ' width="5000" height="3000" size="7000000"/>'
    '<remoteContent rendition="rnd:web" href="https://img.example.org/l-1200.jpg" contenttype="image/jpeg"'
    ' width="1200" height="720" size="90000"/>'
    '<remoteContent rendition="rnd:thumb" href="./l-80.gif" contenttype="image/gif" width="80"/>'
    "</contentSet></newsItem>"
).encode()

FULL = a_news_item(
    attributes='version="4"',
    before='<catalog><scheme alias="ours" uri="https://cv.example.org/topics/"/></catalog>'
    '<rightsInfo><copyrightHolder literal="w"><name>Example Wire</name></copyrightHolder>'
    "<copyrightNotice>© 2026 Example Wire</copyrightNotice><usageTerms>No archives.</usageTerms></rightsInfo>",
    meta='<firstCreated>2026-11-21T08:00:00+01:00</firstCreated><pubStatus qcode="stat:usable"/>'
    '<service qcode="svc:n"><name>North</name></service><edNote>Desk: hold the picture.</edNote>'
    '<signal qcode="sig:update"/>'
    '<link rel="irel:seeAlso" href="https://wire.example.org/2025/lock"><title>When the lock broke</title></link>',
    about='<urgency>5</urgency><located qcode="city:arden"/><by>By Mira Okafor and Taras Bilyk</by>'
    '<creator qcode="org:w" type="cpnat:organisation"><name>Example Wire</name></creator>'
    '<creator qcode="staff:1" uri="https://wire.example.org/okafor"/>'
    '<contributor role="crol:author" qcode="staff:2"><name>Taras Bilyk</name></contributor>'
    '<contributor role="ctrol:descrWriter"><name>xx</name></contributor>'
    '<language tag="en-GB"/><slugline>LOCK</slugline>'
    '<subject qcode="medtop:04000000"><name xml:lang="de">Wirtschaft</name><name xml:lang="en">economy</name></subject>'
    '<subject qcode="ours:locks"/><subject type="cpnat:geoArea"><name>Port Arden</name></subject>'
    "<keyword>canal</keyword>"
    '<headline role="hld:subHeadline">Muscle</headline><headline role="hld:main">Canal lock\n runs by hand</headline>'
    '<description role="drol:caption">no</description><description role="drol:summary">Four people.</description>',
    after='<assert qcode="staff:1"><type qcode="cpnat:person"/><name>Mira Okafor</name>'
    "<definition>Writes on water.</definition><personDetails/></assert>"
    '<assert qcode="city:arden"><name>Port Arden</name></assert>'
    '<assert qcode="ours:locks"><name>Locks</name></assert>',
)


def document(body: bytes) -> Document:
    found = read(body, name="a.xml", source_id="wire")
    assert isinstance(found, Document), found
    return found


def story(body: bytes) -> Submission:
    (submission,) = document(body).submissions
    return submission


def reason(body: bytes) -> str:
    found = read(body, name="a.xml", source_id="wire")
    assert isinstance(found, Unreadable)
    return found.reason


def test_every_part_of_a_full_item_finds_its_place() -> None:
    found = story(FULL)
    assert (found.guid, found.status) == ("urn:newsml:wire.example.org:20261121:lock-1", "usable")
    assert (found.headline, found.summary) == ("Canal lock runs by hand", "Four people.")
    assert found.body_html == "<p>Four people turned the wheel.</p>"
    assert (found.byline, found.dateline) == ("By Mira Okafor and Taras Bilyk", "Port Arden")
    assert [(one.name, one.url, one.bio) for one in found.authors] == [
        ("Mira Okafor", "https://wire.example.org/okafor", "Writes on water."),
        ("Taras Bilyk", None, None),
    ]
    assert (found.section, found.language) == ("North", "en-GB")
    assert found.rights == "© 2026 Example Wire\nNo archives."
    assert found.published_at == datetime(2026, 11, 21, 7, 0, tzinfo=UTC)
    assert found.updated_at == datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
    assert [(one.url, one.headline) for one in found.related] == [
        ("https://wire.example.org/2025/lock", "When the lock broke")
    ]


def test_codes_get_names_from_the_item_its_catalogue_and_its_assertions() -> None:
    assert [(one.term, one.scheme, one.label) for one in story(FULL).categories] == [
        ("medtop:04000000", "http://cv.iptc.org/newscodes/mediatopic/", "economy"),
        ("ours:locks", "https://cv.example.org/topics/", "Locks"),
        ("Port Arden", None, None),
        ("canal", None, None),
    ]


def test_what_has_no_place_is_told_and_notes_to_editors_go_nowhere() -> None:
    found = document(FULL)
    assert found.lost == ("its edNote", "its signal", "its slugline", "its urgency")
    assert "Desk:" not in repr(found.submissions)


def test_a_byline_says_more_than_a_creator_who_is_an_agency() -> None:
    about = (
        "<headline>H</headline><by>Ann Writer</by><creator qcode='web:example.org'><name>Example Wire</name></creator>"
    )
    found = story(a_news_item(about=about))
    assert (found.authors, found.byline) == ((), "Ann Writer")


NITF_BODY = f"""<inlineXML contenttype="application/nitf+xml"><nitf xmlns="{NITF}"><body><body.head>
<hedline><hl1>From NITF</hl1></hedline><byline>By Ann Writer, <byttl>Lock Keeper</byttl></byline>
<dateline><location>ARDEN</location> <story.date>today</story.date></dateline>
<abstract><p>In short.</p></abstract></body.head><body.content>
<p>The <org>lock</org> &amp; the <a href="https://x.example/">wheel</a>.</p><hl2>Then</hl2>
<media media-type="image"><media-reference source="https://img.example.org/n.jpg" mime-type="image/jpeg" width="640"
 alternate-text="A wheel."/><media-caption>Wheel.</media-caption><media-producer>Jo</media-producer></media>
<media media-type="image"><media-reference source="wheel-2.jpg"/></media>
<ul><li>One</li></ul><script>bad()</script></body.content></body></nitf></inlineXML>"""


def test_a_body_in_nitf_brings_its_own_headline_byline_dateline_summary_and_pictures() -> None:
    found = document(a_news_item(about="<creator><name>Ann Writer</name></creator>", content=NITF_BODY))
    (one,) = found.submissions
    assert (one.headline, one.summary, one.dateline) == ("From NITF", "In short.", "ARDEN")
    assert (one.authors[0].name, one.authors[0].role) == ("Ann Writer", "Lock Keeper")
    assert one.body_html.startswith('<p>The lock &amp; the <a href="https://x.example/">wheel</a>.</p><h2>Then</h2>')
    assert "<script" not in one.body_html
    assert [(image.url, image.caption, image.credit, image.alt, image.lead) for image in one.images] == [
        ("https://img.example.org/n.jpg", "Wheel.", "Jo", "A wheel.", True)
    ]
    assert found.lost == ("a picture known only as 'wheel-2.jpg'",)


@pytest.mark.parametrize(
    ("content", "html"),
    [
        ('<inlineData contenttype="text/plain">One &lt;3.\n\nTwo.</inlineData>', "<p>One &lt;3.</p>\n<p>Two.</p>"),
        ('<inlineData contenttype="text/html"><![CDATA[<p>One.</p>]]></inlineData>', "<p>One.</p>"),
        ('<inlineData contenttype="text/plain" encoding="encoding:base64">QQ==</inlineData>', ""),
        ('<inlineXML contenttype="application/x+xml"><x xmlns="urn:x"/></inlineXML>', ""),
    ],
)
def test_other_forms_of_content(content: str, html: str) -> None:
    found = document(a_news_item(content=content))
    assert found.submissions[0].body_html == html
    assert bool(found.lost) == (html == "")


@pytest.mark.parametrize("code", ['qcode="stat:canceled"', 'uri="http://cv.iptc.org/newscodes/pubstatusg2/canceled"'])
def test_a_canceled_item_is_a_withdrawal_even_without_content(code: str) -> None:
    found = document(a_news_item(meta=f"<pubStatus {code}/>", about="", content=""))
    at = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
    assert found.withdrawals == (Withdrawal(guid="urn:newsml:wire.example.org:20261121:lock-1", at=at),)


def test_an_embargo_is_kept_and_one_without_end_withholds() -> None:
    until = story(a_news_item(meta="<embargoed>2026-11-22T13:00:00Z</embargoed>"))
    assert (until.embargoed_until, until.status) == (datetime(2026, 11, 22, 13, 0, tzinfo=UTC), None)
    for status in ("", '<pubStatus qcode="stat:usable"/>'):
        endless = story(a_news_item(meta=f"<embargoed/>{status}"))
        assert (endless.embargoed_until, endless.status) == (None, "withheld")


def test_pictures_of_a_message_go_with_its_one_story() -> None:
    found = story(in_a_message(a_news_item(), PICTURE))
    assert [one.model_dump(exclude_none=True) for one in found.images] == [
        {
            "url": "https://img.example.org/l-1200.jpg",
            "caption": "The wheel in March.",
            "credit": "Jo Brandt/Example Wire",
            "type": "image/jpeg",
            "width": 1200,
            "height": 720,
            "bytes": 90000,
            "lead": True,
        }
    ]


def test_pictures_of_a_message_of_several_stories_go_with_those_that_link_them() -> None:
    first = a_news_item(meta='<link rel="irel:isDecoratedBy" residref="urn:pic-1"/>')
    found = document(in_a_message(first, a_news_item(guid="urn:2"), PICTURE))
    assert {one.guid: len(one.images) for one in found.submissions} == {
        "urn:newsml:wire.example.org:20261121:lock-1": 1,
        "urn:2": 0,
    }


def test_a_message_is_read_item_by_item() -> None:
    package = f'<?xml version="1.0"?><packageItem xmlns="{NAR}" guid="p"><groupSet/></packageItem>'.encode()
    nameless = a_news_item(guid="urn:3", about="")
    older = a_news_item(attributes='version="0"', about="<headline>Older</headline>")
    found = document(in_a_message(package, a_news_item(), nameless, older))
    assert [one.headline for one in found.submissions] == ["Canal lock runs by hand again"]
    assert found.lost == (
        "an item is a packageItem, not a news item: it only lists others",
        "urn:3 has no headline",
        "1 older versions of its items",
    )
    assert found.skipped == 2


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (PICTURE, "is of type picture, and only text is a story"),
        (f'<packageItem xmlns="{NAR}"/>'.encode(), "is a packageItem, not a news item"),
        (f'<planningItem xmlns="{NAR}"/>'.encode(), "is a planningItem, not a news item"),
        (in_a_message(), "holds no item"),
        (a_news_item(guid=""), "has a name of 0 characters"),
        (a_news_item(about=""), "has no headline"),
        (a_news_item()[:-30], "is not well-formed XML"),
        (
            b'<!DOCTYPE newsItem [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + a_news_item().partition(b"?>")[2],
            "has a DTD",
        ),
    ],
)
def test_what_is_no_story_says_what_it_is(body: bytes, words: str) -> None:
    assert words in reason(body)


def test_the_provider_names_the_source() -> None:
    assert document(FULL).title is None
    named = a_news_item().replace(
        b'<provider literal="wire"/>', b"<provider literal='w'><name>Example Wire</name></provider>"
    )
    assert document(named).title == "Example Wire"
