"""Tells who reads on from past the end of the ledger: it was begun anew, or restored from an older copy."""

from __future__ import annotations

from collections.abc import Iterable

from starlette.responses import Response

from shared.problems import problem


def ahead(after: int, latest: int) -> Response | None:
    """Return the 409 for a number that the ledger has not reached, None for one it has.

    Going on from there would pass over, without a word, all that comes until it is reached.
    """
    if after <= latest:
        return None
    detail = (
        f"the ledger ends at {latest}, before {after}: it was begun anew or restored from an older copy; "
        f"go on with after={latest}, or with 0 to read it whole again"
    )
    return problem(409, detail, extra={"after": after, "latest": latest})


def begins_ahead(starts: Iterable[tuple[str, int]], latest: int) -> Response | None:
    """Return the 409 for fields that begin past the entry that comes next, None where none does.

    Such a subscription would be silent until the ledger gets there, as if there were nothing to send.
    """
    detail = (
        f"the ledger ends at {latest}, so the next entry is {latest + 1}; after a restore from an older copy numbers "
        f'begin again: ask for {{"seq": {latest + 1}}} or "now"'
    )
    errors = [(field, detail) for field, seq in starts if seq > latest + 1]
    return problem(409, ": ".join(errors[0]), errors=errors, extra={"latest": latest}) if errors else None
