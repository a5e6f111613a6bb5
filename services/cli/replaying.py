"""`wireroom replay`: has what subscriptions were sent, or match by now, sent again; finds the range of a date."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, time, timedelta
from typing import Any
from urllib.parse import quote

import click

from services.cli.client import REFUSED, all_of, call, end
from services.cli.output import as_json, print_json, printable
from services.cli.recent import first_since
from services.cli.resources import subscriptions

LOGGED_DAYS = 30
"""For how long it is known what failed."""

ONE_OF = "give one of --after, --from (with or without --to), --article, --failed"
NOBODY_NAMED = "name subscriptions, or say --all"

Asked = Mapping[str, Any]


@click.command()
@click.argument("ids", nargs=-1, metavar="[SUBSCRIPTION]...")
@click.option("--all", "everybody", is_flag=True, help="For every subscription.")
@click.option("--after", type=click.IntRange(0), help="What came after this number in the ledger.")
@click.option("--from", "start", help="From this number, date or moment on.")
@click.option("--to", "stop", help="Up to this number, or the end of this date; the newest when not given.")
@click.option("--article", help="The versions of this article.")
@click.option(
    "--failed",
    is_flag=True,
    help="What waits for its next try, and what was given up in the last 30 days, or since --from.",
)
@as_json
def replay(
    ids: tuple[str, ...],
    everybody: bool,
    after: int | None,
    start: str | None,
    stop: str | None,
    article: str | None,
    failed: bool,
    as_json: bool,
) -> None:
    """Send again what subscriptions were sent, or match by now: a range, an article, or what failed.

    Ends with 1 when it was refused for any of them.
    """
    if bool(ids) == everybody:
        raise click.UsageError(NOBODY_NAMED)
    asked = asked_for(after, start, stop, article, failed=failed)
    chosen = list(ids) or [str(row["id"]) for row in all_of("/api/v1/subscriptions", "subscriptions")["subscriptions"]]
    rows = list(_shown_at_work(chosen, asked))
    found = {"queued": sum(row["queued"] for row in rows), "subscriptions": rows}
    if as_json:
        print_json(found)
    else:
        _print(rows)
    sys.exit(REFUSED if any(row["error"] for row in rows) else 0)


subscriptions.add_command(replay)


def asked_for(after: int | None, start: str | None, stop: str | None, article: str | None, *, failed: bool) -> Asked:
    """Return what the API is asked for; ends the command, as wrongly used, when it is not one thing."""
    match after, start, stop, article, failed:
        case int(), None, None, None, False:
            return {"after_seq": after}
        case None, None, None, str(), False:
            return {"article_id": article}
        case None, _, None, None, True:
            since = datetime.now(UTC) - timedelta(days=LOGGED_DAYS) if start is None else moment_of(start, "--from")
            return {"failed_since": since.isoformat()}
        case None, str(), _, None, False:
            first = int(start) if start.isdecimal() else first_since(moment_of(start, "--from"))[0] + 1
            return {"from_seq": max(1, first), "to_seq": _last(stop)}
        case _:
            raise click.UsageError(ONE_OF)


def _last(stop: str | None) -> int:
    if stop is None:
        return int(call("GET", "/api/v1/events?limit=1")["latest"])
    if stop.isdecimal():
        return int(stop)
    return first_since(moment_of(stop, "--to", end_of_day=True))[0]


def moment_of(text: str, option: str, *, end_of_day: bool = False) -> datetime:
    """Return an RFC 3339 moment, or the first one of a date, in UTC; or that of the next date. Raises BadParameter."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise click.BadParameter("give a number, a date or an RFC 3339 moment", param_hint=option) from None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    whole_day = end_of_day and len(text) == len("2026-11-22")
    return datetime.combine(moment.date() + timedelta(days=1), time(), UTC) if whole_day else moment


def _shown_at_work(ids: Sequence[str], asked: Asked) -> Iterator[dict[str, Any]]:
    """Replay for one after the other; on a terminal, with a bar on stderr."""
    if asked.get("to_seq", 1) < asked.get("from_seq", 1):
        end(REFUSED, "nothing is in that range")
    if not sys.stderr.isatty():
        yield from (_replayed(id, asked) for id in ids)
        return
    with click.progressbar(ids, label="replaying", file=sys.stderr) as bar:
        yield from (_replayed(id, asked) for id in bar)


def _replayed(id: str, asked: Asked) -> dict[str, Any]:
    """Replay for one, page by page; what there is no such subscription for is told and stops nobody else's."""
    queued, following, path = 0, None, f"/api/v1/subscriptions/{quote(id, safe='')}/replay"
    while True:
        found = call("POST", path, asked, accept=(404, 409, 422))
        if "queued" not in found:
            return {"id": id, "queued": queued, "next": following, "error": found["detail"]}
        queued, before, following = queued + found["queued"], following, found["next"]
        if following in (None, before) or not asked.keys() & {"from_seq", "after_seq", "failed_since"}:
            return {"id": id, "queued": queued, "next": following, "error": None}
        asked = {"after_seq": following - 1} if "after_seq" in asked else {**asked, "from_seq": following}


def _print(rows: Sequence[Mapping[str, Any]]) -> None:
    for row in rows:
        if row["error"]:
            click.echo(f"{row['id']}: {printable(row['error'])}", err=True)
            continue
        more = "" if row["next"] is None else f", more from {row['next']}: replay again for them"
        click.echo(f"{row['id']}: queued {row['queued']}{more}")
