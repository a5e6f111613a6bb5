"""A developer sees it work: `wireroom listen` in one terminal, a push in another, the verified line at once."""

from __future__ import annotations

import asyncio
import json
import re
import shutil
import signal
import sys
from asyncio.subprocess import Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from shared.redis import Store
from tests.journeys.line import TOKEN, Line, a_line
from tests.ports import free_port
from tests.waiting import PATIENCE, until

NEWSROOM = Path(__file__).parents[2] / "newsroom"
KURSK = "Bridge in Kursk Oblast reopens"
ENDING = 1.0
"""Seconds, ten times what it takes to end."""


@pytest.fixture
async def line(store: Store, redis_url: str, tmp_path: Path) -> AsyncIterator[Line]:
    """Start the line with the sample taxonomy and no stories."""
    newsroom = tmp_path / "newsroom"
    newsroom.mkdir()
    shutil.copy(NEWSROOM / "taxonomy.toml", newsroom)
    async with a_line(redis_url, tmp_path / "data", newsroom) as line:
        yield line


class Listener:
    """`wireroom listen` in a process of its own, and what it has printed so far."""

    def __init__(self) -> None:
        self.printed: list[str] = []
        self.said: list[str] = []

    async def printed_line(self, number: int) -> str:
        """Return the line of this number, waiting for it."""
        await until(lambda: len(self.printed) >= number)
        return self.printed[number - 1]


@asynccontextmanager
async def listening(line: Line, *args: str) -> AsyncIterator[Listener]:
    """Run it until the end of this and stop it, not by Ctrl-C: a shell may have its background jobs ignore that."""
    listener = Listener()
    process = await started(line, *args)
    assert process.stdout is not None
    assert process.stderr is not None
    readers = [_read(process.stdout, listener.printed), _read(process.stderr, listener.said)]
    reading = asyncio.gather(*readers)
    try:
        await until(lambda: any("listening on" in text for text in listener.said))
        yield listener
    finally:
        process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(PATIENCE):
            await reading
            assert await process.wait() == 0, listener.said


async def started(line: Line, *args: str) -> Process:
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "services", "listen", *args),
        env={"PYTHONPATH": str(Path.cwd()), "WIREROOM_URL": line.url, "WIREROOM_ADMIN_TOKEN": TOKEN},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )


async def _read(stream: asyncio.StreamReader, into: list[str]) -> None:
    async for text in stream:
        into.append(text.decode().rstrip("\n"))  # noqa: PERF401  # a line counts once it is there


async def subscriptions(line: Line) -> list[str]:
    found = json.loads((await line.get("/api/v1/subscriptions")).body)["subscriptions"]
    return [one["id"] for one in found]


async def test_a_push_is_printed_a_repeat_is_not_and_an_update_names_what_changed(line: Line) -> None:
    async with listening(line, "--port", str(free_port()), "--filter", "tag:kursk-oblast") as listener:
        await line.push(guid="other", headline="Ferry sails again")
        pushed = await line.push(guid="kursk-1", headline=KURSK)
        assert (pushed["version"], pushed["status"]) == (1, "accepted")
        first = await listener.printed_line(1)
        assert re.fullmatch(rf"verified  article\.published  seq=\d v1  {KURSK}  msg_[\w-]+", first)

        assert (await line.push(guid="kursk-1", headline=KURSK))["status"] == "unchanged"
        assert (await line.push(guid="kursk-1", headline=f"{KURSK} early"))["version"] == 2
        second = await listener.printed_line(2)
        assert re.fullmatch(
            rf"verified  article\.updated    seq=\d v2 changed=headline  {KURSK} early  msg_[\w-]+", second
        )
    assert len(listener.printed) == 2
    assert not [text for text in listener.said if "REFUSED" in text]


@pytest.mark.parametrize("signing", ["v1a", "both"])
async def test_the_publishers_signature_is_verified_where_it_is_asked_for(line: Line, signing: str) -> None:
    async with listening(line, "--port", str(free_port()), "--filter", "", "--signing", signing) as listener:
        await line.push(guid="kursk-1", headline=KURSK)
        assert (await listener.printed_line(1)).startswith("verified  article.published")
    assert not [text for text in listener.said if "REFUSED" in text]


async def test_a_stop_waits_for_the_delivery_that_is_being_printed(line: Line) -> None:
    process = await started(line, "--port", str(free_port()), "--filter", "", "--json")
    assert process.stdout is not None
    assert process.stderr is not None
    try:
        await process.stderr.readuntil(b"listening on")
        await line.push(guid="kursk-1", headline=KURSK, body_html=f"<p>{'Long ' * 100_000}</p>")
        printed = await process.stdout.read(1)
        process.send_signal(signal.SIGTERM)
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(process.wait(), ENDING)
        printed += await process.stdout.read()
        assert await process.wait() == 0, await process.stderr.read()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    assert json.loads(printed)["data"]["article"]["headline"] == KURSK


async def test_it_takes_its_subscription_back_when_it_ends(line: Line) -> None:
    async with listening(line, "--port", str(free_port()), "--filter", ""):
        assert len(await subscriptions(line)) == 1
    assert await subscriptions(line) == []


@pytest.mark.skipif(not shutil.which("curl"), reason="curl is not installed, and the printed command needs it")
async def test_the_curl_command_it_prints_subscribes_it(line: Line, tmp_path: Path) -> None:
    port = free_port()
    async with listening(line, "--port", str(port), "--json") as listener:
        await until(lambda: any("-d '" in text for text in listener.said))
        command = "\n".join(text for text in listener.said if text.startswith("  "))
        assert command.startswith("  curl http://127.0.0.1:")
        code, answer = await bash(command, line, tmp_path)
        assert code == 0, answer
        made = json.loads(answer)
        assert (made["url"], made["status"]) == (f"http://127.0.0.1:{port}/", "active")
        await line.push(guid="kursk-1", headline=KURSK)
        event = json.loads(await listener.printed_line(1))
    assert (event["type"], event["data"]["article"]["headline"]) == ("article.published", KURSK)
    assert await subscriptions(line) == [made["id"]]


async def test_a_delivery_signed_with_another_secret_is_refused(line: Line) -> None:
    port = free_port()
    async with listening(line, "--port", str(port)) as listener:
        asked = {"url": f"http://127.0.0.1:{port}/", "filter": "", "schedule": [0.1]}
        status, made = await line.post("/api/v1/subscriptions", asked)
        assert status == 201
        await line.push(guid="kursk-1", headline=KURSK)
        await until(lambda: "REFUSED   no signature fits the secret" in listener.said)
        await until(lambda: statuses(line, made["id"]))
    assert await statuses(line, made["id"]) == {401}
    assert listener.printed == []


async def statuses(line: Line, subscription: str) -> set[int | None]:
    answer = await line.get(f"/api/v1/subscriptions/{subscription}/deliveries")
    return {attempt["status"] for attempt in json.loads(answer.body)["deliveries"]} - {None}


async def bash(command: str, line: Line, folder: Path) -> tuple[int | None, str]:
    """Run a command as a user would, with `wireroom` on the path."""
    tool = folder / "wireroom"
    tool.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m services "$@"\n')
    tool.chmod(0o755)
    process = await asyncio.create_subprocess_exec(
        *("bash", "-c", command),
        env={
            "PATH": f"{folder}:/usr/local/bin:/usr/bin:/bin",
            "PYTHONPATH": str(Path.cwd()),
            "WIREROOM_URL": line.url,
            "WIREROOM_ADMIN_TOKEN": TOKEN,
        },
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    async with asyncio.timeout(PATIENCE):
        output, _ = await process.communicate()
    return process.returncode, output.decode()
