"""A site on loopback that answers by path, and the real way of asking it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from ipaddress import ip_network

from services.ingest.fetch import FetchOutcome, fetch
from shared import http_client
from tests.ingest.parts import Clock
from tests.receiver import Call, Receiver, Reply, a_receiver

LOOPBACK = (ip_network("127.0.0.0/8"),)


def page(text: str, kind: str = "text/html; charset=utf-8", status: int = 200, **headers: str) -> Reply:
    return Reply(status, {"content-type": kind, **headers}, text.encode())


def moved(where: str) -> Reply:
    return Reply(302, {"location": where})


@dataclass
class Site:
    """What is at which path; all else is not found. `asked` are the paths that were asked for."""

    paths: dict[str, Reply] = field(default_factory=dict)
    receiver: Receiver = field(default_factory=Receiver)
    session: http_client.Session | None = None

    @property
    def url(self) -> str:
        return self.receiver.url.removesuffix("/hook")

    @property
    def asked(self) -> list[str]:
        return [call.path for call in self.receiver.calls]

    async def answer(self, call: Call) -> Reply:
        return self.paths.get(call.path, Reply(404))

    async def ask(
        self,
        url: str,
        *,
        accept: str | None = None,
        etag: str | None = None,
        last_modified: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> FetchOutcome:
        assert self.session is not None
        get = partial(http_client.get, self.session)
        return await fetch(get, url, etag, last_modified, accept=accept, headers=headers, now=Clock())


@asynccontextmanager
async def a_site(**paths: Reply) -> AsyncIterator[Site]:
    """Run a site; add to its `paths` once its address is known."""
    site = Site()
    site.paths |= {f"/{name}": reply for name, reply in paths.items()}
    async with a_receiver(site.answer) as receiver:
        site.receiver = receiver
        site.session = http_client.connect(LOOPBACK)
        try:
            yield site
        finally:
            await site.session.close()
