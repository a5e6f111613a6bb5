"""IPTC ninjs 1 to 3.1, as agencies and Superdesk write it: items as JSON to submissions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from services.ingest.document import Document, Unreadable
from services.ingest.formats.item import Item, Skipped, document_of
from services.ingest.formats.ninjs.path import At, MisshapenError
from services.ingest.formats.ninjs.story import KINDS, story

__all__ = ["is_item", "read"]

MARKS = frozenset(
    (
        *(
            "uri",
            "bodies",
            "headlines",
            "standard",
            "associations",
            "renditions",
            "altids",
            "usageterms",
            "evolvedfrom",
        ),
        *("pubstatus", "versioncreated", "firstcreated", "contentcreated", "representationtype", "copyrightholder"),
        *("body_text", "body_xhtml", "description_text", "description_html", "copyrightnotice", "located", "slugline"),
    )
)
"""Fields of a ninjs item, in lower case, that our own article does not have."""


def is_item(plain: Mapping[str, Any]) -> bool:
    """Tell a ninjs item from our own article."""
    kind = plain.get("type")
    return (isinstance(kind, str) and kind in KINDS) or any(name.lower() in MARKS for name in plain)


def read(items: Iterable[tuple[str, Mapping[str, Any]]], source_id: str) -> Document | Unreadable:
    """Read items, each with the JSON path or line it stands at; Unreadable when none of them is a story."""
    found: list[Item | Skipped] = []
    for path, plain in items:
        try:
            told = story(At(plain, path), source_id)
        except MisshapenError as error:
            told = Skipped(f"is not ninjs: {error}")
        found.append(replace(told, where=path) if isinstance(told, Skipped) else told)
    return document_of(found)
