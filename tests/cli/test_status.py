"""`wireroom status` as an operator reads it: what came last and when, how things stand, what to look at."""

from __future__ import annotations

import asyncio
import json
import re
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest
from click.testing import CliRunner

from services.cli import main
from services.cli.status import ago
from shared.times import rfc3339
from tests.cli.running import STORIES, Running
from tests.ports import free_port
from tests.waiting import until

NOW = datetime(2026, 11, 29, 3, tzinfo=UTC)


def words(line: Running) -> dict[str, str]:
    lines = line.wireroom("status").stdout.splitlines()
    return {text[:14].strip(): text[14:].strip() for text in lines}


def test_it_says_ready_and_how_far_the_ledger_is(line: Running) -> None:
    found = line.json("status", "--json")
    assert (found["status"], found["problems"]) == ("ready", [])
    assert found["latest_seq"] >= STORIES
    assert datetime.now(UTC) - datetime.fromisoformat(found["latest_at"]) < timedelta(hours=1)
    assert found["sources"]["active"] >= 1
    said = words(line)
    assert list(said) == ["status", "problems", "warnings", "latest seq", "sources", "subscriptions", "dead letters"]
    assert (said["status"], said["problems"], said["warnings"]) == ("ready", "none", "none")
    assert said["latest seq"].endswith((" ago", "just now"))


def test_what_stands_as_nobody_wanted_is_told_with_what_shows_more(line: Running) -> None:
    made = line.json("subscriptions", "add", f"http://127.0.0.1:{free_port()}/status", "--verify", "test")
    try:
        found = line.json("status", "--json")
        assert found["subscription_states"]["pending"] == 1
        assert found["subscriptions"] == sum(found["subscription_states"].values())
        assert words(line)["subscriptions"].endswith("1 pending: wireroom subscriptions list")
    finally:
        line.wireroom("subscriptions", "delete", made["id"])
    assert "pending" not in words(line)["subscriptions"]


def test_subscriptions_that_get_nothing_through_are_told_until_something_arrives(line: Running) -> None:
    made = line.json("subscriptions", "add", f"http://127.0.0.1:{free_port()}/down", "--from", "last:1")["id"]
    try:
        asyncio.run(until(lambda: line.json("subscriptions", "deliveries", made, "--json")["deliveries"]))
        assert words(line)["subscriptions"].endswith("1 failing: wireroom subscriptions list")
        since = line.json("subscriptions", "show", made, "--json")["failing_since"]
        assert datetime.now(UTC) - datetime.fromisoformat(since) < timedelta(minutes=5)
    finally:
        line.wireroom("subscriptions", "delete", made)
    assert "failing" not in words(line)["subscriptions"]


def test_while_the_store_hangs_nothing_more_is_asked_of_it() -> None:
    asked: list[str] = []

    class Hanging(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            body = json.dumps({"status": "not ready", "problems": ["Redis does not answer"], "warnings": []}).encode()
            self.send_response(503)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with HTTPServer(("127.0.0.1", 0), Hanging) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        env = {"WIREROOM_URL": f"http://127.0.0.1:{server.server_port}", "WIREROOM_ADMIN_TOKEN": "of-sixteen-letters"}
        said = CliRunner(env=env).invoke(main, ["status"])
        server.shutdown()
        thread.join()
    assert (said.exit_code, asked) == (1, ["/readyz"])
    told = {text[:14].strip(): text[14:].strip() for text in said.stdout.splitlines()}
    assert (told["problems"], told["sources"], told["dead letters"]) == ("Redis does not answer", "unknown", "unknown")


async def test_every_refused_file_is_told_until_it_is_mended_and_the_line_is_ready(line: Running) -> None:
    refused = {"sources.toml": '[[source]]\nurl = "x"\n', "taxonomy.toml": "[[term]\n", "site.toml": "nmae = 1\n"}
    before = {name: (line.home / "newsroom" / name).read_text() for name in refused}

    def warnings() -> list[str]:
        told: list[str] = line.json("status", "--json")["warnings"]
        return told

    try:
        for name, text in refused.items():
            (line.home / "newsroom" / name).write_text(text)
        await until(lambda: len(warnings()) == len(refused))
        for name, warning in zip(sorted(refused), warnings(), strict=True):
            assert re.match(rf"{name} is refused: .*; line 1: ", warning)
        said = line.wireroom("status")
        assert said.exit_code == 0
        assert all(warning in said.stdout for warning in warnings())
    finally:
        for name, text in before.items():
            (line.home / "newsroom" / name).write_text(text)
    await until(lambda: not warnings())


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(-5, "just now"), (1, "1 second ago"), (59, "59 seconds ago"), (3_599, "59 minutes ago"), (90_000, "1 day ago")],
)
def test_a_moment_is_told_by_its_largest_unit(seconds: int, text: str) -> None:
    assert ago(rfc3339(NOW - timedelta(seconds=seconds)), NOW) == text
