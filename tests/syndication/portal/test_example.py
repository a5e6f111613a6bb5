"""The receiver that the portal shows does what it says: takes what is signed, refuses what is not, drops repeats."""

from __future__ import annotations

import contextlib
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import pytest

from services.syndication.portal.example import RECEIVER
from services.syndication.webhooks.sign import secret_of, signatures
from shared.http_client import Answer, Session, connect, post
from tests.ports import free_port
from tests.syndication.webhooks.bed import KEY, LOOPBACK
from tests.waiting import PATIENCE, until

BODY = b'{"type":"article.published","timestamp":"2026-01-01T00:00:00Z","data":{"seq":42}}'


@dataclass
class Running:
    """The receiver as a process of its own."""

    url: str
    told: IO[str]
    session: Session

    async def post(self, id: str, at: int, body: bytes = BODY, signed: bytes = BODY, key: bytes = KEY) -> int:
        headers = {
            "webhook-id": id,
            "webhook-timestamp": str(at),
            "webhook-signature": f"v1,AAAA {signatures([key], id, at, signed)}",
        }
        answer = await post(self.session, self.url, body=body, headers=headers, timeout=PATIENCE, keep=100)
        return answer.status if isinstance(answer, Answer) else 0


@pytest.fixture
async def running(tmp_path: Path) -> AsyncIterator[Running]:
    port = free_port()
    (tmp_path / "receiver.py").write_text(RECEIVER, encoding="utf-8")
    process = subprocess.Popen(  # noqa: ASYNC220  # it starts in no time
        [sys.executable, str(tmp_path / "receiver.py")],
        env={"SECRET": secret_of(KEY), "PORT": str(port)},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdout is not None
    session = connect(LOOPBACK)
    try:
        await until(lambda: _listens(port))
        yield Running(f"http://127.0.0.1:{port}/", process.stdout, session)
    finally:
        await session.close()
        process.kill()
        process.wait()
        process.stdout.close()


async def test_it_takes_what_is_signed_and_nothing_else(running: Running) -> None:
    now = int(time.time())
    assert await running.post("msg_1", now) == 204
    assert await running.post("msg_1", now) == 204
    assert await running.post("msg_2", now, key=b"x" * 24) == 400
    assert await running.post("msg_2", now, body=BODY.replace(b"42", b"43")) == 400
    assert await running.post("msg_2", now - 3600) == 400
    assert await running.post("msg_2", now) == 204
    assert [running.told.readline() for _ in range(2)] == ["article.published 42\n"] * 2


def _listens(port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
        return True
    return False
