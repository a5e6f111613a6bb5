"""One open connection as a wire: bytes go out at once, replies come in as they are there, both at the same time.

redis-py opens connections, with all that belongs to it (addresses, TLS, names and passwords). Its way of asking, a
command or a pipeline at a time, leaves the server idle while replies are handled, and us while it works.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, cast

import hiredis
from redis.asyncio.connection import AbstractConnection
from redis.exceptions import ConnectionError as NotConnectedError
from redis.exceptions import InvalidResponse, RedisError
from redis.exceptions import TimeoutError as NotAnsweredError

NOTHING = object()


class Wire(asyncio.Protocol):
    """Tells `heard` what came, and `lost` once why nothing more will; no answer within `seconds` is such a reason.

    `awaited` says whether any is due.
    """

    def __init__(
        self,
        connection: AbstractConnection,
        *,
        heard: Callable[[list[Any]], None],
        lost: Callable[[RedisError], None],
        awaited: Callable[[], bool],
        seconds: float,
    ) -> None:
        self._heard, self._lost, self._awaited, self._seconds = heard, lost, awaited, seconds
        self._error: RedisError | None = None
        self._reader = hiredis.Reader(
            protocolError=InvalidResponse,
            replyError=connection._parser.parse_error,  # noqa: SLF001  # redis-py's errors, which have no public maker
            notEnoughData=NOTHING,
        )
        writer = cast("asyncio.StreamWriter", connection._writer)  # noqa: SLF001  # nor is there another way to it
        self._transport = writer.transport
        self._before = cast("asyncio.Protocol", self._transport.get_protocol())
        self._transport.set_protocol(self)
        self.open = True
        """Whether more may be sent: a server that does not read takes nothing."""
        self._loop = asyncio.get_running_loop()
        self._last = 0.0
        self._idle = True
        """Whether nothing is due: the time for an answer begins with what is asked next, not with what came last."""
        self._timer: asyncio.TimerHandle | None = None

    @property
    def gone(self) -> bool:
        """Tell whether the connection has broken: before this was made, nobody was told."""
        return self._transport.is_closing()

    def send(self, packed: bytes) -> None:
        """Send commands, and expect answers from now on."""
        if self._idle:
            self._idle, self._last = False, self._loop.time()
        if self._timer is None:
            self._timer = self._loop.call_later(self._seconds, self._judge)
        self._transport.write(packed)

    def close(self) -> None:
        """Hang up."""
        self._transport.abort()

    def give_up(self, error: RedisError) -> None:
        """Hang up for a reason."""
        self._error = self._error or error
        self._transport.abort()

    def data_received(self, data: bytes) -> None:
        """Hand on every reply that is whole."""
        self._last = self._loop.time()
        replies: list[Any] = []
        gets = self._reader.gets
        try:
            self._reader.feed(data)
            while (reply := gets()) is not NOTHING:
                if type(reply) is not hiredis.PushNotification:  # nobody asked for it
                    replies.append(reply)
        except RedisError as error:
            self.give_up(error)
        if self._error is None:
            self._heard(replies)
            self._idle = not self._awaited()

    def pause_writing(self) -> None:
        """Send nothing more until the server reads."""
        self.open = False

    def resume_writing(self) -> None:
        """Go on, with what waited meanwhile."""
        self.open = True
        self._heard([])

    def connection_lost(self, exc: Exception | None) -> None:
        """Tell why, and redis-py too, which waits for it when it closes."""
        self.open = False
        if self._timer is not None:
            self._timer.cancel()
        self._before.connection_lost(exc)
        why = f"{type(exc).__name__}: {exc}" if exc else "the server closed the connection"
        self._lost(self._error or NotConnectedError(why))

    def _judge(self) -> None:
        left = self._last + self._seconds - self._loop.time()
        if not self._awaited():
            self._timer = None
        elif left > 0:
            self._timer = self._loop.call_later(left, self._judge)
        else:
            self.give_up(NotAnsweredError(f"no answer within {self._seconds:g} s"))
