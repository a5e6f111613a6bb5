"""Tells who reads on from past the end of the ledger: it was begun anew, or restored from an older copy."""

from __future__ import annotations

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
