"""Pages made once for what stands behind them, and served on while the store is away."""

from __future__ import annotations

import asyncio

import pytest

from services.syndication.feeds.document import IDENTITY, Document, Variant
from services.syndication.page.kept import AHEAD, PAUSE, Kept, Sheet
from tests.waiting import until

PAGE = Sheet(Document("text/html", None, None, {IDENTITY: Variant(b"page", '"1"')}))


class Behind:
    """What stands behind a page: its mark, and how often it was made."""

    def __init__(self) -> None:
        self.mark_now, self.marks, self.made, self.now = 1, 0, 0, 0.0
        self.down = False
        self.page: Sheet | None = PAGE
        self.kept = Kept(fresh_for=1, clock=lambda: self.now)

    async def mark(self) -> int:
        await asyncio.sleep(0)
        if self.down:
            raise ConnectionError
        self.marks += 1
        return self.mark_now

    async def make(self) -> Sheet | None:
        await asyncio.sleep(0)
        self.made += 1
        return self.page

    async def ask(self) -> Sheet | None:
        return await self.kept.sheet("page", self.mark, self.make)


async def test_many_questions_make_one_page() -> None:
    behind = Behind()
    await asyncio.gather(*(behind.ask() for _ in range(10)))
    assert (behind.marks, behind.made) == (1, 1)
    assert behind.kept.at_once("page") is PAGE


async def test_an_unchanged_page_is_looked_after_and_not_made() -> None:
    behind = Behind()
    await behind.ask()
    behind.now = 2
    assert behind.kept.at_once("page") is None
    await behind.ask()
    assert (behind.marks, behind.made) == (2, 1)


async def test_a_changed_page_is_made_anew() -> None:
    behind = Behind()
    await behind.ask()
    behind.now, behind.mark_now = 2, 2
    await behind.ask()
    assert behind.made == 2


async def test_a_page_that_is_asked_for_is_looked_after_before_anybody_has_to_wait() -> None:
    behind = Behind()
    await behind.ask()
    behind.now, behind.mark_now, behind.page = AHEAD, 2, Sheet(PAGE.document, 410)
    assert behind.kept.at_once("page") is None
    assert [await behind.ask() for _ in range(3)] == [PAGE] * 3
    await until(lambda: behind.kept.at_once("page") is behind.page)
    assert (behind.marks, behind.made) == (2, 2)


async def test_a_page_that_is_no_more_is_forgotten() -> None:
    behind = Behind()
    await behind.ask()
    behind.now, behind.mark_now, behind.page = 2, 2, None
    assert await behind.ask() is None
    behind.down = True
    with pytest.raises(ConnectionError):
        await behind.ask()


async def test_the_last_good_page_stands_while_the_store_fails_and_it_is_not_asked_each_time() -> None:
    behind = Behind()
    await behind.ask()
    behind.now, behind.down = 2, True
    assert await behind.ask() is PAGE
    assert behind.kept.at_once("page") is PAGE
    behind.now, behind.down = 2 + PAUSE, False
    assert await behind.ask() is PAGE
    assert behind.marks == 2


async def test_without_a_good_page_the_error_is_told() -> None:
    behind = Behind()
    behind.down = True
    with pytest.raises(ConnectionError):
        await behind.ask()
