"""Texts made to break or slow the tagger: no text may, and the work grows with the length alone."""

from __future__ import annotations

import time

import pytest

from services.enrichment.matching import Matcher, longest
from services.enrichment.suggest import Story, suggested
from services.enrichment.tags import MAX_TEXT, found, tags
from services.enrichment.taxonomy import parse_taxonomy
from shared.events import Category

OWN = parse_taxonomy(
    {
        "term": [
            {"id": "place/ukraine", "name": "Ukraine", "kind": "place"},
            {"id": "topic/aaa", "name": "aaa", "aliases": ["aaa aaa", "aaa aaa aaa"]},
            {
                "id": "person/ryder",
                "name": "Pat Ryder",
                "kind": "person",
                "aliases": [{"text": "Ryder", "needs": "full-name"}],
            },
        ]
    }
)

PIECES = {
    "names": "Ukraine and Ryder of Kenya. ",
    "overlaps": "aaa ",
    "no spaces": "Ukraine",
    "one letter": "a",
    "right to left": "\u202eUkraine\u202c \u05d0\u05d5\u05e7\u05e8\u05d0\u05d9\u05e0\u05d4 ",
    "marks": "U\u0301k\u0301raine \u0301\u0302\u0303 ",
    "only marks": "\u0301",
    "capitals": "UKRAINE AND KENYA SAID NO ",
    "capitals in a row": "Kenya Uganda Jordan Michigan State ",
    "emoji": "\U0001f468\u200d\U0001f469\u200d\U0001f467\U0001f1fa\U0001f1e6 Kenya ",
    "wide": "\u6628\u65e5\u5317\u671d\u9bae",
    "dotted I": "\u0130stanbul Kenya ",
    "quotes": "\u201cKenya\u2019s\u201d \u2014 ",
    "lines": "Kenya\n\n\n",
    "dots": ". . . . Kenya. ",
    "null": "\x00Kenya\x00",
    "half a pair": "\ud800Kenya ",
    "spaces": " " * 40 + "Kenya",
}


@pytest.mark.parametrize("piece", PIECES.values(), ids=PIECES)
def test_work_grows_with_the_text_and_no_faster(piece: str) -> None:
    def seconds(size: int) -> float:
        text = (piece * (size // len(piece) + 1))[:size]
        started = time.process_time()
        tags({"headline": text[:300], "body": text}, [], "desk", OWN)
        return time.process_time() - started

    seconds(1_000)
    small, large = (min(seconds(size) for _ in range(2)) for size in (3_000, 30_000))
    assert large < 40 * max(small, 0.003)


@pytest.mark.parametrize("piece", PIECES.values(), ids=PIECES)
def test_every_mention_is_where_it_says(piece: str) -> None:
    body = piece * 20
    for mentions in found({"body": body}, OWN).values():
        ends = 0
        for one in mentions:
            assert ends <= one.start < one.end <= len(body)
            assert body[one.start : one.end].casefold() == one.alias.text.casefold()
            ends = one.end


def test_ten_megabytes_are_read_to_the_limit_and_in_seconds() -> None:
    body = "Ukraine and more of it. " * (10 * 1024 * 1024 // 24)
    started = time.process_time()
    got = {tag.id: tag for tag in tags({"body": body}, [], "desk", OWN)}

    assert time.process_time() - started < 20
    assert got["place/ukraine"].evidence_count == pytest.approx(MAX_TEXT / 24, rel=0.01)
    assert len(got["place/ukraine"].evidence) == 5


def test_a_text_without_an_end_of_a_word_is_cut_all_the_same() -> None:
    assert tags({"body": "x" * (MAX_TEXT + 10) + " Ukraine"}, [], "desk", OWN) == ()


def test_a_word_is_not_cut_in_two_at_the_limit() -> None:
    body = "x " * (MAX_TEXT // 2 - 3) + "Ukrainenese"
    assert len(body) > MAX_TEXT
    assert tags({"body": body}, [], "desk", OWN) == ()


def test_categories_of_a_hostile_source_are_bounded() -> None:
    many = [Category(term=f"{number} " + "x" * 10_000) for number in range(1_000)]
    got = tags({}, many, "desk", OWN)

    assert len(got) == 50
    assert all(len(tag.name) <= 200 and len(tag.slug) <= 63 for tag in got)


def test_overlaps_of_many_spellings_are_settled_in_time() -> None:
    nested = [" ".join(["aab"] * count) for count in range(1, 50)]
    own = parse_taxonomy({"term": [{"id": "t", "name": "aab", "aliases": nested[1:]}]})
    matcher: Matcher = own.matcher
    started = time.process_time()
    kept = longest(matcher.mentions("aab " * 1_000))

    assert time.process_time() - started < 5
    assert sum(one.end - one.start + 1 for one in kept) == 4_000


@pytest.mark.parametrize("piece", PIECES.values(), ids=PIECES)
def test_names_are_looked_for_in_any_text(piece: str) -> None:
    started = time.process_time()
    suggested([Story("a", (piece * (30_000 // len(piece)),)), Story("b", (piece,))], OWN, least=1)

    assert time.process_time() - started < 10
