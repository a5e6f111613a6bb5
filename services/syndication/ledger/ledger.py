"""The ledger: every version that is published, updated, corrected or retracted, under one growing number."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

from services.syndication.ledger.entry import (
    Appended,
    Early,
    Entry,
    Head,
    Known,
    Moved,
    Recorded,
    Standing,
    Turn,
    fields_of,
    head_of,
    recorded_of,
    turn_of,
)
from services.syndication.ledger.numbering import SEQ, Numbering
from services.syndication.ledger.pieces import ALL, FEEDS, NEWEST, OLDEST
from services.syndication.ledger.scripts import (
    APPEND,
    DUE,
    DUE_NOW,
    EVENTS,
    FORGET,
    FORGOTTEN,
    HEADS,
    HOLD,
    MARKS,
    NAMES,
    PASS,
    PLACED,
    SPENT,
    STANDS,
    TURNS,
    UNTOLD,
)
from shared.redis import Store

ON_A_PAGE = 100
"""Articles that a feed's first page shows at the most."""


class Ledger:
    """Appends to the ledger and reads it; every method may raise RedisError."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.numbering = Numbering(store)

    async def append(
        self,
        entry: Entry,
        feeds: Sequence[str],
        *,
        ms: int,
        upon: int | None = None,
        force: bool = False,
        keep_feeds: bool = False,
    ) -> Appended | Known | Early | Moved:
        """Give a version its number and its places in feeds: one atomic step, without effect when it is repeated.

        `upon` is the version in the ledger that it was compared with: where another is in by now, it is Moved. One
        whose elder is missing is refused as Early unless `force`. `keep_feeds` leaves the article also in every feed
        it stood in, so that a retraction reaches all who read it there.
        """
        if not self.numbering.settled:
            await self.numbering.settle()
        fields, known = fields_of(entry), self.numbering.known
        before = -1 if upon is None else upon
        stands: list[str | int] = [entry.article_id, entry.version, int(force), ms, int(keep_feeds), before, ALL, known]
        keys = [*STANDS, EVENTS, SEQ, PLACED, MARKS, *FEEDS, NAMES, UNTOLD]
        outcome, number, *at = await self._store.run(APPEND, keys=keys, args=[*stands, len(fields), *fields, *feeds])
        match outcome:
            case b"appended":
                if at != [number]:
                    self.numbering.went_back(at[0] - 1, known, number - 1)
                return Appended(self.numbering.saw(number))
            case b"early":
                return Early(number)
            case b"moved":
                return Moved()
            case _:
                return Known()

    async def pass_over(self, article_id: str, version: int, upon: int) -> Known | Moved | None:
        """Let a version that is not to be read take its turn (None), decided upon that version in the ledger."""
        outcome = await self._store.run(PASS, keys=[*STANDS, UNTOLD], args=[article_id, version, upon])
        if outcome == b"passed":
            return None
        return Moved() if outcome == b"moved" else Known()

    async def hold(self, article_id: str, version: int, until: int, *, force: bool = False) -> Known | Early | None:
        """Let a version take its turn and wait (None); `until` is when its embargo ends, in ms."""
        args: list[str | int] = [article_id, version, int(force), until]
        outcome, last = await self._store.run(HOLD, keys=[*STANDS, UNTOLD], args=args)
        if outcome == b"held":
            return None
        return Early(last) if outcome == b"early" else Known()

    async def standing(self, article_id: str) -> Standing:
        """Return how far an article is."""
        head, turn = await asyncio.gather(
            self._store.ask("HGET", HEADS, article_id), self._store.ask("HGET", TURNS, article_id)
        )
        return Standing(head_of(head), turn_of(turn))

    async def due_now(self, now: int, until: int, most: int) -> tuple[list[str], int | None]:
        """Return articles whose embargo is over, ours to release until a moment (ms), and when the next is due."""
        following, found = await self._store.run(DUE_NOW, keys=[DUE], args=[now, until, most])
        return [article.decode() for article in found], int(float(following)) if following else None

    async def waiting(self, first: int, most: int) -> list[tuple[str, Turn]]:
        """Return articles with a version that waits, from the `first` on, the soonest first."""
        ids = [id.decode() for id in await self._store.do("ZRANGE", DUE, first, first + most - 1)]
        if not ids:
            return []
        turns = zip(ids, await self._store.do("HMGET", TURNS, *ids), strict=True)
        return [(id, turn) for id, kept in turns if (turn := turn_of(kept)) is not None and turn.until]

    async def count_waiting(self) -> int:
        """Return how many versions wait for the end of their embargo."""
        return int(await self._store.do("ZCARD", DUE))

    async def spent(self, most: int) -> list[tuple[str, int]]:
        """Return some of the versions that wait no more and whose texts are still to be deleted."""
        return await self._members(SPENT, most)

    async def cleared(self, article_id: str, version: int) -> None:
        """Note that what was kept elsewhere of a version that was `spent` or `forgotten` is deleted."""
        member = f"{article_id} {version}"
        await asyncio.gather(*(self._store.do("SREM", key, member) for key in (SPENT, FORGOTTEN)))

    async def _members(self, key: str, most: int) -> list[tuple[str, int]]:
        found = await self._store.do("SRANDMEMBER", key, most)
        parted = (member.decode().rsplit(" ", 1) for member in found or ())
        return [(article, int(version)) for article, version in parted]

    async def head(self, article_id: str) -> Head | None:
        """Return the newest version of an article that is in, or None."""
        return head_of(await self._store.do("HGET", HEADS, article_id))

    async def heads(self, article_ids: Sequence[str]) -> list[Head | None]:
        """Return the newest versions of articles, in the order asked."""
        if not article_ids:
            return []
        return [head_of(value) for value in await self._store.do("HMGET", HEADS, *article_ids)]

    async def latest(self) -> int:
        """Return the number of the newest entry, or the last of those that were passed over after it; 0 for none."""
        latest = int(await self._store.do("GET", SEQ) or 0)
        if latest < self.numbering.known:
            await self.numbering.settle()
            latest = int(await self._store.do("GET", SEQ) or 0)
        return self.numbering.saw(latest)

    async def read(self, after: int, limit: int, block_ms: int = 0) -> list[Recorded]:
        """Return up to `limit` entries after a number, in order; wait up to `block_ms` for the first."""
        if block_ms:
            blocked: Any = await self._store.at(
                EVENTS, lambda client: client.xread({EVENTS: f"{after}-0"}, count=limit, block=block_ms)
            )
            entries = blocked[0][1] if blocked else []
        else:
            entries = await self._store.do("XRANGE", EVENTS, f"({after}-0", "+", "COUNT", limit)
        found = [recorded_of(entry_id, fields) for entry_id, fields in entries]
        if found:
            self.numbering.saw(found[-1].seq)
        return found

    async def read_back(self, before: int, limit: int) -> list[Recorded]:
        """Return the last `limit` entries below a number, in order: numbers may be missing, also many in a row."""
        entries = await self._store.do("XREVRANGE", EVENTS, f"({before}-0", "-", "COUNT", limit)
        return [recorded_of(entry_id, fields) for entry_id, fields in reversed(entries)]

    async def first(self) -> int:
        """Return the number of the oldest entry there is, that of the next one to come where there is none."""
        found = await self._store.do("XRANGE", EVENTS, "-", "+", "COUNT", 1)
        return int(found[0][0].partition(b"-")[0]) if found else await self.latest() + 1

    async def oldest(self, most: int) -> tuple[list[tuple[str, Head]], int]:
        """Return the articles that nothing came of for longest, longest first, and how many articles there are."""
        found, count = await asyncio.gather(
            self._store.call(OLDEST, keys=FEEDS, args=[ALL, most]), self._store.ask("HLEN", HEADS)
        )
        ids = [article.decode() for article in found]
        heads = zip(ids, await self.heads(ids), strict=True)
        return [(id, head) for id, head in heads if head is not None], int(count)

    async def let_go(self, article_id: str, seq: int) -> bool:
        """Let go of an article whose newest version has this number; False when something came of it since."""
        keys = [HEADS, TURNS, FORGOTTEN, PLACED, MARKS, SEQ, *FEEDS, NAMES]
        return bool(await self._store.run(FORGET, keys=keys, args=[article_id, seq, ON_A_PAGE]))

    async def cut(self, first: int) -> None:
        """Drop the entries before a number."""
        await self._store.do("XTRIM", EVENTS, "MINID", f"{first}-0")

    async def forgotten(self, most: int) -> list[tuple[str, int]]:
        """Return some of the articles that were let go of, with their last version, and not `cleared` yet."""
        return await self._members(FORGOTTEN, most)

    async def newest(self, feed: str, before: int | None, limit: int) -> list[tuple[str, Head]]:
        """Return up to `limit` articles of a feed and their heads, with seq below `before`, highest first."""
        top = "+inf" if before is None else before
        found = await self._store.run(NEWEST, keys=FEEDS, args=[feed, top, limit, ALL])
        ids = [article.decode() for article in found]
        heads = await self.heads(ids)
        return [(article, head) for article, head in zip(ids, heads, strict=True) if head is not None]

    async def mark(self, feed: str) -> int:
        """Return the number that last changed a feed, 0 when nothing ever stood in it."""
        return int(await self._store.do("HGET", MARKS, feed) or 0)

    async def marks(self) -> dict[str, int]:
        """Return every feed there is with the number that last changed it."""
        found = await self._store.do("HGETALL", MARKS)
        return {feed.decode(): int(seq) for feed, seq in found.items()}
