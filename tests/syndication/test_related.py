"""Related stories are shown as the ledger has them, and finding others is no news."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from services.syndication.related import Card, beside_previous, card_of
from services.syndication.store import Articles
from shared.bus import Done
from shared.events import Article, Related, Retraction, to_json
from shared.redis import Store
from tests.builders import MORNING, an_article, an_enriched
from tests.syndication.parts import handlers_on

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)


def a_card(id: str, **over: Any) -> Card:
    article = an_article(id=id, url=f"https://news.example.org/{id}", headline=f"Story {id}", word_count=9)
    return card_of(to_json(article.model_copy(update=over)))


def computed(id: str, score: float = 0.5) -> Related:
    return Related(id=id, url="", headline="", kind="computed", score=score)


def placed(number: int, **over: Any) -> Related:
    return Related(**{"url": f"https://e.org/{number}", "headline": f"Card {number}"} | over)


async def shown(article: Article, *cards: Card, previous: Article | None = None) -> Article:
    async def find(ids: Sequence[str]) -> list[Card | None]:
        known = {card.id: card for card in cards}
        return [known.get(id) for id in ids]

    return await beside_previous(article, previous, find)


async def test_a_computed_story_is_shown_as_the_ledger_has_it() -> None:
    article = await shown(an_article(related=[computed("desk-b", 0.4)]), a_card("desk-b"))

    assert article.related == (
        Related(
            id="desk-b",
            url="https://news.example.org/desk-b",
            headline="Story desk-b",
            kind="computed",
            score=0.4,
            published_at=MORNING,
        ),
    )


@pytest.mark.parametrize(
    "unfit",
    [
        {"status": "canceled"},
        {"status": "withheld"},
        {"url": None},
        {"duplicate_of": "desk-me"},
        {"revision_of": "desk-first"},
        {"id": "desk-first"},
    ],
    ids=lambda over: str(*over.items()),
)
async def test_what_is_not_out_or_is_the_same_story_is_not_shown(unfit: dict[str, Any]) -> None:
    article = an_article(id="desk-me", revision_of="desk-first", related=[computed(unfit.get("id", "desk-b"))])

    assert (await shown(article, a_card(**{"id": "desk-b"} | unfit))).related == ()


async def test_what_never_came_into_the_ledger_is_not_shown() -> None:
    assert (await shown(an_article(related=[computed("desk-b")]))).related == ()


async def test_there_are_five_in_all_and_every_card_of_an_editor() -> None:
    cards = [a_card(f"desk-{n}") for n in range(9)]
    more = [computed(card.id) for card in cards]

    two = await shown(an_article(related=[placed(1), placed(2), *more]), *cards)
    assert [each.kind for each in two.related] == ["editorial"] * 2 + ["computed"] * 3
    six = await shown(an_article(related=[*map(placed, range(6)), *more]), *cards)
    assert [each.kind for each in six.related] == ["editorial"] * 6


async def test_an_editors_card_tells_when_our_story_was_published() -> None:
    newer = a_card("desk-b", published_at=MORNING + timedelta(hours=1))
    (card,) = (await shown(an_article(related=[placed(1, id="desk-b")]), newer)).related

    assert (card.headline, card.url, card.published_at) == (
        "Card 1",
        "https://e.org/1",
        MORNING + timedelta(hours=1),
    )


async def test_an_editors_card_stays_when_our_story_was_taken_back_but_points_to_it_no_more() -> None:
    (card,) = (await shown(an_article(related=[placed(1, id="desk-b")]), a_card("desk-b", status="canceled"))).related

    assert card == placed(1)


async def test_other_computed_stories_are_no_change_and_those_of_before_stay() -> None:
    before = await shown(an_article(related=[computed("desk-b")]), a_card("desk-b"))
    later = an_article(version=2, related=[computed("desk-c")])

    assert (await shown(later, a_card("desk-c"), previous=before)).related == before.related


async def test_with_another_change_computed_stories_are_those_of_now() -> None:
    before = await shown(an_article(related=[computed("desk-b")]), a_card("desk-b"))
    later = an_article(version=2, headline="New", related=[computed("desk-c")])

    assert [each.id for each in (await shown(later, a_card("desk-c"), previous=before)).related] == ["desk-c"]


async def test_the_same_text_stays_the_copy_it_was_and_another_does_not() -> None:
    before = an_article(body_text="The ferry.", duplicate_of="wire-a")

    same = await shown(an_article(version=2, body_text="The ferry."), previous=before)
    assert same.duplicate_of == "wire-a"
    assert (await shown(an_article(version=2, body_text="Another."), previous=before)).duplicate_of is None


async def test_on_the_line_a_recompletion_that_finds_others_is_told_to_nobody(store: Store) -> None:
    handlers = handlers_on(store, now=lambda: NOW)
    for id in ("desk-b", "desk-c"):
        await handlers.on_article_enriched(an_enriched(article=an_article(id=id, guid=id)))
    first, second = (an_article(id="desk-a", version=n, related=[computed(f"desk-{'_bc'[n]}")]) for n in (1, 2))
    await handlers.on_article_enriched(an_enriched(article=first))
    assert await handlers.on_article_enriched(an_enriched(article=second)) == Done("article.unchanged")
    kept = await Articles(store).article("desk-a", 2)
    assert kept is not None
    assert [each.id for each in kept.related] == ["desk-b"]


async def test_a_retraction_has_no_related_stories(store: Store) -> None:
    handlers = handlers_on(store, now=lambda: NOW)
    await handlers.on_article_enriched(an_enriched(article=an_article(id="desk-b", guid="b")))
    await handlers.on_article_enriched(an_enriched(article=an_article(id="desk-a", related=[computed("desk-b")])))
    gone = an_article(id="desk-a", version=2, related=[computed("desk-b")])
    await handlers.on_article_enriched(an_enriched(article=gone, retraction=Retraction(reason="Wrong.")))

    kept = await Articles(store).article("desk-a", 2)
    assert kept is not None
    assert (kept.status, kept.related) == ("canceled", ())
