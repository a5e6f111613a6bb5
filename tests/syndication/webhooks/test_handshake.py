"""Consent to CloudEvents: what counts as a yes, and that nothing is made without it."""

from __future__ import annotations

from typing import Any

import pytest
from cloudevents.v1.http import from_http
from standardwebhooks import Webhook

from services.syndication.webhooks.handshake import Denied, Granted, judged
from shared.http_client import Answer, NoAnswer
from shared.redis import Store
from shared.web import application
from tests.asgi import ask
from tests.receiver import Call, Reply, a_receiver
from tests.syndication.webhooks.bed import TOKEN, MemoryLedger, a_replica, story
from tests.waiting import until

ORIGIN = "wire.example"
PATH = "/api/v1/subscriptions"


@pytest.mark.parametrize(
    ("headers", "said"),
    [
        ({"webhook-allowed-origin": ORIGIN}, Granted()),
        ({"webhook-allowed-origin": "*"}, Granted()),
        ({"webhook-allowed-origin": "Wire.Example, other.example", "webhook-allowed-rate": "*"}, Granted()),
        ({"webhook-allowed-origin": "*", "webhook-allowed-rate": "120"}, Granted(2.0)),
    ],
)
def test_who_names_us_or_all_consents(headers: dict[str, str], said: Granted) -> None:
    assert judged(Answer(200, headers, b"", 1.0), ORIGIN) == said


@pytest.mark.parametrize(
    ("status", "headers"),
    [
        (200, {}),
        (200, {"webhook-allowed-origin": "evil.example"}),
        (200, {"webhook-allowed-origin": "*", "webhook-allowed-rate": "many"}),
        (200, {"webhook-allowed-origin": "*", "webhook-allowed-rate": "0"}),
        (200, {"webhook-allowed-origin": "*", "webhook-allowed-rate": "9" * 5_000}),
        (405, {"webhook-allowed-origin": "*"}),
        (302, {"webhook-allowed-origin": "*"}),
    ],
)
def test_everything_else_is_no(status: int, headers: dict[str, str]) -> None:
    assert isinstance(judged(Answer(status, headers, b"", 1.0), ORIGIN), Denied)


def test_no_answer_is_no() -> None:
    assert judged(NoAnswer("could not connect", 1.0), ORIGIN) == Denied(
        "could not be asked for consent: could not connect"
    )


async def test_a_subscription_is_made_once_the_receiver_consents_at_the_rate_it_allows(store: Store) -> None:
    ledger = MemoryLedger()

    async def answer(call: Call) -> Reply:
        allowed = {"webhook-allowed-origin": "127.0.0.1", "webhook-allowed-rate": "6000"}
        return Reply(200, allowed if "webhook-request-origin" in call.headers else {})

    async with a_receiver(answer) as receiver, a_replica(store, ledger) as replica:
        app = application(replica.routes)
        asked = {"url": receiver.url, "format": "cloudevents-binary", "auth": {"type": "bearer", "token": "hush"}}
        made = await ask(app, "POST", PATH, json=asked, token=TOKEN)
        assert made.status == 201, made.body
        assert (made.json()["format"], made.json()["rate_limit"]) == ("cloudevents-binary", 100.0)
        assert receiver.calls[0].headers["webhook-request-origin"] == "127.0.0.1"
        assert receiver.calls[0].headers["authorization"] == "Bearer hush"
        ledger.publish(story(1))
        await until(lambda: len(receiver.calls) == 2)
        call = receiver.calls[1]
        Webhook(made.json()["secret"]).verify(call.body, call.headers)
        event = from_http(call.headers, call.body)
        assert (event["id"], event["subject"], event.data["seq"]) == (call.id, story(1).id, 1)


@pytest.mark.parametrize("asked", [{"format": "cloudevents-structured"}, {"format": "cloudevents-binary"}])
async def test_without_consent_nothing_is_made_or_changed_unless_told_so(store: Store, asked: dict[str, Any]) -> None:
    async with a_receiver() as receiver, a_replica(store, MemoryLedger()) as replica:
        app = application(replica.routes)
        refused = await ask(app, "POST", PATH, json={"url": receiver.url, **asked}, token=TOKEN)
        assert refused.status == 422
        assert "WebHook-Allowed-Origin" in refused.json()["errors"][0]["message"]
        plain = (await ask(app, "POST", PATH, json={"url": receiver.url}, token=TOKEN)).json()
        changed = await ask(app, "PATCH", f"{PATH}/{plain['id']}", json=asked, token=TOKEN)
        assert changed.status == 422
        told = {**asked, "handshake": False}
        changed = await ask(app, "PATCH", f"{PATH}/{plain['id']}", json=told, token=TOKEN)
        assert changed.json()["format"] == asked["format"]
        assert sum("webhook-request-origin" in call.headers for call in receiver.calls) == 2
