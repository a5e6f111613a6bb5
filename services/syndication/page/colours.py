"""Colours of a page: read from hex, mixed, checked for contrast (WCAG 2.2); what they colour is the stylesheet's."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import product

HEX = re.compile(r"#[0-9a-f]{6}")
LEAST = 4.5
"""The contrast that text needs (WCAG 2.2, 1.4.3 level AA)."""

MUTED, RULE, TINT = 0.7, 0.16, 0.045
"""How much ink there is in secondary text, in lines, and in the ground of boxes."""


@dataclass(frozen=True, slots=True)
class Scheme:
    """What a page is printed with, as `#rrggbb`: its ground, its text, and its one colour for links and marks."""

    paper: str
    ink: str
    accent: str

    @property
    def muted(self) -> str:
        """The colour of what is said on the side."""
        return mixed(self.ink, self.paper, MUTED)

    @property
    def rule(self) -> str:
        """The colour of lines; they carry no meaning that a heading does not."""
        return mixed(self.ink, self.paper, RULE)

    @property
    def tint(self) -> str:
        """The ground of boxes."""
        return mixed(self.ink, self.paper, TINT)

    def variables(self) -> str:
        """Return the scheme as CSS custom properties."""
        names = ("paper", "ink", "accent", "muted", "rule", "tint")
        return "".join(f"--{name}:{getattr(self, name)};" for name in names)


LIGHT = Scheme(paper="#fffdf8", ink="#1b1a17", accent="#9b1c1c")
DARK = Scheme(paper="#15161a", ink="#e8e4da", accent="#f0938c")


def too_faint(scheme: Scheme) -> tuple[str, str] | None:
    """Return the setting at fault and the reason, where some text could not be read; None when all can."""
    for name, ground in product(("ink", "muted", "accent"), ("paper", "tint")):
        found = contrast(getattr(scheme, name), getattr(scheme, ground))
        if found < LEAST:
            setting = "accent" if name == "accent" else "ink"
            told = f"{getattr(scheme, name)} on {getattr(scheme, ground)} has a contrast of {found:.1f}"
            what = {"ink": "text", "muted": "secondary text, made of ink and paper,", "accent": "a link"}[name]
            return setting, f"{what} would be hard to read: {told}, and needs {LEAST:g} (WCAG AA)"
    return None


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two colours, from 1 to 21 (WCAG 2.2, "contrast ratio")."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def mixed(one: str, other: str, share: float) -> str:
    """Return a colour with `share` of the first and the rest of the second, in sRGB."""
    pairs = zip(_channels(one), _channels(other), strict=True)
    return "#" + "".join(f"{round(a * share + b * (1 - share)):02x}" for a, b in pairs)


def _luminance(colour: str) -> float:
    """Return the relative luminance (WCAG 2.2, "relative luminance")."""
    red, green, blue = (_linear(channel / 255) for channel in _channels(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(value: float) -> float:
    return value / 12.92 if value <= 0.04045 else float(((value + 0.055) / 1.055) ** 2.4)


def _channels(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)
