"""The receivers of docs/verify take what is signed, print it once, and refuse all else."""

from __future__ import annotations

import asyncio
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

import pytest

from services.syndication.webhooks.sign import secret_of, signatures
from tests.ports import free_port
from tests.syndication.webhooks.bed import KEY
from tests.waiting import PATIENCE, until

FOLDER = Path(__file__).parents[2] / "docs" / "verify"
SECRET = secret_of(KEY)
BODY = b'{"type": "article.published", "data": {"article": {"id": "desk-1", "headline": "Ferry sails"}}}'


def command(language: str, port: int) -> list[str]:
    program = shutil.which(language)
    if program is None:
        pytest.skip(f"{language} is not installed")
    if language == "node":
        return [program, str(FOLDER / "receive.mjs"), SECRET, str(port)]
    return [program, "-S", f"127.0.0.1:{port}", str(FOLDER / "receive.php")]


@contextmanager
def receiver(language: str, folder: Path) -> Iterator[tuple[str, Path]]:
    """Run the receiver; gives its address and the file of what it prints."""
    port, printed = free_port(), folder / "printed"
    env = {"TMPDIR": str(folder), "WEBHOOK_KEY": SECRET}
    with printed.open("wb") as output:
        process = subprocess.Popen(command(language, port), env=env, stdout=output, stderr=subprocess.STDOUT)
    try:
        yield f"http://127.0.0.1:{port}/hook", printed
    finally:
        process.terminate()
        process.wait(PATIENCE)


def answer(url: str, id: str, body: bytes, signed: bytes = BODY) -> int | None:
    now = str(int(time.time()))
    headers = {
        "webhook-id": id,
        "webhook-timestamp": now,
        "webhook-signature": signatures([KEY], id, int(now), signed),
        "content-type": "application/json",
    }
    try:
        with urlopen(Request(url, body, headers), timeout=PATIENCE) as told:  # noqa: S310  # this machine's own
            return int(told.status)
    except HTTPError as error:
        with error:
            return error.code
    except URLError:
        return None


@pytest.mark.parametrize("language", ["node", "php"])
def test_what_is_signed_is_taken_and_printed_once_and_nothing_else_is(language: str, tmp_path: Path) -> None:
    with receiver(language, tmp_path) as (url, printed):
        asyncio.run(until(lambda: answer(url, "msg_0", b"{}") == 401))
        assert [answer(url, id, BODY) for id in ("msg_1", "msg_1", "msg_2")] == [204, 204, 204]
        assert answer(url, "msg_3", BODY.replace(b"sails", b"sinks")) == 401
        asyncio.run(until(lambda: printed.read_text().count("article.published desk-1 Ferry sails") == 2))
    assert "sinks" not in printed.read_text()
