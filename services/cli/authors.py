"""`wireroom authors`: the names that no profile was found for, and new profiles and aliases in authors.toml."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import click

from services.cli import recent
from services.cli.client import REFUSED, UNUSABLE, end, read_settings
from services.cli.family import family
from services.cli.output import as_json, hint, print_added, print_json, print_table
from services.cli.re_enrich import moment_of
from shared.newsroom import Refused
from shared.newsroom_edit import Edited, Value, add_table, add_to_list
from shared.slugs import slug

FILE = "authors.toml"

authors = family("authors", "Who writes.")


@authors.command("unmatched")
@click.option("--since", default="7d", show_default=True, help="How far back: 7d, 12h, 2w, or a date.")
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1), help="So many names at most.")
@as_json
def unmatched(since: str, limit: int, as_json: bool) -> None:
    """List names without a profile, and the profiles that are spelt much like them: nothing is linked by likeness.

    Names that authors.toml on this machine links by now are left out.
    """
    from services.enrichment import unmatched as names  # noqa: PLC0415  # slow to load, and no other command needs it
    from services.enrichment.authors import parse_authors  # noqa: PLC0415  # as above
    from shared.newsroom import Watched  # noqa: PLC0415  # as above

    try:
        moment = moment_of(since, datetime.now(UTC))
    except (ValueError, OverflowError):
        end(UNUSABLE, f"--since: neither a span such as 7d nor a date: {since!r}")
    file = Watched(_path(), parse_authors)
    told = file.refresh()
    if isinstance(told, Refused):
        end(REFUSED, told.reason)
    found = names.unmatched(recent.since(moment), file.current)
    shown = [(one, names.like(one.name, file.current)) for one in found[:limit]]
    if as_json:
        rows = [asdict(one) | {"like": [asdict(other) for other in like]} for one, like in shown]
        print_json({"unmatched": rows, "names": len(found)})
        return
    table = [
        {
            "name": one.name,
            "kind": one.kind,
            "articles": one.count,
            "sources": ", ".join(one.sources),
            "last_seen": one.last_seen[:10],
            "like": ", ".join(f"{other.id} ({other.likeness:.0f})" for other in like),
        }
        for one, like in shown
    ]
    print_table(table, ("name", "kind", "articles", "sources", "last_seen", "like"))
    if len(found) > limit:
        click.echo(f"{limit} of {len(found)} names; --limit shows more", err=True)
    if found:
        hint("wireroom authors add NAME makes a profile, with --alias-of ID an alias of one")


@authors.command("add")
@click.argument("name")
@click.option("--id", "id", help="The profile's id; made from the name when not given.")
@click.option("--alias-of", metavar="ID", help="Make the name an alias of this profile, instead of a new one.")
@click.option("--kind", type=click.Choice(["person", "agency", "desk"]), default="person", show_default=True)
@click.option("--role", help="For a person.")
@click.option("--outlet", help="For a person.")
@click.option(
    "--source", "sources", multiple=True, metavar="SOURCE", help="A source that prints this name; repeatable."
)
@as_json
def add(
    name: str,
    id: str | None,
    alias_of: str | None,
    kind: str,
    role: str | None,
    outlet: str | None,
    sources: tuple[str, ...],
    as_json: bool,
) -> None:
    """Add a profile called NAME to authors.toml, or NAME as an alias of one that is there.

    The file is checked first, as `wireroom check` does; all else in it, comments too, stays as it is.
    """
    if alias_of is not None and (id or role or outlet or sources):
        end(UNUSABLE, "--alias-of: an alias has no id, role, outlet or source of its own")
    if kind == "desk" and len(sources) > 1:
        end(UNUSABLE, "--source: a desk is of one source, or of all")
    if alias_of is not None:
        _done(_alias(name, alias_of), alias_of, f"{name} is {alias_of}", plain=as_json)
        return
    chosen = id or slug(name)
    values: dict[str, Value | None] = {"id": chosen}
    match kind:
        case "desk":
            values |= {"match": [name], "source": sources[0] if sources else None}
        case "agency":
            values |= {"name": name}
        case _:
            values |= {"name": name, "role": role, "outlet": outlet, "sources": list(sources) or None}
    _done(
        _table(kind, {key: value for key, value in values.items() if value is not None}),
        chosen,
        f"{name} has a profile {chosen}",
        plain=as_json,
    )


def _table(kind: str, values: dict[str, Value]) -> Edited | Refused:
    from services.enrichment.authors import parse_authors  # noqa: PLC0415  # as above

    with _writing() as path:
        return add_table(path, "author" if kind == "person" else kind, values, parse_authors)


def _alias(name: str, id: str) -> Edited | Refused:
    tables = (("author", "aliases"), ("agency", "aliases"), ("desk", "match"))
    outcomes = (_alias_in(table, key, name, id) for table, key in tables)
    nobody = Refused(_path(), f"{FILE}: there is no profile {id!r}")
    return next((outcome for outcome in outcomes if outcome is not None), nobody)


def _alias_in(table: str, key: str, name: str, id: str) -> Edited | Refused | None:
    from services.enrichment.authors import parse_authors  # noqa: PLC0415  # as above

    try:
        with _writing() as path:
            return add_to_list(path, table, id, key, name, parse_authors)
    except KeyError:
        return None
    except ValueError as error:
        return Refused(_path(), f"{FILE}: {error}")


@contextmanager
def _writing() -> Iterator[Path]:
    """Give the file, and end the command when it cannot be written."""
    try:
        yield _path()
    except OSError as error:
        end(REFUSED, f"cannot write {error.filename or FILE}: {error.strerror}")


def _done(outcome: Edited | Refused, id: str, about: str, *, plain: bool) -> None:
    if isinstance(outcome, Refused):
        end(REFUSED, outcome.reason)
    print_added(FILE, outcome.line, id, about, plain=plain)


def _path() -> Path:
    return read_settings().newsroom / FILE
