"""README.md and docs/ hold: their commands run, and the receiver receives."""

from __future__ import annotations

import asyncio
import json
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from lxml import etree

from tests.cli.running import Running, endless, running
from tests.journeys.readme import ROOT, block, blocks, moved, spans
from tests.ports import free_port
from tests.waiting import PATIENCE, until

RUN = "make run"
COMPOSE = ("docker compose up --build", "docker compose up --detach")
EXPORTS = "export PATH"
LISTEN = "wireroom listen"
PUSH = 'curl -sS "$WIREROOM_URL/api/v1/articles"'
SUBSCRIBE = 'curl -sS "$WIREROOM_URL/api/v1/subscriptions"'
READ = 'curl -sS "$WIREROOM_URL/api/v1/events'
STREAM = "curl -sSN"
CHECK = "wireroom check"
OPERATE = "wireroom status"
CONSUMER = "wireroom consumers add"
UNTESTED = {"make test": "it is what runs this test"}
KNOWN = (RUN, *COMPOSE, EXPORTS, LISTEN, PUSH, SUBSCRIBE, READ, STREAM, CHECK, OPERATE, CONSUMER, *UNTESTED)


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody who follows README.md in a terminal, in the folder where `make run` was called."""

    line: Running
    ports: dict[int, int]

    def run(self, start: str) -> str:
        """Run the block that begins so, which must succeed, and return what it prints."""
        done = subprocess.run(self._bash(start), check=False, capture_output=True, text=True, **self._where)
        assert done.returncode == 0, done.stderr
        assert done.stderr == ""
        return str(done.stdout)

    def following(self, start: str, more: str = "") -> AbstractContextManager[IO[str]]:
        """Run a block that does not end by itself, until the end of this; gives what it prints."""
        return self.program(self._bash(start, more))

    def program(self, args: Sequence[str]) -> AbstractContextManager[IO[str]]:
        """Run a program in the reader's folder likewise."""
        return endless(args, self._where["env"], self._where["cwd"])

    def _bash(self, start: str, more: str = "") -> list[str]:
        script = moved(block(start).rstrip("\n") + more, self.ports)
        # The exports stand first, as in every further terminal; the last command takes the shell's place.
        return ["bash", "-c", f"set -euo pipefail\n{moved(block(EXPORTS), self.ports)}\n{_exec(script)}"]

    @property
    def _where(self) -> dict[str, Any]:
        here = {"PATH": "/usr/local/bin:/usr/bin:/bin", "PYTHONPATH": str(ROOT)}
        return {"cwd": self.line.home, "env": here | {"WIREROOM_PORT": self.line.env["WIREROOM_PORT"]}}


def _exec(script: str) -> str:
    endless = script.startswith((LISTEN, STREAM))
    return f"exec {script}" if endless else script


@pytest.fixture(scope="module")
def reader() -> Iterator[Reader]:
    """Start what `make run` starts, with its settings, in a folder that looks as after it."""
    if not (shutil.which("curl") and shutil.which("bash")):
        pytest.skip("README's commands need curl and bash, and one of them is not installed")
    home = Path(tempfile.mkdtemp(prefix="wr-"))
    try:
        tool = home / ".venv" / "bin" / "wireroom"
        tool.parent.mkdir(parents=True)
        tool.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m services "$@"\n')
        tool.chmod(0o755)
        with running(home, WIREROOM_ADMIN_TOKEN="", WIREROOM_ALLOW_NETWORKS=_networks()) as line:
            yield Reader(line, {8000: int(line.env["WIREROOM_PORT"]), 9100: free_port()})
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _networks() -> str:
    (found,) = re.findall(
        r"^run: export WIREROOM_ALLOW_NETWORKS \?= (\S+)$", (ROOT / "Makefile").read_text(), re.MULTILINE
    )
    return str(found)


# --- its commands --------------------------------------------------------------------------------------------------


def test_every_sh_block_is_one_that_is_tested_here() -> None:
    found = [[start for start in KNOWN if text.startswith(start)] for text in blocks("sh")]
    unknown = [text for text, starts in zip(blocks("sh"), found, strict=True) if not starts]
    assert not unknown, "teach this test to run it"
    assert sorted(start for starts in found for start in starts) == sorted(KNOWN)


@pytest.mark.skipif(not shutil.which("make"), reason="make is not installed, and its recipe is asked of it")
def test_make_run_starts_what_these_tests_started() -> None:
    recipe = subprocess.run(
        # Below another make, which `make test` is, it would say which folder it enters and leaves.
        ["/usr/bin/env", "-u", "MAKEFLAGS", "-u", "MAKELEVEL", *RUN.split(), "-n"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    assert recipe.rstrip().endswith(".venv/bin/wireroom up")
    assert block(RUN) == "make run\n"


def test_the_token_is_that_of_the_line_in_this_folder(reader: Reader) -> None:
    assert (
        reader.line.wireroom("token").stdout.strip() == (reader.line.home / "data" / "admin-token").read_text().strip()
    )
    assert reader.run(EXPORTS) == ""


def test_a_push_is_printed_by_the_listener_and_the_same_again_is_not(reader: Reader) -> None:
    with reader.following(LISTEN, f" --port {free_port()}") as listener:
        _wait(lambda: reader.line.json("subscriptions", "list", "--json")["subscriptions"])
        first, second = json.loads(reader.run(PUSH)), json.loads(reader.run(PUSH))
        told = listener.readline()
    assert reader.line.wireroom("subscriptions", "list").stdout == "none\n"
    assert (first["version"], first["status"], second["status"]) == (1, "accepted", "unchanged")
    assert told.startswith("verified  article.published")
    assert "Bridge in Kursk Oblast reopens" in told


def test_the_receiver_verifies_prints_and_refuses(reader: Reader) -> None:
    made = json.loads(reader.run(SUBSCRIBE))
    (program,) = blocks("python")
    with reader.program([sys.executable, "-c", moved(program, reader.ports)]) as receiver:
        url = f"http://127.0.0.1:{reader.ports[9100]}/hook"
        _wait(lambda: _answer(url, {}) == 401)
        for signature in ("v1,AAAA", "not one"):
            assert _answer(url, signed(signature)) == 401
        assert reader.line.json("subscriptions", "test", made["id"])["delivered"] is True
        pushed = json.loads(_pushed(reader))
        printed = [receiver.readline() for _ in range(2)]
    reader.line.wireroom("subscriptions", "delete", made["id"])
    assert printed[0] == "webhook.test None None\n"
    assert printed[1].split()[:2] == ["article.published", pushed["id"]]
    assert "Kursk Oblast" in printed[1]


def signed(signature: str) -> dict[str, str]:
    now = str(int(time.time()))
    return {"webhook-id": "msg_1", "webhook-timestamp": now, "webhook-signature": signature}


def _pushed(reader: Reader) -> str:
    body = re.search(r"-d '(.*)'", block(PUSH), re.DOTALL)
    assert body is not None
    return reader.line.wireroom("articles", "push", "-", given=body[1].replace("kursk-1", "kursk-2")).stdout


def _wait(condition: Callable[[], object]) -> None:
    asyncio.run(until(condition))


def _answer(url: str, headers: dict[str, str]) -> int | None:
    """Post a made-up event and return the status, None when nobody is there."""
    try:
        with urlopen(Request(url, b"{}", headers), timeout=PATIENCE) as answer:  # noqa: S310  # this machine's own
            return int(answer.status)
    except HTTPError as error:
        with error:
            return error.code
    except OSError:
        return None


def test_the_ledger_and_a_feed_can_be_read(reader: Reader) -> None:
    events, feed = reader.run(READ).split("<?xml", 1)
    assert json.loads(events)["events"][0]["seq"] == 1
    items = etree.fromstring(f"<?xml{feed}".encode()).findall("channel/item")
    assert items


def test_the_stream_tells_events_of_the_language_asked_for(reader: Reader) -> None:
    with reader.following(STREAM) as stream:
        first = next(text for text in stream if text.startswith("data: "))
    event = json.loads(first.removeprefix("data: "))
    assert (event["seq"], event["data"]["article"]["language"]) == (1, "en")


def test_the_operators_commands_answer(reader: Reader) -> None:
    assert reader.run(CHECK) == "newsroom: authors.toml, taxonomy.toml, sources.toml, site.toml in order\n"
    assert reader.run(OPERATE).startswith("status         ready\n")
    assert json.loads(reader.run(CONSUMER))["key"].startswith("wrk_")


# --- Compose, which .ci/compose runs ---------------------------------------------------------------------------------


def _ci() -> list[list[str]]:
    """Return the words of every Compose command that .ci/compose runs for its purpose."""
    lines = (ROOT / ".ci" / "compose").read_text().splitlines()
    found = [re.match(r"compose ((?:up|build|exec|ps|logs)\b[^#|>]*)", text) for text in lines]
    return [match[1].split() for match in found if match]


def test_the_compose_commands_are_those_that_ci_runs() -> None:
    verbs = {words[0] for words in _ci()}
    up = {word for words in _ci() if words[0] == "up" for word in words}
    for start in COMPOSE:
        verb, *words = block(start).removeprefix("docker compose ").split()
        assert verb == "up"
        # What `--build` does is a step of its own there.
        assert not [word for word in words if word not in up and not (word == "--build" and "build" in verbs)]


def test_compose_commands_within_the_text_name_what_is_there() -> None:
    found = [span.removeprefix("docker compose ").split() for span in spans() if span.startswith("docker compose ")]
    stack = (ROOT / "docker-compose.yml").read_text()
    for words in found:
        match words:
            case ["exec", service, *command]:
                assert any(ran[:4] == ["exec", "-T", service, *command[:1]] for ran in _ci())
            case ["--profile", profile, "up"]:
                assert f"profiles: [{profile}]" in stack
            case ["--profile", "demo", "up", *_]:
                assert f"compose {' '.join(words)}" in (ROOT / ".ci" / "compose").read_text().splitlines()
            case _:
                raise AssertionError(f"teach this test about docker compose {' '.join(words)}")
