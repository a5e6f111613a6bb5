"""When a reader is told of a change, and when not."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from services.ingest.changes import Changed, Decision, Known, New, Retracted, Unchanged, decide, remembered
from services.ingest.normalize import event_of
from tests.ingest.parts import NOON, a_source, a_submission


def known_of(**over: Any) -> Known:
    return remembered(event_of(a_submission(**over), a_source(), None, NOON, "c"), None)


def decided(known: Known | None, minutes: int = 5, **over: Any) -> Decision:
    event = event_of(a_submission(**over), a_source(), known, NOON + timedelta(minutes=minutes), "c")
    return decide(known, event, remembered(event, known))


def test_what_was_never_seen_is_new() -> None:
    assert decided(None) == New()


def test_the_same_content_is_unchanged_however_late() -> None:
    assert decided(known_of(), minutes=9999) == Unchanged()
    assert decided(known_of(published_at=None), published_at=None) == Unchanged()


@pytest.mark.parametrize(
    "over",
    [
        {"updated_at": "2026-11-22T11:00:00Z"},
        {"body_html": " <p>The  ferry\nsails again.</p>"},
        {"reuse": "summary"},
        {"published_at": "2026-11-22T12:00:00+02:00"},
    ],
)
def test_what_no_reader_sees_is_no_change(over: dict[str, Any]) -> None:
    assert decided(known_of(), **over) == Unchanged()


@pytest.mark.parametrize(
    "over",
    [
        {"headline": "Ferry service resumes"},
        {"body_html": "<p>The ferry sails no more.</p>"},
        {"authors": [{"name": "Ann Writer", "role": "Reporter"}]},
        {"byline": "By Ann Writer"},
        {"categories": ["Bay"]},
        {"images": [{"url": "https://example.org/a.jpg"}]},
        {"url": "https://example.org/story-one"},
        {"published_at": "2026-11-22T10:01:00Z"},
        {"status": "withheld"},
        {"correction": {"note": "It was Tuesday."}},
    ],
)
def test_what_a_reader_sees_is_a_change(over: dict[str, Any]) -> None:
    assert decided(known_of(), **over) == Changed()


def test_a_correction_counts_once() -> None:
    corrected = known_of(correction={"note": "It was Tuesday."})
    assert decided(corrected, correction={"note": "It was Tuesday."}) == Unchanged()
    assert decided(corrected) == Unchanged()
    assert decided(corrected, correction={"note": "It was Wednesday."}) == Changed()


def test_an_item_only_seen_is_published_once_it_changes() -> None:
    seen = replace(known_of(), version=0)
    assert decided(seen) == Unchanged()
    assert decided(seen, headline="Another") == New()


def test_a_retracted_article_comes_back_only_when_its_source_says_usable() -> None:
    retracted = replace(known_of(), version=2, status="canceled")
    assert decided(retracted) == Unchanged()
    assert decided(retracted, headline="Another") == Retracted()
    assert decided(retracted, status="usable") == Changed()


def test_what_is_stored_reads_back_the_same() -> None:
    known = known_of(correction={"note": "It was Tuesday."})
    assert Known.read(known.write()) == known


def test_the_fingerprint_of_an_article_holds_over_releases() -> None:
    # A different one would publish every article of every newsroom anew on upgrade.
    assert known_of().fingerprint == "be50ead0f7033518bcc27fc4fbec47f0"
