"""Has commands and scripts run on the nodes of a Redis Cluster that their keys are on, one wire to each node."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Any
from weakref import WeakKeyDictionary

import structlog
from redis.asyncio import Redis
from redis.exceptions import (
    AskError,
    ClusterDownError,
    MovedError,
    RedisError,
    TryAgainError,
)
from redis.exceptions import ConnectionError as NotConnectedError
from redis.exceptions import TimeoutError as NotAnsweredError

from shared.redis.asked import Asked, fail
from shared.redis.client import BACKOFF, CONNECT_SECONDS, SECONDS, TRIES, Argument, node_options
from shared.redis.node import Node
from shared.redis.slots import Address, Slots, slot_of, slot_of_key
from shared.redis.store import Answer, Store
from shared.redis_url import Clustered

log = structlog.get_logger()

REDIRECTIONS = 8
"""Times a command is sent elsewhere or again: nodes that disagree for longer are the caller's trouble."""

AT_ONCE = 2
"""Redirections that are followed at once: more come of nodes that do not agree yet."""

LOOK_SECONDS = 0.1
"""Between two looks for who has what, which every command of a cluster that is down asks for."""


class ClusterStore(Store):
    """A store whose keys are on many servers; `client`, which is one server's, it has not.

    What is asked for of one slot runs in the order of the askers, but while the slot moves. What is asked for of
    several runs in any order.
    """

    in_order = False

    def __init__(self, cluster: Clustered, *, seconds: float = SECONDS) -> None:
        self._cluster = cluster
        self._options = cluster.options(**node_options())
        self._seconds = seconds
        asking = cluster.options(socket_timeout=CONNECT_SECONDS, socket_connect_timeout=CONNECT_SECONDS)
        self._slots = Slots(cluster.nodes, asking)
        self._nodes: dict[Address, Node] = {}
        self._unplaced: deque[Asked] = deque()
        self._learning: asyncio.Task[None] | None = None
        self._leaving: set[asyncio.Task[None]] = set()
        self._again: WeakKeyDictionary[asyncio.Future[Any], int] = WeakKeyDictionary()
        """How often what is not answered yet was sent elsewhere."""
        self._texts: dict[str, str] = {}
        self._firsts: list[Callable[[], Asked]] = []
        self._others: list[ClusterStore] = []
        self._lost = self._closing = False
        self._next_look = 0.0

    def ask(self, *command: Argument) -> asyncio.Future[Any]:
        """Have one command run on the node that has its key, as one server's store does."""
        answer: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._place((command, answer))
        return answer

    def beside(self) -> Store:
        """Return a store with wires of its own, closed with this one."""
        other = ClusterStore(self._cluster, seconds=self._seconds)
        self._others.append(other)
        return other

    async def at(self, key: str, call: Callable[[Redis], Awaitable[Answer]]) -> Answer:
        """Have redis-py itself ask the node that has a key, on a connection apart, wherever that is meanwhile."""
        slot, to = slot_of_key(key), None
        error: RedisError = TryAgainError("redirected too often")
        for tries in range(1, REDIRECTIONS + 1):
            node, asking = self._node(to or await self._holder(slot)), to is not None
            to = None
            try:
                return await (self._asking(node, call) if asking else call(node.client))
            except MovedError as moved:
                self._moved(node.address, moved)
            except AskError as asked:
                to = _address(node.address, asked)
            except (TryAgainError, ClusterDownError) as passing:
                error = passing
                self._learn()
            except (NotConnectedError, NotAnsweredError):
                self._learn()
                raise
            if tries > AT_ONCE:
                await asyncio.sleep(BACKOFF.compute(tries))
        raise error

    async def _asking(self, node: Node, call: Callable[[Redis], Awaitable[Answer]]) -> Answer:
        pipe: Any = node.client.pipeline(transaction=False)
        pipe.execute_command("ASKING")
        await call(pipe)
        answers: tuple[Any, Answer] = await pipe.execute()
        return answers[1]

    async def servers(self) -> Sequence[Store]:
        """Return the nodes that have slots. Raises RedisError when none is reached."""
        if not self._slots.holders:
            await asyncio.shield(self._learn())
        return [self._node(address) for address in self._slots.holders]

    async def close(self) -> None:
        """Wait for what is under way and close the connections to all nodes."""
        for other in self._others:
            await other.close()
        self._closing = True
        while waited := [each for each in (*self._again, *(each for _, each in self._unplaced)) if not each.done()]:
            await asyncio.wait(waited)
        if self._learning is not None:
            await asyncio.wait([self._learning])
        await asyncio.gather(*self._leaving, *(node.close() for node in self._nodes.values()))
        if self._learning is not None:  # a node that did not answer had it begun anew
            self._learning.cancel()
            await asyncio.wait([self._learning])

    def _place(self, asked: Asked) -> None:
        address = self._slots.holder(slot_of(asked[0]))
        if address is None:
            self._unplaced.append(asked)
            self._learn()
        else:
            self._node(address).put(*asked)

    async def _holder(self, slot: int) -> Address:
        address = self._slots.holder(slot)
        if address is None:
            await asyncio.shield(self._learn())
            address = self._slots.holder(slot)
        if address is None:
            raise _nobody()
        return address

    def _node(self, address: Address) -> Node:
        node = self._nodes.get(address)
        if node is None:
            host, port = address
            client = Redis(host=host, port=port, **self._options)
            node = self._nodes[address] = Node(
                client,
                address,
                self._texts,
                self._firsts,
                redirected=self._redirected,
                lost=self._learn,
                seconds=self._seconds,
            )
        return node

    def _redirected(self, address: Address, asked: Asked, error: Exception) -> Exception | None:
        """Send a command where its node says, or again; return what its caller is told when that was done too often."""
        _, answer = asked
        tries = self._again.get(answer, 0) + 1
        if tries > REDIRECTIONS or self._closing:
            return TryAgainError(f"redirected too often: {error}") if isinstance(error, AskError) else error
        self._again[answer] = tries
        send = partial(self._place, asked)
        if isinstance(error, MovedError):
            self._moved(address, error)
        elif isinstance(error, AskError):
            send = partial(self._put_asking, _address(address, error), asked)
        elif isinstance(error, ClusterDownError):
            self._learn()
        if isinstance(error, AskError) and tries <= AT_ONCE:
            send()
        else:
            asyncio.get_running_loop().call_later(BACKOFF.compute(tries), send)
        return None

    def _put_asking(self, address: Address, asked: Asked) -> None:
        """Send a command to the node that a slot is on its way to, which takes it after this word alone."""
        node, (command, answer) = self._node(address), asked
        if command[0] == "EVALSHA":  # sent once more for a script that is not known there, it came without the word
            command = ("EVAL", self._texts[str(command[1])], *command[2:])
        node.put(("ASKING",), _unheard())
        node.put(command, answer)

    def _moved(self, address: Address, error: MovedError) -> None:
        self._slots.moved(error.slot_id, _address(address, error))
        self._learn()

    def _learn(self) -> asyncio.Task[None]:
        """Look who has which slots, unless that is being done."""
        if self._learning is None:
            self._learning = asyncio.ensure_future(self._looked())
            self._learning.add_done_callback(self._learnt)
        return self._learning

    async def _looked(self) -> None:
        now = asyncio.get_running_loop().time()
        await asyncio.sleep(self._next_look - now)
        self._next_look = max(now, self._next_look) + LOOK_SECONDS
        for tries in range(1, TRIES + 1):
            try:
                return await self._slots.look()
            except RedisError:
                if tries == TRIES:
                    raise
            await asyncio.sleep(BACKOFF.compute(tries))
        return None

    def _learnt(self, learning: asyncio.Task[None]) -> None:
        self._learning = None
        waiting, self._unplaced = self._unplaced, deque()
        if learning.cancelled():
            for _, answer in waiting:
                answer.cancel()
        elif (error := learning.exception()) is not None:
            self._tell(error)
            fail(waiting, error)
        else:
            if self._lost:
                self._lost = False
                log.info("redis.back")
            for asked in waiting:
                if self._slots.holder(slot_of(asked[0])) is None:
                    fail([asked], _nobody())
                else:
                    self._place(asked)
            self._let_go()

    def _tell(self, error: BaseException) -> None:
        if not self._lost:
            self._lost = True
            log.warning("redis.lost", error=f"{type(error).__name__}: {error}")

    def _let_go(self) -> None:
        """Close the connections to nodes that have no slots any more."""
        for address in self._nodes.keys() - set(self._slots.holders):
            if not self._nodes[address].busy:
                leaving = asyncio.ensure_future(self._nodes.pop(address).close())
                self._leaving.add(leaving)
                leaving.add_done_callback(self._leaving.discard)


def _address(asked: Address, error: AskError) -> Address:
    """Return where a node sends us: where it names no host, to its own."""
    return error.host or asked[0], error.port


def _nobody() -> ClusterDownError:
    return ClusterDownError("no node of the cluster has the slot of this key")


def _unheard() -> asyncio.Future[Any]:
    """Return a future that nobody waits for."""
    answer: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
    answer.add_done_callback(lambda done: done.cancelled() or done.exception())
    return answer
