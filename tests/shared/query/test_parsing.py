"""What is a query, and where and how a wrong one is refused."""

from __future__ import annotations

import random
import time

import pytest

from shared.query import QueryError, parse
from shared.query.parsing import MAX_DEPTH, MAX_LENGTH, MAX_TERMS

EXAMPLE = (
    'tag:north-korea AND NOT author:"AP" AND lang:en AND (source:kyiv-independent OR type:article.retracted) casualties'
)


def refusal(text: str) -> str:
    with pytest.raises(QueryError) as caught:
        parse(text)
    assert 0 <= caught.value.position <= len(text)
    assert str(caught.value).startswith(f"position {caught.value.position}: ")
    return str(caught.value)


def test_the_example_of_the_contract_is_a_query() -> None:
    assert str(parse(EXAMPLE)) == (
        "tag:north-korea NOT author:ap lang:en (source:kyiv-independent OR type:article.retracted) casualties"
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("tag:a tag: b", "position 10: expected a value after tag:"),
        ("a colour:red", "position 2: there is no field colour"),
        ("(a OR b", "position 7: expected ) for the ( at position 0"),
        ("a (b (c)", "position 8: expected ) for the ( at position 2"),
        ("a)", "position 1: this ) closes no ("),
        ("a ()", "position 3: expected a term before )"),
        ("a AND", "position 5: expected a term after AND"),
        ("OR a", "position 0: expected a term before OR"),
        ("a OR AND b", "position 5: expected a term before AND"),
        ("NOT", "position 3: expected a term after NOT"),
        ('a "b c', 'position 2: expected a closing "'),
        ('author:"b c', 'position 7: expected a closing "'),
        ('author:""', "position 7: expected a value"),
        ("a !!", "position 2: expected a word, not !!"),
        ("a -tag:b", "position 2: to leave something out write NOT, as in NOT tag:b"),
        ("tag:no*th", "position 6: a * may stand only at the end"),
        ("a first-of-cluster:perhaps", "position 19: expected true or false after first-of-cluster:, not perhaps"),
        ("first-of-cluster:t*", "position 17: expected true or false"),
        ("first-of-cluster:*", "position 17: expected true or false"),
        ("first-of-cluster:", "position 17: expected a value"),
        ("a \ud800", "position 2: half of a surrogate pair"),
    ],
)
def test_a_wrong_query_is_refused_where_it_goes_wrong(text: str, message: str) -> None:
    assert refusal(text).startswith(message)


def test_a_word_with_hyphens_and_a_colon_is_text_unless_it_is_the_one_field_with_hyphens() -> None:
    assert str(parse("well-known:x first-of-cluster")) == '"well known x" "first of cluster"'
    assert str(parse('FIRST-of-cluster:"True"')) == "first-of-cluster:true"


def test_operators_are_upper_case_words_of_their_own() -> None:
    assert str(parse("android or NOTice and not")) == "android or notice and not"


@pytest.mark.parametrize(
    ("text", "limit"),
    [
        ("a" * (MAX_LENGTH + 1), "2000 characters"),
        ("(" * MAX_LENGTH, "nested 20 deep"),
        ("a " * (MAX_TERMS + 1), "200 terms"),
        ("\ufdfa" * 150, "when written out"),
    ],
)
def test_a_query_past_a_limit_is_refused_naming_the_limit(text: str, limit: str) -> None:
    assert limit in refusal(text)


def test_a_query_at_each_limit_is_read() -> None:
    assert str(parse("a" * MAX_LENGTH)) == "a" * MAX_LENGTH
    assert str(parse("(" * MAX_DEPTH + "a" + ")" * MAX_DEPTH)) == "a"
    assert len(str(parse(" ".join(f"w{count}" for count in range(MAX_TERMS)))).split()) == MAX_TERMS


def test_hundreds_of_nots_fold_into_one_or_none() -> None:
    assert parse("NOT " * 499 + "a") == parse("NOT a")
    assert parse("NOT " * 498 + "a") == parse("a")


def test_ten_megabytes_are_refused_unread() -> None:
    started = time.process_time()
    for hostile in ("(" * 10_000_000, "NOT " * 2_500_000, '"' * 10_000_000, "\ufdfa" * 10_000_000):
        refusal(hostile)
    assert time.process_time() - started < 1.0


@pytest.mark.parametrize("seed", range(5))
def test_any_text_is_either_refused_or_a_query_that_survives_its_canonical_text(seed: int) -> None:
    rng = random.Random(seed)
    pieces = [
        "tag:",
        "a",
        '"',
        "*",
        "(",
        ")",
        " AND ",
        " OR ",
        "NOT ",
        "\\",
        "-",
        "é",
        "\u0315",
        "北",
        "＂",
        "\u3000",
    ]
    read = 0
    for _ in range(1_000):
        text = "".join(rng.choices(pieces, k=rng.randint(1, 9)))
        try:
            query = parse(text)
        except QueryError as error:
            assert 0 <= error.position <= len(text)  # noqa: PT017  # both outcomes are right, each is checked
        else:
            read += 1
            assert parse(str(query)) == query
    assert read > 100
