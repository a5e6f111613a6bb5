"""Stories among others: rendered once, in the page's order, and none takes the page down."""

from __future__ import annotations

from services.syndication.feeds.shelf import ALL, FeedName
from services.syndication.page.assets import Assets
from services.syndication.page.items import Items, author_of, in_order, label
from services.syndication.page.printing import Printer
from shared.events import Article
from tests.syndication.feeds.in_memory import SITE, InMemoryShelf, a_story
from tests.syndication.page.building import a_branding, a_printer


class Failing(Printer):
    """Fails at one story."""

    def item(self, article: Article, limit: int) -> str:
        if article.headline == "Bad":
            raise ValueError("cannot be rendered")
        return super().item(article, limit)


async def test_they_come_in_order_and_are_rendered_once() -> None:
    shelf = InMemoryShelf()
    shelf.publish(*(a_story(id=f"desk-{number:020}", headline=f"Story {number}") for number in range(3)))
    items = Items(shelf)
    listed = await shelf.newest(ALL, None, 10)
    found = await items.of(listed, a_printer())
    assert [f"Story {number}" in item.html for number, item in zip((2, 1, 0), found, strict=True)] == [True] * 3
    again = await items.of(listed, a_printer())
    assert shelf.asked["documents"] == 1
    assert again == found
    items.forget()
    await items.of(listed, a_printer())
    assert shelf.asked["documents"] == 2


async def test_one_that_cannot_be_rendered_is_left_out() -> None:
    shelf = InMemoryShelf()
    shelf.publish(a_story(headline="Bad"), a_story(id="desk-bbbbbbbbbbbbbbbbbbbb", headline="Good"))
    branding = a_branding()
    found = await Items(shelf).of(await shelf.newest(ALL, None, 10), Failing(branding, SITE, Assets(branding, "")))
    assert ["Good" in item.html for item in found] == [True]


async def test_a_page_is_called_what_its_newest_story_calls_it() -> None:
    shelf = InMemoryShelf()
    shelf.publish(a_story())
    found = await Items(shelf).of(await shelf.newest(ALL, None, 10), a_printer())
    assert label(FeedName("tags", "north-korea"), found) == "North Korea"
    assert label(FeedName("tags", "none"), found) == "none"
    author = author_of(FeedName("authors", "tim-zadorozhnyy"), found)
    assert author is not None
    assert author.role == "Reporter"
    assert author_of(FeedName("tags", "tim-zadorozhnyy"), found) is None


async def test_only_the_first_picture_is_in_haste() -> None:
    shelf = InMemoryShelf()
    shelf.publish(a_story(), a_story(id="desk-bbbbbbbbbbbbbbbbbbbb"))
    first, second = in_order(await Items(shelf).of(await shelf.newest(ALL, None, 10), a_printer()))
    assert '<img fetchpriority="high" decoding' in first
    assert "fetchpriority" not in second
