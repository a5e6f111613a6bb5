"""Of what goes to a subscription the newest note wins; marks tell what may have reached it, for a month after."""

from __future__ import annotations

from services.syndication.webhooks.early.notes import EMBARGOED, WITHDRAWN, Kind, Note, Notes
from shared.redis import Store

UNTIL = 4_000_000_000


def note(version: int, seq: int, kind: Kind = EMBARGOED) -> Note:
    return Note(kind, version, seq, queued=False)


async def test_neither_an_older_version_nor_an_older_number_takes_the_place_of_a_newer(store: Store) -> None:
    notes = Notes(store)
    assert await notes.note("a", "s", note(2, 5), UNTIL, {"id": "a"})
    assert not await notes.note("a", "s", note(1, 6), UNTIL, None)
    assert not await notes.note("a", "s", note(3, 5), UNTIL, None)
    assert await notes.note("a", "s", note(2, 7, WITHDRAWN), UNTIL, None)
    found = await notes.of("a")
    assert (found.notes, found.identity) == ({"s": note(2, 7, WITHDRAWN)}, {"id": "a"})


async def test_only_the_newest_is_begun_and_marked_before_it_is_sent(store: Store) -> None:
    notes = Notes(store)
    await notes.note("a", "s", note(1, 5), UNTIL, {})
    begun = await notes.begin("a", "s", note(1, 5), 10)
    assert begun is not None
    assert (begun.first, begun.versions) == (True, (1,))
    assert (await notes.of("a")).got("s") == 1
    again = await notes.begin("a", "s", note(1, 5), 20)
    assert again is not None
    assert not again.first
    await notes.note("a", "s", note(2, 6), UNTIL, None)
    assert await notes.begin("a", "s", note(1, 5), 30) is None


async def test_what_was_withdrawn_is_not_held_until_it_goes_again(store: Store) -> None:
    notes = Notes(store)
    for seq, kind, held in ((5, EMBARGOED, 1), (6, WITHDRAWN, None), (7, EMBARGOED, 1)):
        await notes.note("a", "s", note(1, seq, kind), UNTIL, None)
        await notes.begin("a", "s", note(1, seq, kind), seq)
        await notes.ended("a", "s", note(1, seq, kind), "delivered", seq + 1, 1)
        found = await notes.of("a")
        assert (found.got("s"), found.over("s", note(1, seq, kind))) == (held, True)
    assert found.got("another") is None
    await notes.unsent("a", "s", note(1, 7))
    assert (await notes.of("a")).got("s") is None


async def test_it_is_kept_for_a_month_after_the_latest_release_that_was_meant(store: Store) -> None:
    notes = Notes(store)
    await notes.note("a", "s", note(1, 5), UNTIL, None)
    await notes.note("a", "t", note(1, 6), 1_000_000_000, None)
    assert await store.do("EXPIRETIME", "{a:a}:early") == UNTIL + 30 * 86_400
