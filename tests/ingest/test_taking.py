"""Documents taken whole: gaps filled, withdrawals heeded, pages fetched, imperfections kept and told."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import pytest
import zstandard
from aiohttp import web
from structlog.testing import capture_logs

from services.ingest.completing import PAGES
from services.ingest.document import Document, Withdrawal
from services.ingest.pages.complete import Incomplete
from services.ingest.reader import Ask, Reading, Took
from services.ingest.source import Settings, Source
from services.ingest.submission import Submission
from shared.redis import Store
from tests.ingest.feeds import an_item, items, rss
from tests.ingest.parts import NOON, a_submission
from tests.ingest.polling import Polling, a_polling


@pytest.fixture
async def polling(store: Store) -> AsyncIterator[Polling]:
    async with a_polling(store) as polling:
        yield polling


def paged(polling: Polling, numbers: list[int], size: int, *, end: int = 99) -> None:
    """Have the host serve its items in pages of `size`, page by ?page=, as RFC 5005 has it; `end` pages at most."""

    async def answer(request: web.Request) -> web.StreamResponse:
        polling.host.asked.append({"url": str(request.rel_url)})
        page = int(request.query.get("page", "1"))
        shown = numbers[(page - 1) * size : page * size]
        older = f'<atom:link rel="prev-archive" href="{polling.host.url}?page={page + 1}"/>' if page < end else ""
        return web.Response(body=rss(*items(shown), channel=older), content_type="application/rss+xml")

    polling.host.answer = answer  # type: ignore[method-assign]  # a host that pages


def events(lines: Sequence[Mapping[str, Any]], *names: str) -> list[Mapping[str, Any]]:
    return [line for line in lines if line["event"] in names]


# --- old copies

SPACE = 'xmlns="http://www.w3.org/2005/Atom" xmlns:at="http://purl.org/atompub/tombstones/1.0"'


def atom(*entries: str) -> bytes:
    return f"<feed {SPACE}><title>Bay Wire</title><id>f</id>{''.join(entries)}</feed>".encode()


def an_entry(title: str, hour: int, *, published: bool = False) -> str:
    dates = "<published>2026-11-22T04:00:00Z</published>" if published else ""
    dates += f"<updated>2026-11-22T{hour:02}:00:00Z</updated>"
    return f"<entry><id>tag:bay,1</id><link href='https://bay.example/1'/><title>{title}</title>{dates}</entry>"


@pytest.mark.parametrize("published", [True, False])
async def test_an_old_copy_of_a_feed_takes_nothing_back(polling: Polling, published: bool) -> None:
    polling.host.conditional = False
    polling.host.body = atom(an_entry("As published", 4, published=published))
    await polling.add()
    await polling.poll()
    for title, hour in (("As updated", 6), ("As published", 4), ("As updated once more", 8), ("As updated", 6)):
        await polling.again(atom(an_entry(title, hour, published=published)))
    await polling.sent()
    assert polling.sent_headlines() == ["As published", "As updated", "As updated once more"]
    articles = [body["article"] for body in polling.line.bodies]
    assert {article["published_at"] for article in articles} == {"2026-11-22T04:00:00Z"}
    assert [article["updated_at"] for article in articles] == [None, "2026-11-22T06:00:00Z", "2026-11-22T08:00:00Z"]


async def test_a_tombstone_from_before_the_last_update_takes_nothing_back(polling: Polling) -> None:
    polling.host.body = atom(an_entry("A story", 6))
    await polling.add()
    await polling.poll()
    grave = "<at:deleted-entry ref='tag:bay,1' when='2026-11-22T{}:00:00Z'/>"
    await polling.again(atom(grave.format("05")))
    await polling.again(atom(grave.format("07")))
    await polling.sent()
    assert [body["article"]["status"] for body in polling.line.bodies] == ["usable", "canceled"]


# --- gaps


async def test_a_document_without_anything_known_is_paged_back_from_oldest_first(polling: Polling) -> None:
    paged(polling, [3, 2, 1], 3)
    await polling.add()
    await polling.poll()
    await polling.news()
    paged(polling, list(range(12, 0, -1)), 3)
    with capture_logs() as lines:
        await polling.again()
    assert await polling.news() == [f"Story {n}" for n in range(4, 13)]
    gap, filled = events(lines, "source.gap", "source.backfilled")
    assert (gap["items"], filled["items"], filled["pages"], filled["whole"]) == (3, 6, 3, True)


async def test_a_document_that_overlaps_the_last_one_asks_for_no_older_page(polling: Polling) -> None:
    paged(polling, [3, 2, 1], 3)
    await polling.add()
    await polling.poll()
    paged(polling, [5, 4, 3, 2, 1], 3)
    asked = len(polling.host.asked)
    await polling.again()
    assert len(polling.host.asked) == asked + 1


async def test_a_new_source_has_no_gap(polling: Polling) -> None:
    paged(polling, list(range(50, 0, -1)), 10)
    await polling.add()
    with capture_logs() as lines:
        await polling.poll()
    assert events(lines, "source.gap") == []
    assert len(polling.host.asked) == 1


async def test_paging_back_ends_after_ten_pages_and_says_that_it_is_not_whole(polling: Polling) -> None:
    paged(polling, [1], 1)
    await polling.add()
    await polling.poll()
    paged(polling, list(range(300, 1, -1)), 5)
    with capture_logs() as lines:
        await polling.again()
    (filled,) = events(lines, "source.backfilled")
    assert (filled["pages"], filled["whole"], filled["items"]) == (10, False, 50)


async def test_pages_that_lead_in_a_circle_or_repeat_themselves_end(polling: Polling) -> None:
    polling.host.body = rss(*items([1]))
    await polling.add()
    await polling.poll()
    circle = f'<atom:link rel="next" href="{polling.host.url}?around"/>'
    await polling.again(rss(*items([9, 8]), channel=circle))
    assert len(polling.host.asked) == 3
    assert sorted(await polling.news()) == ["Story 1", "Story 8", "Story 9"]


async def test_wordpress_feeds_are_paged_though_they_do_not_say_so(polling: Polling) -> None:
    numbers = [1]

    async def answer(request: web.Request) -> web.StreamResponse:
        page = int(request.query.get("paged", "1"))
        return web.Response(body=rss(*items(numbers[(page - 1) * 2 : page * 2])), content_type="text/xml")

    polling.host.answer = answer  # type: ignore[method-assign]  # as WordPress pages
    await polling.add()
    await polling.poll()
    numbers[:] = [7, 6, 5, 4, 3, 2, 1]
    await polling.again()
    assert await polling.news() == [f"Story {n}" for n in range(1, 8)]


async def test_a_gap_of_many_hundred_items_is_taken_in_several_commits(polling: Polling) -> None:
    paged(polling, [1], 1)
    await polling.add()
    await polling.poll()
    paged(polling, list(range(700, 0, -1)), 100)
    await polling.again()
    assert await polling.news() == [f"Story {n}" for n in range(1, 701)]


# --- withdrawals


def wire(polling: Polling, *documents: Document) -> None:
    """Have the feed reader give these documents one after another."""
    given = iter(documents)

    async def read(_source: Source, _ask: Ask) -> Reading:
        return Took(document=next(given), fields={"etag": "x"})

    polling.readers["feed"] = read
    polling.poller = polling.another()


STORY = a_submission(source={"id": "bay"}, guid="g1", url="https://bay.example/1")


@pytest.mark.parametrize(
    "withdrawal",
    [Withdrawal(guid="g1", reason="It was wrong."), Withdrawal(url="http://www.bay.example/1", reason="It was wrong.")],
)
async def test_what_a_source_takes_back_is_retracted_once(polling: Polling, withdrawal: Withdrawal) -> None:
    gone = Document(submissions=(), withdrawals=(withdrawal,))
    wire(polling, Document(submissions=(STORY,)), gone, gone)
    await polling.add()
    await polling.poll()
    await polling.again()
    await polling.again()
    assert [version for _, version in await polling.sent()] == [1, 2]
    last = polling.line.bodies[-1]
    assert (last["article"]["status"], last["retraction"]["reason"]) == ("canceled", "It was wrong.")


async def test_an_item_beside_its_own_withdrawal_is_not_published_unless_it_changed_later(polling: Polling) -> None:
    at = datetime(2026, 11, 22, 9, tzinfo=UTC)
    withdrawal = Withdrawal(guid="g1", at=at)
    later = STORY.model_copy(update={"updated_at": NOON})
    wire(
        polling,
        Document(submissions=(STORY,), withdrawals=(withdrawal,)),
        Document(submissions=(later,), withdrawals=(withdrawal,)),
    )
    await polling.add()
    await polling.poll()
    assert await polling.sent() == []
    await polling.again()
    assert [version for _, version in await polling.sent()] == [1]
    assert polling.line.bodies[0]["article"]["status"] == "usable"


async def test_a_withdrawal_of_what_was_never_published_is_nothing(polling: Polling) -> None:
    wire(polling, Document(submissions=(STORY,), withdrawals=(Withdrawal(guid="other"), Withdrawal())))
    await polling.add()
    await polling.poll()
    assert [version for _, version in await polling.sent()] == [1]


# --- pages


class Newsstand:
    """Completes articles, or cannot while `down`; remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.down = False

    async def __call__(self, submission: Submission, settings: Settings, ask: Ask) -> Submission | Incomplete:
        assert (settings.id, bool(ask)) == ("bay", True)
        self.asked.append(submission.guid or "")
        if self.down:
            return Incomplete("its host is away", later=True)
        return submission.model_copy(update={"body_html": f"<p>All of {submission.headline}.</p>"})


@pytest.fixture
async def stand(polling: Polling) -> Newsstand:
    stand = Newsstand()
    polling.complete = stand
    polling.poller = polling.another()
    await polling.add(full_text=True)
    return stand


async def test_pages_are_fetched_for_new_and_changed_items_alone(polling: Polling, stand: Newsstand) -> None:
    polling.host.body = rss(*items([2, 1]))
    await polling.poll()
    assert stand.asked == ["g1", "g2"]
    assert polling.line.bodies == [] or await polling.sent()
    await polling.again(rss(an_item(3), an_item(2, "Story 2, corrected"), an_item(1)))
    assert stand.asked[2:] == ["g2", "g3"]
    await polling.sent()
    bodies = {body["article"]["headline"]: body["article"]["body_html"] for body in polling.line.bodies}
    assert bodies["Story 2, corrected"] == "<p>All of Story 2, corrected.</p>"
    assert [version for _, version in polling.line.sent] == [1, 1, 2, 1]


async def test_a_page_that_does_not_come_is_asked_for_three_times_and_then_no_more(
    polling: Polling, stand: Newsstand
) -> None:
    stand.down = True
    await polling.poll()
    assert len(await polling.news()) == 1
    for _ in range(4):
        await polling.again()
    assert stand.asked == ["g1"] * 3
    assert await polling.news() == []
    assert polling.host.asked[-1].get("if-none-match") is not None
    assert "if-none-match" not in polling.host.asked[1]


async def test_a_page_that_comes_late_makes_the_next_version(polling: Polling, stand: Newsstand) -> None:
    stand.down = True
    await polling.poll()
    stand.down = False
    await polling.again()
    await polling.again()
    assert [version for _, version in await polling.sent()] == [1, 2]
    assert polling.line.bodies[-1]["article"]["body_html"] == "<p>All of Story 1.</p>"


async def test_what_one_poll_leaves_the_next_ones_take_and_nothing_is_lost(polling: Polling, stand: Newsstand) -> None:
    polling.host.body = rss(*items([1]))
    await polling.poll()
    await polling.again(rss(*items(range(45, 0, -1))))
    assert len(stand.asked) == 1 + PAGES
    assert await polling.news() == [f"Story {n}" for n in range(1, 2 + PAGES)]
    source = await polling.again(seconds=301)
    assert len(stand.asked) == 1 + 2 * PAGES
    source = await polling.again(seconds=301)
    assert await polling.news() == [f"Story {n}" for n in range(2 + PAGES, 46)]
    assert source.health.etag == polling.host.etag


async def test_when_a_host_gives_no_pages_the_others_are_not_asked_for(polling: Polling, stand: Newsstand) -> None:
    stand.down = True
    polling.host.body = rss(*items(range(9, 0, -1)))
    await polling.poll()
    assert len(stand.asked) == 3
    assert len(await polling.news()) == 9


async def test_old_items_of_a_new_source_have_their_pages_left_alone(polling: Polling, stand: Newsstand) -> None:
    polling.host.body = rss(*items(range(30, 0, -1)))
    await polling.poll()
    await polling.again(rss(an_item(31), *items(range(30, 0, -1))))
    assert len(stand.asked) == 21
    assert "g10" not in stand.asked


async def test_a_page_made_to_break_its_reader_costs_its_own_text_alone(polling: Polling, stand: Newsstand) -> None:
    async def broken(_submission: Submission, _settings: Settings, _ask: Ask) -> Submission:
        raise RecursionError

    polling.complete = broken
    polling.poller = polling.another()
    await polling.poll()
    assert await polling.news() == ["Story 1"]
    assert stand.asked == []


# --- what could not be read


async def test_an_imperfect_document_is_kept_and_told_of_once_until_it_changes(polling: Polling) -> None:
    broken = rss(an_item(1), "<item></item>")
    polling.host.body = broken
    await polling.add()
    with capture_logs() as lines:
        source = await polling.poll()
        source = await polling.again(rss(an_item(2), an_item(1), "<item></item>"))
    assert [line["source"] for line in events(lines, "document.imperfect")] == ["bay"]
    assert re.search("1 items", source.health.imperfect or "")
    kept = await polling.sources.raw("bay")
    assert kept is not None
    assert zstandard.decompress(kept) == polling.host.body
    source = await polling.again(rss(an_item(3), an_item(2), an_item(1)))
    assert (source.health.imperfect, source.health.quality) == (None, "strict")


async def test_each_document_is_told_of_once_it_is_committed(polling: Polling) -> None:
    seen: list[tuple[str, bool, int]] = []

    async def noticed(source: Source, document: Document, news: int) -> None:
        stored = await polling.sources.get(source.settings.id)
        assert stored is not None
        seen.append((document.hubs[0], stored.health.body_hash is not None, news))

    polling.noticed = noticed
    polling.poller = polling.another()
    polling.host.headers = {"Link": '<https://hub.example/>; rel="hub", <https://bay.example/feed>; rel=self'}
    await polling.add()
    await polling.poll()
    assert seen == [("https://hub.example/", True, 1)]
