"""Commands about subscriptions, against a line that runs."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import click
import pytest

from services.cli.subscribing import start_of
from tests.cli.running import Running
from tests.cli.test_resources import partner, push
from tests.waiting import until

__all__ = ["partner"]


def test_where_to_start_is_read_and_all_else_is_refused() -> None:
    assert [start_of(text) for text in ("now", "42", "last:5", "2026-11-22")] == [
        "now",
        {"seq": 42},
        {"last": 5},
        {"date": "2026-11-22"},
    ]
    for wrong in ("", "then", "last:", "last:x", "-4"):
        with pytest.raises(click.BadParameter):
            start_of(wrong)


def test_what_a_subscription_got_is_shown_proven_and_sent_again(line: Running, partner: str) -> None:
    pushed = push(line, "cli-subscribing", headline="Walrus seen at the quay")
    sub = line.json("subscriptions", "add", partner, "-f", "walrus", "--from", "last:1")["id"]

    def digest() -> Any:
        return line.json("subscriptions", "digest", sub)

    asyncio.run(until(lambda: digest()["confirmed"] == 1, step=0.2))
    assert line.json("subscriptions", "events", sub, "--json")["events"][0]["data"]["article"]["id"] == pushed["id"]
    assert str(pushed["id"]) in line.wireroom("subscriptions", "events", sub).stdout
    assert line.json("subscriptions", "stats", sub, "--json")["last_24h"]["delivered"] == 1
    assert "last 24h" in line.wireroom("subscriptions", "stats", sub).stdout
    assert line.json("articles", "receipts", str(pushed["id"]), "--json")["confirmed"] >= 1
    assert "confirmed, 0 outstanding" in line.wireroom("articles", "receipts", str(pushed["id"])).stdout
    assert line.json("subscriptions", "preview", "walrus", "--json")["count"] == 1
    assert "1 of " in line.wireroom("subscriptions", "preview", "walrus").stdout
    assert line.wireroom("subscriptions", "replay", sub, "--article", str(pushed["id"])).stdout == f"{sub}: queued 1\n"
    assert line.json("subscriptions", "replay", sub, "--after", "0", "--json")["queued"] == 1
    assert line.wireroom("subscriptions", "replay", sub).exit_code == 2
    assert line.wireroom("subscriptions", "pause", sub).stdout == f"paused: {sub}\n"
    assert line.json("subscriptions", "resume", sub, "--json")["status"] == "active"
    assert line.wireroom("subscriptions", "verify", sub).exit_code == 1
    assert line.json("subscriptions", "deliveries", sub, "--failed", "--json")["deliveries"] == []
    line.wireroom("subscriptions", "delete", sub)


def test_retractions_are_listed_with_who_confirmed_them(line: Running, partner: str) -> None:
    pushed = push(line, "cli-retracting", headline="Otter seen at the quay")
    sub = line.json("subscriptions", "add", partner, "-f", "otter", "--from", "last:1")["id"]
    asyncio.run(until(lambda: line.json("subscriptions", "digest", sub)["confirmed"] == 1, step=0.2))
    assert line.wireroom("articles", "retract", str(pushed["id"]), "--reason", "It was a seal").exit_code == 0

    def newest() -> Any:
        return (line.json("articles", "retractions", "--limit", "1", "--json")["retractions"] or [{}])[0]

    asyncio.run(until(lambda: newest().get("confirmed", 0) >= 1, step=0.2))
    assert (newest()["article_id"], newest()["reason"]) == (pushed["id"], "It was a seal")
    header, row = line.wireroom("articles", "retractions", "--limit", "1").stdout.splitlines()
    assert (header.split()[0], row.split()[0]) == ("SEQ", str(newest()["seq"]))
    before = str(newest()["seq"])
    assert str(pushed["id"]) not in line.wireroom("articles", "retractions", "--before", before).stdout
    line.wireroom("subscriptions", "delete", sub)


def test_subscriptions_are_exported_and_imported_under_their_ids(line: Running, partner: str) -> None:
    made = line.json("subscriptions", "add", partner, "-f", "narwhal")
    plain = line.json("subscriptions", "export")
    assert all("secret" not in each for each in plain["subscriptions"])
    whole = line.json("subscriptions", "export", "--secrets")
    mine = [each for each in whole["subscriptions"] if each["id"] == made["id"]]
    assert mine[0]["secret"] == made["secret"]
    given = json.dumps({"subscriptions": mine})
    line.wireroom("subscriptions", "delete", made["id"])
    first = line.json("subscriptions", "import", "-", "--json", given=given)["subscriptions"]
    assert [(each["id"], each["secret"]) for each in first] == [(made["id"], made["secret"])]
    assert line.wireroom("subscriptions", "import", "-", given=given).stdout == f"import:  {made['id']}\n"
    assert line.wireroom("subscriptions", "import", "-", given="{}").exit_code == 2
    strays = [{**mine[0], "id": f"sub_stray{n}", "owner": "nobody"} for n in (1, 2)]
    fresh = {"id": "sub_fresh", "url": mine[0]["url"]}
    some = line.wireroom(
        "subscriptions", "import", "-", given=json.dumps({"subscriptions": [strays[0], fresh, strays[1]]})
    )
    assert (some.exit_code, some.stdout.startswith("import:  sub_fresh  whsec_")) == (1, True)
    assert [row.split()[2] for row in some.stderr.splitlines()] == ["sub_stray1", "sub_stray2"]
    line.wireroom("subscriptions", "delete", "sub_fresh")
    line.wireroom("subscriptions", "delete", made["id"])
