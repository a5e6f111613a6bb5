from __future__ import annotations

import asyncio
import os
import signal
from pathlib import Path
from typing import Any

import pytest
from redis.asyncio import ConnectionPool, Redis
from redis.asyncio.connection import UnixDomainSocketConnection
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as NotConnectedError
from redis.exceptions import DataError, ResponseError
from redis.exceptions import TimeoutError as NotAnsweredError

from shared.embedded import EmbeddedServer
from shared.redis import CrossSlotError, Script, Store, connect
from shared.redis.store import MOST_AT_ONCE
from tests.shared.redis.pretended import a_pretended_node
from tests.waiting import ENOUGH, PATIENCE, until

ECHO = Script("return {KEYS[1], ARGV[1]}")
SET = Script("return redis.call('SET', KEYS[1], 'x')")


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


async def test_one_callers_reply_that_cannot_be_read_is_nobody_elses_error(store: Store) -> None:
    await store.do("XGROUP", "CREATE", "s", "g", "0", "MKSTREAM")
    await store.do("XADD", "s", "*", "a", "1")
    await store.do("XREADGROUP", "GROUP", "g", "c", "STREAMS", "s", ">")
    # redis-py reads what XPENDING tells of a range as if it were the summary.
    broken, fine = store.ask("XPENDING", "s", "g", "-", "+", 3), store.ask("ECHO", "b")
    with pytest.raises(Exception, match=r".") as told:
        await broken
    assert not isinstance(told.value, NotConnectedError)
    assert await fine == b"b"


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


async def test_a_script_that_the_server_does_not_know_runs_in_its_turn(short_dir: Path) -> None:
    server = EmbeddedServer(short_dir, durable=False)
    server.start()
    store = Store(connect(server.url))
    try:
        for _ in range(2):
            made, read = await asyncio.gather(store.run(SET, keys=["a"]), store.do("GET", "a"))
            assert (made, read) == (b"OK", b"x")
            server.stop()
            server.start()
    finally:
        await store.close()
        server.stop()


async def test_a_script_forgotten_in_the_midst_of_many_runs_each_once(store: Store) -> None:
    count = Script("return redis.call('INCR', KEYS[1])")
    replies = await asyncio.gather(*(store.run(count, keys=["n"]) for _ in range(50)))
    assert sorted(replies) == list(range(1, 51))


async def test_a_script_that_runs_often_gives_each_run_its_own_reply_or_error(store: Store) -> None:
    await store.do("RPUSH", "l", "x")
    count = Script("return redis.call('INCRBY', KEYS[1], ARGV[1])")
    first, wrong, last = await store.all(count, [(["n"], [2]), (["l"], [1]), (["n"], [3])])
    assert (first, last) == (2, 5)
    assert isinstance(wrong, ResponseError)


async def test_a_server_that_answers_none_of_the_runs_is_told_of(short_dir: Path) -> None:
    server = EmbeddedServer(short_dir, durable=False)
    server.start()
    store = Store(connect(server.url), seconds=ENOUGH)
    sleep = Script("if ARGV[1] == '1' then while true do end end return redis.call('INCR', KEYS[1])")
    try:
        with pytest.raises(NotAnsweredError):
            await store.all(sleep, [(["n"], [0]), (["n"], [1]), (["n"], [0])])
    finally:
        await store.close()
        server.stop(0)  # it hears nothing while the script runs


async def test_runs_that_were_answered_before_the_server_fell_silent_are_told() -> None:
    async with a_pretended_node() as node:
        client = Redis(port=node.port, protocol=3, socket_timeout=ENOUGH, retry=Retry(NoBackoff(), 0))
        store, node.scripts = Store(client, seconds=ENOUGH), 2
        replies = await store.all(ECHO, [([f"k{number}"], ["x"]) for number in range(3)])
        assert replies[:2] == [b"here", b"here"]
        assert isinstance(replies[2], NotAnsweredError)
        with pytest.raises(NotAnsweredError):
            await store.all(ECHO, [(["k"], ["x"])])
        await store.close()


async def test_what_is_asked_beside_holds_nobody_up(store: Store) -> None:
    held = store.beside().ask("BLPOP", "l", 30)
    await until(lambda: _blocked(store, 1))
    assert await store.do("RPUSH", "l", "x") == 1
    assert await held == (b"l", b"x")


async def test_closing_waits_for_what_is_asked_beside(redis_url: str) -> None:
    store = Store(connect(redis_url))
    asked = store.beside().ask("PING")
    await store.close()
    assert asked.done()
    assert await asked


async def test_keys_of_two_hash_tags_are_refused_before_they_are_sent(store: Store) -> None:
    with pytest.raises(CrossSlotError, match=r"\{a\}:1, \{b\}:1"):
        await store.run(ECHO, keys=["{a}:1", "{b}:1"], args=["x"])
    with pytest.raises(CrossSlotError, match=r"\{a\}:1, \{b\}:1"):
        await store.all(ECHO, [(["{a}:1", "{b}:1"], ["x"])])


async def test_every_caller_is_told_when_the_server_is_away_and_the_store_works_when_it_is_back(
    short_dir: Path,
) -> None:
    server = EmbeddedServer(short_dir, durable=False)
    server.start()
    store = Store(connect(server.url))
    try:
        assert await store.do("PING")
        server.stop()
        replies = await asyncio.gather(*(store.do("GET", "a") for _ in range(3)), return_exceptions=True)
        assert all(isinstance(reply, NotConnectedError) for reply in replies)
        assert len({id(reply) for reply in replies}) == 3, "an error of its own for each, with its own traceback"
        server.start()
        assert await store.do("PING")
    finally:
        await store.close()
        server.stop()


async def test_a_server_that_restarts_within_half_a_second_is_not_noticed(short_dir: Path) -> None:
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


async def test_nobody_waits_for_ever_when_the_opening_is_cancelled(redis_url: str) -> None:
    store = Store(connect(redis_url))
    asked = asyncio.create_task(store.do("PING"))
    await until(lambda: any(map(_opens, asyncio.all_tasks())), step=0)
    (opening,) = filter(_opens, asyncio.all_tasks())
    opening.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asked
    assert await store.do("PING")
    await store.close()


class Dying(UnixDomainSocketConnection):
    """A connection that breaks just when it is open, the first few times."""

    left = 0

    async def connect(self) -> None:
        await super().connect()  # type: ignore[no-untyped-call]
        if Dying.left:
            Dying.left -= 1
            assert self._writer is not None
            self._writer.transport.abort()


async def test_a_connection_that_breaks_as_it_is_opened_is_opened_again(redis_url: str) -> None:
    Dying.left = 2
    path = redis_url.removeprefix("unix://").partition("?")[0]
    store = Store(Redis(connection_pool=ConnectionPool(connection_class=Dying, path=path)), seconds=PATIENCE)
    async with asyncio.timeout(PATIENCE):
        assert await store.do("PING")
    assert Dying.left == 0
    await store.close()


async def test_a_reply_is_given_while_the_server_works_on_the_next_command(store: Store) -> None:
    first, last = store.ask("INCR", "n"), store.ask("BLPOP", "l", 30)
    assert await first == 1
    assert not last.done()
    await store.client.rpush("l", "x")
    assert await last == (b"l", b"x")


async def test_a_command_is_sent_while_others_are_under_way(store: Store) -> None:
    waiting = store.ask("BLPOP", "l", 30)
    await until(lambda: _blocked(store, 1))
    moved = [store.ask("RPUSH", "l", "x"), store.ask("INCR", "n")]  # the server reads them, and keeps to their order
    await asyncio.wait(moved, timeout=0.05)
    assert not any(answer.done() for answer in moved)
    await store.client.rpush("l", "y")
    assert await waiting == (b"l", b"y")
    assert await asyncio.gather(*moved) == [1, 1]


async def test_what_was_under_way_when_the_connection_broke_is_asked_again_in_its_order(store: Store) -> None:
    waiting = [store.ask("BLPOP", "l", 30), *(store.ask("RPUSH", "order", i) for i in range(3))]
    await until(lambda: _blocked(store, 1))
    await store.client.client_kill_filter(_id=await _blocked_id(store))
    await until(lambda: _blocked(store, 1))
    await store.client.rpush("l", "x")
    assert await asyncio.gather(*waiting) == [(b"l", b"x"), 1, 2, 3]
    assert await store.do("LRANGE", "order", 0, -1) == [b"0", b"1", b"2"]


async def test_what_breaks_the_connection_each_time_is_given_up_and_the_rest_goes_on(store: Store) -> None:
    bad = store.ask("BLPOP", "l", 30)

    async def killed() -> bool:
        if await _blocked(store, 1):
            await store.client.client_kill_filter(_id=await _blocked_id(store))
        return bad.done()

    await until(killed)
    assert isinstance(bad.exception(), NotConnectedError)
    assert await store.do("PING")


async def test_a_server_that_does_not_answer_in_time_is_not_asked_again(short_dir: Path) -> None:
    server = EmbeddedServer(short_dir, durable=False)
    server.start()
    store = Store(connect(server.url), seconds=ENOUGH)
    try:
        assert await store.do("PING")
        assert server.pid is not None
        os.kill(server.pid, signal.SIGSTOP)
        replies = await asyncio.gather(*(store.do("INCR", "n") for _ in range(3)), return_exceptions=True)
        assert all(isinstance(reply, NotAnsweredError) for reply in replies)
        # Nor is it greeted over and over on a new connection, each time for the whole time.
        with pytest.raises(NotAnsweredError, match="no answer within 2 s"):
            await store.do("PING")
        os.kill(server.pid, signal.SIGCONT)
        assert int(await store.do("GET", "n") or 0) in (0, 3), "sent once, and read or not read"
    finally:
        await store.close()
        server.stop()


async def test_a_server_that_is_still_loading_is_asked_again(short_dir: Path) -> None:
    told = [b"-LOADING Redis is loading the dataset in memory", b"+PONG"]

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while head := await reader.readline():
            words = [(await reader.readline(), await reader.readline())[1].strip() for _ in range(int(head[1:]))]
            writer.write((told.pop(0) if words[0] == b"PING" else b"+OK") + b"\r\n")
        writer.close()

    server = await asyncio.start_unix_server(serve, short_dir / "s")
    store = Store(connect(f"unix://{short_dir / 's'}?protocol=2"))
    assert await store.do("PING")
    await store.client.aclose()
    assert told == []
    await store.close()
    server.close()


def _opens(task: asyncio.Task[Any]) -> bool:
    return "Store._opened" in repr(task.get_coro())


async def _blocked(store: Store, count: int) -> bool:
    info: Any = await store.client.info("clients")
    return int(info["blocked_clients"]) == count


async def _blocked_id(store: Store) -> str:
    clients: Any = await store.client.client_list()
    return next(str(client["id"]) for client in clients if client["cmd"] == "blpop")


async def _reads(store: Store) -> int:
    info: Any = await store.client.info("stats")
    return int(info["total_reads_processed"])


FIRST = Script("redis.call('RPUSH', KEYS[1], ARGV[1]) return redis.call('LLEN', KEYS[1])")


async def test_what_is_to_run_first_does_so_on_every_connection_before_what_waits(redis_url: str, store: Store) -> None:
    given, heard = iter(("one", "two")), list[int]()
    other = Store(connect(redis_url))
    other.run_first(FIRST, lambda: (["l"], [next(given)]), heard.append)
    assert await asyncio.gather(*(other.do("RPUSH", "l", name) for name in ("a", "b"))) == [2, 3]
    await store.do("CLIENT", "KILL", "TYPE", "normal")
    assert await other.do("RPUSH", "l", "c") == 5
    assert await store.do("LRANGE", "l", 0, -1) == [b"one", b"a", b"b", b"two", b"c"]
    assert heard == [1, 4]
    await other.close()


async def test_what_is_to_run_first_and_is_refused_is_nobodys_error(redis_url: str, store: Store) -> None:
    await store.do("SET", "l", "no list")
    heard = list[int]()
    other = Store(connect(redis_url))
    other.run_first(FIRST, lambda: (["l"], ["one"]), heard.append)
    assert await other.do("GET", "l") == b"no list"
    assert heard == []
    await other.close()
