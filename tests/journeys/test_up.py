"""`wireroom up` as an operator starts it: what is wrong is said plainly, a stop is clean, a second start goes on."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import signal
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import orjson
import pytest

from shared.http_client import Answer, Page, connect, get, post
from tests.builders import a_push
from tests.journeys.line import LOOPBACK
from tests.otlp import a_collector
from tests.ports import free_port
from tests.receiver import Call, Reply
from tests.waiting import PATIENCE, until

NEWSROOM = Path(__file__).parents[2] / "newsroom"
TOKEN = "an-admin-token-for-journeys"
STORIES = 9
"""Versions of articles in the sample newsroom."""


@pytest.fixture
def home(short_dir: Path) -> Path:
    shutil.copytree(NEWSROOM, short_dir / "newsroom")
    return short_dir


def environment(home: Path, port: int, **over: str) -> dict[str, str]:
    return {
        "PYTHONPATH": str(Path.cwd()),
        "WIREROOM_DATA_DIR": str(home / "data"),
        "WIREROOM_NEWSROOM": str(home / "newsroom"),
        "WIREROOM_PORT": str(port),
        "WIREROOM_ADMIN_TOKEN": TOKEN,
        "WIREROOM_LOG_FORMAT": "json",
    } | over


async def wireroom(*args: str, env: dict[str, str]) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "services",
        *args,
        env=env,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )


async def refused(*args: str, env: dict[str, str]) -> str:
    """Run a command that must fail, and return what it says."""
    process = await wireroom(*args, env=env)
    async with asyncio.timeout(PATIENCE):
        _, said = await process.communicate()
    assert process.returncode == 1, said
    assert b"Traceback" not in said
    return said.decode()


async def events(port: int) -> list[dict[str, Any]]:
    session = connect(LOOPBACK)
    try:
        url = f"http://127.0.0.1:{port}/api/v1/events?limit=1000"
        headers = {"authorization": f"Bearer {TOKEN}"}
        answer = await get(session, url, headers=headers, timeout=PATIENCE, max_bytes=64 << 20)
    finally:
        await session.close()
    found: list[dict[str, Any]] = (
        orjson.loads(answer.body)["events"] if isinstance(answer, Page) and answer.status == 200 else []
    )
    return found


@asynccontextmanager
async def running(env: dict[str, str]) -> AsyncIterator[list[str]]:
    """Run `wireroom up` until the end of this, then stop it by SIGTERM; gives its log lines, complete after it."""
    process = await wireroom("up", env=env)
    lines: list[str] = []
    reading = asyncio.create_task(process.communicate())
    try:
        yield lines
    finally:
        process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(PATIENCE):
            output, said = await reading
        lines += output.decode().splitlines()
        assert process.returncode == 0, said


async def seen(url: str) -> Page:
    session = connect(LOOPBACK)
    try:
        answer = await get(session, url, headers={}, timeout=PATIENCE, max_bytes=1 << 20)
    finally:
        await session.close()
    assert isinstance(answer, Page)
    return answer


async def test_the_sample_newsroom_has_its_pictures_with_it_and_news_of_today(home: Path) -> None:
    port = free_port()
    async with running(environment(home, port)):
        await until(lambda: _count(port, STORIES))
        articles = [event["data"]["article"] for event in await events(port)]
        told = orjson.dumps(articles).decode()
        pictures = {image["url"] for article in articles for image in article["images"]}
        pictures |= {author["avatar"] for article in articles for author in article["authors"] if author["avatar"]}
        pictures |= set(re.findall(r'<img src=\\"([^"\\]+)', told))
        assert len(pictures) >= 7
        for url in pictures:
            answer = await seen(url)
            assert (answer.status, answer.headers["content-type"]) == (200, "image/jpeg"), url
        sitemap = await seen(f"http://127.0.0.1:{port}/sitemap-news.xml")
        assert sitemap.body.count(b"<loc>") >= 3


async def test_a_second_start_goes_on_where_the_first_stopped(home: Path) -> None:
    port = free_port()
    env = environment(home, port)
    async with running(env) as first:
        await until(lambda: _count(port, STORIES))
        before = await events(port)
    async with running(env) as second:
        await until(lambda: _count(port, STORIES))
        after = await events(port)
    assert [event["seq"] for event in after] == [event["seq"] for event in before] == list(range(1, STORIES + 1))
    named = [orjson.loads(line)["event"] for line in (*first, *second)]
    assert named.count("article.published") == STORIES - 1
    assert named.count("article.updated") == 1


async def _count(port: int, count: int) -> bool:
    return len(await events(port)) >= count


async def test_a_terminal_that_closes_costs_no_article_and_ends_it_cleanly(home: Path) -> None:
    port = free_port()
    ours, theirs = os.openpty()
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "services", "up"),
        env=environment(home, port),
        stdout=theirs,
        stderr=theirs,
    )
    os.close(theirs)
    await until(lambda: _count(port, 1))
    os.close(ours)
    await until(lambda: _count(port, STORIES))
    session = connect(LOOPBACK)
    taken = await post(
        session,
        f"http://127.0.0.1:{port}/api/v1/articles",
        body=orjson.dumps(a_push()),
        headers={"authorization": f"Bearer {TOKEN}", "content-type": "application/json"},
        timeout=PATIENCE,
        keep=1000,
    )
    await session.close()
    assert isinstance(taken, Answer)
    assert taken.status == 202
    process.send_signal(signal.SIGHUP)
    async with asyncio.timeout(PATIENCE):
        assert await process.wait() == 0


async def test_one_that_a_shell_started_behind_ends_by_sigint_all_the_same(home: Path) -> None:
    port = free_port()
    up = 'trap "" INT; exec "$@"'  # what a shell without a terminal does for a command with & behind it
    process = await asyncio.create_subprocess_exec(
        *("/bin/sh", "-c", up, "sh", sys.executable, "-m", "services", "up"),
        env=environment(home, port),
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    await until(lambda: _count(port, 1))
    process.send_signal(signal.SIGINT)
    try:
        async with asyncio.timeout(PATIENCE):
            assert await process.wait() == 0
    finally:
        if process.returncode is None:
            process.kill()


async def test_spans_go_to_the_collector_that_is_named_and_one_that_hangs_holds_up_nothing(home: Path) -> None:
    async def answer(_call: Call) -> Reply:
        if len(collector.receiver.calls) > 1:
            await asyncio.Event().wait()
        return Reply()

    port = free_port()
    async with a_collector(answer) as collector:
        env = environment(home, port, OTEL_EXPORTER_OTLP_ENDPOINT=collector.endpoint, OTEL_BSP_SCHEDULE_DELAY="100")
        async with running(env):
            await until(lambda: _count(port, STORIES))
            await until(lambda: collector.spans)
        spans = collector.spans
    assert {span.service for span in spans} == {"wireroom"}
    assert {span.name for span in spans} <= {
        "drop.taken",
        "article.ingested",
        "article.enriched",
        "article.published",
        "article.updated",
    }


async def test_one_correlation_id_goes_from_the_file_to_the_ledger(home: Path) -> None:
    port = free_port()
    async with running(environment(home, port)) as lines:
        await until(lambda: _count(port, STORIES))
    told: dict[str, list[str]] = {}
    for line in map(orjson.loads, lines):
        if "article_id" in line:
            told.setdefault(line["correlation_id"], []).append(line["event"])
    assert sorted(told.values()) == sorted(
        [
            *[["article.ingested", "article.enriched", "article.published"]] * (STORIES - 1),
            ["article.ingested", "article.enriched", "article.updated"],
        ]
    )


async def test_a_port_in_use_is_said_plainly(home: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        said = await refused("up", env=environment(home, port))
    assert said == f"cannot listen on 127.0.0.1:{port}: Address already in use\n"


async def test_a_data_folder_in_use_is_said_plainly(home: Path) -> None:
    port = free_port()
    async with running(environment(home, port)):
        await until(lambda: _count(port, 1))
        said = await refused("up", env=environment(home, free_port()))
    assert "is in use by another wireroom" in said


async def test_every_wrong_setting_is_named(home: Path) -> None:
    env = environment(home, 1, WIREROOM_PORT="none", WIREROOM_PARTITIONS="0", WIREROOM_PROT="1")
    said = await refused("up", env=env)
    for name in ("WIREROOM_PORT", "WIREROOM_PARTITIONS", "WIREROOM_PROT"):
        assert name in said


async def test_one_service_alone_needs_the_redis_it_shares(home: Path) -> None:
    assert "WIREROOM_REDIS_URL" in await refused("up", "enrichment", env=environment(home, free_port()))


async def test_redis_down_at_start_is_waited_for_and_readyz_says_so(home: Path) -> None:
    port = free_port()
    env = environment(home, port, WIREROOM_REDIS_URL="redis://127.0.0.1:1/0")
    async with running(env):
        await until(lambda: _ready(port, 503, "Redis does not answer"))


async def _ready(port: int, status: int, says: str) -> bool:
    session = connect(LOOPBACK)
    try:
        answer = await get(session, f"http://127.0.0.1:{port}/readyz", headers={}, timeout=PATIENCE, max_bytes=1 << 20)
    finally:
        await session.close()
    return isinstance(answer, Page) and answer.status == status and says in answer.body.decode()


async def test_broken_toml_is_named_with_its_line_and_harms_nothing_else(home: Path) -> None:
    (home / "newsroom" / "taxonomy.toml").write_text('[[term]]\nid = "a"\nname = \n')
    said = await refused("check", env=environment(home, 1))
    assert "taxonomy.toml" in said
    assert "line 3" in said
    port = free_port()
    async with running(environment(home, port)) as lines:
        await until(lambda: _count(port, STORIES))
    refusals = [line for line in map(orjson.loads, lines) if "taxonomy.toml" in str(line)]
    assert any(line["event"] == "newsroom_file.refused" for line in refusals)
