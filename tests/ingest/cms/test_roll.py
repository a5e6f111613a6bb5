"""What is remembered between two readings, and when a post counts as withdrawn."""

from __future__ import annotations

import pytest

from services.ingest.cms.roll import KNOWN, Roll


def test_a_roll_reads_as_it_was_written() -> None:
    roll = Roll("2026", ("a", "b"), {"b": 1}, ("z",), {"language": "en"})
    assert Roll.read(roll.write()) == roll


@pytest.mark.parametrize("stored", [None, "", "x", "[]", '{"at": 7, "posts": 7, "missing": [], "notes": {"a": 1}}'])
def test_what_is_no_roll_is_an_empty_one(stored: str | None) -> None:
    assert Roll.read(stored) == Roll()


def test_the_latest_change_never_goes_back_and_posts_stay_bounded() -> None:
    roll = Roll("2026-02").after("2026-01", [str(number) for number in range(2 * KNOWN)])
    assert (roll.at, len(roll.posts), roll.posts[0]) == ("2026-02", KNOWN, "0")
    assert Roll("1", ("a", "b")).after("2", ["b", "c"]).posts == ("b", "c", "a")


def test_a_post_that_was_read_is_missing_no_more() -> None:
    assert Roll("1", ("a", "b"), {"a": 1, "b": 1}).after("2", ["a"]).missing == {"b": 1}


def test_a_missing_post_is_withdrawn_the_second_time_and_forgotten_after_the_fourth() -> None:
    roll, told = Roll("1", ("a", "b", "c")), []
    for _ in range(6):
        roll, gone = roll.called({"a", "c"})
        told.append(gone)
    assert told == [(), ("b",), ("b",), ("b",), (), ()]
    assert (roll.posts, roll.gone) == (("a", "c"), ("b",))
    assert roll.after("2", ["b"]).gone == ()


def test_when_most_of_many_are_missing_nothing_is_withdrawn() -> None:
    roll = Roll("1", tuple(str(number) for number in range(30)))
    for _ in range(3):
        roll, gone = roll.called({"1"})
        assert gone == ()


def test_all_of_a_few_may_go() -> None:
    roll = Roll("1", ("a", "b"))
    roll, _ = roll.called(set())
    assert roll.called(set())[1] == ("a", "b")
