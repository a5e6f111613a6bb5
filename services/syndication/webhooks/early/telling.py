"""Puts articles under an embargo in the lanes of who gets them early, and has them told when one is withdrawn."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

import structlog

from services.syndication.embargo.store import Texts
from services.syndication.embargo.untold import Untold
from services.syndication.ledger import Ledger, Standing
from services.syndication.webhooks.directory import Directory
from services.syndication.webhooks.early.message import known_by, withdrawal
from services.syndication.webhooks.early.notes import EMBARGOED, WITHDRAWN, Kind, Note, Noted, Notes
from services.syndication.webhooks.early.trust import Trust
from services.syndication.webhooks.lanes import Lanes, Wanted, pack
from services.syndication.webhooks.reading import LedgerReader, Recorded
from services.syndication.webhooks.store import SubscriptionStore
from services.syndication.webhooks.subscriptions import Subscription
from shared.events import Article, to_json
from shared.query import subject_of
from shared.redis import is_passing

log = structlog.get_logger()

AT_ONCE = 50
LEASE_MS = 5_000
AGAIN_MS = 1_000
"""After so long it is tried again to put in what must wait for something older of its article."""

TAKEN_BACK = "it was taken back before its release"
NOT_RELEASED = "this version is not to be released"
NOT_ASKED_FOR = "what is to be read of it is not what this subscription asks for"


@dataclass(frozen=True, slots=True)
class Going:
    """A message for one subscription: what a lane keeps of it besides its number."""

    kind: Kind
    version: int
    kept: bytes
    until: int
    """Unix seconds: notes are kept for a while after."""
    article: Article | None = None


@dataclass(slots=True, kw_only=True)
class Telling:
    """Looks at articles by turns; replicas share the turns. Killed anywhere, an article is looked at again.

    What goes to a subscription is noted first, under the number it then bears in its lane: put in twice, it is there
    once, and nothing older is ever put in or sent after it.
    """

    store: SubscriptionStore
    lanes: Lanes
    directory: Directory
    reader: LedgerReader
    ledger: Ledger
    texts: Texts
    untold: Untold
    notes: Notes
    trust: Trust
    clock: Callable[[], float]
    _seen: frozenset[tuple[str, str]] = field(default=frozenset(), init=False)

    async def tick(self) -> float | None:
        """Look at what changed; return 0 when there is more. Raises RedisError."""
        receivers = await self._receivers()
        seen = frozenset((each.id, f"{each.filter} {each.within}") for each in receivers)
        if seen - self._seen:
            await self.untold.all_again()
        self._seen = seen
        now = self._ms()
        lease = now + LEASE_MS
        found, _ = await self.untold.some(now, lease, AT_ONCE)
        await asyncio.gather(*(self._look(article_id, lease, receivers) for article_id in found))
        if found:
            await self.store.publish()
        return 0.0 if len(found) == AT_ONCE else None

    async def _receivers(self) -> list[Subscription]:
        await self.directory.refresh()
        asked = self.directory.early()
        trusted = await self.trust.among(each.owner for each in asked if each.owner is not None)
        return [each for each in asked if each.owner is None or each.owner in trusted]

    async def _look(self, article_id: str, lease: int, receivers: Sequence[Subscription]) -> None:
        """Look at one article; what goes wrong with it is told, and does not keep the others waiting."""
        try:
            standing, noted = await asyncio.gather(self.ledger.standing(article_id), self.notes.of(article_id))
            if standing.turn is not None and standing.turn.until:
                done = await self._waits(article_id, standing, noted, receivers)
            else:
                done = await self._waits_no_more(article_id, standing, noted)
            if done:
                await self.untold.told(article_id, lease)
            else:
                await self.untold.later(article_id, lease, self._ms() + AGAIN_MS)
        except Exception as error:  # noqa: BLE001  # it is looked at again after its lease
            tell = log.debug if is_passing(error) else log.error
            tell("early.postponed", article_id=article_id, error=f"{type(error).__name__}: {error}"[:300])

    async def _waits(
        self, article_id: str, standing: Standing, noted: Noted, receivers: Sequence[Subscription]
    ) -> bool:
        turn = standing.turn
        event = await self.texts.event(article_id, turn.version) if turn is not None else None
        if turn is None or event is None:
            return True  # it changed meanwhile, and is looked at for that
        if standing.head is not None and await self.store.cursor() < standing.head.seq:
            return False  # the version that is out goes before
        article, until = event.article, turn.until // 1000
        subject, going = subject_of(article, EMBARGOED), dict[str, Going]()
        for each in receivers if article.status != "withheld" else ():
            query = self.directory.query(each.id) if self.directory.readable(each.id) else None
            seen = subject.as_seen(each.sees)
            if query is not None and query.matches(seen):
                matched = to_json(query.explain(seen, subject.as_seen(each.told)))
                going[each.id] = Going(EMBARGOED, turn.version, matched, until, article)
        others = self._holding(noted, besides=going)
        for id, version in others.items():
            if version < turn.version:
                going[id] = self._withdrawn(noted, version, standing, NOT_ASKED_FOR)
        return await self._go(article_id, noted, going)

    async def _waits_no_more(self, article_id: str, standing: Standing, noted: Noted) -> bool:
        holding = self._holding(noted)
        if not holding:
            return True
        entry, article = await self._out(standing)
        going: dict[str, Going] = {}
        for id, version in holding.items():
            subscription = self.directory.get(id)
            if subscription is None:
                continue
            why = _why(subscription, version, entry, article)
            if why is not None:
                going[id] = self._withdrawn(noted, version, standing, why)
        return await self._go(article_id, noted, going)

    def _holding(self, noted: Noted, besides: dict[str, Going] | None = None) -> dict[str, int]:
        """Return who may have got which version, and was not told since that it is withdrawn."""
        found = {id: noted.got(id) for id in noted.notes if id not in (besides or {})}
        return {id: version for id, version in found.items() if version is not None}

    async def _out(self, standing: Standing) -> tuple[Recorded | None, Article | None]:
        """Return the newest entry of the article, and what it says."""
        head = standing.head
        entries = await self.reader.read(head.seq - 1, 1, 0) if head is not None else []
        if head is None or not entries or entries[0].seq != head.seq:
            return None, None
        return entries[0], await self.reader.article(entries[0].article_id, entries[0].version)

    def _withdrawn(self, noted: Noted, version: int, standing: Standing, why: str) -> Going:
        now = datetime.fromtimestamp(self.clock(), UTC)
        kept = withdrawal(noted.identity, version, standing.at or None, why, now)
        return Going(WITHDRAWN, standing.last, kept, int(self.clock()))

    async def _go(self, article_id: str, noted: Noted, going: dict[str, Going]) -> bool:
        done = [await self._put(article_id, id, noted, each) for id, each in going.items()]
        return all(done)

    async def _put(self, article_id: str, id: str, noted: Noted, going: Going) -> bool:
        """Put a message in a lane; False when it has to wait for something older of its article."""
        subscription, note = self.directory.get(id), noted.notes.get(id)
        if subscription is None:
            return True
        same = note is not None and (note.kind, note.version) == (going.kind, going.version)
        if note is None or not same:
            note = Note(going.kind, going.version, await self.store.notice_seq(), queued=False)
            known = known_by(going.article) if going.article is not None else None
            if not await self.notes.note(article_id, id, note, going.until, known):
                return False  # another replica was faster: what it noted is looked at again
        elif note.queued or noted.over(id, note):
            return True
        return await self._lead(article_id, subscription, note, going)

    async def _lead(self, article_id: str, subscription: Subscription, note: Note, going: Going) -> bool:
        if going.kind == EMBARGOED:  # who got it is told of a retraction, whenever that comes
            await self.store.carry([(article_id, [subscription.number])])
        packed = pack(going.kind, article_id, going.version, going.kept)
        state = await self.lanes.lead(self._ms(), subscription.id, Wanted(note.seq, article_id, packed))
        if state.kept == [False]:
            return False
        await self.lanes.hint([state])
        await self.notes.queued(article_id, subscription.id, note, queued=True)
        return True

    def _ms(self) -> int:
        return int(self.clock() * 1000)


def _why(subscription: Subscription, version: int, entry: Recorded | None, article: Article | None) -> str | None:
    """Return why a version that went early is to be withdrawn, None when its receiver is told by what came of it."""
    if entry is None:
        return TAKEN_BACK
    if entry.type == "article.retracted":
        return None
    if entry.version < version:
        return NOT_RELEASED
    if subscription.wish.why(entry, article) is not None:
        return None
    told = entry.type != "article.published" and subscription.told_of_exits(entry.type)
    return None if told else NOT_ASKED_FOR
