"""What stands beside the stories: newest headlines, fullest topics, counted now and then."""

from __future__ import annotations

from services.syndication.feeds.shelf import FeedName
from services.syndication.page.directory import SECONDS, Directories, counted
from shared.events import Tag
from tests.syndication.feeds.in_memory import InMemoryShelf, a_story


def test_the_fullest_come_first_and_what_was_taken_back_does_not_count() -> None:
    odesa = Tag(id="t3", slug="odesa", name="Odesa")
    kursk = Tag(id="t2", slug="kursk-oblast", name="Kursk Oblast")
    gone = a_story(tags=(kursk,), status="canceled")
    found = counted([a_story(tags=(odesa,)), a_story(tags=(odesa, kursk)), gone])
    assert [(one.label, one.count) for one in found.of("tags", 5)] == [("Odesa", 2), ("Kursk Oblast", 1)]
    assert len(found.headlines) == 2
    assert found.of("tags", 1)[0].feed == FeedName("tags", "odesa")


async def test_it_is_counted_anew_when_something_came_and_time_went() -> None:
    shelf = InMemoryShelf()
    shelf.publish(a_story())
    now = 0.0
    directories = Directories(shelf, lambda: now)
    first = await directories.current()
    shelf.publish(a_story(id="desk-bbbbbbbbbbbbbbbbbbbb", headline="Another"))
    assert await directories.current() is first
    now = SECONDS
    second = await directories.current()
    assert second.headlines[0].headline == "Another"
    assert second.number != first.number
    asked = shelf.asked["newest"]
    now = 2 * SECONDS
    assert await directories.current() is second
    assert shelf.asked["newest"] == asked
