"""JSON Feed 1.0 and 1.1 to a document; RSS and Atom are left to their own readers."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import orjson

from services.ingest.document import Document, Quality, Unreadable
from services.ingest.parse import extension
from services.ingest.parse.channel import Channel
from services.ingest.parse.draft import Draft, apart, submissions_of
from services.ingest.parse.encoding import decoded
from services.ingest.parse.files import KINDS, PICTURES
from services.ingest.parse.gathered import document_of
from services.ingest.parse.people import person
from services.ingest.parse.text import paragraphs, plain
from services.ingest.parse.urls import address, cleaned, host_of, unwrapped
from services.ingest.parse.values import LONG, Fields, category, each_category_once, language, number

VERSION = "jsonfeed.org/version/"
MAX_ITEMS = 500


def looks_like_json(body: bytes) -> bool:
    """Tell whether a document begins as a JSON object does."""
    return body[:100].removeprefix(b"\xef\xbb\xbf").replace(b"\0", b"").lstrip(b" \t\r\n\xff\xfe").startswith(b"{")


def read_json_feed(body: bytes, content_type: str, channel: Channel) -> Document | Unreadable:
    """Read a JSON Feed, also one with sloppy characters in its texts."""
    loaded = _loaded(body, content_type)
    if loaded is None:
        return Unreadable("this looks like JSON and is not valid")
    feed, quality = loaded
    if not isinstance(feed, dict) or not (VERSION in _text(feed.get("version")) or _is_one(feed)):
        return Unreadable("this is JSON, not a JSON Feed")
    home = address(_text(feed.get("home_page_url")), channel.url)
    channel.base = home or channel.url
    channel.hosts = frozenset(filter(None, (host_of(channel.url), host_of(home))))
    channel.language = language(_text(feed.get("language")))
    channel.authors = _authors(feed, channel.base)
    given = feed.get("items")
    items = [item for item in given if isinstance(item, dict)] if isinstance(given, list) else []
    drafts, taken = apart([_draft(item, channel) for item in items[:MAX_ITEMS]])
    document = document_of(
        submissions_of(drafts, channel),
        len(items) - len(taken),
        channel,
        title=plain(_text(feed.get("title"))),
        home=home,
        relations=_relations(feed, channel),
        withdrawals=taken,
    )
    return replace(document, quality=quality, lost=channel.losses.told())


def _loaded(body: bytes, content_type: str) -> tuple[Any, Quality] | None:
    told = decoded(body, content_type)
    try:
        return orjson.loads(told.data), "strict" if told.faithful else "repaired"
    except orjson.JSONDecodeError:
        pass
    try:  # the standard library takes control characters and lone surrogates, which are dropped later
        return json.loads(told.text, strict=False), "repaired"
    except (ValueError, RecursionError):
        return None


def _is_one(feed: Fields) -> bool:
    """Tell a JSON Feed that forgot its version."""
    items = feed.get("items")
    return (
        isinstance(items, list) and "title" in feed and any(isinstance(item, dict) and "id" in item for item in items)
    )


def _draft(item: Fields, channel: Channel) -> Draft:
    url = address(_text(item.get("url")), channel.base) or address(_text(item.get("external_url")), channel.base)
    markup, text = _text(item.get("content_html")), _text(item.get("content_text"))
    bodies = [markup] if markup.strip() else [paragraphs(text)] if text.strip() else []
    images, enclosures = _media(item, channel.base)
    if images and (lead := extension.lead_of(item)):
        images[0] |= lead
    return Draft(
        guid=_text(item.get("id")),
        url=cleaned(url, channel.hosts) if url else None,
        base=url or channel.base,
        headline=plain(_text(item.get("title"))),
        described=_text(item.get("summary")) or extension.reason_of(item),
        bodies=bodies,
        authors=_authors(item, channel.base) or [dict(author) for author in channel.authors],
        categories=each_category_once([category(_text(tag)) for tag in _list(item.get("tags"))]),
        images=images,
        enclosures=enclosures,
        related=extension.related_of(item, channel.base),
        via=extension.via_of(item),
        canceled=extension.is_canceled(item),
        language=language(_text(item.get("language"))),
        published=channel.moment(_text(item.get("date_published"))),
        updated=channel.moment(_text(item.get("date_modified"))),
        **extension.said_of(item),
    )


def _authors(holder: Fields, base: str) -> list[Fields]:
    given = [*_list(holder.get("authors")), holder.get("author")]
    people = [one if isinstance(one, dict) else {"name": one} for one in given]
    found = [
        person(_text(one.get("name")), url=_text(one.get("url")), base=base, avatar=_text(one.get("avatar")))
        | extension.author_of(one)
        for one in people
    ]
    return [author for author in found if "name" in author]


def _media(item: Fields, base: str) -> tuple[list[Fields], list[Fields]]:
    """Return pictures and other files, each once."""
    images: dict[str, Fields] = {}
    files: dict[str, Fields] = {}
    for name in ("image", "banner_image"):
        url = address(_text(item.get(name)), base)
        if url:
            images.setdefault(unwrapped(url), {"url": unwrapped(url)})
    for one in _list(item.get("attachments")):
        url = address(_text(one.get("url")), base) if isinstance(one, dict) else None
        if url is None:
            continue
        ending = url.partition("?")[0].rpartition(".")[2].lower()
        kind = (_text(one.get("mime_type")) or KINDS.get(ending) or ("image/" if ending in PICTURES else "")).lower()
        size, title = number(one.get("size_in_bytes"), 2**40), plain(_text(one.get("title"))) or ""
        if kind.startswith("image/"):
            told = {"url": url, "type": kind.removesuffix("/"), "bytes": size, "caption": title[:LONG]}
            images[url] = told | images.get(url, {})
        else:
            lasts = number(one.get("duration_in_seconds"), 10_000_000)
            files.setdefault(
                url, {"url": url, "type": kind[:300], "bytes": size, "seconds": lasts, "title": title[:300]}
            )
    return list(images.values()), list(files.values())


def _relations(feed: Fields, channel: Channel) -> list[tuple[str, str]]:
    given = [("self", feed.get("feed_url")), ("next", feed.get("next_url"))]
    given += [("hub", hub.get("url")) for hub in _list(feed.get("hubs")) if isinstance(hub, dict) and _is_websub(hub)]
    return [(rel, url) for rel, value in given if (url := address(_text(value), channel.url))]


def _is_websub(hub: Fields) -> bool:
    return _text(hub.get("type")).lower() in ("websub", "pubsubhubbub")


def _text(value: Any) -> str:
    """Return a text; ids come as numbers, too."""
    if isinstance(value, str):
        return value
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else ""


def _list(value: Any) -> list[Any]:
    """Return a list's first 500, none of them for what is no list."""
    return value[:MAX_ITEMS] if isinstance(value, list) else []
