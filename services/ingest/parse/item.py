"""One item of a feed, as feedparser tells it, to a submission."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from services.ingest.identity import guid_of
from services.ingest.parse.text import address, moment, plain
from services.ingest.submission import LONGEST_BODY, LONGEST_URL, Submission

BLOCK = re.compile(r"<(?:p|div|h[1-6]|ul|ol|table|blockquote|figure|img)\b", re.IGNORECASE)
LONGEST_SUMMARY = 1_000
LANGUAGE = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*")
PICTURE = re.compile(r"\.(?:avif|gif|jpe?g|png|webp)$", re.IGNORECASE)


LEFTOVER = re.compile(r"[a-z0-9.-]+")
"""What feedparser takes for a name beside an address: the end of a top level of more than four letters."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """What an item takes from its feed."""

    source_id: str
    url: str
    language: str | None = None
    rights: str | None = None


def submission_of(entry: Mapping[str, Any], channel: Channel) -> Submission | None:
    """Return an item as a submission; None when it has no words to be known by."""
    # dict.get passes by feedparser's aliases, which would give `published` for a missing `updated`.
    get = dict(entry).get
    summary, body = zones(get("summary_detail"), get("content") or ())
    headline = plain(get("title")) or (plain(body or summary or "") or "")[:100]
    if not headline:
        return None
    updated, published = moment(get("updated_parsed")), moment(get("published_parsed"))
    fields = {
        "source": {"id": channel.source_id},
        "guid": str(get("id") or "")[:LONGEST_URL],
        "url": address(_link(get("link"), get("links") or ()), channel.url),
        "headline": headline[:1000],
        "summary": (plain(summary) or "")[:20_000],
        "body_html": body[:LONGEST_BODY],
        "authors": authors(get("authors") or (), channel.url) or authors([{"name": get("author")}], channel.url),
        "categories": categories(get("tags") or ()),
        "images": images(entry, channel.url),
        "related": related(get("links") or (), channel.url),
        "rights": (plain(get("rights")) or channel.rights or "")[:20_000],
        "language": language((get("title_detail") or {}).get("language"), channel.language),
        "published_at": published or moment(get("created_parsed")) or updated,
        "updated_at": updated if updated != published else None,
    }
    if not fields["guid"] and not fields["url"]:
        fields["guid"] = None
        return _nameless(fields)
    return _checked(fields)


def _nameless(fields: dict[str, Any]) -> Submission | None:
    """Name an item without guid and URL by its words, as guid_of would."""
    return _checked(fields | {"guid": guid_of(None, None, fields["headline"], fields["body_html"])})


def _checked(fields: dict[str, Any]) -> Submission | None:
    try:
        return Submission.model_validate(fields)
    except ValidationError:
        return None


def zones(summary: Any, contents: Iterable[Any]) -> tuple[str, str]:
    """Return summary and body, both HTML.

    A description alone is a teaser when it is short and has no blocks, else the story itself.
    """
    described = _html(summary)
    bodies = [_html(content) for content in contents]
    body = max(bodies, key=len, default="")
    if body:
        return ("" if body == described else described), body
    if BLOCK.search(described) or len(described) > LONGEST_SUMMARY:
        return "", described
    return described, ""


def authors(found: Iterable[Any], base: str) -> list[dict[str, Any]]:
    """Return authors by name; e-mail addresses stay out."""
    named = []
    for author in list(found)[:50]:
        name = plain(author.get("name"))
        if name and "@" not in name and not (author.get("email") and LEFTOVER.fullmatch(name)):
            named.append({"name": name[:300], "url": address(author.get("href"), base)})
    return named


def categories(found: Iterable[Any]) -> list[dict[str, Any]]:
    """Return the source's categories, each once."""
    kept: dict[tuple[str, str], dict[str, Any]] = {}
    for tag in list(found)[:200]:
        term, label = plain(tag.get("term")), plain(tag.get("label"))
        scheme = (plain(tag.get("scheme")) or "")[:300]
        if term or label:
            name = str(term or label)[:300]
            kept.setdefault((name, scheme), {"term": name, "scheme": scheme, "label": (label or "")[:300]})
    return list(kept.values())


def images(entry: Mapping[str, Any], base: str) -> list[dict[str, Any]]:
    """Return pictures of media:content, enclosures and thumbnails, each once.

    feedparser keeps credits and descriptions in lists of their own: they are tied only when there is one picture.
    """
    get = dict(entry).get
    offered = [media for media in get("media_content") or () if _pictured(media)]
    offered += [media for media in get("links") or () if media.get("rel") == "enclosure" and _pictured(media)]
    offered = offered or list(get("media_thumbnail") or ())
    kept: dict[str, dict[str, Any]] = {}
    for media in offered[:100]:
        url = address(media.get("url") or media.get("href"), base)
        if url:
            size = {name: _number(media.get(name)) for name in ("width", "height")}
            length = _number(media.get("filesize") or media.get("length"), 2**40)
            kind = plain(media.get("type")) or ""
            kept.setdefault(url, {"url": url, "type": kind[:300], "bytes": length or None} | size)
    found = list(kept.values())
    if len(found) == 1:
        credits = [plain(credit.get("content")) for credit in get("media_credit") or ()]
        found[0]["credit"] = ", ".join(dict.fromkeys(credit for credit in credits if credit))[:300]
        found[0]["caption"] = (plain(get("media_caption")) or "")[:20_000]
    return found


def related(links: Iterable[Any], base: str) -> list[dict[str, Any]]:
    """Return the stories that an Atom item links as related, those with a title."""
    found = []
    for link in list(links)[:100]:
        url, title = address(link.get("href"), base), plain(link.get("title"))
        if link.get("rel") == "related" and url and title:
            found.append({"url": url, "headline": title[:300]})
    return found


def language(*told: Any) -> str | None:
    """Return the first well-formed language tag."""
    tags = (str(text).strip().replace("_", "-") for text in told if text)
    return next((tag for tag in tags if len(tag) <= 35 and LANGUAGE.fullmatch(tag)), None)


def _link(link: Any, links: Iterable[Any]) -> Any:
    return link or next((one.get("href") for one in links if one.get("rel") in (None, "alternate")), None)


def _pictured(media: Any) -> bool:
    kind, medium = str(media.get("type") or ""), media.get("medium")
    if kind or medium:
        return kind.startswith("image/") or (medium == "image" and not kind.startswith(("video/", "audio/")))
    return bool(PICTURE.search(str(media.get("url") or media.get("href") or "").partition("?")[0]))


def _html(detail: Any) -> str:
    return str(detail.get("value") or "").strip() if isinstance(detail, Mapping) else ""


def _number(text: Any, most: int = 100_000) -> int | None:
    digits = str(text or "").strip()
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 16 and int(digits) <= most else None
