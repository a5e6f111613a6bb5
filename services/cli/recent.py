"""Reads the ledger's last days over the API, with progress; what is looked for in them is the caller's."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import click

from services.cli.client import call

PAGE = 500


def since(moment: datetime) -> Iterator[dict[str, Any]]:
    """Yield the events that came since a moment, oldest first; on a terminal, say on stderr how far it is."""
    found, latest = first_since(moment)
    first = max(0, found - PAGE)  # slack, for events that waited on the line
    after, shown = first, sys.stderr.isatty()
    while after < latest:
        page = call("GET", f"/api/v1/events?after={after}&limit={PAGE}", accept=(410,))
        if "oldest" in page:
            after = int(page["oldest"]) - 1
            continue
        yield from (event for event in page["events"] if datetime.fromisoformat(event["timestamp"]) >= moment)
        if page["next"] <= after:
            break
        after = page["next"]
        if shown:
            click.echo(f"\rreading: {min(after, latest) - first} of {latest - first} events", nl=False, err=True)
    if shown:
        click.echo("\r\x1b[K", nl=False, err=True)


def first_since(moment: datetime) -> tuple[int, int]:
    """Return the number after which what came since a moment stands, and the latest one.

    Asks log2 of the ledger's length times. Its times grow with its numbers, but for events that waited on the line.
    """
    low = 0
    high = latest = int(call("GET", "/api/v1/events?limit=1")["latest"])
    while low < high:
        middle = (low + high) // 2
        found = call("GET", f"/api/v1/events?after={middle}&limit=1", accept=(410,))
        if "oldest" in found:
            low = int(found["oldest"]) - 1
            continue
        events = found["events"]
        if events and datetime.fromisoformat(events[0]["timestamp"]) < moment:
            low = middle + 1
        else:
            high = middle
    return low, latest
