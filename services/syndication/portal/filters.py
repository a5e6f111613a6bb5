"""Shows where in a filter the mistake is; what a filter means is said elsewhere."""

from __future__ import annotations

from typing import NamedTuple

from shared.query import QueryError, parse

AROUND = 60
"""Characters shown before and after it."""


class Wrong(NamedTuple):
    """A filter cut at its mistake: what is right, the character at which it goes wrong, the rest, and why."""

    before: str
    at: str
    after: str
    why: str


def wrong_at(text: str) -> Wrong | None:
    """Return where a filter goes wrong, None where it does not."""
    try:
        parse(text)
    except QueryError as error:
        at = error.position
        before, after = text[max(0, at - AROUND) : at], text[at + 1 : at + 1 + AROUND]
        cut = "…" if at > AROUND else ""
        return Wrong(cut + before, text[at : at + 1], after + ("…" if len(text) > at + 1 + AROUND else ""), str(error))
    return None
