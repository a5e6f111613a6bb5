"""An article among the others: copies, related stories, editors' cards; once, whatever happens on the way."""

from __future__ import annotations

from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from redis.exceptions import TryAgainError

from services.enrichment.neighbours import Neighbours
from shared.embedded import EmbeddedServer
from shared.events import Article, Related, Source, Tag
from shared.redis import RedisError, Store, connect, is_passing, store_at
from shared.redis.slots import slot_of_key
from tests.builders import MORNING, an_article
from tests.clusters import a_cluster
from tests.enrichment.duplicates.parts import text

FERRY = "Ann Writer of Lower Mill saw the herring boats of Port Ansel leave at dawn, and counted forty of them in all. "
LATER = "Next day rain kept the herring boats of Port Ansel at the mole, as Ann Writer of Lower Mill had foretold."
URL = "https://news.example.org/ferry"


@pytest.fixture
def neighbours(store: Store) -> Neighbours:
    return Neighbours(store)


def a_tag(name: str, *, primary: bool = True) -> Tag:
    return Tag(id=f"place/{name}", slug=name, name=name, kind="place", score=3.0, primary=primary)


def a_story(id: str, body: str, **over: Any) -> Article:
    fields: dict[str, Any] = {"id": id, "body_text": body, "url": None, "tags": (a_tag("port-ansel"),)}
    return an_article(**fields | over)


async def beside(neighbours: Neighbours, article: Article) -> Article:
    return await neighbours.beside(article, article.ingested_at)


async def test_a_story_and_its_copy_at_another_source(neighbours: Neighbours) -> None:
    first = await beside(neighbours, a_story("desk-a", text(1)))
    copy = await beside(neighbours, a_story("wire-b", text(1) + " And a line.", source=Source(id="wire")))

    assert (first.duplicate_of, first.revision_of) == (None, None)
    assert copy.duplicate_of == "desk-a"


async def test_a_copy_is_no_related_story_and_is_none_to_others(neighbours: Neighbours) -> None:
    await beside(neighbours, a_story("desk-a", FERRY * 2 + text(1)))
    copy = await beside(neighbours, a_story("wire-b", FERRY * 2 + text(1)))
    other = await beside(neighbours, a_story("desk-c", FERRY + text(2)))

    assert copy.related == ()
    assert [each.id for each in other.related] == ["desk-a"]


async def test_a_story_of_the_same_subject_is_related_with_a_score(neighbours: Neighbours) -> None:
    await beside(neighbours, a_story("desk-a", FERRY))
    await beside(neighbours, a_story("desk-x", FERRY, tags=(a_tag("elsewhere"),)))
    found = await beside(neighbours, a_story("desk-b", LATER))

    (one,) = found.related
    assert (one.id, one.kind) == ("desk-a", "computed")
    assert 0 < float(one.score or 0) <= 1


async def test_an_editors_card_is_known_by_its_address(neighbours: Neighbours) -> None:
    card = Related(url=URL + "?utm_source=feed", headline="Ferries")
    await beside(neighbours, a_story("desk-a", FERRY, url=URL))
    found = await beside(neighbours, a_story("desk-b", LATER, related=(card,)))

    assert found.related == (card.model_copy(update={"id": "desk-a"}),)


async def test_what_a_source_calls_computed_is_not_taken_over(neighbours: Neighbours) -> None:
    given = Related(url=URL, headline="Ferries", kind="computed", id="desk-zzz")

    assert (await beside(neighbours, a_story("desk-a", FERRY, related=(given,)))).related == ()


async def test_what_is_withheld_is_given_to_nobody(neighbours: Neighbours) -> None:
    await beside(neighbours, a_story("desk-a", FERRY, status="withheld"))

    assert (await beside(neighbours, a_story("desk-b", FERRY))).related == ()


HOUR = timedelta(hours=1)


async def test_nothing_is_said_to_be_a_copy_of_what_is_under_an_embargo(neighbours: Neighbours) -> None:
    await beside(neighbours, a_story("desk-a", text(1), embargoed_until=MORNING + HOUR))

    assert (await beside(neighbours, a_story("wire-b", text(1)))).duplicate_of is None
    later = a_story("wire-c", text(1))
    assert (await neighbours.beside(later, MORNING + HOUR)).duplicate_of == "desk-a"


async def test_an_embargo_that_was_lifted_hides_nothing_any_more(neighbours: Neighbours) -> None:
    await beside(neighbours, a_story("desk-a", text(1), embargoed_until=MORNING + HOUR))
    await beside(neighbours, a_story("desk-a", text(1), version=2))

    assert (await beside(neighbours, a_story("wire-b", text(1)))).duplicate_of == "desk-a"


async def test_an_editors_card_does_not_point_to_what_is_under_an_embargo(neighbours: Neighbours) -> None:
    card = Related(url=URL, headline="Ferries")
    await beside(neighbours, a_story("desk-a", FERRY, url=URL, embargoed_until=MORNING + HOUR))

    assert (await beside(neighbours, a_story("desk-b", LATER, related=(card,)))).related[0].id is None


async def test_the_same_version_again_gives_the_same_and_leaves_nothing_more(
    neighbours: Neighbours, store: Store
) -> None:
    stories = [a_story("desk-a", text(1), url=URL), a_story("desk-b", text(1)), a_story("desk-c", FERRY + text(2))]
    first = [await beside(neighbours, each) for each in stories]
    size = await store.do("DBSIZE")
    shelf = await store.do("ZCARD", "{tag2:place/port-ansel}")
    again = [await beside(neighbours, each) for each in stories]

    assert [each.duplicate_of for each in again] == [each.duplicate_of for each in first]
    assert (await store.do("DBSIZE"), await store.do("ZCARD", "{tag2:place/port-ansel}")) == (size, shelf)


async def test_a_later_version_stands_on_the_shelf_once(neighbours: Neighbours, store: Store) -> None:
    await beside(neighbours, a_story("desk-a", FERRY))
    await beside(neighbours, a_story("desk-a", "Bo Reader of Upper Tarn saw no boats at all.", version=2))

    assert await store.do("ZCARD", "{tag2:place/port-ansel}") == 1


async def test_nothing_is_a_copy_of_a_retracted_article(neighbours: Neighbours) -> None:
    first = a_story("desk-a", text(1))
    await beside(neighbours, first)
    await neighbours.withdraw(first.model_copy(update={"version": 2, "body_text": "", "status": "canceled"}))

    assert (await beside(neighbours, a_story("wire-b", text(1)))).duplicate_of is None


async def test_one_completed_anew_after_its_days_asks_for_no_copies(neighbours: Neighbours, store: Store) -> None:
    story = a_story("desk-a", text(1), version=3, tags=())
    await neighbours.beside(story, story.ingested_at + timedelta(days=9))

    assert await store.do("DBSIZE") == 0


async def test_an_article_that_says_nothing_leaves_nothing(neighbours: Neighbours, store: Store) -> None:
    bare = a_story("desk-a", "", tags=(), summary=None)

    assert await beside(neighbours, bare) == bare
    assert await store.do("DBSIZE") == 0


async def test_an_article_without_body_is_told_by_its_summary(neighbours: Neighbours) -> None:
    summary = text(1, words=60)
    await beside(neighbours, a_story("desk-a", "", summary=summary))

    assert (await beside(neighbours, a_story("desk-b", "", summary=summary))).duplicate_of == "desk-a"


async def test_redis_away_is_for_the_bus_to_bear() -> None:
    with pytest.raises(RedisError):
        await beside(Neighbours(Store(connect("redis://127.0.0.1:1/0"))), a_story("desk-a", text(1)))


async def test_a_full_server_knows_no_neighbours_and_stops_no_article(short_dir: Path) -> None:
    server = EmbeddedServer(short_dir, maxmemory="64mb", durable=False)
    server.start()
    store = Store(connect(server.url))
    try:
        await store.do("CONFIG", "SET", "maxmemory", "1")
        story = a_story("desk-a", text(1), url=URL)

        assert await beside(Neighbours(store), story) == story
    finally:
        await store.close()
        server.stop()


@pytest.mark.parametrize("key", ["{nd2}", f"{{url1:{int(MORNING.timestamp()) // 86_400 // 15}}}"])
async def test_nothing_is_remembered_in_two_places_while_a_cluster_moves_it(tmp_path: Path, key: str) -> None:
    async with a_cluster(tmp_path / "cluster", masters=2) as cluster, AsyncExitStack() as stack:
        stack.push_async_callback((store := store_at(cluster.url)).close)
        neighbours = Neighbours(store)
        await beside(neighbours, a_story("desk-z", text(9), ingested_at=MORNING - timedelta(days=2)))
        await beside(neighbours, a_story("desk-a", text(1), url=URL))
        slot = slot_of_key(key)
        source, target = await cluster.begin_to_move(slot)
        with pytest.raises(TryAgainError) as waits:  # told before the script began
            await beside(neighbours, a_story("desk-b", text(1), url=URL))
        assert is_passing(waits.value)
        while await cluster.move_keys(slot, source, target):
            pass
        await cluster.end_move(slot, source, target)
        assert (await beside(neighbours, a_story("desk-c", text(1), url=URL))).duplicate_of == "desk-a"
