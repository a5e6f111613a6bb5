"""Who wrote a ninjs item and what it is about."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from services.ingest.formats import codes
from services.ingest.formats.markup import plain
from services.ingest.formats.ninjs.path import At

ABOUT = (
    ("subjects", "subject"),
    ("places", "place"),
    ("organisations", "organisation"),
    ("people", "person"),
    ("events", "event"),
    ("objects", "object"),
)
WROTE = frozenset(("author", "creator", "writer", "reporter", "journalist", "coauthor", "contributor"))


def authors(at: At) -> list[dict[str, Any]]:
    """Return those who wrote it: Superdesk's `authors`, or people and sources whose part in it says so.

    Contact data are for the desk and stay out.
    """
    told = [row for row in at.rows("authors") if row.text("name")]
    rows = [*at.rows("people", "person"), *at.rows("infoSources", "infosource")]
    told = told or [row for row in rows if row.text("name") and _wrote(row)]
    return [
        {
            "name": plain(row.text("name")),
            "role": plain(_role(row)),
            "bio": plain(row.text("biography", "bio")),
            "avatar": row.text("avatar_url", "avatar"),
            "url": row.text("uri"),
        }
        for row in told
    ]


def categories(at: At) -> list[dict[str, Any]]:
    """Return what it is about, each once, with the vocabulary it is from and the name for people."""
    found = [
        codes.category(
            uri=row.text("uri"),
            scheme=row.text("scheme"),
            code=row.text("code", "literal", "qcode") if not row.get("uri") else None,
            name=plain(row.text("name")),
        )
        for names in ABOUT
        for row in at.rows(*names)
        if not _wrote(row)
    ]
    return codes.distinct(found)


def _role(row: At) -> str | None:
    title = row.get("jobtitle")
    if title:
        return str(title.get("name") or "") if isinstance(title, Mapping) else str(title)
    role = row.text("role")
    return role if role and role.lower() not in WROTE and "/" not in role and ":" not in role else None


def _wrote(row: At) -> bool:
    return codes.local(row.text("rel") or row.text("role")) in WROTE
