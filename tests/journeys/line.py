"""The whole line in this process, as `make run` starts it, on the tests' server and a free port."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import orjson

from services import NAMES
from services.all_in_one import Process
from shared.http_client import Answer, Page, Session, connect, get, post
from shared.settings import Settings
from shared.web import Serving, listen
from tests.builders import a_push
from tests.waiting import PATIENCE

TOKEN = "an-admin-token-for-journeys"
LOOPBACK = (ip_network("127.0.0.0/8"),)
HEADERS = {"authorization": f"Bearer {TOKEN}", "content-type": "application/json"}


@dataclass
class Line:
    """A running line and how to talk to it."""

    url: str
    session: Session
    process: Process

    async def post(self, path: str, body: object, **headers: str) -> tuple[int, Any]:
        answer = await post(
            self.session,
            self.url + path,
            body=orjson.dumps(body),
            headers=HEADERS | headers,
            timeout=PATIENCE,
            keep=1 << 20,
        )
        assert isinstance(answer, Answer), answer
        return answer.status, orjson.loads(answer.body_start) if answer.body_start else None

    async def get(self, path: str, token: str = TOKEN) -> Page:
        headers = HEADERS | {"authorization": f"Bearer {token}"}
        answer = await get(self.session, self.url + path, headers=headers, timeout=PATIENCE, max_bytes=64 << 20)
        assert isinstance(answer, Page), answer
        return answer

    async def ready(self) -> bool:
        return (await self.get("/readyz")).status == 200

    async def events(self, after: int = 0) -> list[dict[str, Any]]:
        events: list[dict[str, Any]] = orjson.loads((await self.get(f"/api/v1/events?after={after}&limit=1000")).body)[
            "events"
        ]
        return events

    async def push(self, **over: object) -> dict[str, Any]:
        status, answer = await self.post("/api/v1/articles", a_push(**over))
        assert status in {200, 202}, answer
        return dict(answer)


@contextlib.asynccontextmanager
async def a_line(redis_url: str, folder: Path, newsroom: Path, **over: Any) -> AsyncIterator[Line]:
    """Start all three services and stop them at the end."""
    bound = listen("127.0.0.1", 0)
    url = f"http://127.0.0.1:{bound.getsockname()[1]}"
    settings = Settings(
        redis_url=redis_url, data_dir=folder, newsroom=newsroom, public_url=url, allow_networks=LOOPBACK, **over
    )
    process = Process(settings, redis_url, NAMES, TOKEN)
    serving = Serving(process.app, bound)
    await serving.start()
    await process.start()
    session = connect(LOOPBACK)
    try:
        yield Line(url, session, process)
    finally:
        await session.close()
        await process.hang_up()
        await serving.stop()
        await process.stop()
