"""The admin by token, consumers by key; neither is guessable, logged or kept."""

from __future__ import annotations

import asyncio
from pathlib import Path

import orjson
import pytest
import structlog
from starlette.requests import Request
from structlog.testing import capture_logs

from services.syndication.consumers import new_consumer
from shared import logs
from shared.auth import CONSUMERS, PRINCIPAL, TOKEN_FILE, Admin, Consumer, Guard, Principal, admin_token
from shared.metrics import REGISTRY
from shared.redis import Store
from shared.times import now

TOKEN = "an-admin-token-for-tests"


def a_request(authorization: str | None, method: str = "GET") -> Request:
    headers = [] if authorization is None else [(b"authorization", authorization.encode())]
    return Request({"type": "http", "method": method, "path": "/", "headers": headers, "query_string": b""})


async def test_the_admin_token_is_known(store: Store) -> None:
    guard = Guard(store, TOKEN)
    assert await guard.identify(a_request(f"Bearer {TOKEN}")) == Admin()
    assert await guard.identify(a_request(f"bearer {TOKEN} ")) == Admin()
    assert await guard.require_admin(a_request(f"Bearer {TOKEN}")) is None


async def test_whoever_has_no_good_key_is_nobody(store: Store) -> None:
    guard = Guard(store, TOKEN)
    for given in (None, "", "Bearer", "Bearer ", "Bearer x", f"Basic {TOKEN}", TOKEN, "Bearer " + "x" * 600):
        assert await guard.identify(a_request(given)) is None
    refused = await guard.require_admin(a_request("Bearer x"))
    assert refused is not None
    assert refused.status_code == 401
    assert "Bearer" in refused.headers["www-authenticate"]


async def test_a_consumer_is_known_by_its_key_and_is_no_admin(store: Store) -> None:
    made = new_consumer("Partner & Söhne", now())
    await store.do("HSET", CONSUMERS, made.id, made.kept())
    guard = Guard(store, TOKEN)
    assert await guard.identify(a_request(f"Bearer {made.key}")) == Consumer(made.id)
    refused = await guard.require_admin(a_request(f"Bearer {made.key}"))
    assert refused is not None
    assert refused.status_code == 403
    assert await guard.identify(a_request(f"Bearer {made.key}x")) is None


async def test_lines_about_a_change_name_whose_key_it_came_with(
    store: Store, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    made = new_consumer("Partner", now())
    await store.do("HSET", CONSUMERS, made.id, made.kept())
    guard, log = Guard(store, TOKEN), structlog.get_logger()

    async def asked(key: str, method: str) -> None:
        await guard.identify(a_request(f"Bearer {key}", method))
        log.info("source.added")

    async def asked_within(who: Principal) -> None:
        request = a_request(None, "PATCH")
        request.scope[PRINCIPAL] = who
        await guard.identify(request)
        log.info("source.added")

    logs.configure("json", "info", service="ingest")
    try:
        # Each in a task of its own, as a server has them: nobody acts for who comes after.
        for key, method in ((TOKEN, "POST"), (made.key, "DELETE"), (made.key, "GET"), ("x", "POST")):
            await asyncio.create_task(asked(key, method))
        await asyncio.create_task(asked_within(Consumer("portal-1")))
    finally:
        structlog.reset_defaults()
    lines = [orjson.loads(line) for line in capsysbinary.readouterr().out.splitlines()]
    told = [line.get("actor") for line in lines if line["event"] == "source.added"]
    assert told == ["admin", made.id, None, None, "portal-1"]
    assert not any(made.key in str(line) for line in lines)


async def test_the_key_itself_is_not_kept(store: Store) -> None:
    made = new_consumer("Partner", now())
    await store.do("HSET", CONSUMERS, made.id, made.kept())
    assert made.key.encode() not in await store.do("HGET", CONSUMERS, made.id)
    assert made.key.rpartition("_")[2].encode() not in await store.do("HGET", CONSUMERS, made.id)


def test_a_token_is_made_once_and_only_its_owner_can_read_it(tmp_path: Path) -> None:
    first, made = admin_token(None, tmp_path / "data")
    assert made
    assert admin_token(None, tmp_path / "data") == (first, False)
    assert (tmp_path / "data" / TOKEN_FILE).stat().st_mode & 0o777 == 0o600
    assert [path.name for path in (tmp_path / "data").iterdir()] == [TOKEN_FILE]


def test_a_given_token_is_used_and_not_written(tmp_path: Path) -> None:
    assert admin_token("given-token-of-length", tmp_path / "data") == ("given-token-of-length", False)
    assert not (tmp_path / "data").exists()


async def test_services_that_start_together_agree_on_one_token(tmp_path: Path) -> None:
    found = await asyncio.gather(*(asyncio.to_thread(admin_token, None, tmp_path) for _ in range(8)))
    assert len({token for token, _ in found}) == 1
    assert sum(made for _, made in found) == 1


async def test_guesses_are_counted_and_told_of_once_a_minute(store: Store) -> None:
    moment = 100.0
    guard = Guard(store, TOKEN, lambda: moment)

    def refused() -> float:
        return REGISTRY.get_sample_value("wireroom_keys_refused_total") or 0.0

    before = refused()
    with capture_logs() as lines:
        for key in ("a guess", "wrk_partner_a-guess", "x" * 600, "", TOKEN):
            await guard.known(key)
        moment += 61
        await guard.known("one more")
    assert refused() - before == 4
    told = [(line["event"], line["log_level"], line["count"]) for line in lines]
    assert told == [("key.refused", "warning", 1), ("key.refused", "warning", 3)]
    assert "guess" not in str(lines)
