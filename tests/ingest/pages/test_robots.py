"""robots.txt as RFC 9309 has it: asked once, honoured, and safe where it cannot be had."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from services.ingest.fetch import Failed, Fetched, FetchOutcome, Gone, Throttled
from services.ingest.pages.robots import KEPT_SECONDS, RETRY_SECONDS, Refusal, Robots

URL = "https://paper.example/story"


class Host:
    """Answers for robots.txt and counts how often it was asked for."""

    def __init__(self, outcome: FetchOutcome | str) -> None:
        self.outcome = outcome
        self.asked: list[str] = []
        self.now = 0.0
        self.slept: list[float] = []
        self.robots = Robots(lambda: self.now, self.sleep)

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds

    async def ask(self, url: str, **_asked: Any) -> FetchOutcome:
        self.asked.append(url)
        await asyncio.sleep(0)
        if isinstance(self.outcome, str):
            return Fetched(body=self.outcome.encode(), url=url, content_type="text/plain")
        return self.outcome

    async def refusal(self, url: str = URL) -> Refusal | None:
        return await self.robots.refusal(url, self.ask)


@pytest.mark.parametrize(
    ("rules", "allowed"),
    [
        ("", True),
        ("User-agent: *\nDisallow: /private/", True),
        ("User-agent: *\nDisallow: /", False),
        ("User-agent: *\nDisallow: /\n\nUser-agent: Wireroom\nAllow: /", True),
        ("User-agent: wireroom\nDisallow: /sto*", False),
        ("\ufeffUser-agent: *\nDisallow: /story$", False),
        ("User-agent: *\nDisallow: /\nAllow: /story", True),
        ("User-agent: Other\nDisallow: /", True),
        ("<html>not a robots file</html>", True),
        ("User-agent: *\nDisallow: /" + "*a" * 200 + "*b", True),
    ],
)
async def test_rules_are_honoured(rules: str, allowed: bool) -> None:
    refusal = await Host(rules).refusal()
    assert (refusal is None) is allowed
    if refusal is not None:
        assert refusal == Refusal("paper.example's robots.txt does not allow it", later=False)


@pytest.mark.parametrize("outcome", [Failed("404 Not Found", 404), Failed("401", 401), Gone()])
async def test_a_host_without_the_file_allows_everything(outcome: FetchOutcome) -> None:
    assert await Host(outcome).refusal() is None


@pytest.mark.parametrize("outcome", [Failed("500", 500), Failed("could not connect"), Throttled(30.0)])
async def test_while_the_file_cannot_be_had_nothing_is_asked_for_and_it_is_tried_again(outcome: FetchOutcome) -> None:
    host = Host(outcome)
    for _ in range(2):
        refusal = await host.refusal()
        assert refusal is not None
        assert refusal.later
    assert len(host.asked) == 1
    host.outcome, host.now = "", RETRY_SECONDS
    assert await host.refusal() is None


async def test_rules_that_cannot_be_renewed_hold_on() -> None:
    host = Host("User-agent: *\nDisallow: /private")
    assert await host.refusal() is None
    host.outcome, host.now = Failed("502", 502), KEPT_SECONDS
    assert await host.refusal() is None
    assert await host.refusal("https://paper.example/private/x") is not None


async def test_the_file_is_asked_for_once_a_day_however_many_ask_at_once() -> None:
    host = Host("")
    await asyncio.gather(*(host.refusal(f"https://paper.example/{at}") for at in range(20)))
    assert host.asked == ["https://paper.example/robots.txt"]
    host.now = KEPT_SECONDS
    await host.refusal()
    assert len(host.asked) == 2


async def test_each_origin_has_its_own() -> None:
    host = Host("")
    for url in ("https://paper.example/a", "http://paper.example/a", "https://paper.example:8443/a"):
        await host.refusal(url)
    assert len(set(host.asked)) == 3


async def test_crawl_delay_spaces_pages_and_a_long_one_puts_them_off() -> None:
    host = Host("User-agent: *\nCrawl-delay: 5")
    assert [await host.refusal() for _ in range(3)] == [None, None, None]
    assert host.slept == [5.0, 5.0]
    slow = Host("User-agent: *\nCrawl-delay: 60")
    assert await slow.refusal() is None
    assert await slow.refusal() == Refusal("paper.example's robots.txt asks for 60 s between two pages", later=True)
    slow.now += 60
    assert await slow.refusal() is None


async def test_what_is_kept_of_hosts_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.ingest.pages.robots.HOSTS", 2)
    host = Host("")
    for name in ("a", "b", "c", "a"):
        await host.refusal(f"https://{name}.example/")
    assert len(host.asked) == 4
