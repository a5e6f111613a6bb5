"""Which stories stand on a page, from above and from below."""

from __future__ import annotations

import pytest

from services.syndication.feeds.shelf import ALL, FeedName
from services.syndication.page.spans import LOOKED_BACK, PER_PAGE, Place, find_span, never_was
from tests.syndication.feeds.in_memory import InMemoryShelf, a_story


def a_shelf(count: int) -> InMemoryShelf:
    shelf = InMemoryShelf()
    shelf.publish(*(a_story(id=f"desk-{number:020}") for number in range(count)))
    return shelf


@pytest.mark.parametrize(
    ("place", "seqs", "more", "newer"),
    [
        (Place(ALL), (50, 31), True, 0),
        (Place(ALL, before=31), (30, 11), True, 30),
        (Place(ALL, before=11), (10, 1), False, 10),
        (Place(ALL, after=10), (30, 11), True, 30),
        (Place(ALL, after=30), (50, 31), True, 0),
        (Place(ALL, after=45), (50, 46), True, 0),
        (Place(ALL, after=0), (20, 1), False, 20),
    ],
)
async def test_a_page_is_found_from_either_side(place: Place, seqs: tuple[int, int], more: bool, newer: int) -> None:
    span = await find_span(a_shelf(50), place)
    assert (span.shown[0].seq, span.shown[-1].seq) == seqs
    assert (span.more, span.newer or 0) == (more, newer)


async def test_who_is_far_behind_is_shown_the_newest() -> None:
    span = await find_span(a_shelf(LOOKED_BACK + 5), Place(ALL, after=1))
    assert span.shown[0].seq == LOOKED_BACK + 5
    assert (len(span.shown), span.newer) == (PER_PAGE, None)


async def test_nothing_new_is_an_empty_page() -> None:
    span = await find_span(a_shelf(3), Place(ALL, after=3))
    assert (span.shown, span.more, span.newer) == ([], False, None)


async def test_a_tag_without_stories_never_was_but_its_last_page_is() -> None:
    shelf = a_shelf(3)
    assert await never_was(shelf, Place(FeedName("tags", "none")))
    assert not await never_was(shelf, Place(FeedName("tags", "kursk-oblast"), before=1))
    assert not await never_was(shelf, Place(ALL))
    assert not await never_was(shelf, Place(FeedName("search", "none")))
