"""Deliveries with an access token: fetched once for many, anew when it ends or is refused, guarded, and never shown."""

from __future__ import annotations

import asyncio
from typing import Any

import orjson
import pytest

from services.syndication.webhooks.access_tokens import FAILED_SECONDS, AccessTokens
from services.syndication.webhooks.choices import Choices
from services.syndication.webhooks.credentials import Credentials
from services.syndication.webhooks.oauth import Grant, NoToken
from services.syndication.webhooks.subscriptions import Secret, Subscription
from shared.http_client import connect
from shared.redis import Store
from shared.web import application
from tests.asgi import ask
from tests.receiver import Call, Receiver, Reply, a_receiver
from tests.syndication.webhooks.bed import LOOPBACK, TOKEN, MemoryLedger, a_replica, logged, story, subscribe
from tests.waiting import until

PATH = "/api/v1/subscriptions"


class Desk:
    """A token endpoint: its n-th token is `token-<n>`."""

    def __init__(self, expires_in: int = 3600) -> None:
        self.expires_in, self.given, self.reply = expires_in, 0, Reply()

    async def __call__(self, _call: Call) -> Reply:
        self.given += 1
        if self.reply.status != 204:
            return self.reply
        await asyncio.sleep(0)
        token = {"access_token": f"token-{self.given}", "token_type": "Bearer", "expires_in": self.expires_in}
        return Reply(200, body=orjson.dumps(token))


def grant(url: str, **over: Any) -> Credentials:
    return Credentials(auth=Grant(**{"token_url": url, "client_id": "desk", "client_secret": "hush", **over}))


def asking(url: str, id: str = "sub_1", **over: Any) -> Subscription:
    return Subscription(
        id=id, number=1, url="http://e.org", created_at="", secrets=(Secret("whsec_"),), credentials=grant(url, **over)
    )


def shown(receiver: Receiver) -> list[str]:
    return [call.headers["authorization"] for call in receiver.calls]


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


async def test_many_who_wait_for_a_token_have_it_fetched_once_and_anew_before_it_ends() -> None:
    desk, clock, session = Desk(expires_in=100), Clock(), connect(LOOPBACK)
    async with a_receiver(desk) as endpoint, session:
        tokens = AccessTokens(session, clock)
        found = await asyncio.gather(*(tokens.of(asking(endpoint.url)) for _ in range(50)))
        assert found == ["token-1"] * 50
        clock.now = 89.9
        assert await tokens.of(asking(endpoint.url)) == "token-1"
        clock.now = 90.0
        assert await tokens.of(asking(endpoint.url)) == "token-2"
        assert await tokens.of(asking(endpoint.url, "sub_2")) == "token-3"
        assert await tokens.of(asking(endpoint.url, client_secret="another")) == "token-4"


async def test_a_token_is_refused_once_however_many_saw_it_refused() -> None:
    desk, session = Desk(), connect(LOOPBACK)
    async with a_receiver(desk) as endpoint, session:
        tokens, one = AccessTokens(session), asking(endpoint.url)
        assert await tokens.of(one) == "token-1"
        tokens.refused(one, "token-1")
        assert await tokens.of(one) == "token-2"
        tokens.refused(one, "token-1")
        assert await tokens.of(one) == "token-2"


async def test_who_is_cancelled_while_it_fetches_leaves_it_to_the_next() -> None:
    session, release = connect(LOOPBACK), asyncio.Event()
    desk = Desk()

    async def slow(call: Call) -> Reply:
        if len(endpoint.calls) == 1:
            await release.wait()
        return await desk(call)

    async with a_receiver(slow) as endpoint, session:
        tokens, one = AccessTokens(session), asking(endpoint.url)
        first, second = (asyncio.create_task(tokens.of(one)) for _ in range(2))
        await until(lambda: endpoint.calls)
        first.cancel()
        assert await second == "token-1"


async def test_a_failure_is_remembered_for_those_who_wait_and_forgotten_soon() -> None:
    desk, clock, session = Desk(), Clock(), connect(LOOPBACK)
    desk.reply = Reply(401, body=b'{"error": "invalid_client"}')
    async with a_receiver(desk) as endpoint, session:
        tokens, one = AccessTokens(session, clock), asking(endpoint.url)
        found = await asyncio.gather(*(tokens.of(one) for _ in range(20)))
        assert all(isinstance(each, NoToken) for each in found)
        assert desk.given == 1
        desk.reply, clock.now = Reply(), FAILED_SECONDS
        assert await tokens.of(one) == "token-2"


@pytest.mark.parametrize("reply", [Reply(302, {"location": "http://127.0.0.1:1/"}), Reply(200, body=b"x" * 100_000)])
async def test_redirects_and_floods_are_no_tokens(reply: Reply) -> None:
    session = connect(LOOPBACK)

    async def answer(_call: Call) -> Reply:
        return reply

    async with a_receiver(answer) as endpoint, session:
        assert isinstance(await AccessTokens(session).of(asking(endpoint.url)), NoToken)
        assert len(endpoint.calls) == 1


async def test_the_guard_holds_for_token_endpoints() -> None:
    session = connect(())
    async with a_receiver(Desk()) as endpoint, session:
        found = await AccessTokens(session).of(asking(endpoint.url))
    assert isinstance(found, NoToken)
    assert "loopback" in found.reason
    assert endpoint.calls == []


async def test_a_token_that_the_receiver_refuses_is_replaced_within_the_attempt(store: Store) -> None:
    ledger, desk = MemoryLedger(), Desk()

    async def answer(call: Call) -> Reply:
        return Reply(401 if call.headers["authorization"] == "Bearer token-1" else 204)

    async with a_receiver(answer) as receiver, a_receiver(desk) as endpoint, a_replica(store, ledger):
        subscription = await subscribe(store, receiver.url, credentials=grant(endpoint.url))
        ledger.publish(story(1))
        await until(lambda: len(receiver.calls) == 2)
        ledger.publish(story(2))
        log = await logged(store, subscription.id, 2)
    assert shown(receiver) == ["Bearer token-1", "Bearer token-2", "Bearer token-2"]
    assert receiver.calls[0].id == receiver.calls[1].id
    assert [entry["outcome"] for entry in log] == ["delivered", "delivered"]


async def test_a_receiver_that_refuses_every_token_is_asked_twice_an_attempt(store: Store) -> None:
    ledger, desk = MemoryLedger(), Desk()

    async def answer(_call: Call) -> Reply:
        return Reply(401)

    async with a_receiver(answer) as receiver, a_receiver(desk) as endpoint, a_replica(store, ledger):
        subscription = await subscribe(store, receiver.url, credentials=grant(endpoint.url), schedule=(60.0,))
        ledger.publish(story())
        log = await logged(store, subscription.id, 1)
    assert shown(receiver) == ["Bearer token-1", "Bearer token-2"]
    assert (log[0]["outcome"], log[0]["status"]) == ("retry", 401)


async def test_who_gets_nothing_twice_gets_a_refused_request_not_again_either(store: Store) -> None:
    ledger, desk = MemoryLedger(), Desk()

    async def answer(call: Call) -> Reply:
        return Reply(401 if call.headers["authorization"] == "Bearer token-1" else 204)

    once = Choices(delivery="at-most-once")
    async with a_receiver(answer) as receiver, a_receiver(desk) as endpoint, a_replica(store, ledger):
        subscription = await subscribe(store, receiver.url, credentials=grant(endpoint.url), choices=once)
        ledger.publish(story(1))
        await logged(store, subscription.id, 1)
        ledger.publish(story(2))
        log = await logged(store, subscription.id, 2)
    assert [entry["outcome"] for entry in log] == ["delivered", "gave_up"]
    assert receiver.seqs == [1, 2]


async def test_a_failing_endpoint_is_a_failed_attempt_and_holds_up_nobody_else(store: Store) -> None:
    ledger = MemoryLedger()

    async def hang(_call: Call) -> Reply:
        await asyncio.Event().wait()
        return Reply()

    desk = Desk()
    desk.reply = Reply(400, body=b'{"error": "invalid_scope", "error_description": "hush"}')
    async with (
        a_receiver() as receiver,
        a_receiver(desk) as failing,
        a_receiver(hang) as hanging,
        a_replica(store, ledger, prompt=8),
    ):
        one = await subscribe(store, receiver.url, credentials=grant(failing.url), schedule=(60.0,))
        await subscribe(store, receiver.url, credentials=grant(hanging.url))
        await subscribe(store, receiver.url)
        for number in range(20):
            ledger.publish(story(number))
        await until(lambda: len(receiver.calls) == 20)
        log = await logged(store, one.id, 1)
    assert "authorization" not in receiver.calls[0].headers
    assert log[0]["reason"] == "no access token: the token endpoint answered 400 (invalid_scope)"
    assert (log[0]["outcome"], log[0]["status"], log[0]["body"]) == ("retry", None, "")


async def test_over_the_api_the_secret_is_sealed_and_never_shown(
    store: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    ledger, desk = MemoryLedger(), Desk()
    async with a_receiver() as receiver, a_receiver(desk) as endpoint, a_replica(store, ledger) as replica:
        app = application(replica.routes)
        auth = {"type": "oauth2", "token_url": endpoint.url, "client_id": "desk", "client_secret": "hush", "scope": "w"}
        made = await ask(app, "POST", PATH, json={"url": receiver.url, "auth": auth}, token=TOKEN)
        assert made.status == 201, made.body
        shown_auth = {name: value for name, value in auth.items() if name != "client_secret"}
        assert made.json()["auth"] == {**shown_auth, "client_authentication": "basic"}
        kept = await store.do("HGETALL", f"{{s:{made.json()['id']}}}")
        exported = await ask(app, "GET", f"{PATH}/export?secrets=true", token=TOKEN)
        assert exported.json()["subscriptions"][0]["auth"]["client_secret"] == "hush"
        ledger.publish(story(1))
        await until(lambda: receiver.calls)
        tried = await ask(app, "POST", f"{PATH}/{made.json()['id']}/test", token=TOKEN)
        assert tried.json()["delivered"]
    assert shown(receiver) == ["Bearer token-1", "Bearer token-1"]
    assert b"hush" not in made.body + b"".join(kept.values())
    assert "hush" not in capsys.readouterr().out
    assert endpoint.calls[0].headers["content-type"] == "application/x-www-form-urlencoded"


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"token_url": "http://10.0.0.7/token"}, "auth.token_url"),
        ({"token_url": "ftp://login.example/"}, "auth.oauth2.token_url"),
        ({"token_url": "https://user:hush@login.example/"}, "auth.oauth2.token_url"),
        ({"client_secret": "hush\r\nx: y"}, "auth.oauth2.client_secret"),
        ({"client_authentication": "none"}, "auth.oauth2.client_authentication"),
    ],
)
async def test_what_cannot_be_asked_is_refused(store: Store, wrong: dict[str, str], field: str) -> None:
    async with a_replica(store, MemoryLedger(), started=False) as replica:
        auth = {"type": "oauth2", "token_url": "http://127.0.0.1/", "client_id": "a", "client_secret": "b", **wrong}
        body = {"url": "http://127.0.0.1/hook", "auth": auth}
        answer = await ask(application(replica.routes), "POST", PATH, json=body, token=TOKEN)
    assert answer.status == 422
    assert [error["field"] for error in answer.json()["errors"]] == [field]
    assert b"hush" not in answer.body
