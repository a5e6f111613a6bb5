"""How far back `wireroom re-enrich` is asked to go; the whole way is walked in tests/journeys."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from click.testing import CliRunner

from services.cli import main
from services.cli.re_enrich import moment_of

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("7d", NOON - timedelta(days=7)),
        ("12h", NOON - timedelta(hours=12)),
        ("90m", NOON - timedelta(minutes=90)),
        ("2w", NOON - timedelta(weeks=2)),
        ("2026-11-20", datetime(2026, 11, 20, tzinfo=UTC)),
        ("2026-11-20T10:00:00+02:00", datetime(2026, 11, 20, 8, tzinfo=UTC)),
    ],
)
def test_a_span_or_a_date_says_how_far_back(text: str, moment: datetime) -> None:
    assert moment_of(text, NOON) == moment


@pytest.mark.parametrize("text", ["soon", "7 days", "-3d", "123456d", ""])
def test_anything_else_is_wrong_usage(text: str) -> None:
    result = CliRunner().invoke(main, ["re-enrich", "--since", text])
    assert result.exit_code == 2
    assert "neither a span such as 7d nor a date" in result.stderr
