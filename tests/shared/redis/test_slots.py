from __future__ import annotations

import contextlib
from typing import Any

import pytest
from redis.exceptions import ConnectionError as NotConnectedError
from redis.exceptions import ResponseError
from redis.exceptions import TimeoutError as NotAnsweredError

from shared.redis import Argument
from shared.redis.slots import Slots, slot_of, slot_of_key
from tests.clusters import PASSWORD, SLOTS, ACluster
from tests.ports import free_port
from tests.shared.redis.pretended import a_pretended_node
from tests.waiting import until

pytestmark = pytest.mark.asyncio(loop_scope="module")

OPTIONS: dict[str, Any] = {"password": PASSWORD, "socket_timeout": 2, "socket_connect_timeout": 2}


@pytest.mark.parametrize(
    ("command", "key"),
    [
        (("GET", "{a:1}:x"), "a:1"),
        (("EVALSHA", "abc", 2, "{p0}:x", "{p0}:y", "{p1}"), "p0"),
        (("XINFO", "GROUPS", "{p3}:article.ingested"), "p3"),
        (("GET", b"{a:1}"), "a:1"),
        (("GET", 7), "7"),
        (("PING",), None),
        (("PUBLISH", "deliveries", ""), None),
        (("EVALSHA", "abc", 0), None),
    ],
)
async def test_a_command_goes_by_its_first_key(command: tuple[Argument, ...], key: str | None) -> None:
    assert slot_of(command) == (None if key is None else slot_of_key(key))


async def test_one_node_tells_of_all_and_one_that_is_away_is_passed_over(cluster: ACluster) -> None:
    one = cluster.masters[0].port
    for _ in range(8):  # they are asked in any order
        slots = Slots([("127.0.0.1", free_port()), ("127.0.0.1", one)], OPTIONS)
        await slots.look()
        assert set(slots.holders) == {("127.0.0.1", node.port) for node in cluster.masters}
    for key in ("{ledger}", "{p0}", "{subscriptions}"):
        assert slots.holder(slot_of_key(key)) == ("127.0.0.1", (await cluster.holder(slot_of_key(key))).port)
    assert slots.holder(None) in slots.holders


async def test_why_nobody_tells_is_told() -> None:
    slots = Slots([("127.0.0.1", free_port())], OPTIONS)
    with pytest.raises(NotConnectedError):
        await slots.look()
    assert slots.holder(None) is None
    assert slots.holder(1) is None


async def test_a_server_that_is_no_cluster_says_so(alone: int) -> None:
    with pytest.raises(ResponseError, match="cluster support disabled"):
        await Slots([("127.0.0.1", alone)], {}).look()


async def test_a_node_that_does_not_answer_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shared.redis.slots.CONNECT_SECONDS", 0.05)

    async with a_pretended_node() as node:
        node.silent = True
        with pytest.raises(NotAnsweredError):
            await Slots([("127.0.0.1", node.port)], {"socket_timeout": 60}).look()


async def test_the_most_that_one_told_of_counts_where_slots_are_nobodys(cluster: ACluster) -> None:
    slot = slot_of_key("nobodys")
    holder = await cluster.holder(slot)
    await until(lambda: _nobodys(cluster, slot))
    slots = Slots([("127.0.0.1", node.port) for node in cluster.masters], OPTIONS)
    await slots.look()
    assert slots.holder(slot) is None
    assert sum(slots.holder(other) is not None for other in range(SLOTS)) == SLOTS - 1
    await holder.ask("CLUSTER", "ADDSLOTS", slot)


async def _nobodys(cluster: ACluster, slot: int) -> bool:
    """Take a slot from every node, whose word of it may still be on its way to the others; tell whether it is gone."""
    for node in cluster.masters:
        with contextlib.suppress(ResponseError):  # it is nobody's already
            await node.ask("CLUSTER", "DELSLOTS", slot)
    told = [await node.ask("CLUSTER", "SLOTS") for node in cluster.masters]
    return not any(first <= slot <= last for ranges in told for first, last, *_ in ranges)
