"""What commands print: tables for people, JSON for programs; nothing that came in can steer a terminal."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Mapping, Sequence
from shutil import get_terminal_size
from typing import Any

import click

WIDEST = 60
"""Characters of a table's column; `--json` has the whole."""

# JSON escapes C0 by itself; DEL and C1, which some terminals obey too, it leaves as they are (RFC 8259 section 7).
_CONTROL = re.compile("[\x7f-\x9f]")

as_json = click.option("--json", "as_json", is_flag=True, help="Print the API's answer as JSON.")

json_anyway = click.option("--json", is_flag=True, expose_value=False, help="Nothing more: the answer is JSON anyway.")
"""So that a program may say `--json` to every command."""


def printable(text: str) -> str:
    """Return text on one line, with what a terminal might obey or hide taken out of it."""
    return "".join(c if c.isprintable() else " " if c.isspace() else "\N{REPLACEMENT CHARACTER}" for c in text)


def safe_json(text: str) -> str:
    """Return JSON text that means the same and holds no control characters."""
    return _CONTROL.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def print_json(value: Any) -> None:
    """Print a value as JSON, indented."""
    click.echo(safe_json(json.dumps(value, indent=2, ensure_ascii=False)))


def print_added(file: str, line: int, id: str, about: str, *, plain: bool) -> None:
    """Say where in a file something was added, and what; `plain`: with its id, as JSON."""
    if plain:
        print_json({"file": file, "line": line, "id": id})
    else:
        click.echo(f"{file}, line {line}: {printable(about)}")


def print_facts(found: Mapping[str, Any], names: Sequence[str]) -> None:
    """Print what is there of a thing under these names, a line each; what is empty is left out."""
    for name in names:
        if found.get(name) not in (None, "", [], {}):
            click.echo(f"{name.replace('_', ' '):<18} {printable(str(found[name]))}")


def hint(text: str) -> None:
    """Tell a person at a terminal what to do next; programs read no such thing."""
    if sys.stderr.isatty():
        click.echo(text, err=True)


def print_table(rows: Sequence[Mapping[str, Any]], columns: Sequence[str]) -> None:
    """Print the columns of rows below their names; numbers stand to the right. A terminal's lines are not broken."""
    if not rows:
        click.echo("none")
        return
    cells = [[_cell(row.get(name)) for name in columns] for row in rows]
    lines = [[name.replace("_", " ").upper() for name in columns], *cells]
    widths = [max(len(line[i]) for line in lines) for i in range(len(columns))]
    right = [all(isinstance(row.get(name), int | float) for row in rows) for name in columns]
    room = get_terminal_size().columns if sys.stdout.isatty() else 0
    for line in lines:
        placed = zip(line, widths, right, strict=True)
        text = "  ".join(c.rjust(width) if number else c.ljust(width) for c, width, number in placed).rstrip()
        click.echo(text if not room or len(text) <= room else f"{text[: room - 1]}…")


def _cell(value: Any) -> str:
    if value is None or value == "":
        return "-"
    text = printable(str(value))
    return text if len(text) <= WIDEST else f"{text[: WIDEST - 1]}…"
