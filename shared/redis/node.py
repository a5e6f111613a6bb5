"""One node of a Redis Cluster as a server of its own, which may send a command elsewhere; where is left to others."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Any

from redis.asyncio import Redis
from redis.exceptions import AskError, ClusterDownError, TryAgainError

from shared.redis.asked import Asked, fail
from shared.redis.client import Argument
from shared.redis.slots import Address
from shared.redis.store import Store

Redirected = Callable[[Address, Asked, Exception], Exception | None]


class Node(Store):
    """Tells `redirected` of each command that belongs elsewhere or has to wait, and `lost` when it does not answer.

    `redirected` returns the error that is to be told after all. `texts` are the scripts, and `firsts` what is asked
    first on every connection, known to all nodes.
    """

    def __init__(
        self,
        client: Redis,
        address: Address,
        texts: dict[str, str],
        firsts: list[Callable[[], Asked]],
        *,
        redirected: Redirected,
        lost: Callable[[], object],
        seconds: float,
    ) -> None:
        super().__init__(client, seconds=seconds)
        self.address = address
        self._texts, self._firsts, self._redirected, self._missed = texts, firsts, redirected, lost

    @property
    def busy(self) -> bool:
        """Tell whether answers are waited for."""
        return bool(self._waiting or self._under_way)

    def put(self, command: tuple[Argument, ...], answer: asyncio.Future[Any]) -> None:
        """Have a command run of which the answer is waited for already."""
        self._waiting.append((command, answer))
        if not self._planned:
            self._planned = True
            asyncio.get_running_loop().call_soon(self._send)

    def _refused(self, command: tuple[Argument, ...], answer: asyncio.Future[Any], error: Exception) -> None:
        if not isinstance(error, (AskError, TryAgainError, ClusterDownError)):
            super()._refused(command, answer, error)
            return
        if command[0] == "EVALSHA":  # by its text it was refused as well, and is not known
            self._loaded.discard(str(command[1]))
        if (told := self._redirected(self.address, (command, answer), error)) is not None:
            fail([(command, answer)], told)

    def _give_up(self, asked: deque[Asked], error: BaseException) -> None:
        super()._give_up(asked, error)
        self._missed()
