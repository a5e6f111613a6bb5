"""Past one process: several lines on one Redis, streams cut into four, and every script within one cluster slot."""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from redis.crc import key_slot

from shared.redis import Script, Store
from shared.streams import ARTICLE_ENRICHED, ARTICLE_INGESTED
from tests.journeys.line import Line, a_line
from tests.receiver import Receiver
from tests.waiting import until

COUNT = 60


@pytest.fixture
async def lines(store: Store, redis_url: str, tmp_path: Path) -> AsyncIterator[list[Line]]:
    """Run three replicas of every service, with four partitions, on an empty server."""
    assert await store.do("DBSIZE") == 0
    newsroom = tmp_path / "newsroom"
    newsroom.mkdir()
    alike: dict[str, Any] = {"partitions": 4, "secret_key": ("one key for all of them, by which secrets are sealed",)}
    async with (
        a_line(redis_url, tmp_path / "1", newsroom, **alike) as one,
        a_line(redis_url, tmp_path / "2", newsroom, **alike) as two,
        a_line(redis_url, tmp_path / "3", newsroom, **alike) as three,
    ):
        yield [one, two, three]


async def push_all(lines: list[Line]) -> set[tuple[str, int]]:
    """Push articles through every replica in turn, and then a second version of each through another."""
    accepted = set()
    for edition in (1, 2):
        answers = await asyncio.gather(
            *(
                lines[(number + edition) % len(lines)].push(guid=f"story-{number}", headline=f"Edition {edition}")
                for number in range(COUNT)
            )
        )
        accepted |= {(answer["id"], answer["version"]) for answer in answers}
    return accepted


async def test_replicas_share_the_work_with_no_repeats(lines: list[Line], receiver: Receiver, store: Store) -> None:
    status, _ = await lines[0].post("/api/v1/subscriptions", {"url": receiver.url})
    assert status == 201
    accepted = await push_all(lines)
    assert len(accepted) == 2 * COUNT
    await until(lambda: len(receiver.calls) >= 2 * COUNT)
    told = [(e["data"]["article"]["id"], e["data"]["article"]["version"]) for e in await lines[1].events()]
    assert Counter(told) == Counter(accepted)
    assert Counter(delivery.version for delivery in receiver.calls) == Counter(accepted)
    for article, version in told:
        assert version == 1 or told.index((article, 1)) < told.index((article, 2))
    for stream in (ARTICLE_INGESTED, ARTICLE_ENRICHED):
        owners = [await _consumers(store, stream.key(partition), stream.readers[0]) for partition in range(4)]
        assert all(count == len(lines) for count in owners)


async def _consumers(store: Store, key: str, group: str) -> int:
    return len(await store.client.xinfo_consumers(key, group))


async def test_every_script_of_the_line_keeps_to_one_slot_and_no_command_crosses(
    lines: list[Line], receiver: Receiver, store: Store
) -> None:
    seen: list[str] = []

    async def watch() -> None:
        async with store.client.monitor() as monitor:
            seen.append("watching")
            while True:
                command = await monitor.next_command()
                seen.append(command["command"])

    watching = asyncio.create_task(watch())
    await until(lambda: seen)
    await lines[0].post("/api/v1/subscriptions", {"url": receiver.url, "filter": "source:desk"})
    answer = await lines[0].push()
    await lines[1].push(headline="Another")
    await lines[2].post(f"/api/v1/articles/{answer['id']}/retract", {"reason": "It was wrong."})
    await store.do("XADD", ARTICLE_INGESTED.key(0), "*", "__data__", "{")
    await until(lambda: len(receiver.calls) >= 3)
    await until(lambda: store.do("XLEN", ARTICLE_INGESTED.dead_key(0)))
    watching.cancel()
    await asyncio.gather(watching, return_exceptions=True)
    scripts = [script for command in seen if (script := _script(command)) is not None]
    assert len({sha for sha, _ in scripts}) > 10
    for _, keys in scripts:
        assert len({key_slot(key.encode()) for key in keys}) == 1, keys
    assert {command.split(" ")[0].upper() for command in seen}.isdisjoint({"KEYS", "SELECT", "MULTI", "FLUSHALL"})


def _script(command: str) -> tuple[str, list[str]] | None:
    """Return the hash and the keys of a script, called by its hash or by its text, as MONITOR shows it."""
    if (by_hash := re.match(r"EVALSHA (\S+) (\d+) (.*)", command, re.DOTALL)) is not None:
        sha, count, rest = by_hash.groups()
    elif (by_text := re.match(r"EVAL (.*?\\n) (\d+) (.*)", command, re.DOTALL)) is not None:
        text, count, rest = by_text.groups()
        sha = Script(text.encode().decode("unicode_escape")).sha
    else:
        return None
    return sha, rest.split(" ")[: int(count)]
