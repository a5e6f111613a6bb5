"""What the readers of RSS and Atom have in common at the end: items each once, and the links of the document."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from services.ingest.document import Document
from services.ingest.parse.channel import Channel
from services.ingest.submission import Submission

LONGEST_TITLE = 300
OLDER = ("next", "prev-archive")


def document_of(
    found: Iterable[Submission | None],
    there_were: int,
    channel: Channel,
    *,
    title: str | None,
    home: str | None,
    relations: list[tuple[str, str]],
    **more: Any,
) -> Document:
    """Build a document of its items; `there_were` counts them before the cut, None among them has no words."""
    read = list(found)
    items = [item for item in read if item is not None]
    first: dict[str, str] = {}
    for rel, href in relations:
        first.setdefault(rel, href)
    return Document(
        submissions=tuple(distinct(items)),
        title=channel.losses.fit(title, LONGEST_TITLE, "the feed's title") if title else None,
        home=home,
        hubs=tuple(dict.fromkeys(href for rel, href in relations if rel == "hub"))[:10],
        topic=first.get("self"),
        older=next((first[rel] for rel in OLDER if rel in first), None),
        skipped=len(read) - len(items),
        cut=there_were - len(read),
        **more,
    )


def distinct(submissions: list[Submission]) -> list[Submission]:
    """Keep one item of each guid; where a guid is given to items of several URLs, it names none of them alone.

    Of several versions of one item the last updated holds (RFC 4287, section 4.1.1), else the first of the document.
    """
    urls: dict[str | None, set[str | None]] = {}
    for item in submissions:
        urls.setdefault(item.guid, set()).add(item.url)
    kept: dict[str | None, Submission] = {}
    for item in submissions:
        shared = item.guid is not None and len(urls[item.guid]) > 1
        guid = f"{item.guid}|{item.url}"[:2048] if shared else item.guid
        key = guid or item.url or f"{item.headline}\0{item.body_html}"
        if key not in kept or _is_newer(item, kept[key]):
            kept[key] = item.model_copy(update={"guid": guid}) if shared else item
    return list(kept.values())


def _is_newer(one: Submission, other: Submission) -> bool:
    return one.updated_at is not None and other.updated_at is not None and one.updated_at > other.updated_at
