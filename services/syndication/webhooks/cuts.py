"""Which part of an article a subscriber is sent: all, chosen fields, or identity and links; leaves out nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import quote

import orjson

from services.syndication.rights import allowed
from shared.events import Article, Reuse, to_json

IDENTITY = ("id", "version", "status", "source", "guid", "url", "canonical_url")
"""What every message carries: enough to find, update or remove an article."""

FIELDS = tuple(name for name in Article.model_fields if name not in IDENTITY)
"""What may be chosen beside it."""

Payload = Literal["full", "thin"]


@dataclass(frozen=True, slots=True)
class Cut:
    """What is wanted of an article, and how much of it its receiver may have at most; `fields` None means all."""

    payload: Payload = "full"
    fields: tuple[str, ...] | None = None
    reuse: Reuse = "full"


WHOLE = Cut()


def identity(document: bytes | None) -> dict[str, Any]:
    """Return the identity in an article's JSON, as far as there is one."""
    known: dict[str, Any] = orjson.loads(document) if document is not None else {}
    return {name: known[name] for name in IDENTITY if name in known}


def cut_out(document: bytes, cut: Cut, site: str) -> bytes:
    """Return the wanted part of an article's JSON, as far as its source lets it go on (`rights.py`).

    Thin ones have links to the rest, on the site at `site`.
    """
    document = allowed(document, cut.reuse)
    if cut.payload == "full" and cut.fields is None:
        return document
    if cut.payload == "thin":
        kept = identity(document)
        return to_json({**kept, "links": links(kept["id"], site)})
    known = orjson.loads(document)
    chosen = {*IDENTITY, *(cut.fields or ())}
    return to_json({name: value for name, value in known.items() if name in chosen})


def links(article_id: str, site: str) -> dict[str, str]:
    """Return where an article is read: by programs with a key, and by people."""
    path = quote(article_id, safe="")
    return {"api": f"{site}/api/v1/articles/{path}", "page": f"{site}/articles/{path}"}
