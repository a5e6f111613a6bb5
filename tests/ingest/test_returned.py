"""Stories of ours that come back from other Wirerooms are left out, and nothing else is."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence

import pytest
import structlog

from services.ingest.identity import article_id
from services.ingest.returned import returned
from services.ingest.store import ItemStore
from shared.metrics import REGISTRY
from shared.redis import Store
from tests.ingest.feeds import an_item, rss
from tests.ingest.parts import a_submission
from tests.ingest.polling import Polling, a_polling

DATE = "<pubDate>Sun, 22 Nov 2026 10:00:00 GMT</pubDate>"
ATOM = 'xmlns:atom="http://www.w3.org/2005/Atom"'


@pytest.fixture
async def polling(store: Store) -> AsyncIterator[Polling]:
    async with a_polling(store) as polling:
        yield polling


def tag(id: str, host: str = "us.example") -> str:
    return f"tag:{host},2026:article:{id}"


def counted() -> float:
    return REGISTRY.get_sample_value("wireroom_ingest_source_turns_total", {"turn": "returned"}) or 0.0


def passed(headline: str, guid: str, *via: str, date: str = DATE) -> str:
    links = "".join(f'<atom:link {ATOM} rel="via" href="{one}"/>' for one in via)
    return f"<item><title>{headline}</title><guid isPermaLink='false'>{guid}</guid>{date}{links}</item>"


async def published(polling: Polling) -> str:
    """Take one story in, published at DATE, and return its id."""
    polling.host.body = rss(passed("Ours", "g1"))
    await polling.add()
    await polling.poll()
    await polling.sources.never("bay")
    await polling.sent()
    return str(polling.line.bodies.pop()["article"]["id"])


async def mirrored(polling: Polling, *items: str) -> list[str]:
    polling.host.body = rss(*items)
    await polling.add("mirror")
    await polling.poll("mirror")
    return await polling.news()


async def test_a_story_that_was_passed_round_a_ring_is_left_out_told_of_once_and_counted(polling: Polling) -> None:
    ours = tag(await published(polling))
    before = counted()
    far = passed("Far", tag("c-" + "a" * 20, "c.example"), ours, tag("b-" + "a" * 20, "b.example"))
    theirs = passed("Theirs", tag("b-" + "b" * 20, "b.example"), tag("d-" + "a" * 20, "d.example"))
    with structlog.testing.capture_logs() as lines:
        assert await mirrored(polling, far, theirs) == ["Theirs"]
        polling.host.body = rss(far.replace("Far", "Far anew"), theirs)
        polling.clock.forward(3600)
        await polling.poll("mirror")
        assert await polling.news() == []
    (line,) = (one for one in lines if one["event"] == "source.returned")
    assert (line["source"], line["items"]) == ("mirror", 1)
    assert [one["returned"] for one in lines if one["event"] == "source.polled"] == [1, 1]
    assert counted() == before + 1


async def test_what_was_passed_on_keeps_its_way(polling: Polling) -> None:
    way = [tag("a-" + "a" * 20, "a.example"), tag("b-" + "a" * 20, "b.example")]
    polling.host.body = rss(passed("Passed", way[1], way[0]))
    await polling.add("mirror")
    await polling.poll("mirror")
    await polling.sent()
    assert polling.line.bodies.pop()["article"]["via"] == way


async def test_another_newsrooms_story_of_an_equal_id_is_taken(polling: Polling) -> None:
    ours = tag(await published(polling), "other.example")
    other = passed("Other", tag("c-" + "a" * 20), ours, date=DATE.replace("10:00", "10:01"))
    undated = passed("Undated", tag("c-" + "b" * 20), ours, date="")
    assert set(await mirrored(polling, other, undated)) == {"Other", "Undated"}


async def test_a_story_that_was_only_seen_here_is_taken_from_another(polling: Polling) -> None:
    date = DATE.replace("Sun, 22 Nov", "Sat, 21 Nov")
    polling.host.body = rss(passed("New", "g2"), passed("Old", "g1", date=date))
    await polling.add(first_items=1)
    await polling.poll()
    await polling.sources.never("bay")
    assert await polling.news() == ["New"]
    seen = tag(article_id("bay", "g1"))
    assert await mirrored(polling, passed("Old", tag("c-" + "a" * 20), seen, date=date)) == ["Old"]


async def test_a_document_of_returned_stories_alone_leaves_no_gap(polling: Polling) -> None:
    ours = tag(await published(polling))
    one, two = (passed(f"Back {name}", tag(f"c-{name * 20}"), ours) for name in "ab")
    assert await mirrored(polling, one) == []
    with structlog.testing.capture_logs() as lines:
        polling.host.body = rss(two, one)
        polling.clock.forward(3600)
        await polling.poll("mirror")
    assert not [one for one in lines if one["event"] == "source.gap"]


async def test_what_is_no_identifier_of_a_wireroom_is_no_way(polling: Polling) -> None:
    await published(polling)
    item = an_item(5, "Plain").replace(
        "</item>", f'<atom:link {ATOM} rel="via" href="https://elsewhere.example/5"/></item>'
    )
    polling.host.body = rss(item)
    await polling.add("mirror")
    await polling.poll("mirror")
    await polling.sent()
    assert polling.line.bodies.pop()["article"]["via"] == []


async def test_thousands_of_sources_that_an_item_names_are_asked_about_many_at_a_time(store: Store) -> None:
    items, names = Asked(store), [tag(f"s{number}-{'a' * 20}") for number in range(1000)]
    given = [a_submission(via=names[at : at + 50]) for at in range(0, len(names), 50)]
    assert await returned(items, given) == ()
    assert sorted(items.asked) == sorted(f"s{number}" for number in range(1000))
    assert 100 < items.most < 1000


class Asked(ItemStore):
    """Knows nothing, and counts who asks at once."""

    def __init__(self, store: Store) -> None:
        super().__init__(store)
        self.asked: list[str] = []
        self.now = self.most = 0

    async def read(self, source_id: str, article_ids: Sequence[str]) -> list[bytes]:
        self.asked.append(source_id)
        self.now += 1
        self.most = max(self.most, self.now)
        await asyncio.sleep(0)
        self.now -= 1
        return [b""] * len(article_ids)


async def test_what_a_hub_delivers_is_left_out_and_told_of_likewise(polling: Polling) -> None:
    ours = tag(await published(polling))
    await polling.add("mirror")
    mirror = await polling.sources.get("mirror")
    assert mirror is not None
    moment, source = "2026-11-22T10:00:00Z", {"id": "mirror"}
    back = a_submission(source=source, guid=tag("c-" + "a" * 20), via=[ours], published_at=moment)
    other = a_submission(source=source, guid="other", headline="Theirs", published_at=moment)
    before = counted()
    with structlog.testing.capture_logs() as lines:
        results = await polling.intake.accept(mirror, [back, other])
        assert [type(one).__name__ for one in results] == ["Unchanged", "Accepted"]
        await polling.intake.accept(mirror, [back, other])
    assert await polling.news() == ["Theirs"]
    assert [one["items"] for one in lines if one["event"] == "source.returned"] == [1]
    assert counted() == before + 1
