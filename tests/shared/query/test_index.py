"""The index finds what trying every query finds, in a fraction of the time."""

from __future__ import annotations

import random
import time

import pytest

from shared.events import Reuse
from shared.query import Query, QueryIndex, Subject, parse

SEES: tuple[Reuse | None, ...] = (None, "full", "summary", "headline")
FIELDS = ("tag", "author", "source", "lang", "type", "kind")


def word(rng: random.Random, vocabulary: int) -> str:
    """Draw one of so many words, a few of them far commoner than the rest."""
    return f"w{min(int(rng.paretovariate(0.6)), vocabulary)}x"


def term(rng: random.Random, vocabulary: int) -> str:
    value = word(rng, vocabulary)
    star = rng.choice(("", "", "", "*"))
    match rng.randrange(4):
        case 0:
            return value[: rng.randint(1, len(value))] + "*" if star else value
        case 1:
            return f'"{value} {word(rng, vocabulary)}"{star}'
        case _:
            return f"{rng.choice(FIELDS)}:{value}{star}"


def query(rng: random.Random, vocabulary: int, depth: int = 3) -> str:
    parts = [
        f"({query(rng, vocabulary, depth - 1)})" if depth and rng.random() < 0.3 else term(rng, vocabulary)
        for _ in range(rng.randint(1, 3))
    ]
    signed = [f"NOT {part}" if rng.random() < 0.25 else part for part in parts]
    return rng.choice((" ", " AND ", " OR ")).join(signed)


def subject(rng: random.Random, vocabulary: int, length: int = 30) -> Subject:
    fields = {name: frozenset(word(rng, vocabulary) for _ in range(rng.randint(0, 3))) for name in FIELDS}
    return Subject(fields, (" ".join(word(rng, vocabulary) for _ in range(length)),))


def brute_force(stored: dict[int, Query], asked: Subject) -> list[int]:
    return [id for id, each in stored.items() if each.matches(asked)]


@pytest.mark.parametrize("seed", range(20))
def test_the_index_finds_what_brute_force_finds_while_queries_come_and_go(seed: int) -> None:
    rng = random.Random(seed)
    index, stored, found = QueryIndex[int](), dict[int, Query](), 0
    for step in range(600):
        id = rng.randrange(200)
        stored.pop(id, None)
        index.remove(id)
        if rng.random() < 0.8:
            stored[id] = parse(query(rng, vocabulary=40))
            index.add(id, stored[id])
        if step % 20 == 0:
            asked = subject(rng, vocabulary=40)
            assert index.matching(asked) == brute_force(stored, asked)
            found += len(brute_force(stored, asked))
        assert len(index) == len(stored)
    assert found > 100


@pytest.mark.parametrize("seed", range(20))
def test_the_index_asks_each_query_of_what_its_owner_sees(seed: int) -> None:
    rng = random.Random(seed)
    index, stored, differ = QueryIndex[int](), dict[int, tuple[Query, Reuse | None]](), 0
    for step in range(400):
        id = rng.randrange(200)
        bound = parse(query(rng, vocabulary=20)) if rng.random() < 0.3 else parse("")
        stored[id] = parse(query(rng, vocabulary=20, depth=1)).within(bound), rng.choice(SEES)
        index.add(id, *stored[id])
        if step % 20 == 0:
            whole = three_zones(rng, rng.choice(("full", "summary", "headline")))
            expected = [id for id, (each, sees) in stored.items() if each.matches(whole.as_seen(sees))]
            assert sorted(index.matching(whole)) == sorted(expected)
            differ += expected != [id for id, (each, _) in stored.items() if each.matches(whole)]
    assert differ > 3
    for id in stored:
        index.remove(id)
    assert vars(index)["_by_query"] == vars(index)["_shelves"] == vars(index)["_sees"] == {}


def three_zones(rng: random.Random, reuse: Reuse) -> Subject:
    drawn = subject(rng, vocabulary=20)
    zones = (" ".join(word(rng, 20) for _ in range(length)) for length in (3, 6, 12))
    return Subject(drawn.fields, tuple(zones), reuse)


def test_adding_again_replaces_the_query_of_an_id() -> None:
    index = QueryIndex[str]()
    index.add("s", parse("tag:a"))
    index.add("s", parse("tag:b"))
    assert index.matching(Subject({"tag": frozenset("a")})) == []
    assert index.matching(Subject({"tag": frozenset("b")})) == ["s"]


def test_ids_come_in_the_order_they_were_added() -> None:
    index = QueryIndex[str]()
    for id, text in (("c", "tag:a"), ("a", ""), ("b", "tag:a"), ("d", "NOT tag:b")):
        index.add(id, parse(text))
    assert index.matching(Subject({"tag": frozenset("a")})) == ["c", "a", "b", "d"]


def test_queries_for_firsts_alone_are_filed_by_what_is_rarer() -> None:
    index = QueryIndex[str]()
    for id, text in (("tag", "first-of-cluster:true tag:a"), ("all", "first-of-cluster:true")):
        index.add(id, parse(text))
    shelves = vars(index)["_shelves"]
    assert {field: [*shelf] for (field, _), shelf in shelves.items()} == {"tag": ["a"], "first-of-cluster": ["true"]}
    assert index.matching(Subject({"tag": frozenset("a"), "first-of-cluster": frozenset({"true"})})) == ["tag", "all"]
    assert index.matching(Subject({"tag": frozenset("a"), "first-of-cluster": frozenset({"false"})})) == []


def test_removing_every_query_leaves_nothing_filed() -> None:
    rng = random.Random(7)
    index = QueryIndex[int]()
    for id in range(200):
        index.add(id, parse(query(rng, vocabulary=40)))
    for id in range(200):
        index.remove(id)
    index.remove(0)
    assert vars(index)["_shelves"] == {}
    assert vars(index)["_unanchored"] == {}
    assert vars(index)["_by_query"] == {}


def test_an_index_of_fields_alone_leaves_the_text_uncut() -> None:
    index = QueryIndex[int]()
    index.add(1, parse("tag:a casualties"))
    asked = Subject({"tag": frozenset("b")}, ("casualties",))
    assert index.matching(asked) == []
    assert "vocabulary" not in vars(asked)


def test_two_thousand_queries_take_less_than_half_the_time_of_trying_each() -> None:
    rng = random.Random(1)
    stored = {id: parse(f"tag:w{id}x NOT author:w1x {term(rng, 5_000)}") for id in range(2_000)}
    index = QueryIndex[int]()
    for id, each in stored.items():
        index.add(id, each)
    asked = subject(rng, vocabulary=5_000, length=1_000)
    expected = brute_force(stored, asked)  # also cuts the text, so that neither is timed doing so
    started = time.process_time()
    assert brute_force(stored, asked) == expected
    trying_each = time.process_time() - started
    started = time.process_time()
    assert index.matching(asked) == expected
    assert time.process_time() - started < trying_each / 2
