"""What a kept article of 400 words takes of Redis, indexes and near-duplicate state included, by kinds of keys."""

from __future__ import annotations

import random
import re
from collections import Counter
from ipaddress import ip_network

import orjson
from redis.asyncio import Redis

from shared.http_client import Limits, Session, connect
from shared.redis import connect as redis
from shared.streams import STREAMS
from tests.benchmarks.bench_enrichment import SYLLABLES
from tests.benchmarks.bench_line import AT_ONCE, a_process, flooded, ledger_length
from tests.benchmarks.rows import Row
from tests.enrichment.duplicates.parts import text
from tests.ports import free_port
from tests.waiting import until

TERMS, SAID, SOURCES, PEOPLE = 300, 6, 5, 40
WARM = 300
FAMILIES = (
    (re.compile(r"^\{a:.*"), "documents"),
    (re.compile(r"^\{ledger\}:(?:feed|piece|pieces):.*"), "feeds"),
    (re.compile(r"^\{ledger\}:(?:heads|placed|names|marks)"), "heads, feeds' names"),
    (re.compile(r"^\{ledger\}:events"), "events"),
    (re.compile(r"^\{src:.*\}:items"), "items"),
    (re.compile(r"^\{nd2\}.*"), "near-duplicates"),
    (re.compile(r"^\{(?:tag2|url1):.*"), "related"),
)


async def run(articles: int = 1_500) -> list[Row]:
    """Push articles of some five tags each through a whole line, and compare the server's memory with what it was."""
    session = connect((ip_network("127.0.0.0/8"),), limits=Limits(connections=0, per_host=0))
    try:
        async with a_process("line", port := free_port()) as folder:
            (folder / "newsroom" / "taxonomy.toml").write_text(_taxonomy())
            await until(lambda: b"taxonomy.toml" in (folder / "log").read_bytes())
            client = redis(f"unix://{folder}/data/redis.sock")
            url = f"http://127.0.0.1:{port}/api/v1/articles"
            await _filled(session, client, url, 0, WARM)
            before, shares = await _used(client), await _shares(client)
            await _filled(session, client, url, WARM, WARM + articles)
            used, after = await _used(client) - before, await _shares(client)
            await client.aclose()
    finally:
        await session.close()
    note = "target 3,072; 400 words, 5 tags, 5 related stories, a picture; near-duplicates for 4 days"
    return [
        Row(name="Redis, a kept article", value=used / articles, unit="B/article", note=note),
        *(
            Row(name=f"  of that, {family}", value=(taken - shares[family]) / articles, unit="B/article")
            for family, taken in after.most_common()
        ),
    ]


def _names() -> list[str]:
    chance = random.Random(7)
    return [" ".join("".join(chance.choices(SYLLABLES, k=3)).capitalize() for _ in range(2)) for _ in range(TERMS)]


def _taxonomy() -> str:
    names = dict.fromkeys(_names())
    return "\n".join(f'[[term]]\nid = "topic/{name.lower().replace(" ", "-")}"\nname = "{name}"\n' for name in names)


async def _filled(session: Session, client: Redis, url: str, first: int, last: int) -> None:
    names = _names()
    bodies = [_story(number, names) for number in range(first, last)]
    await flooded(session, url, bodies, lambda: ledger_length(client, last))


def _story(number: int, names: list[str]) -> bytes:
    chance = random.Random(number)
    words = text(number, words=400).split(" ")
    for _ in range(SAID):
        name = names[min(int(chance.paretovariate(0.5)), TERMS) - 1]
        words[chance.randrange(len(words))] = words[chance.randrange(len(words))] = name
    story = " ".join(words)
    return orjson.dumps(
        {
            "source": {"id": f"desk-{number % SOURCES}"},
            "guid": f"https://example.org/2026/11/{number}/a-story",
            "url": f"https://example.org/2026/11/{number}/a-story-of-the-day",
            "headline": f"Story {number}: {' '.join(words[:8])}",
            "summary": " ".join(words[10:30]),
            "body_html": "".join(f"<p>{paragraph}</p>" for paragraph in story.split("\n\n")),
            "authors": [{"name": f"Ann Writer{number % PEOPLE}"}],
            "language": "en",
            "images": [
                {
                    "url": f"https://example.org/img/{number}.jpg",
                    "alt": "A picture",
                    "caption": "The bridge at night (Ann Lens/Reuters)",
                }
            ],
            "published_at": "2026-11-22T10:00:00Z",
        }
    )


async def _used(client: Redis) -> int:
    """Return the memory in use once the line's streams, through which all of it went, are trimmed."""

    async def trimmed() -> bool:
        return sum([await client.xlen(stream.key(0)) for stream in STREAMS]) < AT_ONCE

    await until(trimmed)
    return int((await client.info("memory"))["used_memory"])


async def _shares(client: Redis) -> Counter[str]:
    shares: Counter[str] = Counter()
    async for key in client.scan_iter(count=1_000):
        family = next((name for form, name in FAMILIES if form.match(key.decode("utf-8", "replace"))), "others")
        shares[family] += int(await client.memory_usage(key, samples=0) or 0)
    return shares
