"""Commands over the API: what is there, what failed, and what to do about it."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from typing import Any
from urllib.parse import quote

import click

from services.cli.client import REFUSED, UNUSABLE, all_of, call, end
from services.cli.family import family
from services.cli.output import as_json, json_anyway, print_json, print_table, printable

sources = family("sources", "Where articles come from.")
articles = family("articles", "Articles in the ledger, and under an embargo.")
subscriptions = family("subscriptions", "Webhooks.")
consumers = family("consumers", "Downstream systems and their keys.")
private_feeds = family("private-feeds", "Feeds that one consumer has alone.", revoke="delete")
dead_letters = family("dead-letters", "What the line gave up on.")


def _lists(group: click.Group, path: str, field: str, columns: Sequence[str]) -> None:
    @group.command("list")
    @as_json
    def _list(as_json: bool) -> None:
        """List them."""
        _show(all_of(path, field), field, columns, plain=as_json)


def _show(found: dict[str, Any], field: str, columns: Sequence[str], *, plain: bool) -> None:
    if plain:
        print_json(found)
    else:
        print_table(found[field], columns)


def _acts(
    group: click.Group,
    name: str,
    about: str,
    method: str,
    path: str,
    meant: Callable[[str], str] = str,
    *,
    all: bool = False,
) -> None:
    @as_json
    def _act(ids: tuple[str, ...], as_json: bool, *, everything: bool = False) -> None:
        if all and bool(ids) == everything:
            raise click.UsageError("name some, or give --all")
        done = []
        for one in map(meant, _letters() if everything else ids):
            found = call(method, path.format(quote(one, safe="")))
            done.append(found or {"id": one})
            if not as_json:
                click.echo(f"{name}: {one}")
        if as_json:
            print_json({"done": done})

    if all:
        _act = click.option("--all", "everything", is_flag=True, help="All that there are.")(_act)
    named = click.argument("ids", nargs=-1, required=not all, metavar="[ID]..." if all else "ID...")
    group.command(name, help=about)(named(_act))


LETTERS = 1000
"""Dead letters of a stream that the API lists at once."""


def _letters() -> Iterator[str]:
    """Yield all there are when it begins, each to be gone before more are asked for; not those that come meanwhile."""
    left: int | None = None
    while left is None or left > 0:
        found = call("GET", f"/api/v1/dead-letters?limit={LETTERS}")
        rows = found["dead_letters"]
        left = (found["count"] if left is None else left) - len(rows)
        yield from (row["id"] for row in rows)
        if not rows:
            return


def consumer_of(text: str) -> str:
    """Return the id of the consumer that has this id or this name; ends the command when none has, or several."""
    known = call("GET", "/api/v1/consumers")["consumers"]
    named = [row["id"] for row in known if text == row["id"]] or [row["id"] for row in known if text == row["name"]]
    if not named:
        end(REFUSED, f"no consumer has the id or the name {printable(text)!r}: see `wireroom consumers list`")
    if len(named) > 1:
        end(REFUSED, f"{len(named)} consumers are called {printable(text)!r}; give one's id: {', '.join(named)}")
    return str(named[0])


_lists(
    sources,
    "/api/v1/sources",
    "sources",
    ("id", "kind", "status", "items_a_day", "succeeded_at", "next_poll_at", "url", "error"),
)
_lists(
    subscriptions,
    "/api/v1/subscriptions",
    "subscriptions",
    ("id", "status", "failing_since", "owner", "url", "filter", "reason"),
)
_lists(consumers, "/api/v1/consumers", "consumers", ("id", "name", "embargo", "created_at"))
_lists(
    private_feeds, "/api/v1/private-feeds", "private_feeds", ("id", "consumer", "name", "reuse", "created_at", "query")
)
_lists(dead_letters, "/api/v1/dead-letters", "dead_letters", ("id", "group", "tries", "error"))
_acts(sources, "delete", "Stop and forget sources.", "DELETE", "/api/v1/sources/{}")
_acts(sources, "poll", "Poll sources now.", "POST", "/api/v1/sources/{}/poll")
_acts(subscriptions, "delete", "Delete subscriptions.", "DELETE", "/api/v1/subscriptions/{}")
_acts(consumers, "delete", "Delete consumers; their keys stop working.", "DELETE", "/api/v1/consumers/{}", consumer_of)
_acts(private_feeds, "delete", "Take feeds away; their addresses stop working.", "DELETE", "/api/v1/private-feeds/{}")
_acts(dead_letters, "retry", "Send them down the line again.", "POST", "/api/v1/dead-letters/{}/retry", all=True)
_acts(dead_letters, "delete", "Forget them for good.", "DELETE", "/api/v1/dead-letters/{}", all=True)


@sources.command("add")
@click.argument("url")
@click.option("--id", "source", help="Its id; made from the address when not given.")
@click.option("--name", help="Its name for people.")
@click.option("--kind", type=click.Choice(("feed", "page", "sitemap", "wordpress")), default="feed")
@click.option("--full-text/--no-full-text", default=None, help="Read each article's own page (page, sitemap: yes).")
@json_anyway
def add_source(url: str, kind: str, *, full_text: bool | None, **given: str | None) -> None:
    """Poll the feed at URL, or what else `sources discover` found there."""
    asked = {"url": url, "kind": kind, "full_text": full_text, "id": given.pop("source"), **given}
    print_json(
        call("POST", "/api/v1/sources", {field: value for field, value in asked.items() if value not in (None, "")})
    )


@subscriptions.command("test")
@click.argument("subscription")
@json_anyway
def test_subscription(subscription: str) -> None:
    """Send a signed test event now, and print what came of it."""
    found = call("POST", f"/api/v1/subscriptions/{quote(subscription, safe='')}/test")
    print_json(found)
    sys.exit(0 if found["delivered"] else REFUSED)


@subscriptions.command("deliveries")
@click.argument("subscription")
@click.option("--failed", is_flag=True, help="Only those that did not arrive.")
@as_json
def deliveries(subscription: str, failed: bool, as_json: bool) -> None:
    """Show the latest delivery attempts."""
    asked = "?outcome=failed" if failed else ""
    found = call("GET", f"/api/v1/subscriptions/{quote(subscription, safe='')}/deliveries{asked}")
    columns = ("at", "seq", "type", "attempt", "outcome", "status", "ms", "reason")
    _show(found, "deliveries", columns, plain=as_json)


REUSE = click.option(
    "--reuse",
    type=click.Choice(("full", "summary", "headline")),
    default="full",
    show_default=True,
    help="How much of each article it may have at most.",
)


@consumers.command("add")
@click.argument("name")
@click.option("--query", default="", help="What it may have at most, e.g. 'section:world'; everything if not given.")
@REUSE
@click.option("--early", is_flag=True, help="Trust it with articles under an embargo.")
@json_anyway
def add_consumer(name: str, query: str, reuse: str, early: bool) -> None:
    """Make a consumer called NAME, and print it with its key as JSON: the key is never shown again."""
    asked = {"name": name, "query": query, "reuse": reuse} | ({"embargo": "early"} if early else {})
    print_json(call("POST", "/api/v1/consumers", asked))


@consumers.command("trust")
@click.argument("ids", nargs=-1, required=True, metavar="CONSUMER...")
@as_json
def trust(ids: tuple[str, ...], as_json: bool) -> None:
    """Trust consumers with articles under an embargo, for subscriptions that ask for them."""
    _trusted(ids, "trust", "early", plain=as_json)


@consumers.command("distrust")
@click.argument("ids", nargs=-1, required=True, metavar="CONSUMER...")
@as_json
def distrust(ids: tuple[str, ...], as_json: bool) -> None:
    """Send consumers nothing ahead of its release any more, what is queued neither."""
    _trusted(ids, "distrust", None, plain=as_json)


def _trusted(ids: tuple[str, ...], told: str, embargo: str | None, *, plain: bool) -> None:
    done = []
    for one in ids:
        done.append(call("PATCH", f"/api/v1/consumers/{quote(consumer_of(one), safe='')}", {"embargo": embargo}))
        if not plain:
            click.echo(f"{told}: {one}")
    if plain:
        print_json({"done": done})


@private_feeds.command("add")
@click.argument("consumer")
@click.option("--query", default="", help="What is in it, e.g. 'tag:kursk-oblast'; all when not given.")
@click.option("--name", default="", help="What people call it.")
@REUSE
@json_anyway
def add_private_feed(consumer: str, query: str, name: str, reuse: str) -> None:
    """Give CONSUMER, an id or a name, a feed of its own; prints its addresses, once."""
    asked = {"consumer": consumer_of(consumer), "query": query, "name": name, "reuse": reuse}
    print_json(call("POST", "/api/v1/private-feeds", asked))


@articles.command("get", hidden=True)
@click.argument("article")
@json_anyway
def get_article(article: str) -> None:
    """Print an article as JSON, as `show --json` does."""
    print_json(call("GET", f"/api/v1/articles/{quote(article, safe='')}"))


@articles.command("embargoed")
@as_json
def embargoed_articles(as_json: bool) -> None:
    """List what waits for the end of its embargo, the soonest first."""
    found = all_of("/api/v1/articles/embargoed", "embargoed")
    _show(found, "embargoed", ("id", "version", "embargoed_until", "source", "published_version"), plain=as_json)


@articles.command("early")
@click.argument("article")
@as_json
def early_receipts(article: str, as_json: bool) -> None:
    """Show who got an article ahead of its release, and who confirmed it."""
    found = call("GET", f"/api/v1/articles/{quote(article, safe='')}/embargoed/receipts")
    if as_json:
        print_json(found)
        return
    rows = [{**row, **each} for row in found["receipts"] for each in row["deliveries"]]
    print_table(rows, ("subscription", "owner", "type", "version", "state", "acknowledged_at", "attempts", "url"))
    if found["version"] is not None:
        click.echo(f"version {found['version']} waits until {found['embargoed_until']}")


@articles.command("push")
@click.argument("file", type=click.File("rb"))
@json_anyway
def push_article(file: Any) -> None:
    """Push the article in FILE (JSON; - for standard input)."""
    try:
        body = json.loads(file.read())
    except ValueError as error:
        end(UNUSABLE, f"{getattr(file, 'name', 'input')}: not valid JSON: {error}")
    print_json(call("POST", "/api/v1/articles", body))


@articles.command("retract")
@click.argument("article")
@click.option("--reason", required=True, help="Why it is taken back, for every reader.")
@click.option("--replacement-url", help="What stands in its place.")
@json_anyway
def retract_article(article: str, reason: str, replacement_url: str | None) -> None:
    """Take an article back, everywhere it went."""
    body = {"reason": reason, "replacement_url": replacement_url}
    print_json(call("POST", f"/api/v1/articles/{quote(article, safe='')}/retract", body))
