"""Names of sources and articles, derived and never drawn; what versions an article has is kept elsewhere."""

from __future__ import annotations

import re
from base64 import b32encode
from functools import lru_cache
from hashlib import blake2b
from urllib.parse import urlsplit

from shared.slugs import slug

ARTICLE_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,62}-[a-z2-7]{20}")
IDENTIFIER = re.compile(rf"tag:[a-z0-9.-]{{1,253}},[0-9-]{{4,10}}:article:({ARTICLE_ID.pattern})")
"""What feeds of a Wireroom call an article (RFC 4151)."""

HASHED = 20
"""Base32 characters of an article's hash: 100 bits, so that chance never gives two articles one id."""


def is_article_id(text: str) -> bool:
    """Tell whether a text has the form of an article id."""
    return ARTICLE_ID.fullmatch(text) is not None


@lru_cache(maxsize=256)
def article_id(source_id: str, guid: str) -> str:
    """Return the id of the article that a source calls `guid`: the same in every process and for ever."""
    digest = blake2b(f"{source_id}\0{guid}".encode("utf-8", "surrogatepass"), digest_size=13).digest()
    return f"{source_id}-{b32encode(digest).decode().lower()[:HASHED]}"


def named_by(identifier: str) -> str | None:
    """Return the article's id in what a Wireroom's feed calls an article, None in anything else."""
    found = IDENTIFIER.fullmatch(identifier)
    return found[1] if found is not None else None


def source_of(article: str) -> str:
    """Return the source id inside an article id."""
    return article.rsplit("-", 1)[0]


def guid_of(guid: str | None, url: str | None, headline: str, content: str) -> str:
    """Return what a source knows an item by: its guid, else its URL, else a hash of its words."""
    if guid or url:
        return guid or url or ""
    words = " ".join(f"{headline}\0{content}".split())
    return f"content:{blake2b(words.encode('utf-8', 'surrogatepass'), digest_size=16).hexdigest()}"


def source_id_of(url: str) -> str:
    """Return a source id made of a feed's host, without `www.`; `source` when nothing of it can be used."""
    host = (urlsplit(url).hostname or "").removeprefix("www.")
    return slug(host) or "source"
