"""Through an egress proxy: everything goes to it, and what we would not reach it is not asked for."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator

import pytest

from shared.http_client import Answer, NoAnswer, connect, post
from shared.settings import SettingsError, read
from tests.syndication.webhooks.bed import LOOPBACK
from tests.waiting import PATIENCE


class Proxy:
    """Answers every request itself, and remembers its first line and its Proxy-Authorization."""

    def __init__(self, status: int) -> None:
        self.status, self.port = status, 0
        self.asked: list[str] = []
        self.logins: list[str] = []

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
            self.asked.append(head[0])
            self.logins += [line for line in head if line.lower().startswith("proxy-authorization")]
            writer.write(f"HTTP/1.1 {self.status} -\r\ncontent-length: 0\r\nconnection: close\r\n\r\n".encode())
            await writer.drain()
        writer.close()


@contextlib.asynccontextmanager
async def a_proxy(status: int = 200) -> AsyncIterator[Proxy]:
    proxy = Proxy(status)
    server = await asyncio.start_server(proxy.serve, "127.0.0.1", 0)
    proxy.port = server.sockets[0].getsockname()[1]
    async with server:
        yield proxy


async def send(proxy: Proxy, url: str, login: str = "") -> Answer | NoAnswer:
    async with connect((), proxy=f"http://{login}127.0.0.1:{proxy.port}") as session:
        return await post(session, url, body=b"{}", headers={}, timeout=PATIENCE)


async def test_a_request_goes_to_the_proxy_alone_with_its_login() -> None:
    async with a_proxy() as proxy:
        answer = await send(proxy, "http://93.184.216.34/hook", "wire:hush@")
    assert isinstance(answer, Answer), answer
    assert proxy.asked == ["POST http://93.184.216.34/hook HTTP/1.1"]
    assert len(proxy.logins) == 1


async def test_https_asks_the_proxy_to_connect_and_its_refusal_is_a_failure() -> None:
    async with a_proxy(403) as proxy:
        answer = await send(proxy, "https://93.184.216.34/hook", "wire:hush@")
    assert proxy.asked == ["CONNECT 93.184.216.34:443 HTTP/1.1"]
    assert len(proxy.logins) == 1
    assert isinstance(answer, NoAnswer)
    assert answer.reason == "the egress proxy refused to connect"


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/",
        "http://169.254.169.254/latest/meta-data/",
        "http://[::ffff:10.0.0.1]/",
        "http://localhost/",
        "http://93.184.216.34:6379/",
        "http://2130706433/",
    ],
)
async def test_what_we_would_not_reach_the_proxy_is_not_asked_for(url: str) -> None:
    async with a_proxy() as proxy:
        answer = await send(proxy, url)
    assert isinstance(answer, NoAnswer)
    assert answer.refused
    assert proxy.asked == []


async def test_a_name_that_only_the_proxy_knows_is_left_to_it() -> None:
    async with a_proxy() as proxy:
        answer = await send(proxy, "http://partner.invalid/hook")
    assert isinstance(answer, Answer), answer
    assert proxy.asked == ["POST http://partner.invalid/hook HTTP/1.1"]


async def test_a_proxy_that_is_not_there_is_told_of() -> None:
    async with connect(LOOPBACK, proxy="http://127.0.0.1:9") as session:
        answer = await post(session, "http://93.184.216.34/", body=b"", headers={}, timeout=PATIENCE)
    assert isinstance(answer, NoAnswer)
    assert answer.reason == "the egress proxy could not be reached"


def test_the_setting_takes_an_http_proxy_with_a_port_and_hides_its_login() -> None:
    settings = read({"WIREROOM_EGRESS_PROXY": "http://wire:hush@proxy.example:3128"})
    assert settings.egress_proxy == "http://wire:hush@proxy.example:3128"
    assert "hush" not in repr(settings)
    for wrong in ("proxy:3128", "socks5://proxy:1080", "http://proxy", "http://proxy:3128/path"):
        with pytest.raises(SettingsError, match="must be an HTTP proxy"):
            read({"WIREROOM_EGRESS_PROXY": wrong})
