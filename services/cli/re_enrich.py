"""`wireroom re-enrich`: has articles completed anew by the newsroom's files as they are now, and shows its progress."""

from __future__ import annotations

import re
import sys
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import click

from services.cli.client import REFUSED, UNUSABLE, call, end
from services.cli.output import as_json, print_json

PATH = "/api/v1/re-enrich"
SPAN = re.compile(r"(\d{1,5})([mhdw])")
MINUTES = {"m": 1, "h": 60, "d": 1_440, "w": 10_080}
LOOK_SECONDS = 0.5


def moment_of(text: str, now: datetime) -> datetime:
    """Return the moment that "7d", "12h", "90m", "2w" before now or an ISO 8601 date means. Raises ValueError."""
    span = SPAN.fullmatch(text)
    if span:
        return now - timedelta(minutes=int(span[1]) * MINUTES[span[2]])
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


@click.command("re-enrich")
@click.option("--since", required=True, help="How far back: 7d, 12h, 90m, 2w, or a date such as 2026-11-20.")
@click.option("--filter", "-f", "query", default="", help="Only what matches, e.g. 'source:desk'.")
@click.option("--wait/--no-wait", default=True, help="Wait until it is done, with its progress.")
@as_json
def re_enrich(since: str, query: str, wait: bool, as_json: bool) -> None:
    """Complete articles anew; only those in which a reader sees a difference become updates."""
    try:
        moment = moment_of(since, datetime.now(UTC))
    except (ValueError, OverflowError):
        end(UNUSABLE, f"--since: neither a span such as 7d nor a date: {since!r}")
    found = call("POST", PATH, {"since": moment.isoformat(), "filter": query})
    if wait:
        found = _watched(found, quiet=as_json)
    if as_json:
        print_json(found)
    elif not wait:
        click.echo(f"taken as {found['id']}")
    else:
        click.echo(f"{found['status']}: looked at {found['done']}, sent back {found['recalled']}")
    sys.exit(REFUSED if found["status"] == "refused" else 0)


def _watched(found: dict[str, Any], *, quiet: bool) -> dict[str, Any]:
    while found["status"] in ("waiting", "running"):
        time.sleep(LOOK_SECONDS)
        found = call("GET", f"{PATH}/{found['id']}")
        if not quiet and sys.stderr.isatty():
            click.echo(f"\r{found['done']} of {found['total']}, {found['recalled']} sent back", nl=False, err=True)
    if not quiet and sys.stderr.isatty():
        click.echo(err=True)
    return found
