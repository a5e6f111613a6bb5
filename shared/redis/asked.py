"""What is asked of a server and waits for its answer."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence
from copy import copy
from typing import Any

from redis.exceptions import RedisError

from shared.redis.client import Argument, Script

Asked = tuple[tuple[Argument, ...], asyncio.Future[Any]]
"""A command and the future of its reply."""

Call = tuple[Sequence[str], Sequence[Argument]]
"""Keys and arguments of one run of a script."""


def run_of(script: Script, call: Callable[[], Call], heard: Callable[[Any], None]) -> Asked:
    """Return a run of a script with what `call` gives now; `heard` is told its reply, and nobody its error."""
    keys, args = call()
    answer: asyncio.Future[Any] = asyncio.get_running_loop().create_future()

    def tell(done: asyncio.Future[Any]) -> None:
        if not done.cancelled() and done.exception() is None:
            heard(done.result())

    answer.add_done_callback(tell)
    return ("EVALSHA", script.sha, len(keys), *keys, *args), answer


def fail(asked: Iterable[Asked], error: BaseException) -> None:
    """Tell those who wait still."""
    for _, answer in asked:
        if not answer.done():
            # Each its own: a shared one would gather the traceback of every caller that raises it.
            answer.set_exception(copy(error) if isinstance(error, RedisError) else error)


async def replies_of(answers: Sequence[asyncio.Future[Any]]) -> list[Any]:
    """Return what each was answered, its own error among it; who is cancelled meanwhile takes all along."""
    replies: list[Any] = []
    try:
        for answer in answers:
            try:
                replies.append(await answer)
            except RedisError as error:
                replies.append(error.with_traceback(None))
    except BaseException:
        for answer in answers:
            if not answer.cancel() and not answer.cancelled():
                answer.exception()  # seen, though nobody else will hear of it
        raise
    return replies
