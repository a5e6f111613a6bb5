"""`wireroom status`: whether the line is ready, what came last, and what an operator is to look at."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import click

from services.cli.client import REFUSED, call
from services.cli.output import as_json, print_json, printable

WELL = frozenset(("active", "paused", "starting", "stopped"))
"""States that are as somebody wanted them; all else is to be looked at."""

AWAY = "Redis does not answer"
"""What readiness says where nothing else can be said."""

INDENT = " " * 15

STEPS = (("day", 86_400), ("hour", 3_600), ("minute", 60), ("second", 1))


@click.command()
@as_json
def status(as_json: bool) -> None:
    """Say whether the line is ready, what came last, and what was given up or stands still."""
    ready = call("GET", "/readyz", accept=(503,))
    found = _found(ready)
    if as_json:
        print_json(found)
    else:
        for name, text in _shown(found, datetime.now(UTC)).items():
            click.echo(f"{name:<14} {text}")
    sys.exit(0 if ready["status"] == "ready" else REFUSED)


def _found(ready: Mapping[str, Any]) -> dict[str, Any]:
    """Return all there is to say. While the store is away the rest is not known, and why is said all the same."""
    away = () if ready["status"] == "ready" else (503,)
    silent = AWAY in ready["problems"]  # asked for more, a server that hangs lets every call wait its full time
    latest = {} if silent else _latest(away)
    subscriptions = None if silent else _states("subscriptions", away)
    return {
        "status": ready["status"],
        "problems": ready["problems"],
        "warnings": ready.get("warnings", []),
        "latest_seq": latest.get("seq"),
        "latest_at": latest.get("timestamp"),
        "sources": None if silent else _states("sources", away),
        "subscriptions": None if subscriptions is None else sum(subscriptions.values()),
        "subscription_states": subscriptions,
        "dead_letters": None if silent else call("GET", "/api/v1/dead-letters?limit=1", accept=away).get("count"),
    }


def _latest(away: tuple[int, ...]) -> dict[str, Any]:
    """Return number and moment of the newest entry, as far as they are known."""
    latest = call("GET", "/api/v1/events?limit=1", accept=(*away, 410)).get("latest")
    after = {} if not latest else call("GET", f"/api/v1/events?after={latest - 1}&limit=1", accept=(*away, 410))
    newest: dict[str, Any] = next(iter(after.get("events", ())), {})
    return {"seq": latest, "timestamp": newest.get("timestamp")}


def _states(kind: str, away: tuple[int, ...]) -> dict[str, int] | None:
    """Count things by how they stand, None where that is not known."""
    states: Counter[str] = Counter()
    following = ""
    while True:
        page = call("GET", f"/api/v1/{kind}?limit=1000&after={following}", accept=away)
        if kind not in page:
            return None
        states.update(_state(one) for one in page[kind])
        following = page.get("next") or ""
        if not following:
            return dict(sorted(states.items()))


def _state(one: Mapping[str, Any]) -> str:
    return "failing" if one["status"] == "active" and one.get("failing_since") else str(one["status"])


def _shown(found: Mapping[str, Any], now: datetime) -> dict[str, str]:
    """Return what is said of each in words, with the command that shows more where something is wrong."""
    seq, at, letters = found["latest_seq"], found["latest_at"], found["dead_letters"]
    return {
        "status": found["status"],
        "problems": "; ".join(map(printable, found["problems"])) or "none",
        "warnings": f"\n{INDENT}".join(map(printable, found["warnings"])) or "none",
        "latest seq": "unknown" if seq is None else f"{seq}, {ago(at, now)}" if at else str(seq),
        "sources": _counted(found["sources"], "sources"),
        "subscriptions": _counted(found["subscription_states"], "subscriptions"),
        "dead letters": "unknown" if letters is None else f"{letters}: wireroom dead-letters list" if letters else "0",
    }


def _counted(states: Mapping[str, int] | None, kind: str) -> str:
    if states is None:
        return "unknown"
    if not states:
        return "0"
    told = ", ".join(f"{count} {printable(state)}" for state, count in states.items())
    return f"{told}: wireroom {kind} list" if states.keys() - WELL else told


def ago(timestamp: str, now: datetime) -> str:
    """Return how long ago something was, in the largest unit that fits."""
    seconds = max(0, int((now - datetime.fromisoformat(timestamp)).total_seconds()))
    for name, length in STEPS:
        count = seconds // length
        if count:
            return f"{count} {name}{'s' if count > 1 else ''} ago"
    return "just now"
