"""Pictures of a NewsML-G2 document: items of their own, and the remote contents of a story."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from lxml import etree

from services.ingest.formats.codes import local
from services.ingest.formats.newsml.names import child, descend, kids, names_in
from services.ingest.formats.nitf.body import number
from services.ingest.formats.xml import words
from services.ingest.submission import is_web_url

WIDEST = 2_048
CAPTIONS = ("caption", "", "summary")


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture item by its guid, and the fields of an image."""

    guid: str
    fields: dict[str, Any]


def picture_of(item: etree._Element, lost: list[str]) -> Picture | None:
    """Read a picture item; None when it is withdrawn, or when none of its renditions is on the web."""
    guid, meta = (item.get("guid") or "").strip(), child(item, "contentMeta")
    status = descend(item, "itemMeta", "pubStatus")
    if status is not None and local(status.get("qcode") or status.get("uri")) not in ("usable", ""):
        lost.append(f"picture {guid[:200]}, which is not usable")
        return None
    best = rendition(kids(child(item, "contentSet"), "remoteContent"), f"picture {guid[:200]}", lost)
    if best is None:
        return None
    credit = words(child(meta, "creditline")) or _creator(item, meta)
    texts = {local(node.get("role")): words(node) for node in kids(meta, "description")}
    caption = next((text for role in CAPTIONS if (text := texts.get(role))), None)
    return Picture(guid, best | {"caption": caption, "credit": credit, "alt": texts.get("alttext")})


def rendition(contents: Iterable[etree._Element], called: str, lost: list[str]) -> dict[str, Any] | None:
    """Return the rendition to show: the widest up to 2,048 pixels; a file name alone cannot be shown, and is told."""
    given = [one for one in contents if (one.get("contenttype") or "image/").startswith("image/")]
    served = [one for one in given if is_web_url((one.get("href") or "").strip())]
    if not served:
        if given:
            lost.append(f"{called}, known only as {(given[0].get('href') or '')[:200]!r}")
        return None

    def order(one: etree._Element) -> tuple[bool, int]:
        width = number(one.get("width")) or 0
        return (width > WIDEST, width if width > WIDEST else -width)

    best = min(served, key=order)
    return {
        "url": (best.get("href") or "").strip(),
        "type": best.get("contenttype"),
        "width": number(best.get("width")),
        "height": number(best.get("height")),
        "bytes": number(best.get("size"), 2**40),
    }


def _creator(item: etree._Element, meta: etree._Element | None) -> str | None:
    names = names_in(item, "")
    return next((name for node in kids(meta, "creator") if (name := names.of(node))), None)
