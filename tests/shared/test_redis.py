from __future__ import annotations

import asyncio
from typing import Any

import pytest
from redis.exceptions import (
    ConnectionError,  # noqa: A004  # Redis's own
    DataError,
    OutOfMemoryError,
    ReadOnlyError,
    ResponseError,
    TimeoutError,  # noqa: A004  # Redis's own
)

from shared.embedded import EmbeddedServer
from shared.redis import MOST_AT_ONCE, CrossSlotError, Script, Store, connect, is_full, is_passing

ECHO = Script("return {KEYS[1], ARGV[1]}")


async def test_commands_of_one_turn_travel_together_and_each_gets_its_own_reply(store: Store) -> None:
    before = await _reads(store)
    replies = await asyncio.gather(*(store.do("INCRBY", f"n{i}", i) for i in range(100)))
    assert replies == list(range(100))
    assert await _reads(store) - before < 20


async def test_more_than_a_pipelines_worth_keeps_the_order_of_the_askers(store: Store) -> None:
    count = 2 * MOST_AT_ONCE + 3
    assert await asyncio.gather(*(store.do("RPUSH", "l", i) for i in range(count))) == list(range(1, count + 1))


async def test_one_callers_error_is_nobody_elses(store: Store) -> None:
    replies = await asyncio.gather(
        store.do("SET", "a", "x"), store.do("INCR", "a"), store.do("GET", "a"), return_exceptions=True
    )
    assert replies[0] is True
    assert isinstance(replies[1], ResponseError)
    assert replies[2] == b"x"


async def test_one_callers_value_that_cannot_be_sent_is_nobody_elses_error(store: Store) -> None:
    nothing: Any = None
    replies = await asyncio.gather(
        store.do("SET", "a", "x"), store.do("SET", "b", nothing), store.do("GET", "a"), return_exceptions=True
    )
    assert replies[0] is True
    assert isinstance(replies[1], DataError)
    assert replies[2] == b"x"


async def test_a_caller_that_is_cancelled_leaves_the_others_their_replies(store: Store) -> None:
    one = asyncio.create_task(store.do("SET", "a", "1"))
    other = asyncio.create_task(store.do("SET", "b", "2"))
    await asyncio.sleep(0)
    one.cancel()
    assert await other is True
    with pytest.raises(asyncio.CancelledError):
        await one
    assert await store.do("GET", "b") == b"2"


async def test_a_script_runs_by_its_hash_also_after_the_server_forgot_it(store: Store) -> None:
    for _ in range(2):
        assert await store.run(ECHO, keys=["{a}:1"], args=["x"]) == [b"{a}:1", b"x"]
        await store.do("SCRIPT", "FLUSH")


async def test_a_script_forgotten_in_the_midst_of_many_runs_each_once(store: Store) -> None:
    count = Script("return redis.call('INCR', KEYS[1])")
    replies = await asyncio.gather(*(store.run(count, keys=["n"]) for _ in range(50)))
    assert sorted(replies) == list(range(1, 51))


async def test_keys_of_two_hash_tags_are_refused_before_they_are_sent(store: Store) -> None:
    with pytest.raises(CrossSlotError, match=r"\{a\}:1, \{b\}:1"):
        await store.run(ECHO, keys=["{a}:1", "{b}:1"], args=["x"])


async def test_every_caller_is_told_when_the_server_is_away_and_the_store_works_when_it_is_back(
    short_dir: Any,
) -> None:
    server = EmbeddedServer(short_dir, durable=False)
    server.start()
    store = Store(connect(server.url))
    try:
        assert await store.do("PING")
        server.stop()
        replies = await asyncio.gather(*(store.do("GET", "a") for _ in range(3)), return_exceptions=True)
        assert all(isinstance(reply, ConnectionError) for reply in replies)
        assert len({id(reply) for reply in replies}) == 3, "an error of its own for each, with its own traceback"
        server.start()
        assert await store.do("PING")
    finally:
        await store.close()
        server.stop()


async def test_a_server_that_restarts_within_half_a_second_is_not_noticed(short_dir: Any) -> None:
    server = EmbeddedServer(short_dir, durable=False)
    server.start()
    store = Store(connect(server.url))
    try:
        assert await store.do("PING")
        server.stop()
        asked = asyncio.create_task(store.do("PING"))
        await asyncio.sleep(0)
        server.start()
        assert await asked
    finally:
        await store.close()
        server.stop()


async def test_closing_waits_for_what_is_under_way(redis_url: str) -> None:
    store = Store(connect(redis_url))
    asked = [asyncio.create_task(store.do("PING")) for _ in range(5)]
    await asyncio.sleep(0)
    await store.close()
    assert all(await asyncio.gather(*asked))


async def test_nobody_waits_for_ever_when_the_sending_is_cancelled(redis_url: str) -> None:
    store = Store(connect(redis_url))
    asked = asyncio.create_task(store.do("PING"))
    await asyncio.sleep(0)
    (sending,) = (task for task in asyncio.all_tasks() if "Store._send" in repr(task.get_coro()))
    sending.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asked
    await store.close()


def test_what_passes_is_told_from_what_fails_for_ever() -> None:
    passing: list[Exception] = [
        ConnectionError("gone"),
        TimeoutError("slow"),
        ReadOnlyError("a replica now"),
        OutOfMemoryError("command not allowed"),
        ResponseError("MISCONF Redis is configured to save"),
        ResponseError("OOM command not allowed. script: on @user_script:1"),
    ]
    lasting: list[Exception] = [ResponseError("WRONGTYPE"), DataError("None"), ResponseError("ERR"), ValueError("OOM")]
    assert [is_passing(error) for error in passing] == [True] * len(passing)
    assert [is_passing(error) for error in lasting] == [False] * len(lasting)
    assert [is_full(error) for error in passing] == [False, False, False, True, False, True]


async def _reads(store: Store) -> int:
    info: Any = await store.client.info("stats")
    return int(info["total_reads_processed"])
