"""What is shown beside an article: like stories first, near ones before far ones, five in all."""

from __future__ import annotations

from datetime import timedelta

from services.enrichment.related.ranking import MOST, SPARE, Telling, ranked, told_by, with_related
from services.enrichment.related.shelves import Shelved
from shared.events import Related, Tag
from tests.builders import MORNING, an_article

AT = MORNING.timestamp()
MINE = bytes(range(1, 25))
HALF = MINE[:12] + bytes(range(101, 113))


def one(id: str, words: bytes = MINE, hours: float = -1) -> Shelved:
    return Shelved(id, AT + hours * 3600, words)


def about(*tags: str, words: bytes = MINE) -> Telling:
    return Telling(tuple((tag, 1.0) for tag in tags), Shelved("me", AT, words))


def ids(given: Telling, *shelves: list[Shelved], besides: tuple[str, ...] = ()) -> list[str]:
    return [found.id for found, _ in ranked(given, shelves, besides)]


def test_more_shared_words_come_first() -> None:
    assert ids(about("a"), [one("half", HALF), one("whole")]) == ["whole", "half"]


def test_a_rarer_tag_counts_for_more() -> None:
    common = [one(f"c{n}", bytes(24)) for n in range(40)]

    assert ids(about("common", "rare"), [*common, one("x")], [one("y")])[:2] == ["y", "x"]


def test_what_is_nearer_in_time_comes_first_older_or_newer() -> None:
    assert ids(about("a"), [one("old", hours=-60), one("older", hours=-90), one("newer", hours=3)]) == [
        "newer",
        "old",
        "older",
    ]


def test_a_shared_subject_alone_is_not_enough() -> None:
    assert ids(about("a"), [one("x", bytes(range(101, 125)))]) == []


def test_where_no_words_tell_the_tags_do() -> None:
    assert ids(about("a", words=bytes(24)), [one("x")]) == ["x"]


def test_an_article_is_not_beside_itself_nor_its_copies() -> None:
    assert ids(about("a"), [one("me"), one("me", HALF), one("copy"), one("x")], besides=("copy",)) == ["x"]


def test_scores_are_between_0_and_1_and_ties_go_by_id() -> None:
    found = ranked(about("a"), [[one("b", hours=0), one("a", hours=0)]], ())

    assert [(each.id, score) for each, score in found] == [("a", 1.0), ("b", 1.0)]


def test_primary_tags_come_first_and_suggested_ones_do_not_count() -> None:
    tags = [
        Tag(id="t/strong", slug="s", name="s", score=9.0),
        Tag(id="t/hint", slug="h", name="h", score=8.0, primary=True, status="suggested"),
        Tag(id="t/main", slug="m", name="m", score=3.0, primary=True),
    ]
    told = told_by(an_article(tags=tags))

    assert told is not None
    assert told.tags == (("t/main", 3.0 / 9.0), ("t/strong", 1.0))
    assert told_by(an_article()) is None


def test_an_article_is_placed_by_its_date_unless_that_lies_ahead() -> None:
    tags = [Tag(id="t", slug="t", name="t", score=1.0)]
    told = told_by(an_article(tags=tags, published_at=MORNING + timedelta(days=9)))

    assert told is not None
    assert told.self.at == MORNING.timestamp()


def a_card(number: int, **more: object) -> Related:
    return Related.model_validate({"url": f"https://e.org/{number}", "headline": f"Card {number}"} | more)


def test_editors_cards_come_first_with_our_ids_and_computed_ones_fill_up_to_five() -> None:
    article = an_article(related=[a_card(1), a_card(2), a_card(3, kind="computed")])
    computed = [(one(f"c{n}"), 0.5) for n in range(20)]
    found = with_related(article, {"https://e.org/2": "desk-2"}, computed)

    assert [(each.id, each.kind) for each in found[:3]] == [
        (None, "editorial"),
        ("desk-2", "editorial"),
        ("c0", "computed"),
    ]
    assert len(found) == MOST + SPARE
    assert found[2] == Related(id="c0", url="", headline="", kind="computed", score=0.5)


def test_a_story_that_an_editor_placed_is_not_computed_again() -> None:
    found = with_related(an_article(related=[a_card(1, id="c1")]), {}, [(one("c1"), 0.9), (one("c2"), 0.8)])

    assert [each.id for each in found] == ["c1", "c2"]


def test_five_editors_cards_leave_no_room() -> None:
    cards = [a_card(n) for n in range(6)]

    assert with_related(an_article(related=cards), {}, [(one("c"), 0.9)]) == tuple(cards)
