"""Pictures, sound and related stories of a ninjs item."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from services.ingest.formats.markup import plain
from services.ingest.formats.ninjs.path import At, MisshapenError
from services.ingest.formats.ninjs.words import headline, summary
from services.ingest.submission import is_web_url

WIDEST = 2_048
"""Of a picture's renditions the widest up to this is taken: the original may have tens of megabytes."""

LEADS = frozenset(("main", "mainpic", "mainpicture", "featuremedia", "lead", "hero", "feature"))
PICTURES = frozenset(("picture", "graphic", "image"))
PLAYED = frozenset(("audio", "video", "animation"))
PAGES = ("text/html", "application/xhtml+xml")
ADDRESSES = frozenset(("url", "web", "weburl", "canonical", "permalink", "website"))


def media(at: At, lost: list[str]) -> dict[str, Any]:
    """Return the fields of a submission that come from associations and renditions; what has no place is told."""
    found: dict[str, Any] = {"images": [], "enclosures": [], "related": [], "url": page(at)}
    leads: list[bool] = []
    for one in _associated(at, lost):
        try:
            _sort(one, found, leads, lost)
        except MisshapenError as error:
            lost.append(str(error))
    if not found["images"]:
        pictures = [row for row in _renditions(at) if _type(row).startswith("image/")]
        found["images"] = [_picture(at, row, lead=True) for row in _best(pictures)[:1]]
    elif not any(leads):
        found["images"][0]["lead"] = True
    return found


def page(at: At) -> str | None:
    """Return the item's own page on the web; `uri` is a name, which the standard says is no link."""
    pages = (row.text("href") for row in _renditions(at) if _type(row) in PAGES)
    return next((url for url in (*pages, *_other_names(at)) if url and is_web_url(url)), None)


def _other_names(at: At) -> Iterator[str | None]:
    """Yield the alternative names that are addresses: rows with a role, or a field for each as ninjs 1 has them."""
    given = at.get("altIds")
    if isinstance(given, Mapping):
        yield from (str(value) for role, value in given.items() if str(role).lower() in ADDRESSES)
    elif given:
        rows = at.rows("altIds")
        yield from (row.text("value") for row in rows if (row.text("role") or "").lower() in ADDRESSES)


def _associated(at: At, lost: list[str]) -> list[At]:
    try:
        return list(at.rows("associations"))
    except MisshapenError as error:
        lost.append(str(error))
        return []


def _sort(one: At, found: dict[str, Any], leads: list[bool], lost: list[str]) -> None:
    if (one.text("pubStatus") or "usable") != "usable":
        lost.append(f"{one.path}, which is {one.text('pubStatus')}")
        return
    kind, renditions = one.text("type"), list(_renditions(one))
    if kind in PICTURES or (kind is None and any(_type(row).startswith("image/") for row in renditions)):
        served = _served(one, renditions, lost)
        if served:
            leads.append(any((one.text(name) or "").lower() in LEADS for name in ("name", "rel")))
            found["images"].append(_picture(one, _best(served)[0], lead=leads[-1]))
    elif kind in PLAYED:
        found["enclosures"] += [_enclosure(one, row) for row in _served(one, renditions, lost)[:1]]
    else:
        url, title = page(one), headline(one)
        if url and title:
            found["related"].append({"url": url, "headline": title, "summary": summary(one)})
        else:
            lost.append(f"{one.path}, a related item without an address on the web or without a headline")


def _served(one: At, renditions: list[At], lost: list[str]) -> list[At]:
    """Return the renditions that stand on the web; those known by a file name alone cannot be shown."""
    served = [row for row in renditions if is_web_url(row.text("href") or "")]
    if not served:
        given = next((row.text("href") for row in renditions if row.text("href")), None)
        lost.append(f"{one.path}, known only as {given[:200]!r}" if given else f"{one.path}, without a rendition")
    return served


def _best(renditions: list[At]) -> list[At]:
    """Return renditions with the one to show first."""

    def order(row: At) -> tuple[bool, int]:
        width = row.number("width") or 0
        return (width > WIDEST, width if width > WIDEST else -width)

    return sorted(renditions, key=order)


def _picture(one: At, row: At, *, lead: bool) -> dict[str, Any]:
    associated = one.text("type") in (None, *PICTURES)
    captions = {(form.text("role") or "").lower(): form.text("value") for form in one.rows("descriptions")}
    alt = captions.get("alt") or captions.get("alttext") or one.text("alt", "description_alt")
    return {
        "url": row.text("href"),
        "type": _type(row) or None,
        "width": _size(row.number("width")),
        "height": _size(row.number("height")),
        "bytes": row.number("sizeInBytes"),
        "alt": plain(alt),
        "caption": summary(one) if associated else None,
        "credit": (one.text("by", "byline", "creditline") or one.text("copyrightHolder")) if associated else None,
        "lead": lead,
    }


def _enclosure(one: At, row: At) -> dict[str, Any]:
    return {
        "url": row.text("href"),
        "type": _type(row) or None,
        "bytes": row.number("sizeInBytes"),
        "seconds": row.number("duration"),
        "title": headline(one),
    }


def _renditions(at: At) -> Iterator[At]:
    yield from at.rows("renditions")


def _type(row: At) -> str:
    return (row.text("contentType", "mimetype") or "").partition(";")[0].strip().lower()


def _size(pixels: int | None) -> int | None:
    return pixels if pixels is not None and pixels <= 100_000 else None
