"""`show` in every group, against a line that runs."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
import redis

from services.cli import resources
from services.cli.showing import indented
from shared.embedded import EmbeddedServer
from tests.cli.running import Running
from tests.cli.test_resources import ids, partner, push
from tests.waiting import until

__all__ = ["partner"]


def shown(line: Running, group: str, id: str) -> dict[str, str]:
    """Return what `show` prints for people, by the names that stand before it."""
    lines = line.wireroom(group, "show", id).stdout.splitlines()
    return {text[:18].strip(): text[19:] for text in lines if text[:1].strip()}


def test_a_subscription_is_shown_with_how_it_stands_and_gets_a_new_secret(line: Running, partner: str) -> None:
    made = line.json("subscriptions", "add", partner, "--filter", "source:cli-showing")
    told = shown(line, "subscriptions", made["id"])
    assert (told["url"], told["status"], told["filter"]) == (partner, "active", "source:cli-showing")
    assert "owner" not in told
    assert made["secret"] not in str(line.json("subscriptions", "show", made["id"], "--json"))
    rotated = line.json("subscriptions", "rotate-secret", made["id"], "--overlap", "60")
    assert (rotated["secret"] != made["secret"], rotated["overlap_seconds"]) == (True, 60)
    line.wireroom("subscriptions", "delete", made["id"])
    gone = line.wireroom("subscriptions", "show", made["id"])
    assert (gone.exit_code, gone.stderr) == (1, "404: there is no such subscription\n")


def test_a_subscription_is_changed_in_what_is_given_and_in_nothing_else(line: Running, partner: str) -> None:
    made = line.json("subscriptions", "add", partner, "--filter", "source:cli-before")["id"]
    told = line.json("subscriptions", "change", made, "-f", "source:cli-after", "--rate-limit", "2.5")
    assert (told["filter"], told["rate_limit"], told["url"]) == ("source:cli-after", 2.5, partner)
    assert line.json("subscriptions", "change", made, "--filter", "", "--description", "all")["filter"] == ""
    assert line.wireroom("subscriptions", "change", made).exit_code == 2
    wrong = line.wireroom("subscriptions", "change", made, "--filter", "tag:")
    assert (wrong.exit_code, wrong.stderr[:12]) == (1, "422: filter:")
    line.wireroom("subscriptions", "delete", made)


def test_several_subscriptions_are_paused_and_resumed_at_once(line: Running, partner: str) -> None:
    made = [line.json("subscriptions", "add", partner, "--filter", f"source:cli-{n}")["id"] for n in range(2)]
    assert line.wireroom("subscriptions", "pause", *made).stdout == "".join(f"paused: {one}\n" for one in made)
    done = line.json("subscriptions", "resume", *made, "--json")["done"]
    assert [one["status"] for one in done] == ["active", "active"]
    line.wireroom("subscriptions", "delete", *made)


def test_an_article_is_shown_by_the_names_of_what_is_in_it(line: Running) -> None:
    id = str(push(line, "cli-shown", authors=[{"name": "Ann Writer"}])["id"])
    asyncio.run(until(lambda: line.wireroom("articles", "show", id).exit_code == 0))
    told = shown(line, "articles", id)
    assert (told["version"], told["status"], told["authors"]) == ("1", "usable", "Ann Writer")
    assert told["source"].endswith("(desk)")
    line.json("articles", "retract", id, "--reason", "It never sailed.")
    asyncio.run(until(lambda: shown(line, "articles", id).get("retraction") == "It never sailed."))
    assert line.json("articles", "get", id)["status"] == "canceled"


def test_a_consumer_is_shown_by_its_name(line: Running) -> None:
    made = line.json("consumers", "add", "Shown Daily", "--query", "section:world")
    told = shown(line, "consumers", "Shown Daily")
    assert (told["id"], told["query"]) == (made["id"], "section:world")
    assert made["key"] not in line.wireroom("consumers", "show", made["id"]).stdout
    line.wireroom("consumers", "delete", made["id"])


def test_dead_letters_are_shown_with_their_traceback_and_forgotten_all_at_once(
    line: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    with redis.Redis.from_url(EmbeddedServer(line.home / "data").url) as server:
        for body in (b"not \x1b[31man event", b"nor this"):
            server.xadd("{p0}:article.ingested", {"__data__": body})
    asyncio.run(until(lambda: len(ids(line, "dead-letters")) == 2))
    (letter,) = (one for one in letters(line) if "an event" in one["body"])
    told = line.wireroom("dead-letters", "show", letter["id"]).stdout
    for said in (letter["id"], "enrichment", "\nbody:\n  not "):
        assert said in told
    assert "traceback" not in told  # what cannot be read at all has none
    assert "\x1b" not in told
    assert line.json("dead-letters", "show", letter["id"], "--json") == letter
    assert line.wireroom("dead-letters", "show", "nope").exit_code == 1
    assert line.wireroom("dead-letters", "delete").exit_code == 2
    assert line.wireroom("dead-letters", "delete", letter["id"], "--all").exit_code == 2
    monkeypatch.setattr(resources, "LETTERS", 1)  # more than are listed at once
    assert len(line.json("dead-letters", "delete", "--all", "--json")["done"]) == 2
    assert ids(line, "dead-letters") == []


def test_a_traceback_keeps_its_lines_and_steers_no_terminal() -> None:
    assert indented("Traceback:\n  File \x1b[31m\n") == "  Traceback:\n    File \N{REPLACEMENT CHARACTER}[31m"


def letters(line: Running) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = line.json("dead-letters", "list", "--json")["dead_letters"]
    return found
