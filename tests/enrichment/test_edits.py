"""An edit of authors.toml asks for the articles it concerns, once, and for no others."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from services.enrichment.authors import AuthorBook, parse_authors
from services.enrichment.edits import Edits
from shared.recalls import Recall, Recalls
from shared.redis import RedisError, Store

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
ANNA: dict[str, Any] = {
    "id": "anna-k",
    "name": "Anna Kovalenko",
    "aliases": ["A. Kovalenko-Reed"],
    "url": "https://anna.example/",
}
BOB: dict[str, Any] = {"id": "bob-l", "name": "Bob Lind"}


def book(*authors: dict[str, Any]) -> AuthorBook:
    return parse_authors({"author": list(authors)})


class Desk:
    """Edits on a store, by one of any number of processes."""

    def __init__(self, store: Store, days: int = 7) -> None:
        self.store, self.recalls = store, Recalls(store)
        self.edits = Edits(store, self.recalls, days, lambda: NOON)

    async def load(self, *authors: dict[str, Any]) -> None:
        await self.edits.on_authors_loaded(book(*authors))

    async def asked(self) -> list[Recall]:
        ids = [id.decode() for id in await self.store.do("ZRANGE", "{recalls}:open", 0, -1)]
        found = [await self.recalls.get(id) for id in ids]
        return [one[0] for one in found if one is not None]


async def test_the_first_load_of_all_asks_for_nothing(store: Store) -> None:
    desk = Desk(store)
    await desk.load(ANNA, BOB)
    assert await desk.asked() == []


async def test_an_edited_profile_asks_for_articles_by_it_of_the_last_days(store: Store) -> None:
    desk = Desk(store)
    await desk.load(ANNA, BOB)
    await desk.load(ANNA | {"role": "Reporter"}, BOB)
    (recall,) = await desk.asked()
    assert recall.authors == ("anna-k",)
    assert recall.names == ("anna kovalenko", "kovalenko reed")
    assert recall.addresses == ("https://anna.example",)
    assert recall.since == NOON - timedelta(days=7)


@pytest.mark.parametrize(
    ("before", "after", "ids"),
    [((ANNA,), (ANNA, BOB), ("bob-l",)), ((ANNA, BOB), (ANNA,), ("bob-l",))],
    ids=["added", "removed"],
)
async def test_a_profile_that_comes_or_goes_concerns_its_articles(
    store: Store, before: Any, after: Any, ids: tuple[str, ...]
) -> None:
    desk = Desk(store)
    await desk.load(*before)
    await desk.load(*after)
    assert [recall.authors for recall in await desk.asked()] == [ids]


async def test_every_process_sees_the_edit_and_it_is_asked_for_once(store: Store) -> None:
    await Desk(store).load(ANNA)
    for _ in range(3):
        await Desk(store).load(ANNA | {"role": "Reporter"})
    assert len(await Desk(store).asked()) == 1


async def test_an_edit_made_while_nothing_ran_is_noticed_at_the_start(store: Store) -> None:
    await Desk(store).load(ANNA)
    await Desk(store).load(ANNA)
    assert await Desk(store).asked() == []
    await Desk(store).load(ANNA | {"bio": "Writes."})
    assert len(await Desk(store).asked()) == 1


async def test_a_process_killed_before_it_remembered_asks_for_the_same(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = Desk(store)
    await desk.load(ANNA)

    async def killed(*_: object, **__: object) -> None:
        raise RedisError("killed")

    edited = ANNA | {"role": "Reporter"}
    recalls = Recalls(Store(store.client))
    monkeypatch.setattr(store, "run", killed)
    with pytest.raises(RedisError):
        await Edits(store, recalls, 7, lambda: NOON).on_authors_loaded(book(edited))
    monkeypatch.undo()
    await desk.load(edited)
    assert len(await desk.asked()) == 1


async def test_no_days_means_no_asking(store: Store) -> None:
    desk = Desk(store, days=0)
    await desk.load(ANNA)
    await desk.load(BOB)
    assert await desk.asked() == []
