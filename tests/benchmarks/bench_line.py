"""The whole line in one process: pushed articles to the ledger, flat out and at 50 a second, over real HTTP.

The ceiling is the same server answering the same pushes after one XADD each, with nothing behind it.
"""

from __future__ import annotations

import asyncio
import contextlib
import sys
import tempfile
import time
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import orjson
from redis.asyncio import Redis
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from shared.http_client import Answer, Limits, Session, connect, post
from shared.redis import Store
from shared.redis import connect as redis
from shared.web import Serving, listen
from tests.benchmarks.rows import Row, percentiles
from tests.enrichment.duplicates.parts import text
from tests.ports import free_port
from tests.waiting import until

TOKEN = "an-admin-token-for-benchmarks"
HEADERS = {"authorization": f"Bearer {TOKEN}", "content-type": "application/json"}
AT_ONCE = 64


async def run(flood: int = 4_000, calm: int = 1_000, per_second: int = 50) -> list[Row]:
    """Measure articles a second from first push to last ledger entry, then latency in an open loop."""
    session = connect((ip_network("127.0.0.0/8"),), limits=Limits(connections=0, per_host=0))
    try:
        async with a_process("line", port := free_port()) as folder:
            client = redis(f"unix://{folder}/data/redis.sock")
            url = f"http://127.0.0.1:{port}/api/v1/articles"
            await flooded(session, url, stories("warm", 300), lambda: ledger_length(client, 300))
            ours = await flooded(session, url, stories("flood", flood), lambda: ledger_length(client, 300 + flood))
            times = await paced(session, url, client, 300 + flood, calm, per_second)
            await client.aclose()
        async with a_process("bare", port := free_port()) as folder:
            client = redis(f"unix://{folder}/data/redis.sock")
            url = f"http://127.0.0.1:{port}/"
            ceiling = await flooded(session, url, stories("bare", flood), lambda: stream_length(client, flood))
            await client.aclose()
    finally:
        await session.close()
    p50, p99 = percentiles(times, 0.5, 0.99)
    what = f"whole line at {per_second}/s, push to ledger"
    return [
        Row(
            name="whole line, all in one, push to ledger",
            value=ours,
            unit="articles/s",
            ceiling=ceiling,
            note=f"target 500/s; {len(story('x', 1))} B, {AT_ONCE} at once, append-only file on",
        ),
        Row(name=f"{what}, p50", value=p50, unit="ms", note="target 10 ms"),
        Row(name=f"{what}, p99", value=p99, unit="ms", note="target 40 ms"),
    ]


def story(kind: str, number: int) -> bytes:
    """Write a story of 300 words of its own: of one text each push would be a copy of the one before."""
    words = text(zlib.crc32(f"{kind} {number}".encode()), words=300)
    return orjson.dumps(
        {
            "source": {"id": "bench"},
            "guid": f"{kind}-{number}",
            "url": f"https://example.org/{kind}/{number}",
            "headline": f"Story {number} of the {kind}",
            "body_html": "".join(f"<p>{paragraph}</p>" for paragraph in words.split("\n\n")),
            "authors": [{"name": "Ann Writer"}],
            "published_at": "2026-11-22T10:00:00Z",
        }
    )


def stories(kind: str, count: int) -> list[bytes]:
    return [story(kind, number) for number in range(count)]


async def push(session: Session, url: str, body: bytes) -> None:
    answer = await post(session, url, body=body, headers=HEADERS, timeout=30)
    if not isinstance(answer, Answer) or answer.status != 202:
        raise RuntimeError(answer)


async def flooded(session: Session, url: str, bodies: Sequence[bytes], done: Callable[[], Awaitable[bool]]) -> float:
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(body: bytes) -> None:
        async with gate:
            await push(session, url, body)

    started = time.perf_counter()
    await asyncio.gather(*map(one, bodies))
    await until(done)
    return len(bodies) / (time.perf_counter() - started)


async def ledger_length(client: Redis, count: int) -> bool:
    return int(await client.get("{ledger}:seq") or 0) >= count


async def stream_length(client: Redis, count: int) -> bool:
    return int(await client.xlen("bare")) >= count


async def paced(session: Session, url: str, client: Redis, seen: int, count: int, per_second: int) -> list[float]:
    """Push in an open loop; return ms from the moment each push was due to its entry being read from the ledger."""
    due: dict[bytes, float] = {}
    times: list[float] = []
    bodies = [story("calm", number) for number in range(count)]
    start = time.perf_counter() + 0.1

    async def one(number: int) -> None:
        moment = start + number / per_second
        await asyncio.sleep(max(0.0, moment - time.perf_counter()))
        answer = await post(session, url, body=bodies[number], headers=HEADERS, timeout=30)
        if not isinstance(answer, Answer):
            raise TypeError(answer.reason)
        due[orjson.loads(answer.body_start)["id"].encode()] = moment

    async def watch() -> None:
        last: bytes | str = f"{seen}-0"
        arrived: dict[bytes, float] = {}
        while len(arrived) < count:
            read: Any = await client.xread({"{ledger}:events": last}, block=2000)
            for _, entries in read or ():
                now = time.perf_counter()
                for last_id, fields in entries:
                    last = last_id
                    arrived[fields[b"article"]] = now
        await until(lambda: len(due) == count)
        times.extend((arrived[article] - moment) * 1000 for article, moment in due.items())

    await asyncio.gather(watch(), *(one(number) for number in range(count)))
    return times


@contextlib.asynccontextmanager
async def a_process(kind: str, port: int) -> AsyncIterator[Path]:
    """Run the line, or the bare server, as a process of its own with its own data folder."""
    with tempfile.TemporaryDirectory(prefix="wr-") as name:
        folder = Path(name)
        (folder / "newsroom").mkdir()
        environment = {
            "PYTHONPATH": str(Path.cwd()),
            "WIREROOM_DATA_DIR": str(folder / "data"),
            "WIREROOM_NEWSROOM": str(folder / "newsroom"),
            "WIREROOM_PORT": str(port),
            "WIREROOM_ADMIN_TOKEN": TOKEN,
            "WIREROOM_LOG_FORMAT": "json",
        }
        command = ["-m", "services", "up"] if kind == "line" else ["-m", __name__, name, str(port)]
        with (folder / "log").open("wb") as log:
            process = await asyncio.create_subprocess_exec(
                sys.executable, *command, env=environment, stdout=log, stderr=log
            )
            try:
                await until(lambda: answers(port))
                yield folder
            finally:
                process.terminate()
                await process.wait()


async def answers(port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    writer.close()
    return True


async def bare(folder: str, port: int) -> None:
    """Serve the ceiling: read the body, XADD it, answer 202."""
    from shared.embedded import EmbeddedServer  # noqa: PLC0415  # only this process needs it

    server = EmbeddedServer(Path(folder) / "data")
    server.start()
    store = Store(redis(server.url))

    async def take(request: Request) -> Response:
        await store.do("XADD", "bare", "*", "body", await request.body())
        return Response(b'{"id":"x"}', 202)

    serving = Serving(Starlette(routes=[Route("/", take, methods=["POST"])]), listen("127.0.0.1", port))
    await serving.start()
    await asyncio.Event().wait()


if __name__ == "__main__":
    import uvloop

    uvloop.run(bare(sys.argv[1], int(sys.argv[2])))
