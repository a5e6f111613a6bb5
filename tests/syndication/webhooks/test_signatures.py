"""Real requests as receivers verify them: by Standard Webhooks' and Svix's libraries, and by the keys of the JWKS."""

from __future__ import annotations

from base64 import b64decode, urlsafe_b64decode
from time import time
from typing import Any

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from standardwebhooks import Webhook
from starlette.types import ASGIApp
from structlog.testing import capture_logs

from services.syndication.webhooks.sign import secret_of
from services.syndication.webhooks.signing_keys import SigningKeys
from shared.redis import Store
from shared.web import application
from tests.asgi import ask
from tests.receiver import Call, a_receiver
from tests.syndication.webhooks.bed import KEY, SEALER, TOKEN, MemoryLedger, a_replica, story, subscribe
from tests.waiting import until

JWKS, ROTATE = "/.well-known/jwks.json", "/api/v1/signing-keys/rotate"
SUBSCRIPTIONS = "/api/v1/subscriptions"


def kinds(call: Call) -> list[str]:
    return [one.partition(",")[0] for one in call.headers["webhook-signature"].split(" ")]


def verified_by(call: Call, jwks: dict[str, Any]) -> int:
    """Return how many of the v1a signatures one of the keys verifies."""
    text = f"{call.headers['webhook-id']}.{call.headers['webhook-timestamp']}.".encode() + call.body
    keys = [Ed25519PublicKey.from_public_bytes(urlsafe_b64decode(key["x"] + "=")) for key in jwks["keys"]]
    found = 0
    for one in call.headers["webhook-signature"].split(" "):
        kind, _, signature = one.partition(",")
        for key in keys if kind == "v1a" else []:
            try:
                key.verify(b64decode(signature), text)
            except InvalidSignature:
                continue
            found += 1
    return found


async def jwks_of(app: ASGIApp) -> dict[str, Any]:
    async def answered() -> bool:
        return (await ask(app, "GET", JWKS)).status == 200

    await until(answered)
    found: dict[str, Any] = (await ask(app, "GET", JWKS)).json()
    return found


@pytest.mark.parametrize(("signing", "expected"), [("v1", ["v1"]), ("v1a", ["v1a"]), ("both", ["v1", "v1a"])])
async def test_a_subscription_is_signed_for_as_it_asked(store: Store, signing: str, expected: list[str]) -> None:
    from svix.webhooks import Webhook as SvixWebhook  # noqa: PLC0415  # it loads the whole of its API's models

    ledger = MemoryLedger()
    async with a_receiver() as receiver, a_replica(store, ledger) as replica:
        app = application(replica.routes)
        asked = {"url": receiver.url, "signing": signing}
        made = (await ask(app, "POST", SUBSCRIPTIONS, json=asked, token=TOKEN)).json()
        assert made["signing"] == signing
        ledger.publish(story(1))
        await until(lambda: receiver.calls)
        [call] = receiver.calls
        assert kinds(call) == expected
        if "v1" in expected:
            Webhook(made["secret"]).verify(call.body, call.headers)
            SvixWebhook(made["secret"]).verify(call.body, call.headers)
        if "v1a" in expected:
            assert verified_by(call, await jwks_of(app)) == 1


async def test_signing_can_be_changed(store: Store) -> None:
    ledger = MemoryLedger()
    async with a_receiver() as receiver, a_replica(store, ledger) as replica:
        app = application(replica.routes)
        subscription = await subscribe(store, receiver.url)
        await jwks_of(app)
        path = f"{SUBSCRIPTIONS}/{subscription.id}"
        changed = await ask(app, "PATCH", path, json={"signing": "v1a"}, token=TOKEN)
        assert changed.json()["signing"] == "v1a"
        ledger.publish(story(1))
        await until(lambda: receiver.calls)
        assert kinds(receiver.calls[0]) == ["v1a"]


async def test_the_publishers_key_rotates_with_overlap(store: Store) -> None:
    ledger = MemoryLedger()
    async with a_receiver() as receiver, a_replica(store, ledger) as replica:
        app = application(replica.routes)
        await subscribe(store, receiver.url)
        made = {"url": receiver.url, "signing": "v1a"}
        await ask(app, "POST", SUBSCRIPTIONS, json=made, token=TOKEN)
        before = await jwks_of(app)
        rotated = await ask(app, "POST", ROTATE, json={"overlap_seconds": 60}, token=TOKEN)
        after = await jwks_of(app)
        assert [key["kid"] for key in after["keys"]] == [rotated.json()["key"]["kid"], before["keys"][0]["kid"]]
        ledger.publish(story(1))
        await until(lambda: len(receiver.calls) == 2)
        [call] = [call for call in receiver.calls if "v1a" in kinds(call)]
        assert verified_by(call, before) == 1
        assert verified_by(call, after) == 2
        await ask(app, "POST", ROTATE, json={"overlap_seconds": 0}, token=TOKEN)
        assert len((await jwks_of(app))["keys"]) == 2


async def test_one_idempotency_key_makes_one_signing_key(store: Store) -> None:
    async with a_replica(store, MemoryLedger()) as replica:
        app = application(replica.routes)
        before = len((await jwks_of(app))["keys"])
        once = {"idempotency-key": "k"}
        made = [(await ask(app, "POST", ROTATE, token=TOKEN, headers=once)).json()["key"]["kid"] for _ in range(3)]
        assert len(set(made)) == 1
        assert len((await jwks_of(app))["keys"]) == before + 1


async def test_the_keys_are_public_and_cacheable_and_rotating_is_the_admins(store: Store) -> None:
    async with a_replica(store, MemoryLedger()) as replica:
        app = application(replica.routes)
        await jwks_of(app)
        shown = await ask(app, "GET", JWKS)
        assert shown.headers["cache-control"] == "public, max-age=300"
        for known in (shown.headers["etag"], "*"):
            assert (await ask(app, "GET", JWKS, headers={"if-none-match": known})).status == 304
        assert (await ask(app, "POST", ROTATE)).status == 401
        assert (await ask(app, "POST", ROTATE, json={"overlap_seconds": 604_801}, token=TOKEN)).status == 422


async def test_a_secret_rotates_with_the_overlap_that_is_asked_for(store: Store) -> None:
    ledger = MemoryLedger()
    async with a_receiver() as receiver, a_replica(store, ledger) as replica:
        app = application(replica.routes)
        path = f"{SUBSCRIPTIONS}/{(await subscribe(store, receiver.url)).id}/rotate-secret"
        chosen = secret_of(bytes(24))
        first = await ask(app, "POST", path, json={"secret": chosen}, token=TOKEN)
        assert (first.json()["secret"], first.json()["overlap_seconds"]) == (chosen, 86_400)
        ledger.publish(story(1))
        await until(lambda: receiver.calls)
        assert kinds(receiver.calls[0]) == ["v1", "v1"]
        assert all(
            Webhook(one).verify(receiver.calls[0].body, receiver.calls[0].headers) for one in (chosen, secret_of(KEY))
        )
        second = await ask(app, "POST", path, json={"overlap_seconds": 0}, token=TOKEN)
        ledger.publish(story(2))
        await until(lambda: len(receiver.calls) == 2)
        assert kinds(receiver.calls[1]) == ["v1", "v1"]  # the first, whose day is not over, and the newest
        Webhook(second.json()["secret"]).verify(receiver.calls[1].body, receiver.calls[1].headers)
        assert (await ask(app, "POST", path, json={"overlap_seconds": -1}, token=TOKEN)).status == 422


async def test_attempts_tell_their_number_and_how_long_the_message_waited(store: Store) -> None:
    ledger = MemoryLedger()
    async with a_receiver() as receiver, a_replica(store, ledger):
        await subscribe(store, receiver.url)
        ledger.publish(story(1))
        await until(lambda: receiver.calls)
        assert receiver.calls[0].headers["wireroom-attempt"] == "1"
        assert 0 <= int(receiver.calls[0].headers["wireroom-queued-ms"]) < 60_000


async def test_no_secret_is_in_redis_whatever_was_asked(store: Store) -> None:
    async with a_receiver() as receiver, a_replica(store, MemoryLedger()) as replica:
        app = application(replica.routes)
        asked = {"url": receiver.url, "headers": {"x-token": "hush-hush"}}
        made = await ask(app, "POST", SUBSCRIPTIONS, json=asked, token=TOKEN, headers={"idempotency-key": "k"})
        secret = made.json()["secret"].removeprefix("whsec_").encode()
        for key in await store.do("KEYS", "*"):
            dumped = await store.do("DUMP", key)
            assert secret not in dumped, key
            assert b"hush-hush" not in dumped, key


async def test_what_was_stored_unsealed_is_sealed_at_the_next_start(store: Store) -> None:
    ledger = MemoryLedger()
    async with a_receiver() as receiver:
        subscription = await subscribe(store, receiver.url)
        key = f"{{s:{subscription.id}}}"
        await store.do("HSET", key, "secrets", f'[["{secret_of(KEY)}",null]]')
        await store.do("HDEL", key, "credentials")
        async with a_replica(store, ledger):

            async def sealed() -> bool:
                return bool((await store.do("HGET", key, "secrets")).startswith(b"sealed1."))

            await until(sealed)
            ledger.publish(story(1))
            await until(lambda: receiver.calls)
            Webhook(secret_of(KEY)).verify(receiver.calls[0].body, receiver.calls[0].headers)


async def test_what_cannot_be_signed_waits_for_the_right_key(store: Store) -> None:
    ledger = MemoryLedger()
    async with a_receiver() as receiver:
        await subscribe(store, receiver.url)
        await SigningKeys(store, SEALER, time).refresh()
        stranger = "another sealing key, as long as it must be"
        async with a_replica(store, ledger, sealing_key=stranger) as replica:
            ledger.publish(story(1))
            with capture_logs() as told:
                await until(lambda: any(one["event"] == "delivery.postponed" for one in told))
            assert any(tick.failed and "WIREROOM_SECRET_KEY" in tick.failed for tick in replica.ticks)
        assert not receiver.calls
        async with a_replica(store, ledger):
            await until(lambda: receiver.calls)
        assert receiver.seqs == [1]
