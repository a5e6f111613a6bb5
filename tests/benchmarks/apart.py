"""Processes of their own for what must not share a loop with what is measured; they are talked to over a pipe."""

from __future__ import annotations

import asyncio
import contextlib
import multiprocessing
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any, TypeVar

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Apart:
    """A process, and our end of the pipe to it."""

    pid: int
    pipe: Connection

    async def hear(self) -> Any:
        """Return what it says next; raises EOFError when it ended. The loop goes on meanwhile."""
        return await asyncio.to_thread(self.pipe.recv)


def on_uvloop(work: Coroutine[Any, Any, Result]) -> Result:
    """Run to its end on uvloop where there is one, as the services do."""
    try:
        import uvloop  # noqa: PLC0415
    except ImportError:
        return asyncio.run(work)
    return uvloop.run(work)


@contextlib.contextmanager
def apart(serve: Callable[[Connection], Coroutine[Any, Any, None]]) -> Iterator[Apart]:
    """Run `serve` in a process of its own with its end of a pipe; it is to end once ours is closed."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_begin, args=(serve, theirs), daemon=True)
    process.start()
    theirs.close()
    try:
        assert process.pid is not None
        yield Apart(process.pid, ours)
    finally:
        ours.close()
        process.join(20)
        process.terminate()
        process.join()


def _begin(serve: Callable[[Connection], Coroutine[Any, Any, None]], pipe: Connection) -> None:
    on_uvloop(serve(pipe))


async def hung_up(pipe: Connection) -> None:
    """Wait until the other end is closed."""
    with contextlib.suppress(EOFError):
        await asyncio.to_thread(pipe.recv)
