"""Plots of samples: what they say in words, and that their lines stay inside."""

from __future__ import annotations

from services.syndication.console.line import SPAN, Sample
from services.syndication.console.plots import HEIGHT, WIDTH, plots
from services.syndication.ledger.numbering import MARGIN


def a_sample(at: float, depth: int = 0, latest: int = 0) -> Sample:
    return Sample(at, {"article.ingested": depth}, latest, 0)


def test_before_the_first_look_there_are_none() -> None:
    assert plots([]) == []


def test_one_look_has_a_number_and_no_line() -> None:
    (plot,) = plots([a_sample(0, 3)])
    assert (plot.name, plot.now, plot.most, plot.points) == ("article.ingested", "3", "3", "")


def test_waiting_events_and_the_ledgers_pace_are_told() -> None:
    waiting, ledger = plots([a_sample(0, 0, 10), a_sample(5, 1500, 20), a_sample(10, 40, 25)])
    assert (waiting.now, waiting.most) == ("40", "1,500")
    assert (ledger.name, ledger.now, ledger.most) == ("ledger", "60", "120")


def test_lines_end_at_the_right_and_stay_inside() -> None:
    waiting, _ = plots([a_sample(at, int(at) % 7) for at in range(0, int(2 * SPAN), 60)])
    points = [tuple(map(float, point.split(","))) for point in waiting.points.split()]
    assert all(0 <= x <= WIDTH and 0 <= y <= HEIGHT for x, y in points)
    assert points[-1][0] == WIDTH
    assert [x for x, _ in points] == sorted(x for x, _ in points)


def test_a_ledger_that_was_begun_anew_has_no_negative_pace() -> None:
    _, ledger = plots([a_sample(0, 0, 100), a_sample(5, 0, 2)])
    assert ledger.now == "0"


def test_numbers_that_were_passed_over_are_no_entries() -> None:
    _, ledger = plots([a_sample(0, 0, 100), a_sample(60, 0, 2 * MARGIN + 3)])
    assert ledger.now == "3"
