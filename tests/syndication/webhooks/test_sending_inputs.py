"""How messages are to be sent: what is taken, refused and shown, and what the receiver gets."""

from __future__ import annotations

from base64 import b64encode
from typing import Any

import pytest
from pydantic import ValidationError

from services.syndication.webhooks.credentials import Auth, Credentials
from services.syndication.webhooks.cuts import Cut
from services.syndication.webhooks.inputs import ChangedSubscription, NewSubscription
from services.syndication.webhooks.sending import Sending
from shared.redis import Store
from shared.web import application
from tests.asgi import ask
from tests.certificates import Authority
from tests.receiver import a_receiver
from tests.syndication.webhooks.bed import TOKEN, MemoryLedger, a_replica, story
from tests.waiting import until

URL = "https://partner.example/hook"
PATH = "/api/v1/subscriptions"


def given(**fields: Any) -> NewSubscription:
    return NewSubscription.model_validate({"url": URL, **fields})


def changed(**fields: Any) -> ChangedSubscription:
    return ChangedSubscription.model_validate(fields)


@pytest.mark.parametrize(
    "wrong",
    [
        {"signing": "v2"},
        {"format": "xml"},
        {"payload": "fat"},
        {"fields": ["id"]},
        {"fields": ["password"]},
        {"payload": "thin", "fields": ["headline"]},
        {"auth": {"type": "basic", "username": "a:b", "password": "x"}},
        {"auth": {"type": "basic", "username": "a", "password": "x\r\nx-more: 1"}},
        {"auth": {"type": "bearer", "token": "two words"}},
        {"auth": {"type": "bearer", "token": "x\r\nx-more: 1"}},
        {"auth": {"type": "digest"}},
        {"headers": {"x-a": "b\r\nx-more: 1"}},
        {"headers": {"x-a": "b\nc"}},
        {"headers": {"x-a": "b\x00"}},
        {"headers": {"x-a\r\nx-b": "c"}},
        {"headers": {"x-a ": "c"}},
        {"headers": {"webhook-id": "x"}},
        {"headers": {"Wireroom-Attempt": "x"}},
        {"headers": {"ce-id": "x"}},
        {"headers": {"Proxy-Authorization": "x"}},
        {"headers": {"Content-Length": "0"}},
        {"headers": {"Host": "other.example"}},
        {"headers": {"Transfer_Encoding": "chunked"}},
        {"headers": {"webhook_signature": "v1,x"}},
        {"headers": {"x-a": "1", "X-A": "2"}},
        {"client_certificate": {"certificate": "x", "private_key": "y"}},
    ],
)
def test_what_cannot_be_sent_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        given(**wrong)
    with pytest.raises(ValidationError):
        changed(**wrong)


def test_what_is_not_given_stays_and_null_takes_back() -> None:
    before = given(signing="both", fields=["headline"], headers={"x-a": "1"}, auth={"type": "bearer", "token": "t"})
    sending, credentials = before.sending(), before.credentials()
    assert sending == Sending(signing="both", cut=Cut("full", ("headline",)))
    assert credentials == Credentials(headers=(("x-a", "1"),), auth=Auth("bearer", "t"))
    untouched = changed(filter="lang:en")
    assert untouched.sending(sending) == sending
    assert untouched.credentials(credentials) is credentials
    assert changed(auth=None).credentials(credentials) == Credentials(headers=(("x-a", "1"),))
    assert changed(fields=None, signing=None).sending(sending) == Sending()
    thin = changed(payload="thin").sending(sending)
    assert thin.cut == Cut("thin")
    assert changed(fields=["tags"]).sending(thin).cut == Cut("full", ("tags",))


def test_authentication_stands_in_for_a_header_of_its_name() -> None:
    both = given(headers={"Authorization": "old", "x-a": "1"}, auth={"type": "basic", "username": "ü", "password": "p"})
    assert both.credentials().sent() == {
        "x-a": "1",
        "authorization": f"Basic {b64encode('ü:p'.encode()).decode()}",
    }


def test_secrets_are_neither_shown_nor_printed() -> None:
    pair = Authority().certificate("wire.example")
    certificate = {"certificate": pair.chain, "private_key": pair.key}
    auth = {"type": "basic", "username": "desk", "password": "hush"}
    credentials = given(headers={"x-token": "hush"}, auth=auth, client_certificate=certificate).credentials()
    shown = credentials.public()
    assert shown["headers"] == ["x-token"]
    assert shown["auth"] == {"type": "basic", "username": "desk"}
    assert shown["client_certificate"]["subject"] == "CN=wire.example"
    for text in (str(shown), repr(credentials)):
        assert "hush" not in text
        assert "PRIVATE KEY" not in text
    assert Credentials.read(credentials.stored()) == credentials


async def test_a_receiver_gets_what_it_asked_for(store: Store) -> None:
    ledger = MemoryLedger()
    async with a_receiver() as receiver, a_replica(store, ledger) as replica:
        app = application(replica.routes)
        asked = {
            "url": receiver.url,
            "payload": "thin",
            "headers": {"X-Desk": "north"},
            "auth": {"type": "basic", "username": "desk", "password": "hush"},
        }
        made = await ask(app, "POST", PATH, json=asked, token=TOKEN)
        assert made.status == 201, made.body
        assert b"hush" not in made.body
        ledger.publish(story(1))
        await until(lambda: receiver.calls)
        [call] = receiver.calls
        assert call.headers["x-desk"] == "north"
        assert call.headers["authorization"] == f"Basic {b64encode(b'desk:hush').decode()}"
        assert "links" in call.event["data"]["article"]
        assert "headline" not in call.event["data"]["article"]
