"""Colours that can be read, and the refusal of those that cannot."""

from __future__ import annotations

import pytest

from services.syndication.page.colours import DARK, LIGHT, Scheme, contrast, mixed, too_faint


def test_contrast_is_that_of_the_guidelines() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)
    assert contrast("#ffffff", "#777777") == contrast("#777777", "#ffffff")


def test_our_own_can_be_read() -> None:
    assert too_faint(LIGHT) is None
    assert too_faint(DARK) is None


@pytest.mark.parametrize(
    ("scheme", "setting"),
    [
        (Scheme("#ffffff", "#000000", "#ffcc00"), "accent"),
        (Scheme("#ffffff", "#999999", "#000000"), "ink"),
        (Scheme("#ffffff", "#6b6b6b", "#000000"), "ink"),
        (Scheme("#000000", "#ffffff", "#222222"), "accent"),
    ],
)
def test_what_is_hard_to_read_is_refused_with_the_setting(scheme: Scheme, setting: str) -> None:
    found = too_faint(scheme)
    assert found is not None
    assert found[0] == setting
    assert "4.5" in found[1]


def test_a_mix_lies_between() -> None:
    assert mixed("#000000", "#ffffff", 0.5) == "#808080"
    assert mixed("#123456", "#ffffff", 1) == "#123456"
