"""When a reader is told of a change, and when not."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from services.ingest.changes import (
    Changed,
    Decision,
    Known,
    New,
    Outdated,
    Retracted,
    Unchanged,
    decide,
    is_older,
    remembered,
)
from services.ingest.deflated import inflated
from services.ingest.normalize import event_of
from tests.ingest.parts import NOON, a_source, a_submission


def known_of(**over: Any) -> Known:
    given = a_submission(**over)
    return remembered(event_of(given, a_source(), None, NOON, "c"), None, given.updated_at)


def decided(known: Known | None, minutes: int = 5, **over: Any) -> Decision:
    given = a_submission(**over)
    event = event_of(given, a_source(), known, NOON + timedelta(minutes=minutes), "c")
    return decide(known, event, remembered(event, known, given.updated_at))


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
        {"reuse": "full"},
        {"published_at": "2026-11-22T12:00:00+02:00"},
    ],
)
def test_what_no_reader_sees_is_no_change(over: dict[str, Any]) -> None:
    assert decided(known_of(), **over) == Unchanged()


@pytest.mark.parametrize(
    "over",
    [
        {"headline": "Ferry service resumes"},
        {"reuse": "summary"},
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


ELEVEN, HALF_PAST = "2026-11-22T11:00:00Z", "2026-11-22T11:30:00Z"
OTHER: dict[str, Any] = {"headline": "Another"}


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        (HALF_PAST, ELEVEN, Outdated()),
        (HALF_PAST, "2026-11-22T13:29:00+02:00", Outdated()),
        (HALF_PAST, HALF_PAST, Changed()),
        (HALF_PAST, None, Changed()),
        (None, ELEVEN, Changed()),
        (ELEVEN, HALF_PAST, Changed()),
        ("2027-11-22T11:00:00Z", ELEVEN, Changed()),
    ],
)
def test_what_its_source_says_is_older_than_what_we_have_changes_nothing(
    before: str | None, after: str | None, said: Decision
) -> None:
    assert decided(known_of(updated_at=before), updated_at=after, **OTHER) == said


def test_an_older_copy_of_the_same_text_is_unchanged_and_of_one_only_seen_outdated() -> None:
    assert decided(known_of(updated_at=HALF_PAST), updated_at=ELEVEN) == Unchanged()
    seen = replace(known_of(updated_at=HALF_PAST), version=0)
    assert decided(seen, updated_at=ELEVEN, **OTHER) == Outdated()


def test_the_latest_date_of_an_article_is_remembered_though_a_version_came_without_one() -> None:
    first = known_of(updated_at=HALF_PAST)
    event = event_of(a_submission(**OTHER), a_source(), first, NOON, "c")
    second = remembered(event, first, None)
    assert second.updated == first.updated
    assert Known.read(second.write()) == second
    assert decided(second, updated_at=ELEVEN) == Outdated()


def test_a_withdrawal_is_older_only_than_what_was_dated_later() -> None:
    known = known_of(updated_at=HALF_PAST)
    moments = (NOON - timedelta(hours=1), NOON - timedelta(minutes=30), NOON, None)
    assert [is_older(at, known, NOON) for at in moments] == [True, False, False, False]
    assert not is_older(NOON, known_of(), NOON)


def test_what_was_taken_back_later_than_it_says_usable_stays_so() -> None:
    retracted = replace(known_of(updated_at=HALF_PAST), version=2, status="canceled")
    assert decided(retracted, status="usable", updated_at=ELEVEN) == Outdated()
    assert decided(retracted, status="usable", updated_at="2026-11-22T11:45:00Z") == Changed()


def test_what_is_stored_reads_back_the_same() -> None:
    known = known_of(correction={"note": "It was Tuesday."})
    assert Known.read(known.write()) == known
    assert Known.read(inflated(known.write())) == known, "as releases before wrote it"


def test_the_fingerprint_of_an_article_holds_over_releases() -> None:
    # A different one would publish every article of every newsroom anew on upgrade.
    assert known_of().fingerprint == "be50ead0f7033518bcc27fc4fbec47f0"
