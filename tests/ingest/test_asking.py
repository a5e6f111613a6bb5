"""Asking politely: credentials at home, patience for all sources of a host, lies without effect."""

from __future__ import annotations

from collections.abc import AsyncIterator
from functools import partial
from ipaddress import ip_network
from typing import Any

import pytest

from services.ingest.asking import Asking
from services.ingest.fetch import Failed, Fetched, Throttled
from services.ingest.reader import Ask
from services.ingest.source import SHUT, Settings, Source
from services.ingest.turns import Turns
from shared import http_client
from shared.redis import Store
from tests.builders import SEALS
from tests.ingest.feeds import Host, a_host
from tests.ingest.parts import Clock


class Desk:
    """A host and another one, and what asks them."""

    def __init__(self, store: Store, host: Host, other: Host, get: Any) -> None:
        self.host, self.other, self.clock = host, other, Clock()
        self.asking = Asking(get, Turns(store, self.clock, spacing=0), self.clock)

    def ask(self, **over: Any) -> Ask:
        return self.asking.of(Source(Settings(id="bay", url=self.host.url, **over)))


@pytest.fixture
async def desk(store: Store) -> AsyncIterator[Desk]:
    session = http_client.connect((ip_network("127.0.0.0/8"),))
    async with a_host() as host, a_host() as other, session:
        yield Desk(store, host, other, partial(http_client.get, session))


async def test_credentials_go_to_the_sources_own_host_alone(desk: Desk) -> None:
    ask = desk.ask(authorization="Bearer of-news")
    for url in (desk.host.url, desk.host.url + "/page", desk.other.url):
        assert isinstance(await ask(url), Fetched)
    assert [asked.get("authorization") for asked in desk.host.asked] == ["Bearer of-news"] * 2
    assert "authorization" not in desk.other.asked[0]


async def test_credentials_do_not_follow_a_redirect_to_another_host(desk: Desk) -> None:
    desk.host.status, desk.host.headers = 302, {"Location": desk.other.url}
    answer = await desk.ask(authorization="Bearer of-news")(desk.host.url)
    assert isinstance(answer, Fetched)
    assert answer.url == desk.other.url
    assert "authorization" not in desk.other.asked[0]


async def test_headers_and_accept_are_sent_as_given(desk: Desk) -> None:
    await desk.ask()(desk.host.url, accept="application/json", headers={"Accept-Version": "v5.0"})
    assert (desk.host.asked[0]["accept"], desk.host.asked[0]["accept-version"]) == ("application/json", "v5.0")


async def test_a_host_that_asked_for_patience_is_not_asked_for_any_source_until_then(desk: Desk) -> None:
    desk.host.status, desk.host.headers = 503, {"Retry-After": "600"}
    assert await desk.ask()(desk.host.url) == Throttled(600.0)
    neighbour = desk.asking.of(Source(Settings(id="hill", url=desk.host.url + "/hill")))
    assert await neighbour(desk.host.url + "/hill") == Throttled(600.0)
    assert len(desk.host.asked) == 1
    desk.host.status = 200
    desk.clock.forward(601)
    assert isinstance(await neighbour(desk.host.url), Fetched)


@pytest.mark.parametrize("status", [429, 503])
async def test_a_host_that_does_not_say_for_how_long_is_left_alone_for_a_minute(desk: Desk, status: int) -> None:
    desk.host.status = status
    assert await desk.ask()(desk.host.url) == Throttled(None)
    neighbour = desk.asking.of(Source(Settings(id="hill", url=desk.host.url + "/hill")))
    assert await neighbour(desk.host.url + "/hill") == Throttled(60.0)
    assert len(desk.host.asked) == 1
    desk.host.status = 200
    desk.clock.forward(61)
    assert isinstance(await neighbour(desk.host.url), Fetched)


async def test_patience_is_owed_to_the_host_that_asked_for_it_behind_a_redirect(desk: Desk) -> None:
    desk.host.status, desk.host.headers = 302, {"Location": desk.other.url}
    desk.other.status, desk.other.headers = 429, {"Retry-After": "60"}
    assert await desk.ask()(desk.host.url) == Throttled(60.0)
    assert await desk.ask()(desk.other.url) == Throttled(60.0)
    assert len(desk.other.asked) == 1
    desk.host.status = 200
    assert isinstance(await desk.ask()(desk.host.url), Fetched)


async def test_a_wish_for_patience_that_has_passed_holds_nothing(desk: Desk) -> None:
    desk.host.status, desk.host.headers = 503, {"Retry-After": "Thu, 01 Jan 1970 00:00:00 GMT"}
    await desk.ask()(desk.host.url)
    await desk.ask()(desk.host.url)
    assert len(desk.host.asked) == 2


@pytest.mark.parametrize("said", ["-5", "soon", ""])
async def test_a_wish_for_patience_that_makes_no_sense_counts_as_one_without_a_time(desk: Desk, said: str) -> None:
    desk.host.status, desk.host.headers = 503, {"Retry-After": said}
    await desk.ask()(desk.host.url)
    assert await desk.ask()(desk.host.url) == Throttled(60.0)


async def test_a_wish_for_a_hundred_years_holds_a_day(desk: Desk) -> None:
    desk.host.status, desk.host.headers = 503, {"Retry-After": "3153600000"}
    await desk.ask()(desk.host.url)
    held = await desk.ask()(desk.host.url)
    assert isinstance(held, Throttled)
    assert held.retry_after == 86_400.0


async def test_redirects_in_a_circle_end(desk: Desk) -> None:
    desk.host.status, desk.host.headers = 302, {"Location": desk.host.url}
    assert await desk.ask()(desk.host.url) == Failed("redirects more than 5 times")
    assert len(desk.host.asked) == 6


async def test_what_is_no_address_is_not_asked(desk: Desk) -> None:
    assert await desk.ask()("mailto:desk@bay.example") == Failed("is not a web address")


async def test_a_304_that_nobody_asked_for_is_a_failure(desk: Desk) -> None:
    desk.host.status = 304
    answer = await desk.ask()(desk.host.url)
    assert isinstance(answer, Failed)
    assert answer.status == 304


async def test_nothing_is_asked_with_a_secret_that_is_still_sealed(desk: Desk) -> None:
    assert await desk.ask(key=SEALS.seal(b"a-key", "elsewhere"))(desk.host.url) == Failed(SHUT)
    assert desk.host.asked == []
