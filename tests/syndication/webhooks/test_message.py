"""What subscribers are told, by type of event."""

from __future__ import annotations

from typing import Any

import orjson

from services.syndication.ledger import Recorded
from services.syndication.webhooks.message import body, render
from shared.events import to_json
from tests.syndication.webhooks.bed import story


def _told(type: str, document: bytes | None, **over: Any) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "seq": 7,
        "type": type,
        "article_id": story().id,
        "version": 2,
        "timestamp": "2026-11-22T10:00:00Z",
        "correlation_id": "c",
    }
    rendered = render(Recorded(**fields | over), document)
    assert rendered is not None
    told: dict[str, Any] = orjson.loads(body(rendered, 5, b'["lang:en"]'))
    return told


def test_an_update_carries_the_article_and_what_changed() -> None:
    told = _told("article.updated", to_json(story(version=2)), changed=("headline",))
    assert told == {
        "type": "article.updated",
        "timestamp": "2026-11-22T10:00:00Z",
        "data": {
            "seq": 7,
            "previous_seq": 5,
            "article": orjson.loads(to_json(story(version=2))),
            "changed": ["headline"],
            "matched": ["lang:en"],
        },
    }


def test_a_correction_carries_its_note() -> None:
    assert _told("article.corrected", b"{}", correction="The bridge is 90 m long.")["data"]["correction"] == (
        "The bridge is 90 m long."
    )


def test_a_retraction_carries_identity_reason_and_replacement_and_nothing_to_republish() -> None:
    told = _told("article.retracted", to_json(story(version=2)), reason="not ours", replacement_url="https://e.org/n")
    article = told["data"]["article"]
    assert (article["id"], article["version"], article["status"]) == (story().id, 2, "canceled")
    assert not {"headline", "summary", "body_html", "body_text", "images"} & article.keys()
    assert (told["data"]["reason"], told["data"]["replacement_url"]) == ("not ours", "https://e.org/n")


def test_a_retraction_needs_no_document_and_everything_else_does() -> None:
    assert _told("article.retracted", None, reason="gone")["data"]["article"] == {
        "id": story().id,
        "version": 2,
        "status": "canceled",
    }
    entry = Recorded(seq=1, type="article.updated", article_id="a", version=1, timestamp="", correlation_id="c")
    assert render(entry, None) is None


def test_the_first_message_of_a_subscription_has_no_previous_seq() -> None:
    entry = Recorded(seq=1, type="article.published", article_id="a", version=1, timestamp="", correlation_id="c")
    rendered = render(entry, b"{}")
    assert rendered is not None
    assert orjson.loads(body(rendered, None, b"[]"))["data"]["previous_seq"] is None
