"""ninjs items, in the spellings of its versions, as stories and withdrawals."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from services.ingest.document import Document, Unreadable, Withdrawal
from services.ingest.formats import ninjs
from services.ingest.submission import Submission
from tests.ingest.formats.parts import a_ninjs

SCHEMA = Path(__file__).parents[5] / "shared" / "reference" / "ninjs-schema_3.1.json"
SAMPLE = Path(__file__).parents[4] / "newsroom" / "drop" / "wire" / "020-flood-barrier.json"

FULL: dict[str, Any] = {
    "embargoedUntil": "2026-11-20T08:00:00Z",
    "versionCreated": "2026-11-20T11:30:00+02:00",
    "version": "3",
    "pubStatus": "usable",
    "by": "By Mira Okafor, Harbour Desk",
    "located": "Port Arden",
    "copyrightHolder": "Example Wire",
    "copyrightNotice": "© 2026 Example Wire",
    "usageTerms": "Not for archives.",
    "descriptions": [{"role": "summary", "value": "A bridge, a coat of paint, a queue of bicycles."}],
    "people": [
        {"name": "Mira Okafor", "rel": "author", "uri": "https://wire.example.org/okafor",
         "contactInfo": [{"type": "phone", "value": "+00 1"}]},
        {"name": "Ada Lund", "rel": "about", "uri": "https://people.example.org/entity/ada-lund"},
    ],
    "subjects": [
        {"name": "cycling", "uri": "http://cv.iptc.org/newscodes/mediatopic/20000953", "rel": "about"},
        {"name": "cycling", "uri": "http://cv.iptc.org/newscodes/mediatopic/20000953", "rel": "mentions"},
        {"name": "paint", "literal": "P-1"},
    ],
    "places": [{"name": "Port Arden"}],
    "organisations": [{"name": "Bridge Trust", "uri": "https://www.bridge-trust.example"}],
    "renditions": [{"name": "web", "href": "https://wire.example.org/2026/bridge", "contentType": "text/html"}],
    "altIds": [{"role": "story", "value": "B-1"}],
    "urgency": 4,
    "slugline": "BRIDGE-PAINT",
    "edNote": "Desk only: a correction may follow.",
    "associations": [
        {
            "uri": "urn:picture-1", "type": "picture", "name": "mainpic",
            "by": "Jo Brandt/Example Wire",
            "headlines": [{"value": "Bridge"}],
            "descriptions": [{"role": "caption", "value": "The bridge, blue again."},
                             {"role": "alt", "value": "A blue bridge."}],
            "renditions": [
                {"name": "hires", "href": "https://img.example.org/b-6000.jpg", "contentType": "image/jpeg",
                 "width": 6000, "height": 4000, "sizeInBytes": 9000000},
                {"name": "web", "href": "https://img.example.org/b-1600.jpg", "contentType": "image/jpeg",
                 "width": 1600, "height": 1067, "sizeInBytes": 400000},
                {"name": "thumb", "href": "https://img.example.org/b-2.jpg", "contentType": "image/jpeg", "width": 200},
            ],
        },
        {
            "uri": "urn:sound-1", "name": "bells", "type": "audio", "headlines": [{"value": "The bells"}],
            "renditions": [{"name": "a", "href": "https://snd.example.org/b.mp3", "contentType": "audio/mpeg",
                            "sizeInBytes": 5, "duration": 61.5}],
        },
        {
            "uri": "urn:story-0", "name": "before", "type": "text", "headlines": [{"value": "Paint runs out"}],
            "descriptions": [{"value": "In March."}],
            "renditions": [{"name": "web", "href": "https://wire.example.org/2026/paint", "contentType": "text/html"}],
        },
        {"uri": "urn:picture-2", "name": "second", "type": "picture",
         "renditions": [{"name": "main", "href": "IMG_2.JPG"}]},
        {"uri": "urn:story-9", "name": "lost", "type": "text", "headlines": [{"value": "Nowhere to be read"}]},
    ],
}  # fmt: skip


def document(*items: dict[str, Any]) -> Document:
    found = ninjs.read([(f"$[{at}]", item) for at, item in enumerate(items)], "wire")
    assert isinstance(found, Document), found
    return found


def story(**over: Any) -> Submission:
    (submission,) = document(a_ninjs(**over)).submissions
    return submission


def reason(**over: Any) -> str:
    found = ninjs.read([("$", a_ninjs(**over))], "wire")
    assert isinstance(found, Unreadable)
    return found.reason


def test_every_part_of_a_full_item_finds_its_place() -> None:
    found = story(**FULL)
    assert (found.guid, found.url, found.source.id) == (
        "urn:newsml:wire.example.org:20261120:bridge-1",
        "https://wire.example.org/2026/bridge",
        "wire",
    )
    assert (found.headline, found.status) == ("Bridge opens to cyclists after a year of paint", "usable")
    assert found.body_html == "<p>The paint took a year.</p><p>The ride, a minute.</p>"
    assert found.summary == "A bridge, a coat of paint, a queue of bicycles."
    assert (found.byline, found.dateline, found.language) == ("By Mira Okafor, Harbour Desk", "Port Arden", "en-GB")
    assert [(one.name, one.url) for one in found.authors] == [("Mira Okafor", "https://wire.example.org/okafor")]
    assert found.rights == "© 2026 Example Wire\nNot for archives."
    assert found.published_at == datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
    assert found.updated_at == datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
    assert found.embargoed_until == datetime(2026, 11, 20, 8, 0, tzinfo=UTC)


def test_subjects_places_organisations_and_people_become_categories_each_once() -> None:
    categories = [(one.term, one.scheme, one.label) for one in story(**FULL).categories]
    assert categories == [
        ("medtop:20000953", "http://cv.iptc.org/newscodes/mediatopic/", "cycling"),
        ("P-1", None, "paint"),
        ("Port Arden", None, None),
        ("https://www.bridge-trust.example", None, "Bridge Trust"),
        ("ada-lund", "https://people.example.org/entity/", "Ada Lund"),
    ]


def test_a_picture_has_its_caption_credit_and_a_size_that_pages_can_carry() -> None:
    found = story(**FULL)
    assert [one.model_dump() for one in found.images] == [
        {
            "url": "https://img.example.org/b-1600.jpg",
            "alt": "A blue bridge.",
            "caption": "The bridge, blue again.",
            "credit": "Jo Brandt/Example Wire",
            "type": "image/jpeg",
            "width": 1600,
            "height": 1067,
            "bytes": 400000,
            "lead": True,
        }
    ]
    assert [(one.url, one.seconds, one.title) for one in found.enclosures] == [
        ("https://snd.example.org/b.mp3", 61, "The bells")
    ]
    assert [(one.url, one.headline, one.summary) for one in found.related] == [
        ("https://wire.example.org/2026/paint", "Paint runs out", "In March.")
    ]


def test_what_has_no_place_is_told_and_notes_to_editors_and_phone_numbers_go_nowhere() -> None:
    found = document(a_ninjs(**FULL))
    assert found.lost == (
        "its edNote",
        "its slugline",
        "its urgency",
        "$[0].associations[3], known only as 'IMG_2.JPG'",
        "$[0].associations[4], a related item without an address on the web or without a headline",
    )
    assert "Desk only" not in repr(found.submissions)
    assert "+00 1" not in repr(found.submissions)


def test_the_spelling_of_ninjs_1_and_of_superdesk() -> None:
    (found,) = document(
        {
            "guid": "tag:desk.example.org:1",
            "type": "text",
            "version": 2,
            "pubstatus": "usable",
            "versioncreated": "2026-11-20T10:00:00+0000",
            "firstcreated": "2026-11-20T09:00:00+0000",
            "embargoed": None,
            "language": "en_AU",
            "headline": "Ferry &amp; goat",
            "description_text": "A goat boards.",
            "body_html": "<p>It <b>paid</b>.</p>",
            "byline": "Ann Writer",
            "copyrightnotice": "(c)",
            "located": "Cove",
            "authors": [{"name": "Ann Writer", "jobtitle": {"qcode": "r", "name": "Reporter"}, "biography": "Writes.",
                         "avatar_url": "https://img.example.org/ann.jpg"}],
            "subject": [{"name": "animals", "scheme": "topics", "code": "t-1"}],
            "place": [{"name": "Cove", "scheme": "http://cv.example.org/", "code": "7"}],
            "service": [{"name": "Domestic", "code": "d"}],
            "altids": {"story": "1", "url": "https://desk.example.org/goat"},
            "associations": {
                "featuremedia": {
                    "type": "picture", "byline": "Bo", "description_text": "The goat.", "headline": "Goat",
                    "renditions": {"original": {"href": "https://img.example.org/g.jpg", "mimetype": "image/jpeg",
                                                "width": 900, "height": 600}},
                },
                "embedded1": None,
            },
        }
    ).submissions  # fmt: skip
    assert (found.guid, found.headline, found.language) == ("tag:desk.example.org:1", "Ferry & goat", "en-AU")
    assert (found.url, found.section, found.dateline) == ("https://desk.example.org/goat", "Domestic", "Cove")
    assert (found.body_html, found.summary) == ("<p>It <b>paid</b>.</p>", "A goat boards.")
    (author,) = found.authors
    assert (author.name, author.role, author.bio) == ("Ann Writer", "Reporter", "Writes.")
    assert author.avatar == "https://img.example.org/ann.jpg"
    assert [(one.term, one.scheme) for one in found.categories] == [("t-1", "topics"), ("7", "http://cv.example.org/")]
    (image,) = found.images
    assert (image.url, image.caption, image.credit, image.lead) == (
        "https://img.example.org/g.jpg", "The goat.", "Bo", True
    )  # fmt: skip
    assert found.updated_at == datetime(2026, 11, 20, 10, 0, tzinfo=UTC)


def test_a_web_address_as_a_name_is_no_link() -> None:
    assert story(uri="https://api.example.org/item/1?qt=x").url is None


@pytest.mark.parametrize(
    ("bodies", "html"),
    [
        ([{"value": "One.\n\nTwo <3."}], "<p>One.</p>\n<p>Two &lt;3.</p>"),
        ([{"value": "<p>One.</p>"}], "<p>One.</p>"),
        (
            [{"contentType": "text/plain", "value": "n"}, {"contentType": "text/html; charset=x", "value": "<p>y</p>"}],
            "<p>y</p>",
        ),
        ([{"role": "short", "contentType": "text/html", "value": "<p>n</p>"},
          {"role": "main", "contentType": "text/html", "value": "<p>y</p>"}], "<p>y</p>"),
        ([{"contentType": "application/nitf+xml",
           "value": "<nitf><body><body.content><p>y</p></body.content></body></nitf>"}], "<p>y</p>"),
        ([{"contentType": "text/html",
           "value": "<html><head><title>T</title></head><body><h1>Bridge opens to cyclists after a year of paint</h1>"
                    "<p>y</p></body></html>"}], "<p>y</p>"),
    ],
)  # fmt: skip
def test_of_several_bodies_the_best_is_taken(bodies: list[dict[str, str]], html: str) -> None:
    assert story(bodies=bodies).body_html == html


def test_a_body_of_a_form_that_cannot_be_read_is_told() -> None:
    found = document(a_ninjs(bodies=[{"contentType": "application/x-cms", "value": "…"}]))
    assert found.lost == ("its body of type application/x-cms",)
    assert found.submissions[0].body_html == ""


@pytest.mark.parametrize("spelling", ["canceled", "cancelled", "CANCELED", "stat:canceled"])
def test_a_canceled_item_is_a_withdrawal(spelling: str) -> None:
    found = document(a_ninjs(pubStatus=spelling, edNote="KILL: call the desk"))
    at = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
    assert found.submissions == ()
    assert found.withdrawals == (Withdrawal(guid="urn:newsml:wire.example.org:20261120:bridge-1", at=at),)


def test_of_an_item_that_comes_twice_the_later_version_holds() -> None:
    found = document(a_ninjs(version="10", headline="Tenth"), a_ninjs(version="9", headline="Ninth"))
    assert [one.headline for one in found.submissions] == ["Tenth"]
    assert found.lost == ("1 older versions of its items",)
    gone = document(a_ninjs(version="1"), a_ninjs(version="2", pubStatus="canceled"))
    assert (len(gone.submissions), len(gone.withdrawals)) == (0, 1)


def test_items_that_are_no_story_are_counted_and_do_not_spoil_the_others() -> None:
    found = document(a_ninjs(), a_ninjs(uri="urn:p", type="picture"), a_ninjs(uri="urn:b", versionCreated="soon"))
    assert (len(found.submissions), found.skipped) == (1, 2)
    assert found.lost == (
        "$[1] is of type picture, and only text is a story",
        "$[2] is not ninjs: $[2].versionCreated must be a date and time (RFC 3339)",
    )


@pytest.mark.parametrize(
    ("over", "words"),
    [
        ({"type": "picture"}, "is of type picture, and only text is a story"),
        ({"type": "event"}, "is of type event, and only text is a story"),
        ({"uri": None}, "is not ninjs: $.uri is needed"),
        ({"uri": 7}, "is not ninjs: $.uri must be a text, not a number"),
        ({"uri": "x" * 3000}, "has a name of 3000 characters"),
        ({"headlines": ["x"]}, "is not ninjs: $.headlines[0] must be an object, not a text"),
        ({"headlines": [{"value": ["x"]}]}, "is not ninjs: $.headlines[0].value must be a text, not an array"),
        ({"bodies": "x"}, "is not ninjs: $.bodies must be an array or an object, not a text"),
        ({"pubStatus": "maybe"}, "is not ninjs: $.pubStatus must be usable, withheld or canceled"),
        (
            {"versioncreated": True, "versionCreated": None},
            "is not ninjs: $.versioncreated must be a text, not true or",
        ),
        ({"headlines": [], "bodies": []}, "has no body and no headline of its own"),
        ({"headlines": []}, "has no headline"),
    ],
)
def test_what_is_misshapen_says_where(over: dict[str, Any], words: str) -> None:
    assert reason(**over).startswith(words)


def test_a_misshapen_part_that_a_story_can_do_without_is_told() -> None:
    found = document(a_ninjs(subjects=["x"], associations=[7], people=[{"name": 3}]))
    assert len(found.submissions) == 1
    assert found.lost == (
        "$[0].associations[0] must be an object, not a number",
        "$[0].people[0].name must be a text, not a number",
        "$[0].subjects[0] must be an object, not a text",
    )


def test_our_examples_are_what_the_schema_says() -> None:
    if not SCHEMA.is_file():
        pytest.skip("the ninjs 3.1 schema is not beside the project")
    schema = json.loads(SCHEMA.read_text())
    schema["$defs"]["ninjsType"]["properties"]["places"]["items"]["properties"].pop("geoJSON")  # refers to the network
    validator = jsonschema.Draft202012Validator(schema, format_checker=jsonschema.FormatChecker())
    assert [error.message for error in validator.iter_errors(a_ninjs() | FULL)] == []
    assert [error.message for error in validator.iter_errors(json.loads(SAMPLE.read_text()))] == []
