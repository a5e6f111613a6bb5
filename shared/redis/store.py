"""Runs commands and scripts for all that ask at the same time; opening connections is left to redis-py."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Sequence
from functools import partial
from itertools import islice
from typing import Any, TypeVar, cast

import hiredis
import structlog
from redis.asyncio import Redis
from redis.asyncio.connection import AbstractConnection
from redis.exceptions import ConnectionError as NotConnectedError
from redis.exceptions import DataError, NoScriptError, ReadOnlyError, RedisError
from redis.exceptions import TimeoutError as NotAnsweredError

from shared.redis.asked import Asked, Call, fail, replies_of, run_of
from shared.redis.client import BACKOFF, SECONDS, TRIES, Argument, Script, check, close
from shared.redis.wire import Wire

Answer = TypeVar("Answer")
log = structlog.get_logger()

AWAY = (NotConnectedError, NotAnsweredError)

MOST_AT_ONCE = 512
"""Commands in one piece that is sent: a server that stops reading is noticed between them."""

_packed = cast("Callable[[tuple[Argument, ...]], bytes]", hiredis.pack_command)


class Store:
    """Runs commands and scripts, those asked for in one turn of the loop in one write.

    They are sent, and run, in the order in which they were asked for; each reply is given as soon as it is there.
    Each command stands alone: no transaction. What was under way when a connection broke is sent again, so it may
    run twice.
    """

    in_order = True
    """Whether what is asked for runs in the order of the askers whatever its keys: not where many servers have them."""

    def __init__(self, client: Redis, *, seconds: float = SECONDS) -> None:
        self.client, self._seconds = client, seconds
        self._waiting: deque[Asked] = deque()
        self._under_way: deque[Asked] = deque()
        """Sent and not answered, in the order of the answers."""
        self._planned = False
        self._connection: AbstractConnection | None = None
        self._wire: Wire | None = None
        self._opening: asyncio.Task[Wire] | None = None
        self._tries = 0
        self._lost = False
        self._beside: list[Store] = []
        self._texts: dict[str, str] = {}
        self._firsts: list[Callable[[], Asked]] = []
        self._loaded: set[str] = set()
        """Scripts whose text was sent on this connection."""

    def ask(self, *command: Argument) -> asyncio.Future[Any]:
        """Have one command run, and return the future of its reply as redis-py parses it.

        It fails with RedisError: the connection's or the server's own; another caller's failure never shows here.
        """
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[Any] = loop.create_future()
        self._waiting.append((command, answer))
        if not self._planned:
            self._planned = True
            loop.call_soon(self._send)
        return answer

    def call(self, script: Script, *, keys: Sequence[str], args: Sequence[Argument] = ()) -> asyncio.Future[Any]:
        """Have a script run; its text is sent once on each connection, and when the server has forgotten it.

        Only in that last case, which takes SCRIPT FLUSH, does it run after what was asked for next.
        Raises CrossSlotError when the keys do not share one hash tag; the future fails with RedisError.
        """
        check(keys)
        return self._run(script, keys, args)

    def _run(self, script: Script, keys: Sequence[str], args: Sequence[Argument]) -> asyncio.Future[Any]:
        self._texts[script.sha] = script.lua
        return self.ask("EVALSHA", script.sha, len(keys), *keys, *args)

    async def do(self, *command: Argument) -> Any:
        """Run one command and return its reply, as `ask` does."""
        return await self.ask(*command)

    async def run(self, script: Script, *, keys: Sequence[str], args: Sequence[Argument] = ()) -> Any:
        """Run a script and return its reply, as `call` does."""
        return await self.call(script, keys=keys, args=args)

    def run_first(self, script: Script, call: Callable[[], Call], heard: Callable[[Any], None]) -> None:
        """Have a script run on every new connection before all else, with what `call` gives then; `heard` is told.

        It stands for what must hold of the server at the other end: that may be another one than before.
        """
        self._texts[script.sha] = script.lua
        self._firsts.append(partial(run_of, script, call, heard))

    def beside(self) -> Store:
        """Return a store on a wire of its own, closed with this one: much that is asked there holds up nobody here."""
        other = Store(self.client, seconds=self._seconds)
        self._beside.append(other)
        return other

    async def at(self, _key: str, call: Callable[[Redis], Awaitable[Answer]]) -> Answer:
        """Have redis-py itself ask the server that holds a key, on a connection apart: what blocks, say.

        `call` may be run again. Raises what it raises.
        """
        return await call(self.client)

    async def servers(self) -> Sequence[Store]:
        """Return a store for each server that is written to. Raises RedisError."""
        return [self]

    async def close(self) -> None:
        """Wait for what is under way and close the connections."""
        for store in (*self._beside, self):
            await store._hang_up()  # noqa: SLF001  # one of us
        await close(self.client)

    async def _hang_up(self) -> None:
        while self._waiting or self._under_way:
            await asyncio.gather(self.ask("PING"), return_exceptions=True)  # answered after all before it
        if self._wire is not None:
            self._wire.close()
        if self._connection is not None:
            await self._connection.disconnect(nowait=True)
            await self.client.connection_pool.release(self._connection)
            self._connection = None

    def _send(self) -> None:
        self._planned = False
        wire = self._wire
        if wire is None:
            if self._waiting and self._opening is None:
                self._open()
            return
        while self._waiting and wire.open:
            some = list(islice(self._waiting, MOST_AT_ONCE))
            for _ in some:
                self._waiting.popleft()
            wire.send(b"".join(self._written(some)))

    def _written(self, some: Iterable[Asked]) -> Iterable[bytes]:
        """Pack commands by hiredis; whoever asked for what cannot be sent (None, say) is told, and nobody else."""
        for asked in some:
            try:
                packed = _packed(self._called(asked[0]))
            except (TypeError, ValueError, hiredis.HiredisError) as error:
                fail([asked], DataError(str(error)))
            else:
                self._under_way.append(asked)
                yield packed

    def _called(self, command: tuple[Argument, ...]) -> tuple[Argument, ...]:
        """Return a command as it goes out: a script that the server may not have by its text."""
        if command[0] != "EVALSHA" or command[1] in self._loaded:
            return command
        sha = str(command[1])
        self._loaded.add(sha)
        return ("EVAL", self._texts[sha], *command[2:])

    def _heard(self, replies: list[Any]) -> None:
        for reply in replies:
            if isinstance(reply, NotConnectedError):  # it is starting, or turns us away: no answer to the command
                self._wire.give_up(reply)  # type: ignore[union-attr]  # it is the one that called
                return
            command, answer = self._under_way.popleft()
            self._tries = 0
            if answer.done():
                continue
            if isinstance(reply, Exception):
                self._refused(command, answer, reply)
                if isinstance(reply, ReadOnlyError):  # another is the master now, and has to be looked for
                    self._wire.give_up(NotConnectedError(str(reply)))  # type: ignore[union-attr]  # as above
                    return
            else:
                self._answered(command[0], answer, reply)
        if self._lost and replies:
            self._lost = False
            log.info("redis.back")
        if self._waiting:
            self._send()

    def _refused(self, command: tuple[Argument, ...], answer: asyncio.Future[Any], error: Exception) -> None:
        if isinstance(error, NoScriptError) and command[0] == "EVALSHA":
            self._loaded.discard(str(command[1]))
            self._waiting.append((command, answer))
        else:
            answer.set_exception(error)

    def _answered(self, name: Argument, answer: asyncio.Future[Any], reply: Any) -> None:
        try:
            parsed = self._parsed(name, reply)
        except Exception as error:  # noqa: BLE001  # a form that redis-py does not know is this caller's trouble alone
            answer.set_exception(error)
        else:
            answer.set_result(parsed)

    def _parsed(self, name: Argument, reply: Any) -> Any:
        parse = self.client.response_callbacks.get(name) if isinstance(name, str) else None
        return reply if parse is None else parse(reply)

    def _open(self) -> None:
        self._opening = asyncio.ensure_future(self._opened())
        self._opening.add_done_callback(self._is_open)

    async def _opened(self) -> Wire:
        if self._tries:
            await asyncio.sleep(BACKOFF.compute(self._tries))
        try:
            # redis-py takes a greeting that is not answered for a lost connection, and greets five times over.
            async with asyncio.timeout(self._seconds):
                connection = await self._connected()
        except TimeoutError as error:
            raise NotAnsweredError(f"no answer within {self._seconds:g} s") from error
        return Wire(
            connection,
            heard=self._heard,
            lost=self._broken,
            awaited=lambda: bool(self._under_way),
            seconds=self._seconds,
        )

    async def _connected(self) -> AbstractConnection:
        if self._connection is None:
            self._connection = await self.client.connection_pool.get_connection()  # type: ignore[no-untyped-call]
        else:
            await self._connection.disconnect(nowait=True)
            await self._connection.connect()  # type: ignore[no-untyped-call]
        return self._connection

    def _is_open(self, opening: asyncio.Task[Wire]) -> None:
        self._opening = None
        if opening.cancelled():
            # The loop is closing, perhaps before the task began: nobody may wait for what no one will fetch.
            for _, answer in self._waiting:
                answer.cancel()
            self._waiting.clear()
        elif (error := opening.exception()) is not None:
            self._give_up(self._waiting, error)
        elif opening.result().gone:
            self._tries += 1
            if self._tries > TRIES:
                self._give_up(self._waiting, NotConnectedError("the server closed the connection"))
            self._send()
        else:
            self._wire = opening.result()
            self._loaded.clear()
            self._waiting.extendleft(first() for first in self._firsts)
            self._send()

    def _broken(self, error: RedisError) -> None:
        """Have what was under way sent once more on another connection, a few times over."""
        self._wire = None
        self._tries += bool(self._under_way)
        if isinstance(error, NotConnectedError) and self._tries <= TRIES:
            self._under_way.extend(self._waiting)
            self._waiting, self._under_way = self._under_way, deque()
        else:
            self._give_up(self._under_way, error)
        self._send()

    def _give_up(self, asked: deque[Asked], error: BaseException) -> None:
        self._tries = 0
        if not self._lost and isinstance(error, (NotConnectedError, NotAnsweredError)):
            self._lost = True
            log.warning("redis.lost", error=f"{type(error).__name__}: {error}")
        fail(asked, error)
        asked.clear()

    async def all(self, script: Script, calls: Sequence[Call]) -> list[Any]:
        """Run a script once for each (keys, arguments), as `call` does; a run's own error is its reply.

        Of keys made alike only the first are looked at. Raises RedisError when the connection fails before anything
        is answered; what was answered has been done, and is told.
        """
        for keys, _ in calls[:1]:
            check(keys)
        answers = [self._run(script, keys, args) for keys, args in calls]
        replies = await replies_of(answers)
        if replies and all(isinstance(reply, AWAY) for reply in replies):
            raise replies[0]
        return replies
