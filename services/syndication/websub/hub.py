"""Does the hub's work in one elected process: verifies intent, and delivers topics that have changed."""

from __future__ import annotations

import asyncio
import hmac
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Protocol
from urllib.parse import urlencode, urlsplit

import structlog

from services.syndication.feeds.document import IDENTITY, Document
from services.syndication.feeds.press import Page
from services.syndication.feeds.shelf import ALL, FeedName
from services.syndication.feeds.site import Site
from services.syndication.websub.asked import Asked, page_of
from services.syndication.websub.metrics import WEBSUB
from services.syndication.websub.store import Hubs, Subscription
from shared.http_client import Answer, NoAnswer, TooLarge
from shared.http_client import Page as Got
from shared.redis import Store
from shared.retry import backoff

log = structlog.get_logger()

LEASE = "{websub}:lease"
LEASE_SECONDS = 30
TICK_SECONDS = 0.25
LOOK_SECONDS = 1.0
"""Between looks at all subscriptions while no feed changes: for retries, and for leases that end."""
AT_ONCE = 64
VERIFY_SECONDS, DELIVER_SECONDS = 10.0, 20.0
FIRST_DELAY, LONGEST_DELAY = 10.0, 3_600.0
GONE = 410
MOST_ECHOED = 4_096
MOST_OF_HOST, MOST_WAITING_OF_HOST = 1_000, 100
"""Subscriptions, and requests that wait to be verified, of one host: more would make a flood of every article there."""

Get = Callable[[str], Awaitable[Got | TooLarge | NoAnswer]]
"""Asks a callback, following no redirect: one is a failed verification (WebSub section 5.3)."""
Post = Callable[[str, bytes, Mapping[str, str]], Awaitable[Answer | NoAnswer]]


class Topics(Protocol):
    """What the hub needs of the feeds."""

    async def mark(self, feed: FeedName) -> bytes | int:
        """Return a value that differs whenever a feed has changed."""


class Press(Protocol):
    """What makes the documents."""

    async def document(self, page: Page, *, look: bool = False) -> Document | None:
        """Return the document of a page as it is now, or None for a feed that never was."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ways:
    """How the hub reaches out, tells the time, and draws challenges."""

    get: Get
    post: Post
    now: Callable[[], float]
    challenge: Callable[[], str]


class Hub:
    """Carries out what was asked, and keeps subscribers up to date with their topics.

    A feed is a state: a subscriber that was away is given the newest document, not each one it missed.
    """

    def __init__(
        self, hubs: Hubs, topics: Topics, press: Press, site: Site, ways: Ways, *, store: Store, me: str
    ) -> None:
        self._hubs, self._topics, self._press, self._site, self._ways = hubs, topics, press, site, ways
        self._store, self._me = store, me
        self._slots = asyncio.Semaphore(AT_ONCE)
        self._busy: set[str] = set()
        self._seen, self._look_at = "", 0.0
        self._tasks: set[asyncio.Task[None]] = set()
        self._hosts: Counter[str] = Counter()

    async def tick(self) -> None:
        """Begin what is due. Raises RedisError."""
        if not await self._leads():
            return
        hosts = {_host(name.partition(" ")[2]) for name in self._busy if name.startswith("verify ")}
        waiting: Counter[str] = Counter()
        for asked in await self._hubs.pending():
            # One verification at a time for each host: a hub must not be made to flood one.
            host = _host(asked.callback)
            waiting[host] += 1
            if waiting[host] > MOST_WAITING_OF_HOST:
                await self._hubs.settled(asked)  # it would only keep those of others out
            elif host not in hosts:
                hosts.add(host)
                self._begin(f"verify {asked.callback}", self._verified(asked))
        for subscription, mark in await self._outdated():
            self._begin(subscription.id, self._deliver(subscription, mark))

    async def stop(self) -> None:
        """Cancel what is under way; it is begun again by the next leader."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _leads(self) -> bool:
        if await self._store.do("SET", LEASE, self._me, "NX", "EX", LEASE_SECONDS):
            return True
        holder = await self._store.do("GET", LEASE)
        if holder is None or holder.decode() != self._me:
            return False
        await self._store.do("EXPIRE", LEASE, LEASE_SECONDS)
        return True

    def _begin(self, name: str, work: Awaitable[None]) -> None:
        if name in self._busy:
            work.close()  # type: ignore[attr-defined]  # a coroutine that is not to run
            return
        self._busy.add(name)
        task = asyncio.ensure_future(self._limited(name, work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _limited(self, name: str, work: Awaitable[None]) -> None:
        try:
            async with self._slots:
                await work
        except Exception as error:  # noqa: BLE001  # the next tick begins it again
            log.warning("websub.broken", error=f"{type(error).__name__}: {error}"[:300])
        finally:
            self._busy.discard(name)

    async def _outdated(self) -> list[tuple[Subscription, str]]:
        """Return the subscriptions to deliver to now, each with the mark of its topic; let go of those that ended."""
        now, seen, due = self._ways.now(), str(await self._topics.mark(ALL)), []
        if seen == self._seen and now < self._look_at:
            return []
        self._seen, self._look_at = seen, now + LOOK_SECONDS
        subscriptions = await self._hubs.subscriptions()
        self._hosts = Counter(_host(one.callback) for one in subscriptions)
        marks = await self._marks({one.topic for one in subscriptions})
        for one in subscriptions:
            if one.expires <= now:
                await self._hubs.drop(one.id)
                log.info("websub.expired", subscription=one.id, topic=one.topic)
            elif one.due <= now and marks.get(one.topic, one.mark) != one.mark:
                due.append((one, marks[one.topic]))
        return due

    async def _marks(self, topics: Iterable[str]) -> dict[str, str]:
        pages = {topic: page for topic in topics if (page := page_of(topic, self._site))}
        marks = await asyncio.gather(*(self._topics.mark(page.feed) for page in pages.values()))
        return {topic: str(mark) for topic, mark in zip(pages, marks, strict=True)}

    async def _verified(self, asked: Asked) -> None:
        """Ask the callback whether it means it (section 5.3); nothing changes until it says so."""
        page = page_of(asked.topic, self._site)
        document = await self._press.document(page) if page else None
        if page is None or document is None:
            await self._denied(asked, "there is no such feed yet")
            return
        if await self._too_many(asked):
            await self._denied(asked, f"its host has {MOST_OF_HOST} subscriptions already")
            return
        challenge = self._ways.challenge()
        told = {"hub.mode": asked.mode, "hub.topic": asked.topic, "hub.challenge": challenge}
        told |= {"hub.lease_seconds": str(asked.lease)} if asked.mode == "subscribe" else {}
        answer = await self._ways.get(_with(asked.callback, told))
        echoed = isinstance(answer, Got) and 200 <= answer.status < 300 and answer.body == challenge.encode()
        if echoed:
            await self._carry_out(asked, str(await self._topics.mark(page.feed)))
        await self._hubs.settled(asked)
        outcome = f"{asked.mode}d" if echoed else "unconfirmed"
        WEBSUB.labels(outcome).inc()
        event = f"websub.{outcome}"
        log.info(event, subscription=asked.id, topic=asked.topic, lease=asked.lease)

    async def _too_many(self, asked: Asked) -> bool:
        full = asked.mode == "subscribe" and self._hosts[_host(asked.callback)] >= MOST_OF_HOST
        return full and await self._hubs.get(asked.id) is None

    async def _carry_out(self, asked: Asked, mark: str) -> None:
        known = await self._hubs.get(asked.id)
        if asked.mode == "unsubscribe":
            await self._hubs.drop(asked.id)
            self._hosts[_host(asked.callback)] -= known is not None
            return
        subscription = Subscription(
            id=asked.id,
            topic=asked.topic,
            callback=asked.callback,
            secret=asked.secret,
            expires=self._ways.now() + asked.lease,
            mark=known.mark if known else mark,
        )
        await self._hubs.put(subscription)
        self._hosts[_host(asked.callback)] += known is None

    async def _denied(self, asked: Asked, reason: str) -> None:
        """Tell a subscriber that it is refused (section 5.2); whether it hears is its own affair."""
        told = {"hub.mode": "denied", "hub.topic": asked.topic, "hub.reason": reason}
        await self._ways.get(_with(asked.callback, told))
        await self._hubs.settled(asked)
        WEBSUB.labels("denied").inc()
        log.info("websub.denied", subscription=asked.id, topic=asked.topic, reason=reason)

    async def _deliver(self, one: Subscription, mark: str) -> None:
        """Send a topic's whole document (section 7); a failure keeps the subscription until its lease ends."""
        page = page_of(one.topic, self._site)
        # Looked for anew: what was served a moment ago may be older than the mark that is noted as delivered.
        document = await self._press.document(page, look=True) if page else None
        if document is None:
            return
        body = document.variants[IDENTITY].body
        answer = await self._ways.post(one.callback, body, self._headers(one, document, body))
        status = answer.status if isinstance(answer, Answer) else None
        now, outcome = self._ways.now(), "delivered"
        if status is not None and 200 <= status < 300:
            await self._hubs.note(replace(one, mark=mark, failures=0, due=0.0, delivered=now))
        elif status == GONE:
            outcome = "gone"
            await self._hubs.drop(one.id)
        else:
            outcome = "failed"
            wait = backoff(one.failures + 1, FIRST_DELAY, LONGEST_DELAY)
            await self._hubs.note(replace(one, failures=one.failures + 1, due=now + wait))
        WEBSUB.labels(outcome).inc()
        reason = {"reason": answer.reason} if isinstance(answer, NoAnswer) else {}
        tell = log.warning if outcome == "failed" else log.info
        about = {"subscription": one.id, "topic": one.topic, "status": status, "ms": round(answer.ms, 1)}
        tell(f"websub.{outcome}", **about, **reason)

    def _headers(self, one: Subscription, document: Document, body: bytes) -> dict[str, str]:
        headers = {
            "Content-Type": document.content_type,
            "Link": f'<{self._site.hub}>; rel="hub", <{one.topic}>; rel="self"',
        }
        if one.secret:
            digest = hmac.new(one.secret.encode("utf-8", "replace"), body, "sha256").hexdigest()
            headers["X-Hub-Signature"] = f"sha256={digest}"
        return headers


def _with(callback: str, told: Mapping[str, str]) -> str:
    """Append to a callback's own query, which must stay as it is (section 5.3)."""
    return f"{callback}{'&' if urlsplit(callback).query else '?'}{urlencode(told)}"


def _host(callback: str) -> str:
    return urlsplit(callback).hostname or ""
