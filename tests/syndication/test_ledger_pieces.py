"""A feed in pieces reads as if it were one set, whatever came, moved up and went."""

from __future__ import annotations

import random

import pytest

from services.syndication.ledger import Appended, Entry, Ledger
from shared.redis import Store

FULL = 128


@pytest.fixture
def ledger(store: Store) -> Ledger:
    return Ledger(store)


async def appended(ledger: Ledger, article: str, version: int, *feeds: str) -> int:
    entry = Entry(type="t", article_id=article, version=version, timestamp="t", correlation_id="c")
    outcome = await ledger.append(entry, ["all", *feeds], ms=1)
    assert isinstance(outcome, Appended)
    return outcome.seq


async def pages(ledger: Ledger, feed: str, limit: int) -> list[tuple[str, int]]:
    """Read a feed to its end, page by page, as readers do."""
    read: list[tuple[str, int]] = []
    while found := await ledger.newest(feed, read[-1][1] if read else None, limit):
        read += [(article, head.seq) for article, head in found]
    return read


async def test_what_is_read_is_what_one_set_would_hold(ledger: Ledger, store: Store) -> None:
    chance, stands, versions = random.Random(3), dict[str, tuple[int, list[str]]](), dict[str, int]()
    for step in range(900):
        article = f"desk-{chance.randrange(step // 2 + 1)}"
        if article in stands and chance.random() < 0.4:
            assert await ledger.let_go(article, stands.pop(article)[0])
        else:
            tags = [f"tags/{name}" for name, share in (("a", 0.6), ("b", 0.08)) if chance.random() < share]
            versions[article] = versions.get(article, 0) + 1 if article in stands else 1
            seq = await appended(ledger, article, versions[article], *tags)
            stands[article] = (seq, ["all", *tags])

    for feed, fewest in (("all", FULL), ("tags/a", FULL), ("tags/b", 10)):
        held = [(article, seq) for article, (seq, feeds) in stands.items() if feed in feeds]
        wanted = sorted(held, key=lambda one: -one[1])
        assert len(wanted) > fewest
        assert await pages(ledger, feed, 7) == wanted
        assert await pages(ledger, feed, 300) == wanted
    oldest, count = await ledger.oldest(150)
    assert [id for id, _ in oldest] == sorted(stands, key=lambda article: stands[article][0])[:150]
    assert count == len(stands)

    for article, (seq, _) in stands.items():
        assert await ledger.let_go(article, seq)
    left = ("events", "forgotten", "seq", "server")
    assert sorted(await store.do("KEYS", "*")) == [b"{ledger}:%s" % name.encode() for name in left]


async def test_every_piece_is_a_listpack(ledger: Ledger, store: Store) -> None:
    for number in range(3 * FULL + 1):
        await appended(ledger, f"desk-{number:026}", 1)

    pieces = [key for pattern in ("feed", "piece") for key in await store.do("KEYS", f"{{ledger}}:{pattern}:*")]
    assert len(pieces) == 4
    assert {await store.do("OBJECT", "ENCODING", key) for key in pieces} == {b"listpack"}


async def test_a_set_of_before_there_were_pieces_is_read_on_and_left(ledger: Ledger, store: Store) -> None:
    seqs = {f"desk-{number}": await appended(ledger, f"desk-{number}", 1) for number in range(FULL)}
    for number in range(1_000, 1_300):  # beyond what a piece holds, as all of a feed was kept
        await store.do("ZADD", "{ledger}:feed:all", number, f"desk-{number}")
        await store.do("HSET", "{ledger}:heads", f"desk-{number}", f"1 {number} 1")
        await store.do("HSET", "{ledger}:placed", f"desk-{number}", "all")
        seqs[f"desk-{number}"] = number
    await store.do("SET", "{ledger}:seq", 2_000)
    seqs["desk-new"] = await appended(ledger, "desk-new", 1)
    seqs["desk-1100"] = await appended(ledger, "desk-1100", 2)

    wanted = sorted(seqs.items(), key=lambda one: -one[1])
    assert await pages(ledger, "all", 40) == wanted
    assert await ledger.let_go("desk-1200", 1_200)
    assert len(await pages(ledger, "all", 500)) == len(wanted) - 1


async def test_all_alone_says_which_article_stands_at_a_number(ledger: Ledger, store: Store) -> None:
    for number in range(2 * FULL):
        await appended(ledger, f"desk-{number:026}", 1, "tags/a")

    held = await store.do("ZRANGE", "{ledger}:feed:tags/a", 0, -1)
    assert held == [b"%d" % seq for seq in range(FULL + 1, 2 * FULL + 1)]
    taken = [await store.do("MEMORY", "USAGE", f"{{ledger}}:feed:{feed}", "SAMPLES", 0) for feed in ("tags/a", "all")]
    assert taken[0] < taken[1] / 2


async def test_feeds_that_hold_articles_by_their_ids_are_read_on_and_left(ledger: Ledger, store: Store) -> None:
    """As all feeds did before only ALL said which article stands at a number."""
    seqs = {f"desk-{number}": await appended(ledger, f"desk-{number}", 1, "tags/a") for number in range(2 * FULL)}
    for key in ("{ledger}:feed:tags/a", f"{{ledger}}:piece:{FULL}:tags/a"):
        for article, seq in seqs.items():
            if await store.do("ZREM", key, seq):
                await store.do("ZADD", key, seq, article)
    for number in (7, 200, 300):  # of an older piece, of the newest, and a new one
        seqs[f"desk-{number}"] = await appended(ledger, f"desk-{number}", 1 + (number < 300), "tags/a")

    wanted = sorted(seqs.items(), key=lambda one: -one[1])
    assert await pages(ledger, "tags/a", 40) == wanted
    for article, seq in wanted:
        assert await ledger.let_go(article, seq)
    assert await store.do("KEYS", "{ledger}:*:tags/a") == []
