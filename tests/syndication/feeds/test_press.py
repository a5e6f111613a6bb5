"""When a feed is made anew, what is kept, and what happens when an article or the shelf goes wrong."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import pytest
from lxml import etree
from structlog.testing import capture_logs

from services.syndication.feeds.document import Document
from services.syndication.feeds.formats import RSS
from services.syndication.feeds.press import AHEAD, PAUSE, Caches, Page, Press
from services.syndication.feeds.rss import item
from services.syndication.feeds.shelf import ALL, FeedName
from services.syndication.feeds.site import Site
from shared.events import Article, Author
from tests.syndication.feeds.in_memory import SITE, InMemoryShelf, a_story
from tests.waiting import until


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


class Counting:
    """Renders as the feed does, counts it, and breaks the articles it is told to."""

    def __init__(self) -> None:
        self.rendered: list[tuple[str, int]] = []
        self.broken: dict[str, bytes | Exception] = {}
        self.began = asyncio.Event()

    def __call__(self, article: Article, site: Site) -> bytes:
        self.rendered.append((article.id, article.version))
        self.began.set()
        wrong = self.broken.get(article.headline)
        if isinstance(wrong, Exception):
            raise wrong
        return item(article, site) if wrong is None else wrong


class Room:
    """A press with everything it stands on within reach."""

    def __init__(self, **limits: Any) -> None:
        self.shelf = InMemoryShelf()
        self.clock = Clock()
        self.render = Counting()
        self.press = Press(
            self.shelf, SITE, formats={"rss": replace(RSS, item=self.render)}, clock=self.clock, **limits
        )

    async def document(self, feed: FeedName = ALL, before: int | None = None) -> Document | None:
        self.clock.now += 1
        return await self.press.document(Page(feed, before))

    async def channel(self, feed: FeedName = ALL, before: int | None = None) -> Any:
        document = await self.document(feed, before)
        assert document is not None
        return etree.fromstring(document.variants["identity"].body)[0]

    async def headlines(self, feed: FeedName = ALL, before: int | None = None) -> list[str]:
        return [title.text for title in (await self.channel(feed, before)).findall("item/title")]


@pytest.fixture
def room() -> Room:
    return Room()


def numbered(count: int) -> list[Article]:
    return [a_story(id=f"desk-{number}", headline=f"Story {number}") for number in range(1, count + 1)]


async def test_the_newest_stands_first_and_a_page_has_its_size() -> None:
    room = Room(page_size=3)
    room.shelf.publish(*numbered(7))
    assert await room.headlines() == ["Story 7", "Story 6", "Story 5"]


async def test_following_next_meets_every_article_once() -> None:
    room = Room(page_size=3)
    room.shelf.publish(*numbered(7))
    met: list[str] = []
    before: int | None = None
    for _ in range(4):
        channel = await room.channel(before=before)
        met += [title.text for title in channel.findall("item/title")]
        [*older] = channel.xpath("*[@rel='next']/@href")
        if not older:
            break
        before = int(older[0].rpartition("=")[2])
    assert met == [f"Story {number}" for number in range(7, 0, -1)]


async def test_each_feed_lists_only_its_own(room: Room) -> None:
    ann = a_story(id="wire-1", headline="Ann's", authors=(Author(id="ann", name="Ann"),), tags=())
    room.shelf.publish(a_story(), ann)
    assert await room.headlines(FeedName("authors", "ann")) == ["Ann's"]
    assert await room.headlines(FeedName("tags", "north-korea")) == [a_story().headline]
    channel = await room.channel(FeedName("tags", "north-korea"))
    assert channel.findtext("title") == "Example News: North Korea"


async def test_a_feed_that_never_was_is_none_but_the_main_feed_is_empty(room: Room) -> None:
    assert await room.document(FeedName("tags", "nothing")) is None
    assert await room.document(FeedName("tags", "nothing"), before=9) is None
    assert await room.headlines() == []


async def test_a_page_past_the_end_of_a_known_feed_is_empty(room: Room) -> None:
    room.shelf.publish(a_story())
    assert await room.headlines(FeedName("tags", "north-korea"), before=1) == []


async def test_an_item_is_rendered_once_for_all_feeds_and_all_time(room: Room) -> None:
    room.shelf.publish(a_story())
    await room.document()
    await room.document(FeedName("tags", "north-korea"))
    room.shelf.publish(*numbered(1))
    await room.document()
    assert room.render.rendered == [(a_story().id, 1), ("desk-1", 1)]


async def test_a_new_version_takes_the_place_of_the_old_one(room: Room) -> None:
    room.shelf.publish(a_story())
    await room.document()
    room.shelf.publish(a_story(version=2, headline="Corrected"))
    assert await room.headlines() == ["Corrected"]


async def test_nothing_is_made_anew_while_the_mark_stands(room: Room) -> None:
    room.shelf.publish(a_story())
    first, second = await room.document(), await room.document()
    assert first is second
    assert room.shelf.asked == {"mark": 2, "newest": 1, "documents": 1}


async def test_a_moment_after_a_look_the_shelf_is_not_asked_at_all(room: Room) -> None:
    room.shelf.publish(a_story())
    document = await room.document()
    assert room.press.ready(Page(ALL)) is document
    assert await room.press.document(Page(ALL)) is document
    assert room.shelf.asked["mark"] == 1


async def test_a_document_that_is_asked_for_is_looked_after_before_anybody_has_to_wait() -> None:
    room = Room(fresh_for=1)
    room.shelf.publish(a_story())
    first = await room.document()
    room.shelf.publish(a_story(id="desk-2", headline="Another"))
    room.clock.now += AHEAD
    assert room.press.at_once(Page(ALL)) is None
    assert room.press.ready(Page(ALL)) is first
    assert room.press.at_once(Page(ALL)) is first  # meanwhile, and no second look with it
    await until(lambda: room.press.at_once(Page(ALL)) is not first)
    second = room.press.at_once(Page(ALL))
    assert second is not None
    assert b"Another" in second.variants["identity"].body
    assert room.shelf.asked["mark"] == 2


async def test_a_hundred_requests_at_once_make_one_document(room: Room) -> None:
    room.shelf.publish(*numbered(5))
    documents = await asyncio.gather(*(room.press.document(Page(ALL)) for _ in range(100)))
    assert len(set(map(id, documents))) == 1
    assert room.shelf.asked["newest"] == 1


async def test_the_same_content_gives_the_same_bytes_in_another_process() -> None:
    one, other = Room(), Room()
    for room in (one, other):
        room.shelf.publish(*numbered(5))
    await one.document()
    other.clock.now += 10_000
    assert await one.document() == await other.document()


async def test_the_date_is_that_of_the_latest_change_and_stands_in_both_places(room: Room) -> None:
    room.shelf.publish(*numbered(3))
    document = await room.document()
    assert document is not None
    assert document.modified == room.shelf.articles["desk-3"][0].modified
    assert (await room.channel()).findtext("lastBuildDate") == "Wed, 18 Dec 2024 08:30:03 GMT"


RENAMED = replace(SITE, rights="© Hill News", authority="hill.example")


async def test_items_name_the_newsroom_as_it_presents_itself_now(room: Room) -> None:
    room.shelf.publish(a_story(rights=None))
    assert (await room.channel()).findtext("item/{*}rights") == SITE.rights
    room.press.present(RENAMED)
    item = (await room.channel()).find("item")
    assert item.findtext("{*}rights") == "© Hill News"
    assert item.findtext("guid").startswith("tag:hill.example,2026:article:")


async def test_what_was_being_made_when_the_newsroom_was_renamed_is_not_kept(room: Room) -> None:
    room.shelf.publish(*(article.model_copy(update={"rights": None}) for article in numbered(3)))
    making = asyncio.create_task(room.document())
    await room.render.began.wait()
    room.press.present(RENAMED)
    await making
    rights = [found.text for found in (await room.channel()).findall("item/{*}rights")]
    assert rights == ["© Hill News"] * 3


@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param(b"<item><title>", id="not-well-formed"),
        pytest.param(b"<item/></channel></rss>", id="ends-the-document"),
        pytest.param(ZeroDivisionError("render"), id="renderer-fails"),
    ],
)
async def test_an_item_that_goes_wrong_is_left_out_and_told(room: Room, wrong: bytes | Exception) -> None:
    room.render.broken["Story 2"] = wrong
    room.shelf.publish(*numbered(3))
    with capture_logs() as lines:
        assert await room.headlines() == ["Story 3", "Story 1"]
    [told] = [line for line in lines if line["event"] == "feed.item.refused"]
    assert (told["article_id"], told["version"], told["log_level"]) == ("desk-2", 1, "error")
    assert told["reason"]


async def test_a_wrong_item_is_told_once_and_not_tried_again_with_every_new_article(room: Room) -> None:
    room.render.broken["Story 1"] = b"<item>"
    room.shelf.publish(*numbered(1))
    with capture_logs() as lines:
        await room.document()
        room.shelf.publish(a_story())
        assert await room.headlines() == [a_story().headline]
    assert len(lines) == 1
    assert room.render.rendered == [("desk-1", 1), (a_story().id, 1)]


async def test_a_version_after_a_wrong_one_is_shown(room: Room) -> None:
    room.render.broken["Story 1"] = b"<item>"
    room.shelf.publish(*numbered(1))
    with capture_logs():
        assert await room.headlines() == []
    room.shelf.publish(a_story(id="desk-1", version=2, headline="Mended"))
    assert await room.headlines() == ["Mended"]


async def test_a_withheld_text_never_stands_in_for_a_later_version(room: Room) -> None:
    room.shelf.publish(a_story())
    await room.document()
    room.shelf.publish(a_story(version=2, status="withheld"))
    await room.document()
    room.render.broken["Worse"] = b"<item>"
    room.shelf.publish(a_story(version=3, headline="Worse"))
    with capture_logs():
        assert await room.headlines() == []


async def test_the_last_good_version_stands_in_for_one_that_goes_wrong(room: Room) -> None:
    room.shelf.publish(a_story())
    await room.document()
    room.render.broken["Worse"] = b"<item>"
    room.shelf.publish(a_story(version=2, headline="Worse"))
    with capture_logs():
        assert await room.headlines() == [a_story().headline]


async def test_a_retraction_that_goes_wrong_is_never_replaced_by_the_retracted_text(room: Room) -> None:
    room.shelf.publish(a_story())
    await room.document()
    room.render.broken["Gone"] = b"<item>"
    room.shelf.publish(a_story(version=2, status="canceled", headline="Gone"))
    with capture_logs():
        assert await room.headlines() == []


async def test_a_withheld_article_is_not_shown(room: Room) -> None:
    room.shelf.publish(a_story(), *numbered(1))
    await room.document()
    room.shelf.publish(a_story(version=2, status="withheld"))
    assert await room.headlines() == ["Story 1"]


async def test_an_article_that_is_gone_from_the_shelf_is_left_out(room: Room) -> None:
    room.shelf.publish(*numbered(2))
    listed, _ = room.shelf.articles["desk-1"]
    room.shelf.articles["desk-0"] = (type(listed)("lost", 9, 1, listed.modified), a_story(id="desk-0"))
    assert await room.headlines() == ["Story 2", "Story 1"]


async def test_while_the_shelf_is_down_the_last_good_document_is_served(room: Room) -> None:
    room.shelf.publish(a_story())
    document = await room.document()
    room.shelf.down = True
    with capture_logs() as lines:
        assert await room.document() is document
    assert [line["event"] for line in lines] == ["feed.shelf.failed"]
    room.shelf.down = False
    room.shelf.publish(*numbered(1))
    room.clock.now += PAUSE
    assert await room.headlines() == ["Story 1", a_story().headline]


async def test_a_shelf_that_is_down_from_the_start_is_the_callers_surprise(room: Room) -> None:
    room.shelf.down = True
    with pytest.raises(ConnectionError):
        await room.document()


async def test_memory_is_bounded_and_a_feed_is_whole_without_it() -> None:
    room = Room(caches=Caches(fragments=3000, documents=1))
    room.shelf.publish(*numbered(20))
    assert len(await room.headlines()) == len(await room.headlines()) == 20
    assert room.press.ready(Page(ALL)) is None
