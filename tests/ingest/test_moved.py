"""When a source has moved for good."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from services.ingest.health import Health
from services.ingest.moved import TIMES, noted
from tests.ingest.parts import NOON

THERE = "https://there.example/rss"


def after(health: Health, fields: dict[str, str]) -> Health:
    given: dict[str, Any] = {name: value or None for name, value in fields.items()}
    return replace(health, **given | {"moved_count": int(fields.get("moved_count") or health.moved_count)})


def settled(minutes: int, times: int, *, elsewhere: int | None = None) -> str | None:
    """Redirect so many times, so many minutes apart, once elsewhere if wanted; return what came of it."""
    health, said = Health(), None
    for number in range(times):
        target = "https://elsewhere.example/rss" if number == elsewhere else THERE
        note = noted(health, target, NOON + timedelta(minutes=minutes * number))
        health, said = after(health, note.fields), note.settled
    return said


def test_it_takes_a_day_and_several_looks() -> None:
    assert settled(15, 96) is None
    assert settled(15, 97) == THERE
    assert settled(1440, TIMES - 1) is None
    assert settled(1440, TIMES) == THERE


def test_another_target_begins_anew() -> None:
    assert settled(15, 97, elsewhere=90) is None


def test_one_answer_without_a_redirect_ends_it() -> None:
    health = Health(moved_to=THERE, moved_at="2026-11-20T12:00:00Z", moved_count=50)
    assert noted(health, None, NOON).fields == {"moved_to": "", "moved_at": "", "moved_count": "0"}
    assert noted(Health(), "", NOON).fields == {}
