"""What a likeness is called: a copy, a revision, or nothing to speak of."""

from __future__ import annotations

import pytest

from services.enrichment.duplicates.signature import LANES
from services.enrichment.duplicates.verdict import NONE, Found, Verdict, containment, judged, likeness


def found(id: str = "a", alike: float = 1.0, size: int = 300, **more: str | bool | None) -> Found:
    return Found(**{"id": id, "equal": round(alike * LANES), "size": size, "exact": False} | more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("alike", "size", "called"),
    [(0.95, 300, "copy"), (0.82, 300, "copy"), (0.7, 300, "revision"), (0.45, 300, "revision"), (0.3, 300, None)],
)
def test_likeness_tells_copies_from_revisions(alike: float, size: int, called: str | None) -> None:
    verdict = judged("b", 300, [found(alike=alike, size=size)])

    assert (verdict.duplicate_of, verdict.revision_of) == (
        "a" if called == "copy" else None,
        "a" if called == "revision" else None,
    )


def test_a_text_that_holds_most_of_a_shorter_one_is_its_revision() -> None:
    assert judged("b", 300, [found(alike=0.3, size=90)]).revision_of == "a"
    assert judged("b", 90, [found(alike=0.3, size=300)]).revision_of == "a"


def test_a_faint_likeness_to_something_tiny_is_chance() -> None:
    assert judged("b", 3_000, [found(alike=0.05, size=60)]) == NONE


def test_the_same_headline_and_opening_make_a_revision_of_what_goes_on_otherwise() -> None:
    assert judged("b", 900, [found(alike=0.1, size=900, exact=True)]).revision_of == "a"
    assert judged("b", 900, [found(alike=0.1, size=900)]) == NONE


def test_the_likest_counts_and_of_equals_the_oldest() -> None:
    assert judged("c", 300, [found("a", 0.85), found("b", 0.95)]).duplicate_of == "b"
    assert judged("c", 300, [found("a", 0.9), found("b", 0.9)]).duplicate_of == "a"


def test_a_copy_of_a_copy_is_a_copy_of_the_first() -> None:
    verdict = judged("c", 300, [found("b", 0.9, duplicate_of="a")])

    assert verdict == Verdict(duplicate_of="a", near=frozenset({"a", "b"}))


def test_a_copy_of_a_revision_is_that_revisions_copy() -> None:
    assert judged("c", 300, [found("b", 0.9, revision_of="a")]).duplicate_of == "b"


def test_two_articles_never_point_at_each_other() -> None:
    assert judged("a", 300, [found("b", 0.95, revision_of="a")]) == NONE
    assert judged("a", 300, [found("a", 1.0)]) == NONE


def test_the_arithmetic_of_sets() -> None:
    assert likeness(LANES) == pytest.approx(1.0)
    assert likeness(0) == 0.0
    assert containment(0.5, 200, 100) == pytest.approx(1.0)
    assert containment(1.0, 0, 0) == 0.0
