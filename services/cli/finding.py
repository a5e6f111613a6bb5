"""`wireroom sources discover`, `import` and `export`: finding sources, and lists of feeds in and out."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from services.cli.client import REFUSED, UNUSABLE, all_of, call, end, send
from services.cli.output import as_json, print_json, print_table, printable, safe_json
from services.cli.resources import sources

OPML = "/api/v1/sources/opml"
SHOWN = 5


@sources.command("discover")
@click.argument("url")
@as_json
def discover(url: str, as_json: bool) -> None:
    """Find the feeds, sitemaps and APIs behind URL, with five items of each."""
    found = call("POST", "/api/v1/sources/discover", {"url": url})
    if as_json:
        print_json(found)
    else:
        for feed in found["feeds"]:
            _print_found(feed)
        for problem in found["problems"]:
            click.echo(printable(problem), err=True)
        if not found["feeds"]:
            click.echo("none")
    sys.exit(0 if found["feeds"] else REFUSED)


def _print_found(feed: Mapping[str, Any]) -> None:
    about = printable(feed.get("title") or "untitled")
    click.echo(f"{feed['kind']:<9}  {printable(feed['url'])}")
    click.echo(f"           {about} ({feed['items']} items; {printable(feed['how'])})")
    if feed.get("note"):
        click.echo(f"           {printable(feed['note'])}")
    for item in feed["items_preview"][:SHOWN]:
        day = (item.get("published_at") or "")[:10] or "undated   "
        names = printable(", ".join(item.get("authors") or ()))[:50]
        click.echo(f"           {day}  {printable(item['headline'])[:90]}  {names}".rstrip())


@click.command("import")
@click.argument("file", type=click.File("rb"))
@as_json
def import_opml(file: Any, as_json: bool) -> None:
    """Add the feeds of the OPML in FILE (- for standard input) as sources; folders become sections.

    Ends with 1 when any of them was refused.
    """
    body = file.read()
    if not body.strip():
        end(UNUSABLE, f"{getattr(file, 'name', 'input')}: the file is empty")
    if sys.stderr.isatty():
        click.echo(f"sending {len(body) / 1024:,.0f} KiB …", err=True)
    found = json.loads(send("POST", OPML, body, content_type="text/x-opml"))
    if as_json:
        print_json(found)
    else:
        _print_taken(found["counts"], found["refused"])
    sys.exit(REFUSED if found["refused"] else 0)


def _print_taken(counts: Mapping[str, int], refused: Sequence[Mapping[str, Any]]) -> None:
    click.echo(", ".join(f"{count:,} {name}" for name, count in counts.items()))
    if refused:
        print_table(refused, ("url", "title", "reason"))


@click.command("export")
@click.option("--output", "-o", type=click.Path(dir_okay=False, path_type=Path), help="A file in place of the screen.")
@as_json
def export_opml(output: Path | None, as_json: bool) -> None:
    """Print the feed sources as OPML; with --json, the list of all sources."""
    found = safe_json(json.dumps(all_of("/api/v1/sources", "sources"), indent=2, ensure_ascii=False)) if as_json else ""
    written = f"{found}\n".encode() if as_json else send("GET", OPML)
    if output is None:
        click.echo(written, nl=False)
        return
    try:
        output.write_bytes(written)
    except OSError as error:
        end(REFUSED, f"cannot write {output}: {error.strerror}")
