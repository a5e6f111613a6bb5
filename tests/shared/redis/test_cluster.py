from __future__ import annotations

import asyncio
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from redis.exceptions import ConnectionError as NotConnectedError
from redis.exceptions import RedisError, ResponseError, TryAgainError
from redis.exceptions import TimeoutError as NotAnsweredError

from shared.redis import ClusterStore, CrossSlotError, Script, is_passing, store_at
from shared.redis.cluster import AT_ONCE, REDIRECTIONS
from shared.redis.slots import slot_of_key
from shared.redis_url import read_clustered
from tests.clusters import ACluster, ANode, a_cluster
from tests.ports import free_port
from tests.shared.redis.pretended import a_pretended_node
from tests.waiting import ENOUGH, until

pytestmark = pytest.mark.asyncio(loop_scope="module")

ECHO = Script("return {KEYS[1], ARGV[1]}")
BOTH = Script("return {redis.call('GET', KEYS[1]), redis.call('GET', KEYS[2])}")
UNDECLARED = Script("return redis.call('GET', KEYS[1] .. ':more')")


async def _on_its_way(cluster: ACluster, key: str) -> tuple[int, ANode, ANode]:
    """Have the slot of a key begin to move; return it, whence and where to."""
    slot = slot_of_key(key)
    source, target = await cluster.begin_to_move(slot)
    return slot, source, target


async def test_each_is_run_where_its_key_is_and_answered_in_the_order_asked(
    clustered: ClusterStore, cluster: ACluster
) -> None:
    replies = await asyncio.gather(*(clustered.do("INCRBY", f"n{number}", number) for number in range(100)))
    assert replies == list(range(100))
    assert sum([await node.ask("DBSIZE") for node in cluster.masters]) == 100
    assert all([await node.ask("DBSIZE") for node in cluster.masters])
    assert await asyncio.gather(*(clustered.do("RPUSH", "{l}", n) for n in range(600))) == list(range(1, 601))
    tags = [f"{{t{number}}}" for number in range(12)]
    assert await asyncio.gather(*(clustered.run(ECHO, keys=[tag], args=[tag]) for tag in tags)) == [
        [tag.encode(), tag.encode()] for tag in tags
    ]
    assert len(await clustered.servers()) == 3


async def test_keys_of_two_slots_are_refused_before_anything_is_sent(clustered: ClusterStore) -> None:
    with pytest.raises(CrossSlotError):
        await clustered.run(BOTH, keys=["{a}", "{b}"])


async def test_a_script_that_runs_often_gives_each_run_its_own_reply_or_error(clustered: ClusterStore) -> None:
    await clustered.do("SET", "{x}", "no number")
    add = Script("return redis.call('INCRBY', KEYS[1], ARGV[1])")
    replies = await clustered.all(add, [([f"k{number}"], [number]) for number in range(50)] + [(["{x}"], [1])])
    assert replies[:50] == list(range(50))
    assert isinstance(replies[50], ResponseError)


async def test_a_node_that_is_away_fails_its_own_runs_of_a_script_alone(tmp_path: Path) -> None:
    async with a_cluster(tmp_path) as cluster:
        store, gone = store_at(cluster.url), cluster.masters[0]
        calls = [([f"k{number}"], [number]) for number in range(50)]
        assert len(await store.all(ECHO, calls)) == 50
        held = [await cluster.holder(slot_of_key(f"k{number}")) is gone for number in range(50)]
        gone.process.kill()
        replies = await store.all(ECHO, calls)
        assert [isinstance(reply, NotConnectedError) for reply in replies] == held
        assert True in held
        await store.close()


async def test_a_store_that_is_closed_asks_nobody_any_more(monkeypatch: pytest.MonkeyPatch) -> None:
    async with a_pretended_node() as node:
        cluster = read_clustered(f"redis+cluster://127.0.0.1:{node.port}")
        assert cluster is not None
        store, before = ClusterStore(cluster, seconds=ENOUGH), asyncio.all_tasks()
        assert await store.do("GET", "x") == b"here"
        node.silent = True
        monkeypatch.setattr("shared.redis.slots.CONNECT_SECONDS", ENOUGH / 10)  # there is nothing to wait for
        asked = store.ask("GET", "x")
        await store.close()
        assert isinstance(asked.exception(), NotAnsweredError)
        assert asyncio.all_tasks() - before <= {task for task in asyncio.all_tasks() if "serve" in repr(task)}


async def test_what_is_asked_beside_goes_another_way_and_is_closed_with_the_store(cluster: ACluster) -> None:
    store = store_at(cluster.url)
    await store.do("DEL", "{b}")
    beside = store.beside()
    held = beside.ask("BLPOP", "{b}", 30)
    await until(lambda: cluster.has("BLPOP"))
    assert await store.do("RPUSH", "{b}", "x") == 1
    assert await held == (b"{b}", b"x")
    asked = beside.ask("GET", "{b}")
    await store.close()
    assert asked.done()
    assert await asked is None


async def test_a_slot_that_moved_is_followed_and_remembered(clustered: ClusterStore, cluster: ACluster) -> None:
    await clustered.do("SET", "{m}", "1")
    slot, source, target = await _on_its_way(cluster, "{m}")
    assert await cluster.move_keys(slot, source, target) == 1
    await cluster.end_move(slot, source, target)
    assert await clustered.do("GET", "{m}") == b"1"
    assert await clustered.run(ECHO, keys=["{m}"], args=["x"]) == [b"{m}", b"x"]
    before = await _errors(source, "MOVED")
    assert await clustered.do("GET", "{m}") == b"1"
    assert await _errors(source, "MOVED") == before


async def _errors(node: ANode, name: str) -> int:
    told: Any = await node.client.info("errorstats")
    return int(told.get(f"errorstat_{name}", {"count": 0})["count"])


async def test_while_a_slot_moves_each_key_is_found_where_it_is(clustered: ClusterStore, cluster: ACluster) -> None:
    await asyncio.gather(clustered.do("SET", "{w}:1", "one"), clustered.do("SET", "{w}:2", "two"))
    slot, source, target = await _on_its_way(cluster, "{w}:1")
    await source.ask("MIGRATE", "127.0.0.1", target.port, "{w}:1", 0, 5_000, "AUTH", "of-the-cluster")
    assert await clustered.do("GET", "{w}:1") == b"one"
    assert await clustered.do("GET", "{w}:2") == b"two"
    assert await clustered.at("{w}:1", lambda client: client.get("{w}:1")) == b"one"
    assert await clustered.at("{w}:new", lambda client: client.xread({"{w}:new": "0"}, block=1)) == []
    both = clustered.call(BOTH, keys=["{w}:1", "{w}:2"])
    undeclared = (await asyncio.gather(clustered.run(UNDECLARED, keys=["{w}:2"]), return_exceptions=True))[0]
    assert isinstance(undeclared, ResponseError)
    assert is_passing(undeclared)
    await until(partial(_torn_apart, source))
    assert not both.done()
    await cluster.move_keys(slot, source, target)
    assert await both == [b"one", b"two"]
    await cluster.end_move(slot, source, target)
    assert await clustered.at("{w}:2", lambda client: client.get("{w}:2")) == b"two"


async def test_a_script_that_the_next_holder_does_not_know_runs_there_while_the_slot_moves(
    clustered: ClusterStore, cluster: ACluster
) -> None:
    slot, source, target = await _on_its_way(cluster, "{n}:1")
    await asyncio.gather(*(clustered.run(ECHO, keys=[f"k{number}"], args=["x"]) for number in range(50)))
    await target.ask("SCRIPT", "FLUSH")
    assert await clustered.run(ECHO, keys=["{n}:1"], args=["x"]) == [b"{n}:1", b"x"]
    await cluster.end_move(slot, source, target)


async def _torn_apart(node: ANode) -> bool:
    """Tell whether a node said several times already that what is asked for is in two places."""
    return await _errors(node, "TRYAGAIN") > AT_ONCE


async def test_what_stays_torn_apart_is_told_in_the_end_as_what_passes(
    clustered: ClusterStore, cluster: ACluster
) -> None:
    await asyncio.gather(clustered.do("SET", "{t}:1", "one"), clustered.do("SET", "{t}:2", "two"))
    slot, source, target = await _on_its_way(cluster, "{t}:1")
    await source.ask("MIGRATE", "127.0.0.1", target.port, "{t}:1", 0, 5_000, "AUTH", "of-the-cluster")
    with pytest.raises(RedisError) as torn:
        await clustered.run(BOTH, keys=["{t}:1", "{t}:2"])
    assert is_passing(torn.value)
    await cluster.move_keys(slot, source, target)
    await cluster.end_move(slot, source, target)


async def test_nodes_that_send_to_each_other_are_not_followed_for_ever() -> None:
    async with a_pretended_node() as node:
        node.refuses = True
        store = store_at(f"redis+cluster://127.0.0.1:{node.port}")
        with pytest.raises(TryAgainError) as told:
            await store.do("GET", "{r}")
        assert is_passing(told.value)
        assert node.asked == REDIRECTIONS + 1
        with pytest.raises(TryAgainError):
            await store.at("{r}", lambda client: client.get("{r}"))
        await store.close()


async def test_a_cluster_that_is_away_is_told_of_and_found_once_it_is_there() -> None:
    store = store_at(f"redis+cluster://127.0.0.1:{free_port()}")
    with pytest.raises(NotConnectedError):
        await store.do("GET", "x")
    with pytest.raises(NotConnectedError):
        await store.servers()
    with pytest.raises(NotConnectedError):
        await store.all(ECHO, [(["x"], ["y"])])
    with pytest.raises(NotConnectedError):
        await store.at("x", lambda client: client.get("x"))
    await store.close()


async def test_a_server_that_is_no_cluster_is_told_of(alone: int) -> None:
    store = store_at(f"redis+cluster://127.0.0.1:{alone}")
    with pytest.raises(ResponseError, match="cluster support disabled"):
        await store.do("GET", "x")
    await store.close()


async def test_what_is_under_way_is_answered_before_the_store_closes(cluster: ACluster) -> None:
    store = store_at(cluster.url)
    answers = [store.ask("INCRBY", f"c{number}", number) for number in range(50)]
    await store.close()
    assert [await answer for answer in answers] == list(range(50))


async def test_connections_to_a_node_without_slots_are_closed() -> None:
    async with a_pretended_node() as leaving, a_pretended_node() as staying:
        leaving.tells = leaving.port
        staying.tells = leaving.port
        store = store_at(f"redis+cluster://127.0.0.1:{leaving.port}")
        assert await store.do("GET", "x") == b"here"
        assert leaving.connected
        leaving.tells, leaving.refuses, leaving.sends_to = staying.port, True, staying.port
        assert await store.do("GET", "x") == b"here"
        await until(lambda: not leaving.connected)
        assert await store.do("GET", "x") == b"here"
        await store.close()


async def test_what_is_to_run_first_runs_where_its_keys_are(clustered: ClusterStore) -> None:
    heard = list[list[bytes]]()
    clustered.run_first(ECHO, lambda: (["{first}"], ["x"]), heard.append)
    await asyncio.gather(*(server.ask("CLIENT", "KILL", "TYPE", "normal") for server in await clustered.servers()))
    assert await clustered.do("SET", "{first}", "y")
    await until(lambda: heard)
    assert all(each == [b"{first}", b"x"] for each in heard)
