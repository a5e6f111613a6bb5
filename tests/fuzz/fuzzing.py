"""What the fuzzers share: a time that no input may outlast, and no way to a file, a process or the network."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import atheris

from tests.fuzz.altering import altered

SECONDS = 2.0
"""For inputs of at most a megabyte."""

WAYS_OUT = frozenset(("open", "os.listdir", "os.exec", "os.posix_spawn", "subprocess.Popen", "socket.connect"))
OURS = (sys.prefix, sys.base_prefix, str(Path(__file__).resolve().parents[2]), "/usr/share/zoneinfo")
"""Where Python looks for what is imported at its first use, and for time zones."""


class SlowError(Exception):
    """A reader took longer than it may for so few bytes."""


class ReachedOutError(BaseException):
    """A reader tried to open something; not an Exception, so that nobody takes it for a reader's own."""


def fuzz(one_input: Callable[[bytes], None], seeds: str) -> None:
    """Give a function bytes until the time is over or something is found. Raises what it raises, and SlowError."""
    paths = sorted(str(path) for path in (Path(__file__).with_name("seeds") / seeds).iterdir())
    armed = False

    def heard(event: str, args: tuple[Any, ...]) -> None:
        ours = event in ("open", "os.listdir") and str(args[0]).startswith(OURS)
        if armed and not ours and (event in WAYS_OUT or event.startswith("socket.get")):
            raise ReachedOutError(event, args)

    def timed(data: bytes) -> None:
        nonlocal armed
        started, armed = time.process_time(), True
        try:
            one_input(data)
        finally:
            armed = False
        if time.process_time() - started > SECONDS:
            raise SlowError

    sys.addaudithook(heard)
    for path in paths:  # what is loaded at the first use takes its time then
        one_input(Path(path).read_bytes())
    asked = [sys.argv[0], "-max_len=8192", f"-seed_inputs={','.join(paths)}", *sys.argv[1:]]
    atheris.Setup(asked, timed, custom_mutator=altered)
    atheris.Fuzz()
