"""What AND, OR and NOT mean, what made a query match, and its canonical text."""

from __future__ import annotations

import random
from collections.abc import Callable
from collections.abc import Set as AbstractSet

import pytest

from shared.query import Subject, parse

LETTERS = "abcdef"
Meaning = Callable[[AbstractSet[str]], bool]


def subject(*tags: str, text: str = "") -> Subject:
    return Subject({"tag": frozenset(tags)}, (text,))


def drawn(rng: random.Random, depth: int = 4) -> tuple[str, Meaning]:
    """Draw a query in full parentheses, and what it means, told without the code under test."""
    shape = rng.choice(("term", "not", "and", "or", "beside")) if depth else "term"
    if shape == "term":
        letter = rng.choice(LETTERS)
        return f"tag:{letter}", lambda tags: letter in tags
    left, means_left = drawn(rng, depth - 1)
    if shape == "not":
        return f"NOT ({left})", lambda tags: not means_left(tags)
    right, means_right = drawn(rng, depth - 1)
    if shape == "or":
        return f"(({left}) OR ({right}))", lambda tags: means_left(tags) or means_right(tags)
    between = " AND " if shape == "and" else " "
    return f"(({left}){between}({right}))", lambda tags: means_left(tags) and means_right(tags)


@pytest.mark.parametrize("seed", range(30))
def test_drawn_queries_mean_what_their_operators_say_and_so_does_their_canonical_text(seed: int) -> None:
    rng = random.Random(seed)
    for _ in range(10):
        text, means = drawn(rng)
        query = parse(text)
        assert parse(str(query)) == query
        for _ in range(20):
            tags = set(rng.sample(LETTERS, rng.randint(0, len(LETTERS))))
            assert query.matches(subject(*tags)) is means(tags)


def test_not_binds_closer_than_and_and_and_closer_than_or() -> None:
    query = parse("tag:a OR NOT tag:b tag:c")
    assert query.matches(subject("a", "b"))
    assert query.matches(subject("c"))
    assert not query.matches(subject("b", "c"))
    assert not query.matches(subject())


@pytest.mark.parametrize("blank", ["", " \n\t "])
def test_a_blank_query_matches_everything_and_names_no_reason(blank: str) -> None:
    query = parse(blank)
    assert query.matches(subject())
    assert query.explain(subject("a")) == ()
    assert str(query) == ""


@pytest.mark.parametrize(
    ("text", "reasons"),
    [
        ("tag:a", ("tag:a",)),
        ("tag:a OR tag:x OR tag:b", ("tag:a", "tag:b")),
        ('"North  Korea" tag:b', ('"north korea"', "tag:b")),
        ("kor* OR tag:b", ("kor*", "tag:b")),
        ("NOT tag:x", ()),
        ("tag:a NOT tag:x", ("tag:a",)),
        ("NOT (tag:x OR NOT tag:b)", ("tag:b",)),
        ("(tag:a tag:x) OR tag:b", ("tag:b",)),
        ("tag:a (tag:a OR tag:b)", ("tag:a", "tag:b")),
        ("tag:x", ()),
        ("tag:a tag:x", ()),
    ],
)
def test_the_reasons_are_the_terms_present_that_made_it_match(text: str, reasons: tuple[str, ...]) -> None:
    assert parse(text).explain(subject("a", "b", text="North Korea")) == reasons


def test_what_bounds_a_query_is_asked_of_all_of_the_text_and_the_query_of_what_is_seen() -> None:
    whole = Subject({"tag": frozenset("a")}, ("headline", "summary", "secret plan"))
    seen = whole.as_seen("headline")
    for text, bound, holds in (
        ("headline", "secret", True),
        ("headline", "NOT secret", False),
        ("headline", '"secret pl"* tag:a', True),
        ("headline", "other OR NOT (NOT plan)", True),
        ("secret", "headline", False),
        ("NOT secret", "secret", True),
        ("", "", True),
    ):
        assert parse(text).within(parse(bound)).matches(seen) is holds, (text, bound)
    bounded = parse("headline OR plan").within(parse("secret tag:a summary"))
    assert bounded.explain(seen) == ("headline", "tag:a")
    assert bounded.explain(whole, seen) == ("headline", "tag:a")
    assert bounded.explain(whole) == ("headline", "plan", "secret", "tag:a", "summary")


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("TAG:A and Lang:EN", "tag:a and lang:en"),
        ("tag:a AND (tag:b AND tag:c)", "tag:a tag:b tag:c"),
        ("(tag:a OR tag:b) tag:c", "(tag:a OR tag:b) tag:c"),
        ("tag:a OR (tag:b tag:c)", "tag:a OR tag:b tag:c"),
        ("NOT NOT NOT (a b)", "NOT (a b)"),
        ("tag:a tag:a", "tag:a"),
        ('author:"AP"', "author:ap"),
        ('author:"Ann \\"A\\" \\\\ W"', 'author:"ann \\"a\\" \\\\ w"'),
        ('tag:"x*" tag:"x"*', 'tag:"x*" tag:x*'),
        ("text:kyiv-independent", '"kyiv independent"'),
        ("author:“AP”", "author:ap"),
        ('section:"(a"', 'section:"(a"'),
        ("section:＂a＂", 'section:"\\"a\\""'),
    ],
)
def test_canonical_text_is_short_and_parses_back_to_an_equal_query(text: str, canonical: str) -> None:
    query = parse(text)
    assert str(query) == canonical
    assert parse(canonical) == query
    assert hash(parse(canonical)) == hash(query)
