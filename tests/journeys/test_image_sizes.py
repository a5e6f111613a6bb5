"""Where it is asked for, a lead image comes with its measures; a host that hangs holds no story up for long."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

from shared.redis import Store
from tests.journeys.line import Line, a_line
from tests.waiting import until

GIF = b"GIF89a" + (640).to_bytes(2, "little") + (480).to_bytes(2, "little") + bytes(50)


@contextlib.asynccontextmanager
async def images() -> AsyncIterator[tuple[str, list[bytes]]]:
    """Serve one picture in part, and never answer for /hangs."""
    asked: list[bytes] = []
    answering: list[asyncio.StreamWriter] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        answering.append(writer)
        asked.append(await reader.readuntil(b"\r\n\r\n"))
        if b"/hangs" not in asked[-1]:
            head = b"HTTP/1.1 206 Partial Content\r\ncontent-range: bytes 0-59/81234\r\ncontent-length: 60\r\n\r\n"
            writer.write(head + GIF)
            await writer.drain()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", asked
    finally:
        server.close()
        for writer in answering:
            writer.close()
        await asyncio.gather(*(writer.wait_closed() for writer in answering), return_exceptions=True)


async def test_the_lead_image_comes_measured_or_as_it_was(store: Store, redis_url: str, tmp_path: Path) -> None:
    (tmp_path / "newsroom").mkdir()
    assert await store.do("DBSIZE") == 0
    folders = tmp_path / "data", tmp_path / "newsroom"
    async with images() as (url, asked), a_line(redis_url, *folders, image_sizes=True) as line:
        await until(line.ready)
        for name in ("ferry", "hangs"):
            await line.push(guid=name, headline=name, images=[{"url": f"{url}/{name}", "alt": "A ferry"}])
        await until(lambda: _shown(line, 2))
        articles = [event["data"]["article"] for event in await line.events()]

    found = {article["headline"]: article["images"][0] for article in articles}
    ferry, hangs = found["ferry"], found["hangs"]
    assert (ferry["width"], ferry["height"], ferry["type"], ferry["bytes"]) == (640, 480, "image/gif", 81_234)
    assert (hangs["width"], hangs["height"], hangs["alt"]) == (None, None, "A ferry")
    assert all(b"range: bytes=0-65535" in request.lower() for request in asked)


async def _shown(line: Line, count: int) -> bool:
    return len(await line.events()) == count
