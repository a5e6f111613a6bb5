"""Lets a process have as many files open as the machine allows it; what it opens is its own affair."""

from __future__ import annotations

import contextlib
import resource

ENOUGH = 65_536
"""More than all sockets that readers, receivers and sources may take at once."""


def allow() -> None:
    """Raise the soft limit, often 1,024, towards the hard one: past it every new connection would fail."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = ENOUGH if hard == resource.RLIM_INFINITY else min(hard, ENOUGH)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        with contextlib.suppress(ValueError, OSError):  # macOS says that there is no limit, and has one
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
