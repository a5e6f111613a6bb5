"""Messages as CloudEvents, as the specification's own library reads them."""

from __future__ import annotations

import orjson
import pytest
from cloudevents.v1.http import CloudEvent, from_http

from services.syndication.ledger import Recorded
from services.syndication.webhooks.cuts import Cut
from services.syndication.webhooks.formats import Format, Written, written
from services.syndication.webhooks.message import Message, trial_body
from services.syndication.webhooks.prepare import Prepared
from services.syndication.webhooks.sending import Sending
from shared.events import to_json
from tests.syndication.webhooks.bed import story

SITE = "https://wire.example"
BINARY: Format = "cloudevents-binary"
STRUCTURED: Format = "cloudevents-structured"


def sent(format: Format, cut: Cut = Cut(), type: str = "article.published") -> Written:  # noqa: B008
    entry = Recorded(
        seq=7,
        type=type,
        article_id=story().id,
        version=1,
        timestamp="2026-11-22T10:00:00Z",
        correlation_id="c",
    )
    prepared = Prepared(entry, to_json(story()), 0.0, SITE)
    message = prepared.message("msg_1", Sending(format=format, cut=cut), 5, b'["lang:en"]')
    assert message is not None
    return written(message, format, SITE)


def read(form: Written) -> CloudEvent:
    return from_http(dict(form.headers), form.body)


@pytest.mark.parametrize("format", [BINARY, STRUCTURED])
def test_the_library_reads_what_the_standard_format_says(format: Format) -> None:
    event = read(sent(format))
    told = {name: event[name] for name in ("specversion", "id", "source", "type", "subject", "time", "sequence")}
    assert told == {
        "specversion": "1.0",
        "id": "msg_1",
        "source": SITE,
        "type": "article.published",
        "subject": story().id,
        "time": "2026-11-22T10:00:00Z",
        "sequence": "7",
    }
    assert event.data == orjson.loads(sent("standard").body)["data"]


def test_the_media_types_tell_the_modes_apart() -> None:
    assert sent(BINARY).headers["content-type"] == "application/json"
    assert sent(STRUCTURED).headers == {"content-type": "application/cloudevents+json"}
    assert sent("standard").headers == {"content-type": "application/json"}


def test_a_test_message_is_an_event_too() -> None:
    message = Message("msg_t", trial_body("sub_1", "2026-11-22T10:00:00Z"))
    for format in (BINARY, STRUCTURED):
        event = read(written(message, format, SITE))
        assert (event["type"], event["subject"], event.data) == ("webhook.test", "sub_1", {"subscription": "sub_1"})
        assert "sequence" not in event


def test_what_a_header_cannot_hold_is_percent_encoded() -> None:
    entry = Recorded(
        seq=1, type="article.published", article_id='zażółć "%', version=1, timestamp="t", correlation_id="c"
    )
    message = Prepared(entry, b"{}", 0.0).message("msg_1", Sending(format=BINARY), None, b"[]")
    assert message is not None
    headers = written(message, BINARY, SITE).headers
    assert headers["ce-subject"] == "za%C5%BC%C3%B3%C5%82%C4%87%20%22%25"


@pytest.mark.parametrize("format", ["standard", BINARY, STRUCTURED])
def test_a_thin_payload_has_identity_and_links_in_every_format(format: Format) -> None:
    body = orjson.loads(sent(format, Cut("thin")).body)
    article = (body if format == BINARY else body["data"])["article"]
    assert set(article) == {"id", "version", "status", "source", "guid", "url", "canonical_url", "links"}
    assert article["links"] == {
        "api": f"{SITE}/api/v1/articles/{story().id}",
        "page": f"{SITE}/articles/{story().id}",
    }


def test_chosen_fields_come_with_identity_and_nothing_else() -> None:
    body = orjson.loads(sent("standard", Cut(fields=("headline", "tags"))).body)
    identity = {"id", "version", "status", "source", "guid", "url", "canonical_url"}
    assert set(body["data"]["article"]) == identity | {"headline", "tags"}
    assert body["data"]["article"]["headline"] == story().headline


def test_a_thin_retraction_has_links_and_its_reason() -> None:
    article = orjson.loads(sent("standard", Cut("thin"), "article.retracted").body)["data"]["article"]
    assert article["status"] == "canceled"
    assert "page" in article["links"]


def test_a_body_is_written_once_for_all_who_want_the_same() -> None:
    entry = Recorded(seq=1, type="article.published", article_id="a", version=1, timestamp="t", correlation_id="c")
    prepared = Prepared(entry, to_json(story()), 0.0, SITE)
    one, two = (prepared.message(id, Sending(), 4, b"[]") for id in ("msg_1", "msg_2"))
    assert one is not None
    assert two is not None
    assert one.body is two.body
