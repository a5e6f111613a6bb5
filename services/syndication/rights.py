"""How much of an article may go on, by its source and by who gets it; cuts its JSON down to that, and nothing else."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, Literal, get_args

import orjson

from shared.events import Reuse, to_json

LEVELS: tuple[Reuse, ...] = get_args(Reuse)
"""From all of an article to its headline alone."""

_UNBOUND = b'"reuse":"full"'
"""Stands in an article's JSON as these bytes or not at all: within a text its quotes would be escaped."""

_TEXT: Mapping[str, Any] = {"body_html": "", "body_text": "", "dateline": None, "attributions": []}
_BEYOND_SUMMARY: Mapping[str, Any] = {**_TEXT, "images": [], "enclosures": []}
_BEYOND_HEADLINE: Mapping[str, Any] = {**_BEYOND_SUMMARY, "summary": None}

_ZONES: Mapping[Reuse, Collection[str]] = {
    "summary": ("headline", "summary", "category", "related"),
    "headline": ("headline", "category", "related"),
}
"""Where words may stand that are told as a tag's evidence."""

_WITHHELD = b'"status":"withheld"'
"""Likewise; what its newsroom withholds (IPTC pubStatus) is named to who got it before, and told to nobody."""

_CANCELED = b'"status":"canceled"'

Restriction = Literal["withheld", "canceled", "summary", "headline"]
"""Why less of an article is told by now: it is not to be read, or no more of it may go on than that."""

_BEYOND_NAME: Mapping[str, Any] = {
    **_BEYOND_HEADLINE,
    "headline": "",
    "section": None,
    "language": None,
    "authors": [],
    "tags": [],
    "related": [],
    "corrections": [],
    "duplicate_of": None,
    "revision_of": None,
    "word_count": 0,
    "reading_minutes": 0,
}


def least(one: Reuse, other: Reuse) -> Reuse:
    """Return the narrower of two."""
    return max(one, other, key=LEVELS.index)


def withdrawn_as(document: bytes | None) -> Restriction | None:
    """Return how an article stands that is not to be read, by its JSON; None for any other."""
    if document is None:
        return None
    return "withheld" if _WITHHELD in document else "canceled" if _CANCELED in document else None


def restriction_of(document: bytes | None) -> Restriction | None:
    """Return what an article's newest version, its JSON, leaves of its earlier ones; None where that is all."""
    withdrawn = withdrawn_as(document)
    if document is None or withdrawn is not None:
        return withdrawn
    reuse = _reuse_of(document)
    return None if reuse == "full" else reuse


def _reuse_of(document: bytes) -> Reuse:
    reuse: Reuse = "full" if _UNBOUND in document else orjson.loads(document).get("reuse", "full")
    return reuse


def told(document: bytes, restriction: Restriction | None) -> bytes:
    """Return the JSON of an earlier version as it may be told of an article under this restriction by now.

    Where that is withheld or canceled, identity and dates are left, and that it is; what stands so itself stays. Where
    less of it may go on than then, no more is left of it.
    """
    stood = withdrawn_as(document)
    if restriction is None or stood == restriction:
        return document
    match restriction:
        case "summary" | "headline":
            bound = stood is not None or least(was := _reuse_of(document), restriction) == was
            return document if bound else allowed(document, restriction)
        case _:
            return to_json({**_named(orjson.loads(document)), "status": restriction})


def _named(known: dict[str, Any]) -> dict[str, Any]:
    return {**known, **{name: value for name, value in _BEYOND_NAME.items() if name in known}}


def allowed(document: bytes, most: Reuse = "full") -> bytes:
    """Return an article's JSON with no more than its source and `most` allow; `reuse` then says what is left.

    Of one that is withheld the identity is left, its status and its dates.
    """
    known: dict[str, Any]
    if _WITHHELD in document:
        return to_json(_named(orjson.loads(document)))
    if most == "full" and _UNBOUND in document:
        return document
    known = orjson.loads(document)
    reuse = least(known.get("reuse", "full"), most)
    if reuse == "full":
        return document
    beyond = _BEYOND_SUMMARY if reuse == "summary" else _BEYOND_HEADLINE
    tags = [_with_evidence_in(_ZONES[reuse], tag) for tag in known.get("tags", ())]
    left = {**beyond, "tags": tags, "reuse": reuse}
    return to_json({**known, **{name: value for name, value in left.items() if name in known}, "reuse": reuse})


def _with_evidence_in(zones: Collection[str], tag: dict[str, Any]) -> dict[str, Any]:
    """Return a tag without the words that speak for it in what is not left of the article."""
    return {**tag, "evidence": [each for each in tag.get("evidence", ()) if each["zone"] in zones]}
