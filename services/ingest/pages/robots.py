"""Says whether a host's robots.txt lets a page be asked for, and when; the asking is left to the caller."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from protego import Protego

from services.ingest.fetch import Failed, Fetched, FetchOutcome, Gone
from services.ingest.reader import Ask

AGENT = "Wireroom"
ACCEPT = "text/plain, */*;q=0.1"
MAX_BYTES = 512 * 1024
"""What is read of a robots.txt; RFC 9309 section 2.5 asks for 500 KiB at least."""

KEPT_SECONDS = 86_400.0
RETRY_SECONDS = 600.0
LONGEST_PAUSE = 15.0
LONGEST_DELAY = 3_600.0
HOSTS = 5_000
EVERYTHING = Protego.parse("")


@dataclass(frozen=True, slots=True)
class Refusal:
    """A page that is not to be asked for, and why; `later` when that may be otherwise after a while."""

    reason: str
    later: bool


@dataclass(slots=True)
class _Host:
    """What is known of one origin; without `rules` nothing may be asked. `turn` is when the next page may be."""

    rules: Protego | None = None
    until: float = float("-inf")
    turn: float = 0.0
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)


class Robots:
    """The robots.txt of hosts (RFC 9309), each kept for a day in this process; `now` is in seconds."""

    def __init__(self, now: Callable[[], float], sleep: Callable[[float], Awaitable[object]] = asyncio.sleep) -> None:
        self._now, self._sleep = now, sleep
        self._hosts: OrderedDict[str, _Host] = OrderedDict()

    async def refusal(self, url: str, ask: Ask) -> Refusal | None:
        """Return why a page is not to be asked for, or None once it may be: crawl-delay is waited for here."""
        parts = urlsplit(url)
        origin = f"{parts.scheme}://{parts.netloc}"
        host = self._hosts.setdefault(origin, _Host())
        self._hosts.move_to_end(origin)
        while len(self._hosts) > HOSTS:
            self._hosts.popitem(last=False)
        async with host.lock:
            if self._now() >= host.until:
                await self._learn(host, f"{origin}/robots.txt", ask)
        if host.rules is None:
            reason = f"{parts.hostname}'s robots.txt cannot be read just now, so no page is asked for"
            return Refusal(reason, later=True)
        if not host.rules.can_fetch(url, AGENT):
            return Refusal(f"{parts.hostname}'s robots.txt does not allow it", later=False)
        return await self._pause(host, parts.hostname or "")

    async def _learn(self, host: _Host, url: str, ask: Ask) -> None:
        """Ask for the file: none of it (4xx) allows everything, no answer (5xx) nothing, or what was known before."""
        outcome = await ask(url, accept=ACCEPT)
        rules = await asyncio.to_thread(rules_of, outcome)
        host.until = self._now() + (KEPT_SECONDS if rules is not None else RETRY_SECONDS)
        host.rules = rules if rules is not None else host.rules

    async def _pause(self, host: _Host, name: str) -> Refusal | None:
        delay = min(host.rules.crawl_delay(AGENT) or 0.0, LONGEST_DELAY) if host.rules is not None else 0.0
        if delay <= 0:
            return None
        now = self._now()
        wait = max(0.0, host.turn - now)
        if wait > LONGEST_PAUSE:
            return Refusal(f"{name}'s robots.txt asks for {delay:g} s between two pages", later=True)
        host.turn = now + wait + delay
        if wait:
            await self._sleep(wait)
        return None


def rules_of(outcome: FetchOutcome) -> Protego | None:
    """Return the rules that asking for a robots.txt gave; None where nothing may be asked (RFC 9309 section 2.3.1)."""
    match outcome:
        case Fetched(body=body):
            return Protego.parse(body[:MAX_BYTES].decode("utf-8-sig", "replace"))
        case Gone():
            return EVERYTHING
        case Failed(status=status) if status is not None and 400 <= status < 500:
            return EVERYTHING
        case _:
            return None
