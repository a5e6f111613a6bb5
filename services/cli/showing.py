"""`show` in every group: one thing whole, for people a line a field, for programs the API's answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import quote

import click

from services.cli.client import REFUSED, call, end
from services.cli.output import as_json, print_facts, print_json, printable
from services.cli.resources import LETTERS, articles, consumer_of, consumers, dead_letters, sources, subscriptions

__all__ = ["sources"]

HEALTH = (
    *("id", "name", "kind", "url", "moved_to", "status", "error", "failures", "polled_at", "succeeded_at"),
    *("next_poll_at", "interval_minutes", "shortest_minutes", "longest_minutes", "items_a_day", "identity"),
    *("quality", "imperfect", "pushed_at", "push_until", "origin"),
)
SUBSCRIPTION = (
    *("id", "description", "url", "status", "reason", "failing_since", "waiting", "next_attempt", "missed_from"),
    *("filter", "within", "types", "owner", "created_at", "signing", "format", "payload", "fields", "reuse"),
    *("delivery", "digest", "rate_limit", "max_in_flight", "schedule", "verify", "exit_notices", "embargoed"),
)
ARTICLE = (
    *("id", "version", "status", "headline", "source", "section", "url", "language", "published_at", "updated_at"),
    *("ingested_at", "authors", "tags", "dateline", "word_count", "reuse", "rights", "duplicate_of", "revision_of"),
    *("corrections", "retraction", "embargoed_until"),
)
CONSUMER = ("id", "name", "embargo", "query", "reuse", "created_at")
LETTER = ("id", "stream", "group", "tries", "error")


def _shows(group: click.Group, what: str, about: str, find: Callable[[str], Any], names: Sequence[str]) -> None:
    @group.command("show", help=about)
    @click.argument("one", metavar=what)
    @as_json
    def _show(one: str, as_json: bool) -> None:
        found = find(one)
        if as_json:
            print_json(found)
        else:
            print_facts(_worded(found), names)


def _of(path: str) -> Callable[[str], Any]:
    return lambda one: call("GET", f"/api/v1/{path}/{quote(one, safe='')}")


def _consumer(one: str) -> Any:
    id = consumer_of(one)
    return next(row for row in call("GET", "/api/v1/consumers")["consumers"] if row["id"] == id)


def _letter(one: str) -> Any:
    found = [row for row in call("GET", f"/api/v1/dead-letters?limit={LETTERS}")["dead_letters"] if row["id"] == one]
    where = f"among the newest {LETTERS} of each stream"
    return found[0] if found else end(REFUSED, f"404: there is no dead letter {printable(one)!r} {where}")


def _worded(found: Mapping[str, Any]) -> dict[str, Any]:
    """Return a thing with the names of what is in it, in place of all that is known of them."""
    return {name: _name(value) for name, value in found.items()}


def _name(value: Any) -> Any:
    match value:
        case {"name": str(name), **rest}:
            return f"{name} ({rest['id']})" if rest.get("id") else name
        case {"note": str(said)} | {"reason": str(said)}:
            return said
        case list():
            return ", ".join(str(_name(each)) for each in value)
        case _:
            return value


_shows(sources, "SOURCE", "Show how a source fares.", _of("sources"), HEALTH)
_shows(articles, "ARTICLE", "Show an article as it stands; --json has all of it.", _of("articles"), ARTICLE)
_shows(subscriptions, "SUBSCRIPTION", "Show a subscription and how it stands.", _of("subscriptions"), SUBSCRIPTION)
_shows(consumers, "CONSUMER", "Show a consumer, by its id or name.", _consumer, CONSUMER)


@dead_letters.command("show")
@click.argument("letter")
@as_json
def show_letter(letter: str, as_json: bool) -> None:
    """Show why an event was given up, with its traceback and what it said."""
    found = _letter(letter)
    if as_json:
        print_json(found)
        return
    print_facts(found, LETTER)
    for name in ("traceback", "body"):
        if found[name]:
            click.echo(f"\n{name}:\n{indented(found[name])}")


def indented(text: str) -> str:
    """Return text of several lines with a margin, and with nothing that a terminal might obey."""
    return "\n".join(f"  {printable(line)}" for line in text.splitlines())
