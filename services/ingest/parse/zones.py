"""Tells an item's summary from its body; both are HTML, and cleaning them is left to others."""

from __future__ import annotations

import re
from collections.abc import Sequence

BLOCK = re.compile(r"<(?:p|div|h[1-6]|ul|ol|table|blockquote|figure|img)\b", re.IGNORECASE)
LONGEST_SUMMARY = 1_000


def zones(described: str, bodies: Sequence[str]) -> tuple[str, str]:
    """Return summary and body, both HTML.

    A description alone is a teaser when it is short and has no blocks, else the story itself.
    """
    described = described.strip()
    body = bodies[0].strip() if len(bodies) == 1 else max((body.strip() for body in bodies), key=len, default="")
    if body:
        return ("" if body == described else described), body
    if len(described) > LONGEST_SUMMARY or BLOCK.search(described):
        return "", described
    return described, ""
