"""Bars from the earliest to the latest, on a logarithmic scale."""

from __future__ import annotations

from services.syndication.portal.plot import FOOT, HEIGHT, WIDTH, plot


def test_longer_is_higher_and_the_latest_is_right() -> None:
    log = [
        {"ms": 1000.0, "outcome": "delivered", "seq": 3},
        {"ms": 10.0, "outcome": "retry", "seq": 2},
        {"outcome": "dropped", "seq": 1},
    ]
    early, late = plot(log).bars
    assert early.x < late.x
    assert early.height < late.height
    assert (early.kind, late.kind) == ("ill", "well")
    assert late.title == "1000 ms, delivered, seq 3"


def test_every_bar_is_within_the_plot() -> None:
    bars = plot([{"ms": ms, "outcome": "delivered", "seq": 1} for ms in (0.0, 0.2, 15_000, 1e9)] * 100).bars
    for bar in bars:
        assert bar.x >= 0
        assert bar.x + bar.width <= WIDTH + 1
        assert bar.y >= 0
        assert bar.y + bar.height <= HEIGHT - FOOT + 0.2
        assert bar.height >= 2


def test_nothing_sent_has_no_bars() -> None:
    assert plot([]).bars == ()
