from __future__ import annotations

import pytest

from shared.bus import DeadLetters, wire
from shared.bus.dead import Death, bury
from shared.redis import Store
from shared.streams import ARTICLE_ENRICHED, ARTICLE_INGESTED
from tests.shared.bus.line import GROUP, INGESTED, pending

DEATH = Death("ValueError: no", "Traceback …", 5)


async def _bury(store: Store, partition: int = 0, body: bytes = b'{"a": 1}') -> str:
    key = ARTICLE_INGESTED.key(partition)
    if not await store.do("EXISTS", key):
        await store.do("XGROUP", "CREATE", key, GROUP, "0", "MKSTREAM")
    entry_id = await store.do("XADD", key, "*", wire.FIELD, wire.encode(body, "c"))
    await store.do("XREADGROUP", "GROUP", GROUP, "c", "STREAMS", key, ">")
    return await bury(store, key, ARTICLE_INGESTED.dead_key(partition), GROUP, entry_id, body, DEATH)


async def test_burying_acknowledges_and_keeps_the_body_and_the_reason(store: Store) -> None:
    entry = await _bury(store)
    assert await pending(store) == 0
    letters = DeadLetters(store, 1)
    (letter,) = await letters.list()
    assert letter.id == f"article.ingested:0:{entry}"
    assert (letter.stream, letter.group, letter.body) == ("article.ingested", GROUP, '{"a": 1}')
    assert (letter.error, letter.traceback, letter.tries) == ("ValueError: no", "Traceback …", 5)
    assert letter.as_dict()["tries"] == 5
    assert await letters.count() == 1


async def test_what_another_settled_meanwhile_is_not_buried(store: Store) -> None:
    await store.do("XGROUP", "CREATE", INGESTED, GROUP, "0", "MKSTREAM")
    assert not await bury(store, INGESTED, ARTICLE_INGESTED.dead_key(0), GROUP, b"1-0", b"{}", DEATH)
    assert await DeadLetters(store, 1).count() == 0


async def test_a_retry_puts_the_letter_back_on_its_own_partition_once(store: Store) -> None:
    await _bury(store, partition=3, body=b'{"b": 2}')
    letters = DeadLetters(store, 4)
    (letter,) = await letters.list()
    assert await letters.retry(letter.id)
    assert not await letters.retry(letter.id)
    assert await letters.count() == 0
    entries = await store.do("XRANGE", ARTICLE_INGESTED.key(3), "-", "+")
    assert [wire.decode(fields) for _, fields in entries] == [b'{"b": 2}', b'{"b": 2}']


async def test_a_letter_can_be_deleted_once(store: Store) -> None:
    await _bury(store)
    letters = DeadLetters(store, 1)
    (letter,) = await letters.list()
    assert await letters.delete(letter.id)
    assert not await letters.delete(letter.id)
    assert await letters.list() == []


@pytest.mark.parametrize(
    "letter_id", ["", "x", "article.ingested:0:", "article.ingested:9:1-0", "a:0:1-0", "article.ingested:0:1-0 x"]
)
async def test_an_id_that_names_no_letter_is_not_found(store: Store, letter_id: str) -> None:
    letters = DeadLetters(store, 1)
    assert not await letters.retry(letter_id)
    assert not await letters.delete(letter_id)


async def test_the_newest_come_first_and_at_most_as_many_as_asked_for(store: Store) -> None:
    for number in range(5):
        await _bury(store, body=b"%d" % number)
    letters = await DeadLetters(store, 1).list(limit=2)
    assert [letter.body for letter in letters] == ["4", "3"]


async def test_a_body_that_is_not_utf8_can_be_looked_at_and_sent_round_again_unchanged(store: Store) -> None:
    await _bury(store, body=b"\xff{")
    letters = DeadLetters(store, 1)
    (letter,) = await letters.list()
    assert letter.body == "�{"
    assert await letters.retry(letter.id)
    entries = await store.do("XRANGE", INGESTED, "-", "+")
    assert wire.decode(entries[-1][1]) == b"\xff{"


def test_the_dead_of_every_stream_are_beside_it_in_its_slot() -> None:
    assert ARTICLE_ENRICHED.dead_key(2) == "{p2}:article.enriched.dead"
