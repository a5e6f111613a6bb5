"""`wireroom tail`: the ledger as it grows, and what the stream says of itself."""

from __future__ import annotations

import json
import sys
from typing import Any
from urllib.parse import urlencode

import click

from services.cli.client import NOBODY, end, lines
from services.cli.output import as_json, hint, printable, safe_json

NOTICES = {
    "truncated": "what came before {oldest} is kept no more",
    "rewound": "the ledger was begun anew or restored from an older copy: on after {resume_after}, not {after}",
    "dropped": "too slow to be served; what came after {resume_after} is still there",
}
"""Events that are about the stream, by their names."""


@click.command()
@click.option("--after", type=click.IntRange(0), help="Begin after this seq instead of now.")
@click.option("--query", "-q", default="", help="Only what matches, e.g. 'tag:kursk-oblast'.")
@as_json
def tail(after: int | None, query: str, as_json: bool) -> None:
    """Print the ledger as it grows, until Ctrl-C: number, time (UTC), what happened, version, source, headline."""
    asked = {"q": query} | ({} if after is None else {"after": after})
    seq, name = after or 0, ""
    try:
        for line in lines(f"/events/stream?{urlencode(asked)}"):
            if after is None and not name:
                hint("waiting for what comes; Ctrl-C ends")
                name = "waiting"
            field, _, value = line.decode().rstrip("\n").partition(": ")
            if field == "event":
                name = value
            elif field == "data":
                seq = _notice(name, json.loads(value), seq) if name in NOTICES else _event(value, as_json=as_json)
    except KeyboardInterrupt:
        return
    end(NOBODY, f"the stream ended; go on with: wireroom tail --after {seq}")


def _notice(name: str, told: dict[str, Any], seq: int) -> int:
    """Say on stderr what happened to the stream; return where it goes on."""
    click.echo(f"{name}: {NOTICES[name].format_map(told)}", err=True)
    return int(told.get("resume_after", seq))


def _event(text: str, *, as_json: bool) -> int:
    event = json.loads(text)
    seq, article = int(event["seq"]), event["data"]["article"]
    if as_json:
        click.echo(safe_json(text))
    else:
        about = printable(article.get("headline") or article["id"])[:100]
        source = printable(article.get("source", {}).get("id", "-"))
        moment = printable(event["timestamp"])[11:19]
        click.echo(f"{seq:>7}  {moment}  {event['type']:<18} v{article['version']:<3} {source}: {about}")
    sys.stdout.flush()
    return seq
