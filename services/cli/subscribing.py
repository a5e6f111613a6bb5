"""Commands about subscriptions beyond listing them: where they start, what they got, taking them elsewhere."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import IO, Any
from urllib.parse import quote, urlencode

import click

from services.cli.client import REFUSED, UNUSABLE, call, end, told
from services.cli.output import as_json, json_anyway, print_json, print_table, printable
from services.cli.resources import articles, subscriptions

__all__ = ["articles", "subscriptions"]

ROOT = "/api/v1/subscriptions"


def one(id: str, rest: str = "") -> str:
    """Return the path of a subscription, or of what is below it."""
    return f"{ROOT}/{quote(id, safe='')}{rest}"


def start_of(text: str) -> Any:
    """Return `--from` as the API takes it: now, a number, last:N or a date. Raises BadParameter."""
    kind, _, number = text.partition(":")
    if text == "now":
        return "now"
    if text.isdecimal():
        return {"seq": int(text)}
    if kind == "last" and number.isdecimal():
        return {"last": int(number)}
    if text[:4].isdecimal():
        return {"date": text}
    raise click.BadParameter("give now, a number in the ledger, last:N or a date", param_hint="--from")


@subscriptions.command("add")
@click.argument("url")
@click.option("--filter", "-f", "query", default="", help="A query, e.g. 'tag:kursk-oblast'.")
@click.option("--from", "start", default="now", help="Where to start: now, a ledger number, last:N or a date.")
@click.option("--verify", type=click.Choice(("test", "challenge")), help="Send nothing until the receiver is proven.")
@click.option("--embargoed", is_flag=True, help="Articles under an embargo too, ahead of their release.")
@json_anyway
def add(url: str, query: str, start: str, verify: str | None, embargoed: bool) -> None:
    """Have matching events posted to URL; prints the secret, once."""
    asked = {"url": url, "filter": query, "from": start_of(start), "verify": verify, "embargoed": embargoed}
    print_json(call("POST", ROOT, asked))


@subscriptions.command("change")
@click.argument("subscription")
@click.option("--url", help="Where to send from now on.")
@click.option("--filter", "-f", help="The query from now on; '' for every article.")
@click.option("--description", help="What it is for.")
@click.option("--max-in-flight", type=int, help="Deliveries under way at once, at most.")
@click.option("--rate-limit", type=float, help="Deliveries a second, at most.")
@json_anyway
def change(subscription: str, **given: str | float | None) -> None:
    """Change a subscription, from the next delivery on; all else of it stays."""
    asked = {name: value for name, value in given.items() if value is not None}
    if not asked:
        raise click.UsageError("say what to change, such as --filter 'tag:kursk-oblast'")
    print_json(call("PATCH", one(subscription), asked))


@subscriptions.command("preview")
@click.argument("query")
@click.option("--days", type=click.IntRange(1, 7), default=7)
@as_json
def preview(query: str, days: int, as_json: bool) -> None:
    """Show what of the last days QUERY would have matched, and why."""
    found = call("POST", f"{ROOT}/preview", {"filter": query, "days": days})
    if as_json:
        print_json(found)
        return
    print_table(found["matched"], ("seq", "type", "headline", "matched"))
    click.echo(f"{found['count']} of {found['scanned']} since {found['since']}")


@subscriptions.command("pause")
@click.argument("ids", nargs=-1, required=True, metavar="SUBSCRIPTION...")
@as_json
def pause(ids: tuple[str, ...], as_json: bool) -> None:
    """Hold deliveries; what comes waits."""
    _turned(ids, "paused", plain=as_json)


@subscriptions.command("resume")
@click.argument("ids", nargs=-1, required=True, metavar="SUBSCRIPTION...")
@as_json
def resume(ids: tuple[str, ...], as_json: bool) -> None:
    """Let deliveries flow again, what waited first; also for one that is disabled or pending."""
    _turned(ids, "active", plain=as_json)


def _turned(ids: tuple[str, ...], status: str, *, plain: bool) -> None:
    done = []
    for id in ids:
        done.append(call("PATCH", one(id), {"status": status}))
        if not plain:
            click.echo(f"{done[-1]['status']}: {id}")
    if plain:
        print_json(done[0] if len(done) == 1 else {"done": done})


@subscriptions.command("rotate-secret")
@click.argument("subscription")
@click.option("--overlap", type=float, help="Seconds for which the old one signs, too; a day if not given.")
@json_anyway
def rotate_secret(subscription: str, overlap: float | None) -> None:
    """Make a new secret, beside which the old one signs for a while; prints it, once."""
    print_json(
        call("POST", one(subscription, "/rotate-secret"), {} if overlap is None else {"overlap_seconds": overlap})
    )


@subscriptions.command("verify")
@click.argument("subscription")
@json_anyway
def verify(subscription: str) -> None:
    """Try a pending subscription's receiver now."""
    found = call("POST", one(subscription, "/verify"))
    print_json(found)
    if not found["verified"]:
        end(REFUSED, "the receiver is not proven")


@subscriptions.command("digest")
@click.argument("subscription")
@click.option("--from", "first", type=click.IntRange(1))
@click.option("--to", "last", type=click.IntRange(0))
@json_anyway
def digest(subscription: str, first: int | None, last: int | None) -> None:
    """Print count and hash of what a subscription was assigned."""
    asked = {name: value for name, value in (("from", first), ("to", last)) if value is not None}
    print_json(call("GET", one(subscription, f"/digest?{urlencode(asked)}")))


@subscriptions.command("stats")
@click.argument("subscription")
@as_json
def stats(subscription: str, as_json: bool) -> None:
    """Show how fast and how well deliveries went."""
    found = call("GET", one(subscription, "/stats"))
    if as_json:
        print_json(found)
        return
    rows = [{"span": span.replace("_", " "), **told, **told["publish_to_ack_ms"]} for span, told in found.items()]
    print_table(rows, ("span", "attempts", "delivered", "given_up", "success_rate", "p50", "p95", "p99"))


@subscriptions.command("events")
@click.argument("subscription")
@click.option("--after", type=click.IntRange(0), default=0)
@click.option("--limit", type=click.IntRange(1, 1000), default=100)
@as_json
def events(subscription: str, after: int, limit: int, as_json: bool) -> None:
    """Print what a subscription was assigned after a number."""
    asked = {"subscription": subscription, "after": after, "limit": limit}
    found = call("GET", f"/api/v1/events?{urlencode(asked)}")
    if as_json:
        print_json(found)
        return
    rows = [{**each, "article": each["data"]["article"]["id"]} for each in found["events"]]
    print_table(rows, ("seq", "type", "timestamp", "article"))


@subscriptions.command("export")
@click.option("--secrets", is_flag=True, help="With secrets and credentials: keep the output safe.")
@json_anyway
def export(secrets: bool) -> None:
    """Print all subscriptions as JSON, for `import`."""
    print_json(call("GET", f"{ROOT}/export?secrets={'true' if secrets else 'false'}"))


@subscriptions.command("import")
@click.argument("file", type=click.File("rb"))
@as_json
def import_subscriptions(file: IO[bytes], as_json: bool) -> None:
    """Put the subscriptions in FILE (- for standard input) back under their ids; again has no further effect."""
    try:
        rows = json.loads(file.read())["subscriptions"]
        given = [(str(each["id"]), each) for each in rows]
    except (ValueError, KeyError, TypeError):
        end(UNUSABLE, f"{getattr(file, 'name', 'input')}: not what `subscriptions export` prints")
    done, refused = [], dict[str, str]()
    try:
        for id, each in given:
            answer = call("PUT", one(id), each, accept=(422,))
            if answer.get("status") == 422:  # of a subscription it is a word
                refused[id] = told(answer)
            else:
                done.append(answer)
    finally:  # whatever ends it: a new one's secret is shown here only
        _imported(done, plain=as_json)
    if refused:
        end(REFUSED, "\n".join(f"not imported: {printable(id)}  {why}" for id, why in refused.items()))


def _imported(done: Sequence[dict[str, Any]], *, plain: bool) -> None:
    if plain:
        print_json({"subscriptions": done})
        return
    for each in done:
        click.echo("  ".join(["import:", each["id"], *([each["secret"]] if "secret" in each else [])]))


@articles.command("receipts")
@click.argument("article")
@as_json
def receipts(article: str, as_json: bool) -> None:
    """Show who confirmed the newest version of an article, and who is outstanding."""
    path = f"/api/v1/articles/{quote(article, safe='')}/receipts"
    found = call("GET", path)
    while (after := found.pop("next", None)) is not None:
        page = call("GET", f"{path}?after={after}")
        found["receipts"] += page["receipts"]
        found["next"] = page["next"]
    if as_json:
        print_json(found)
        return
    rows = [{**each, **(each["confirmed"] or {})} for each in found["receipts"]]
    rows = [{**row, "confirmed_at": row.get("at")} for row in rows]
    print_table(rows, ("subscription", "version", "confirmed_at", "ms", "attempts", "outstanding", "url"))
    click.echo(f"{found['confirmed']} of {found['subscriptions']} confirmed, {found['outstanding']} outstanding")


@articles.command("retractions")
@click.option("--limit", type=click.IntRange(1, 100), default=20, show_default=True)
@click.option("--before", type=click.IntRange(1), help="Go on from the `next` of an earlier answer.")
@as_json
def retractions(limit: int, before: int | None, as_json: bool) -> None:
    """Show the latest retractions that went to anybody, and how many confirmed them."""
    asked = {"limit": limit} | ({} if before is None else {"before": before})
    found = call("GET", f"/api/v1/retractions?{urlencode(asked)}")
    if as_json:
        print_json(found)
        return
    columns = ("seq", "timestamp", "article_id", "subscriptions", "confirmed", "outstanding", "slowest_ms", "reason")
    print_table(found["retractions"], columns)
