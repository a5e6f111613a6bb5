"""stdout as a log has it: what cannot be written is counted and dropped, for no line is worth an article."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Callable
from typing import Any

from shared.metrics import LOG_WRITES_FAILED

GONE = frozenset((errno.EPIPE, errno.EIO))
"""Nobody reads any more, nor will: the other end of a pipe has closed, or the terminal."""


class Out:
    """What structlog writes to; it never raises. `stream` gives what is written to, asked for anew each time."""

    def __init__(self, stream: Callable[[], Any]) -> None:
        self._stream = stream

    def write(self, text: str | bytes) -> None:
        """Write a line, or a part of one."""
        self._try(lambda: self._stream().write(text))

    def flush(self) -> None:
        """Have what was written go out; on a full disk it waits in its buffer for the next line."""
        self._try(lambda: self._stream().flush())

    def _try(self, act: Callable[[], object]) -> None:
        try:
            act()
        except OSError as error:
            LOG_WRITES_FAILED.inc()
            if error.errno in GONE:
                _write_nowhere(self._stream().fileno())
        except ValueError:  # it was closed
            LOG_WRITES_FAILED.inc()


def _write_nowhere(number: int) -> None:
    """Have all that is written from now on vanish: Python ends with an error where it cannot write what is left."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, number)
    os.close(nowhere)


TEXT, BYTES = Out(lambda: sys.stdout), Out(lambda: sys.stdout.buffer)
"""For a terminal, and for JSON."""
