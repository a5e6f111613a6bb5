"""Every command over the API, against a line that runs."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import IO

import pytest
import redis

from shared.embedded import EmbeddedServer
from tests.builders import a_push
from tests.cli.running import Running, endless
from tests.ports import free_port
from tests.waiting import until


@pytest.fixture
def partner() -> Iterator[str]:
    """Answer every request on loopback with 204, and give the address."""

    class Yes(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["content-length"]))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with HTTPServer(("127.0.0.1", 0), Yes) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/hook"
        server.shutdown()
        thread.join()


def push(line: Running, guid: str, **over: object) -> dict[str, object]:
    answer: dict[str, object] = line.json("articles", "push", "-", given=json.dumps(a_push(guid=guid, **over)))
    return answer


def ids(line: Running, group: str) -> list[str]:
    return [one["id"] for one in line.json(group, "list", "--json")[group.replace("-", "_")]]


def test_sources_are_added_listed_polled_and_deleted(line: Running) -> None:
    made = line.json("sources", "add", f"{line.url}/feeds/all.rss", "--id", "mirror", "--name", "Mirror")
    assert (made["id"], made["name"], made["kind"]) == ("mirror", "Mirror", "feed")
    header, *rows = line.wireroom("sources", "list").stdout.splitlines()
    assert header.split("  ")[0] == "ID"
    assert all(name in header for name in ("KIND", "STATUS", "ITEMS A DAY", "SUCCEEDED AT", "NEXT POLL AT", "ERROR"))
    assert [row.split()[:2] for row in rows if row.startswith(("desk", "mirror"))] == [
        ["desk", "drop"],
        ["mirror", "feed"],
    ]
    asyncio.run(until(lambda: _succeeded(line, "mirror")))
    shown = line.wireroom("sources", "show", "mirror").stdout.splitlines()
    assert [text.split()[-1] for text in shown if text.startswith(("id ", "status", "quality"))] == [
        *("mirror", "active", "strict"),
    ]
    assert line.json("sources", "show", "mirror", "--json")["identity"] == "guid"
    assert line.wireroom("sources", "poll", "mirror").stdout == "poll: mirror\n"
    assert line.wireroom("sources", "poll", "desk").exit_code == 1
    assert line.wireroom("sources", "delete", "mirror").stdout == "delete: mirror\n"
    assert "mirror" not in ids(line, "sources")
    again = line.wireroom("sources", "delete", "mirror")
    assert (again.exit_code, again.stderr) == (1, "404: there is no source 'mirror'\n")


def _succeeded(line: Running, source: str) -> bool:
    sources = line.json("sources", "list", "--json")["sources"]
    return any(one["id"] == source and one["succeeded_at"] for one in sources)


def test_articles_are_pushed_read_and_retracted(line: Running) -> None:
    made = push(line, "cli-1")
    assert (made["version"], made["status"]) == (1, "accepted")
    assert push(line, "cli-1")["status"] == "unchanged"
    article = str(made["id"])
    asyncio.run(until(lambda: line.wireroom("articles", "show", article).exit_code == 0))
    assert line.json("articles", "show", article, "--json")["headline"] == "Ferry service resumes across the bay"
    line.json("articles", "retract", article, "--reason", "It never sailed.")
    asyncio.run(until(lambda: line.json("articles", "show", article, "--json")["status"] == "canceled"))
    assert line.wireroom("articles", "show", "desk-nothing").exit_code == 1


def test_what_is_under_an_embargo_is_listed_and_gone_when_taken_back(line: Running) -> None:
    id = push(line, "later", embargoed_until="2999-01-01T00:00:00Z")["id"]
    asyncio.run(until(lambda: embargoed(line) == [id]))
    assert "2999-01-01T00:00:00Z" in line.wireroom("articles", "embargoed").stdout
    line.wireroom("articles", "retract", str(id), "--reason", "Killed.")
    asyncio.run(until(lambda: embargoed(line) == []))


def embargoed(line: Running) -> list[str]:
    return [one["id"] for one in line.json("articles", "embargoed", "--json")["embargoed"]]


def test_a_file_that_is_not_json_is_wrong_usage(line: Running) -> None:
    result = line.wireroom("articles", "push", "-", given="{")
    assert result.exit_code == 2
    assert "not valid JSON" in result.stderr


def test_subscriptions_are_added_tested_listed_and_deleted(line: Running, partner: str) -> None:
    made = line.json("subscriptions", "add", partner, "--filter", "source:cli-webhooks")
    assert made["secret"].startswith("whsec_")
    row = next(row for row in line.wireroom("subscriptions", "list").stdout.splitlines() if row.startswith(made["id"]))
    assert row.split() == [made["id"], "active", "-", "-", partner, "source:cli-webhooks", "-"]
    assert line.json("subscriptions", "test", made["id"])["delivered"] is True
    push(line, "cli-2", source={"id": "cli-webhooks"})
    asyncio.run(until(lambda: line.json("subscriptions", "deliveries", made["id"], "--json")["deliveries"]))
    header, row = line.wireroom("subscriptions", "deliveries", made["id"]).stdout.splitlines()
    shown = dict(zip(header.split(), row.split(), strict=True))
    (kept,) = line.json("subscriptions", "deliveries", made["id"], "--json")["deliveries"]
    assert shown == {
        "AT": shown["AT"],
        "SEQ": str(kept["seq"]),
        "TYPE": "article.published",
        "ATTEMPT": "1",
        "OUTCOME": "delivered",
        "STATUS": "204",
        "MS": str(kept["ms"]),
        "REASON": "-",
    }
    assert line.wireroom("subscriptions", "delete", made["id"]).exit_code == 0
    assert made["id"] not in ids(line, "subscriptions")


def test_a_test_event_that_nobody_takes_is_exit_code_1(line: Running) -> None:
    made = line.json("subscriptions", "add", f"http://127.0.0.1:{free_port()}", "--filter", "source:cli-nobody")
    result = line.wireroom("subscriptions", "test", made["id"])
    assert result.exit_code == 1
    assert json.loads(result.stdout)["reason"] == "could not connect"
    assert line.wireroom("subscriptions", "delete", made["id"]).exit_code == 0


def test_a_filter_that_cannot_be_read_is_refused_with_its_position(line: Running, partner: str) -> None:
    result = line.wireroom("subscriptions", "add", partner, "--filter", "tag:")
    assert result.exit_code == 1
    assert "position 4" in result.stderr


def test_consumers_are_added_listed_and_deleted_and_see_only_their_own(line: Running) -> None:
    made = line.json("consumers", "add", "Partner Daily")
    key = {"WIREROOM_ADMIN_TOKEN": made["key"]}
    assert line.wireroom("subscriptions", "list", **key).stdout == "none\n"
    assert line.wireroom("sources", "list", **key).exit_code == 1
    assert made["key"] not in line.wireroom("consumers", "list").stdout
    assert made["id"] in ids(line, "consumers")
    assert line.wireroom("consumers", "delete", made["id"]).exit_code == 0
    assert line.wireroom("subscriptions", "list", **key).exit_code == 1


def test_consumers_are_trusted_with_embargoes_and_who_got_what_early_is_shown(line: Running, partner: str) -> None:
    made, other = line.json("consumers", "add", "Early Bird", "--early"), line.json("consumers", "add", "Late")
    assert (made["embargo"], "embargo" in other) == ("early", False)
    key = {"WIREROOM_ADMIN_TOKEN": other["key"]}
    add = ("subscriptions", "add", partner, "--filter", "source:early-desk", "--embargoed")
    assert "embargoed" in line.wireroom(*add, **key).stderr
    assert line.wireroom("consumers", "trust", other["id"]).stdout == f"trust: {other['id']}\n"
    sub = json.loads(line.wireroom(*add, **key).stdout)["id"]
    id = str(push(line, "early", source={"id": "early-desk"}, embargoed_until="2999-01-01T00:00:00Z")["id"])
    asyncio.run(until(lambda: "delivered" in line.wireroom("articles", "early", id).stdout))
    header, row, waits = line.wireroom("articles", "early", id).stdout.splitlines()
    assert header.split()[:5] == ["SUBSCRIPTION", "OWNER", "TYPE", "VERSION", "STATE"]
    assert row.split()[:5] == [sub, other["id"], "article.embargoed", "1", "delivered"]
    assert waits == "version 1 waits until 2999-01-01T00:00:00Z"
    assert line.json("articles", "early", id, "--json")["receipts"][0]["trusted"] is True
    assert line.wireroom("consumers", "distrust", other["id"]).exit_code == 0
    assert line.json("articles", "early", id, "--json")["receipts"][0]["trusted"] is False
    line.wireroom("articles", "retract", id, "--reason", "Killed.")
    for one in (made, other):
        assert line.wireroom("consumers", "delete", one["id"]).exit_code == 0


def test_dead_letters_are_listed_sent_round_again_and_forgotten(line: Running) -> None:
    with redis.Redis.from_url(EmbeddedServer(line.home / "data").url) as server:
        entry = server.xadd("{p0}:article.ingested", {"__data__": b"not an event"}).decode()
    asyncio.run(until(lambda: ids(line, "dead-letters")))
    (letter,) = line.json("dead-letters", "list", "--json")["dead_letters"]
    assert (letter["group"], letter["body"]) == ("enrichment", "not an event")
    assert line.json("status", "--json")["dead_letters"] == 1
    header, row = line.wireroom("dead-letters", "list").stdout.splitlines()
    assert header.split() == ["ID", "GROUP", "TRIES", "ERROR"]
    assert row.split()[:2] == [letter["id"], "enrichment"]
    assert line.wireroom("dead-letters", "retry", letter["id"]).stdout == f"retry: {letter['id']}\n"
    asyncio.run(until(lambda: ids(line, "dead-letters") not in ([], [letter["id"]])))
    (again,) = ids(line, "dead-letters")
    assert line.wireroom("dead-letters", "delete", again).stdout == f"delete: {again}\n"
    assert line.wireroom("dead-letters", "list").stdout == "none\n"
    unknown = f"article.ingested:0:{entry}"
    gone = line.wireroom("dead-letters", "retry", unknown)
    assert (gone.exit_code, gone.stderr) == (1, f"404: there is no dead letter {unknown!r}\n")


def tail(line: Running, *args: str) -> AbstractContextManager[IO[str]]:
    return endless([sys.executable, "-m", "services", "tail", "--after", "0", *args], line.env)


def test_tail_prints_what_is_there_and_what_comes(line: Running) -> None:
    with tail(line, "--query", "source:desk") as printed:
        seq, moment, *rest = printed.readline().split()
        assert (seq, len(moment.split(":")), rest[:3]) == ("1", 3, ["article.published", "v1", "desk:"])
        push(line, "cli-tail", headline="Sly \x9b31mheadline")
        last = next(text for text in printed if "Sly" in text)
    assert last.rstrip("\n").isprintable()


def test_tail_prints_a_retraction(line: Running) -> None:
    made = push(line, "cli-gone", source={"id": "cli-gone"})
    line.json("articles", "retract", str(made["id"]), "--reason", "It never sailed.")
    with tail(line, "--query", "source:cli-gone", "--json") as printed:
        events = [json.loads(printed.readline()) for _ in range(2)]
    assert [event["type"] for event in events] == ["article.published", "article.retracted"]
    with tail(line, "--query", "source:cli-gone") as printed:
        _, retracted = (printed.readline() for _ in range(2))
    seq, _, *rest = retracted.split()
    assert (seq, rest) == (str(events[1]["seq"]), ["article.retracted", "v2", "cli-gone:", made["id"]])


def test_tail_past_the_end_says_so_and_goes_on_from_there(line: Running) -> None:
    push(line, "cli-before")
    command = [sys.executable, "-m", "services", "tail", "--after", "99999999", "--json"]
    with endless(command, line.env, stderr=subprocess.STDOUT) as printed:
        assert printed.readline().startswith("rewound: the ledger was begun anew or restored")
        push(line, "cli-after", headline="After")
        assert next(text for text in printed if '"headline":"After"' in text)


def test_tail_with_a_wrong_query_is_refused(line: Running) -> None:
    result = line.wireroom("tail", "--query", "tag:")
    assert (result.exit_code, result.stderr[:4]) == (1, "422:")
