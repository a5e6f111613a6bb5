"""What a conditional GET comes to, against a real server."""

from __future__ import annotations

from collections.abc import AsyncIterator
from functools import partial
from ipaddress import ip_network

import pytest

from services.ingest.fetch import Failed, Fetched, FetchOutcome, Gone, NotModified, Throttled, fetch
from shared import http_client
from tests.ingest.feeds import Host, a_host
from tests.ingest.parts import Clock


@pytest.fixture
async def host() -> AsyncIterator[Host]:
    async with a_host() as host:
        yield host


async def asked(
    url: str, etag: str | None = None, last_modified: str | None = None, allowed: str = "127.0.0.0/8"
) -> FetchOutcome:
    session = http_client.connect((ip_network(allowed),))
    try:
        return await fetch(partial(http_client.get, session), url, etag, last_modified, now=Clock())
    finally:
        await session.close()


async def test_a_document_comes_with_its_validators(host: Host) -> None:
    host.headers = {"Last-Modified": "Sun, 22 Nov 2026 10:00:00 GMT"}
    outcome = await asked(host.url)
    assert isinstance(outcome, Fetched)
    assert (outcome.body, outcome.etag, outcome.url) == (host.body, host.etag, host.url)
    assert outcome.last_modified == "Sun, 22 Nov 2026 10:00:00 GMT"
    assert "if-none-match" not in host.asked[0]


async def test_what_we_have_is_not_sent_again(host: Host) -> None:
    assert await asked(host.url, host.etag, "Sun, 22 Nov 2026 10:00:00 GMT") == NotModified(etag=host.etag)
    assert host.asked[0]["if-none-match"] == host.etag
    assert host.asked[0]["if-modified-since"] == "Sun, 22 Nov 2026 10:00:00 GMT"


@pytest.mark.parametrize("status", [429, 503])
async def test_a_host_may_ask_for_patience(host: Host, status: int) -> None:
    host.status, host.headers = status, {"Retry-After": "120"}
    assert await asked(host.url) == Throttled(120.0)
    host.headers = {}
    assert await asked(host.url) == Throttled(None)


async def test_410_means_gone_and_404_means_failed(host: Host) -> None:
    host.status = 410
    assert await asked(host.url) == Gone()
    host.status = 404
    assert await asked(host.url) == Failed("the server answered 404 Not Found")


async def test_a_private_address_is_not_asked(host: Host) -> None:
    outcome = await asked(host.url, allowed="10.0.0.0/8")
    assert isinstance(outcome, Failed)
    assert "loopback" in outcome.reason
    assert host.asked == []


async def test_a_document_over_the_limit_is_refused_while_reading(host: Host) -> None:
    host.body = b" " * (10 * 1024 * 1024 + 1)
    assert await asked(host.url) == Failed("the document is larger than 10 MiB")


async def test_a_validator_that_could_not_be_sent_back_is_not_kept(host: Host) -> None:
    host.conditional, host.headers = False, {"ETag": '"' + "x" * 2000 + '"'}
    outcome = await asked(host.url)
    assert isinstance(outcome, Fetched)
    assert outcome.etag == ""
