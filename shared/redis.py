"""The Redis connection: commands of one loop turn sent as one pipeline, and Lua scripts by their hash."""

from __future__ import annotations

import asyncio
import hashlib
import math
from collections.abc import Callable, Sequence
from copy import copy
from dataclasses import dataclass, field
from typing import Any, cast

import hiredis
import structlog
from redis.asyncio import Redis
from redis.asyncio.connection import AbstractConnection
from redis.asyncio.retry import Retry
from redis.backoff import ExponentialBackoff
from redis.exceptions import (
    ClusterDownError,
    ClusterError,
    ConnectionError,  # noqa: A004  # Redis's own, which is no OSError
    DataError,
    NoScriptError,
    OutOfMemoryError,
    ReadOnlyError,
    RedisError,
    ResponseError,
    TryAgainError,
)
from redis.exceptions import TimeoutError as NotAnsweredError

from shared.streams import one_slot

__all__ = [
    "CrossSlotError",
    "Redis",
    "RedisError",
    "ResponseError",
    "Script",
    "Store",
    "connect",
    "is_full",
    "is_passing",
]

Argument = bytes | str | int | float

_Asked = tuple[tuple[Argument, ...], asyncio.Future[Any]]

log = structlog.get_logger()

MOST_AT_ONCE = 512
"""Commands in one pipeline: more only make the first answer wait for the last."""

SECONDS = 5.0
"""A server that has not answered for so long is not waited for."""

SOME = 64
"""Replies for which that time is counted together: a timer for each takes as long as reading it."""

_packed = cast("Callable[[tuple[Argument, ...]], bytes]", hiredis.pack_command)


class CrossSlotError(ValueError):
    """A script was given keys of two hash tags, which a cluster would refuse (CROSSSLOT)."""


@dataclass(frozen=True, slots=True)
class Script:
    """A Lua script; `sha` is what EVALSHA calls it by."""

    lua: str
    sha: str = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "sha", hashlib.sha1(self.lua.encode()).hexdigest())  # noqa: S324  # Redis names scripts so


def connect(url: str) -> Redis:
    """Return a client with bytes replies; it connects on first use.

    A call rides out half a second of a server that restarts, then fails: what waits longer belongs to the caller,
    who knows whether to retry, refuse or report. A server that does not answer within 5 s is not asked again.
    """
    return Redis.from_url(
        url,
        retry=Retry(ExponentialBackoff(cap=0.2, base=0.02), 5, supported_errors=(ConnectionError,)),
        socket_timeout=SECONDS,
        socket_connect_timeout=2.0,
        health_check_interval=0,
        max_connections=64,
    )


def is_full(error: BaseException) -> bool:
    """Tell whether a server refused a write for want of memory (`maxmemory` with `noeviction`)."""
    # redis-py takes the code off replies that it knows, and leaves it within those of scripts.
    return isinstance(error, OutOfMemoryError) or (isinstance(error, ResponseError) and "OOM" in str(error)[:120])


PASSING = ("OOM", "LOADING", "MISCONF", "NOREPLICAS", "MASTERDOWN", "CLUSTERDOWN", "TRYAGAIN", "READONLY", "BUSY ")
"""How replies begin that tell of the server's state, not of the command."""

PASSING_ERRORS = (ConnectionError, NotAnsweredError, ReadOnlyError, ClusterDownError, ClusterError, TryAgainError)


def is_passing(error: BaseException) -> bool:
    """Tell whether an error is the server's or the network's trouble, so that the same command may work later.

    A wrong command, type or script is not: it fails for ever.
    """
    if isinstance(error, PASSING_ERRORS):
        return True
    return (isinstance(error, ResponseError) and str(error).startswith(PASSING)) or is_full(error)


class Store:
    """Runs commands and scripts, coalescing those asked for at the same time into one round trip.

    Each command stands alone: no transaction, and no promise of order between callers. While one pipeline is
    under way the next fills, so that the busier the process, the larger its batches.
    """

    def __init__(self, client: Redis) -> None:
        self.client = client
        self._waiting: list[_Asked] = []
        self._under_way: list[_Asked] = []
        self._texts: dict[str, str] = {}
        self._sending: asyncio.Task[None] | None = None
        self._lost = False

    def ask(self, *command: Argument) -> asyncio.Future[Any]:
        """Have one command run, and return the future of its reply as redis-py parses it.

        It fails with RedisError: the connection's or the server's own; another caller's failure never shows here.
        """
        answer: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._waiting.append((command, answer))
        if self._sending is None:
            self._start()
        return answer

    def call(self, script: Script, *, keys: Sequence[str], args: Sequence[Argument] = ()) -> asyncio.Future[Any]:
        """Have a script run; the server is sent its text only when it has forgotten it.

        Raises CrossSlotError when the keys do not share one hash tag; the future fails with RedisError.
        """
        if not one_slot(keys):
            raise CrossSlotError(f"keys of one script must share a hash tag: {', '.join(keys)}")
        self._texts[script.sha] = script.lua
        return self.ask("EVALSHA", script.sha, len(keys), *keys, *args)

    async def do(self, *command: Argument) -> Any:
        """Run one command and return its reply, as `ask` does."""
        return await self.ask(*command)

    async def run(self, script: Script, *, keys: Sequence[str], args: Sequence[Argument] = ()) -> Any:
        """Run a script and return its reply, as `call` does."""
        return await self.call(script, keys=keys, args=args)

    async def close(self) -> None:
        """Wait for what is under way and close the connections."""
        while self._sending is not None:
            await asyncio.wait([self._sending])
            await asyncio.sleep(0)  # wait does not give way for one that is done, whose callback is still to come
        await self.client.aclose()

    async def _send(self) -> None:
        while self._waiting:
            self._under_way = self._waiting[:MOST_AT_ONCE]
            del self._waiting[:MOST_AT_ONCE]
            await self._send_one(self._under_way)

    def _sent(self, task: asyncio.Task[None]) -> None:
        self._sending = None
        if task.cancelled():
            # The loop is closing, perhaps before the task began: nobody may wait for what no one will fetch.
            for _, answer in self._under_way + self._waiting:
                answer.cancel()
            self._waiting.clear()
        elif self._waiting:
            self._start()

    def _tell_lost(self, error: Exception) -> None:
        if not self._lost and isinstance(error, (ConnectionError, NotAnsweredError)):
            self._lost = True
            log.warning("redis.lost", error=f"{type(error).__name__}: {error}")

    def _start(self) -> None:
        self._sending = asyncio.ensure_future(self._send())
        self._sending.add_done_callback(self._sent)

    async def _send_one(self, batch: list[_Asked]) -> None:
        try:
            replies = await self.all([command for command, _ in batch])
        except DataError as error:
            if len(batch) > 1:
                # One command holds what cannot be sent (None, say), so nothing was: the others go without it.
                for one in batch:
                    await self._send_one([one])
                return
            replies = [error]
        except Exception as error:  # noqa: BLE001  # each caller is told; none may wait for ever
            self._tell_lost(error)
            # Each its own: a shared one would gather the traceback of every caller that raises it.
            replies = [copy(error) if isinstance(error, RedisError) else error for _ in batch]
        for (command, answer), reply in zip(batch, replies, strict=True):
            if answer.done():
                continue
            if isinstance(reply, NoScriptError) and command[0] == "EVALSHA":
                self._waiting.append((("EVAL", self._texts[str(command[1])], *command[2:]), answer))
            elif isinstance(reply, Exception):
                answer.set_exception(reply)
            else:
                answer.set_result(reply)

    async def all(self, commands: Sequence[tuple[Argument, ...]]) -> list[Any]:
        """Run commands in one round trip now; a command's own error is its reply. Raises RedisError for all of them."""
        pool = self.client.connection_pool
        connection = await pool.get_connection()  # type: ignore[no-untyped-call]
        try:
            replies = await connection.retry.call_with_retry(
                lambda: self._exchanged(connection, commands), connection.disconnect
            )
        finally:
            await pool.release(connection)
        if self._lost:
            self._lost = False
            log.info("redis.back")
        return list(replies)

    async def _exchanged(self, connection: AbstractConnection, commands: Sequence[tuple[Argument, ...]]) -> list[Any]:
        """Send commands packed by hiredis and read their replies: redis-py's own pipeline takes five times as long."""
        try:
            packed = b"".join(map(_packed, commands))
        except (TypeError, ValueError, hiredis.HiredisError) as error:
            raise DataError(str(error)) from None
        replies: list[Any] = []
        try:
            async with asyncio.timeout(SECONDS) as deadline:
                await connection.send_packed_command(packed)
                for at, command in enumerate(commands, 1):
                    replies.append(await self._reply(connection, command[0]))
                    if at % SOME == 0:
                        deadline.reschedule(asyncio.get_running_loop().time() + SECONDS)
        except TimeoutError as error:
            await connection.disconnect(nowait=True)
            raise NotAnsweredError(f"no answer within {SECONDS:g} s") from error
        except BaseException:
            # Replies still on their way would be taken for those of the next commands.
            await connection.disconnect(nowait=True)
            raise
        return replies

    async def _reply(self, connection: AbstractConnection, name: Argument) -> Any:
        try:
            reply = await connection.read_response(timeout=math.inf)
        except ResponseError as error:
            return error.with_traceback(None)  # the parser's own frames tell nothing, and take long to log
        parse = self.client.response_callbacks.get(name) if isinstance(name, str) else None
        return reply if parse is None else parse(reply)
