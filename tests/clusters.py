"""A real cluster of Valkey nodes on loopback, for tests: slots given out, nodes met, replicas where asked for."""

from __future__ import annotations

import asyncio
import subprocess
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from redis.asyncio import Redis
from redis.exceptions import RedisError

from tests.ports import free_port
from tests.servers import run_server
from tests.waiting import until

SLOTS = 16_384
PASSWORD = "of-the-cluster"


@dataclass
class ANode:
    """One node, and a client of it alone."""

    port: int
    process: subprocess.Popen[bytes]
    client: Redis

    async def ask(self, *command: str | int) -> Any:
        return await self.client.execute_command(*command)  # type: ignore[no-untyped-call]

    async def name(self) -> str:
        return str((await self.ask("CLUSTER", "MYID")).decode())


@dataclass
class ACluster:
    """Masters with the slots in equal parts, and a replica of each where asked for."""

    masters: list[ANode]
    replicas: list[ANode] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"redis+cluster://:{PASSWORD}@" + ",".join(f"127.0.0.1:{node.port}" for node in self.masters)

    @property
    def nodes(self) -> list[ANode]:
        return self.masters + self.replicas

    async def holder(self, slot: int) -> ANode:
        """Return the node that has a slot."""
        for first, last, (_, port, *_), *_ in await self.masters[0].ask("CLUSTER", "SLOTS"):
            if first <= slot <= last:
                return next(node for node in self.nodes if node.port == port)
        raise AssertionError(f"nobody has slot {slot}")

    async def has(self, command: str) -> bool:
        """Tell whether some node is at a command now, which blocks."""
        asked = await asyncio.gather(*(node.client.client_list() for node in self.masters))
        return any(client["cmd"] == command.lower() for clients in asked for client in clients)

    async def begin_to_move(self, slot: int) -> tuple[ANode, ANode]:
        """Have a slot on its way to another node, with no key moved yet; return both, the one that has it first."""
        source = await self.holder(slot)
        target = next(node for node in self.masters if node is not source)
        await target.ask("CLUSTER", "SETSLOT", slot, "IMPORTING", await source.name())
        await source.ask("CLUSTER", "SETSLOT", slot, "MIGRATING", await target.name())
        return source, target

    async def move_keys(self, slot: int, source: ANode, target: ANode) -> int:
        """Move the keys of a slot that is on its way; return how many."""
        keys = await source.ask("CLUSTER", "GETKEYSINSLOT", slot, 200)
        if keys:
            to = ("127.0.0.1", target.port, "", 0, 5_000, "AUTH", PASSWORD, "KEYS")
            await source.ask("MIGRATE", *to, *(key.decode() for key in keys))
        return len(keys)

    async def end_move(self, slot: int, source: ANode, target: ANode) -> None:
        """Give a slot to the node that its keys went to."""
        name = await target.name()
        for node in (target, source, *(each for each in self.masters if each not in (source, target))):
            await node.ask("CLUSTER", "SETSLOT", slot, "NODE", name)


@asynccontextmanager
async def a_cluster(folder: Path, *, masters: int = 3, replicas: bool = False) -> AsyncIterator[ACluster]:
    """Start a cluster, wait until it takes commands, and stop it at the end."""
    async with AsyncExitStack() as stack:
        nodes = [_started(stack, folder / str(number)) for number in range(masters * (1 + replicas))]
        for node in nodes:
            await until(partial(answers, node.client))
        cluster = ACluster(nodes[:masters], nodes[masters:])
        for number, node in enumerate(cluster.masters):
            first, last = number * SLOTS // masters, (number + 1) * SLOTS // masters - 1
            await node.ask("CLUSTER", "ADDSLOTSRANGE", first, last)
            await node.ask("CLUSTER", "SET-CONFIG-EPOCH", number + 1)
        for node in nodes[1:]:
            _, _, _, bus = await _addresses(nodes[0])
            await node.ask("CLUSTER", "MEET", "127.0.0.1", nodes[0].port, bus)
        await until(lambda: _all_know(nodes))
        for master, replica in zip(cluster.masters, cluster.replicas, strict=False):
            name = await master.name()
            await replica.ask("CLUSTER", "REPLICATE", name)
        await until(lambda: _whole(cluster))
        yield cluster


def _started(stack: AsyncExitStack, folder: Path) -> ANode:
    port = free_port()
    options = {
        "port": port,
        "bind": "127.0.0.1",
        "cluster-enabled": "yes",
        "cluster-port": free_port(),
        "cluster-node-timeout": 1_000,
        "cluster-replica-validity-factor": 0,
        "repl-diskless-sync-delay": 0,
        "save": "",
        "appendonly": "no",
        "requirepass": PASSWORD,
        "masterauth": PASSWORD,
        "maxmemory-policy": "noeviction",
    }
    process = run_server(stack, folder, *(part for name, said in options.items() for part in (f"--{name}", str(said))))
    client = Redis(port=port, password=PASSWORD)
    stack.push_async_callback(client.aclose)
    return ANode(port, process, client)


async def answers(client: Redis) -> bool:
    """Tell whether a server has begun to answer."""
    try:
        return bool(await client.ping())
    except RedisError:
        return False


async def _addresses(node: ANode) -> tuple[str, str, int, int]:
    """Return what a node says of itself: name, host, port, the port by which nodes speak to each other."""
    told = (await node.ask("CLUSTER", "NODES")).decode()
    mine = next(line for line in told.splitlines() if "myself" in line)
    name, address = mine.split(" ")[:2]
    host, _, ports = address.split(",")[0].rpartition(":")
    port, _, bus = ports.partition("@")
    return name, host, int(port), int(bus)


async def _all_know(nodes: list[ANode]) -> bool:
    told = await asyncio.gather(*(node.ask("CLUSTER", "INFO") for node in nodes))
    return all(f"cluster_known_nodes:{len(nodes)}\r\n".encode() in each for each in told)


async def _whole(cluster: ACluster) -> bool:
    told = await asyncio.gather(*(node.ask("CLUSTER", "INFO") for node in cluster.nodes))
    if not all(b"cluster_state:ok" in each for each in told):
        return False
    followed = await asyncio.gather(*(node.client.info("replication") for node in cluster.replicas))
    return all(each["role"] == "slave" and each["master_link_status"] == "up" for each in followed)
