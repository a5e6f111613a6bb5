"""IPTC NewsML-G2: news items, alone or in a news message, to submissions."""

from __future__ import annotations

from dataclasses import replace

from lxml import etree

from services.ingest.document import Document, Unreadable
from services.ingest.formats.codes import local
from services.ingest.formats.item import Item, Skipped, document_of
from services.ingest.formats.newsml.names import child, descend, kids
from services.ingest.formats.newsml.pictures import Picture, picture_of
from services.ingest.formats.newsml.story import Message, story
from services.ingest.formats.xml import local_name

__all__ = ["ROOTS", "read"]

ITEMS = ("newsItem", "packageItem", "conceptItem", "knowledgeItem", "planningItem", "catalogItem")
ROOTS = frozenset((*ITEMS, "newsMessage"))
TEXTS = frozenset(("text", "composite", ""))


def read(root: etree._Element, source_id: str) -> Document | Unreadable:
    """Read a document; pictures that are items of their own go with the stories of their message."""
    items = [root] if local_name(root) != "newsMessage" else _items(root)
    texts = [item for item in items if local_name(item) == "newsItem" and _class(item) in TEXTS]
    lost: list[str] = []
    pictures = _pictures(items, lost) if texts else ()
    message = Message(pictures=pictures, alone=len(texts) == 1)
    found: list[Item | Skipped] = []
    for item in items:
        if item not in texts:
            found += [] if texts and _class(item) == "picture" else [Skipped(_instead(item))]
            continue
        told = story(item, source_id, message)
        found.append(replace(told, where=item.get("guid") or "an item") if isinstance(told, Skipped) else told)
    document = document_of(found)
    return replace(document, lost=document.lost + tuple(lost)) if isinstance(document, Document) else document


def _items(root: etree._Element) -> list[etree._Element]:
    return [item for set in kids(root, "itemSet") for item in set if local_name(item)]


def _pictures(items: list[etree._Element], lost: list[str]) -> tuple[Picture, ...]:
    found = (picture_of(item, lost) for item in items if _class(item) == "picture")
    return tuple(picture for picture in found if picture is not None)


def _class(item: etree._Element) -> str:
    node = descend(item, "itemMeta", "itemClass")
    return local(node.get("qcode") or node.get("uri")) if node is not None else ""


def _instead(item: etree._Element) -> str:
    if local_name(item) == "newsItem":
        return f"is of type {_class(item)[:50]}, and only text is a story"
    has_parts = child(item, "groupSet") is not None
    return f"is a {local_name(item)[:50]}, not a news item" + (": it only lists others" if has_parts else "")
