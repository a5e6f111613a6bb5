"""Finished bytes: fragments joined, hashed and compressed once; serving them is the routes'."""

from __future__ import annotations

import gzip
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256

import brotli
import zstandard as zstd

from services.syndication.feeds.text import rfc822
from shared.direct import Answer

Header = tuple[bytes, bytes]

IDENTITY = "identity"
LEVEL = 6
QUALITY = 5
ZSTD_LEVEL = 9


@dataclass(frozen=True, slots=True)
class Variant:
    """A document in one content coding; no other coding shares its strong tag (RFC 9110 section 8.8.3.3)."""

    body: bytes
    etag: str


@dataclass(frozen=True, slots=True)
class Document:
    """A document in every coding it is served in, the preferred one first.

    `modified` is None when it is empty; `last_modified` is the same moment as an HTTP date. `links` is the
    value of its Link header.
    """

    media_type: str
    modified: datetime | None
    last_modified: str | None
    variants: Mapping[str, Variant]
    links: str = ""
    answers: dict[Hashable, Answer] = field(default_factory=dict, compare=False, repr=False)
    """What it has answered, by what was asked."""

    def told(self, name: str) -> list[Header]:
        """Return the headers that tell of the document in one coding, the same for 200 and 304."""
        pairs = (("etag", self.variants[name].etag), ("link", self.links), ("last-modified", self.last_modified))
        return [(key.encode(), value.encode()) for key, value in pairs if value]

    @property
    def content_type(self) -> str:
        """Return the Content-Type: JSON is UTF-8 by definition and has no charset (RFC 8259 section 11)."""
        return self.media_type if self.media_type.endswith("json") else f"{self.media_type}; charset=utf-8"

    @property
    def size(self) -> int:
        """Return the bytes it holds in memory."""
        return sum(len(variant.body) for variant in self.variants.values())


def digest_of(etag: str) -> str:
    """Return what the tags of all codings of a document have in common."""
    return etag.strip('"').partition("-")[0]


def seal(parts: Iterable[bytes], *, media_type: str, modified: datetime | None, links: str = "") -> Document:
    """Join fragments into a document: equal parts give equal bytes, tags and codings.

    Takes milliseconds of compression and hashing for a full feed; all of them let other threads run.
    """
    body = b"".join(parts)
    digest = sha256(body).hexdigest()
    # No time stamp inside (RFC 1952 MTIME 0): one tag must mean one sequence of bytes.
    packed = gzip.compress(body, LEVEL, mtime=0)
    codings = {"br": brotli.compress(body, quality=QUALITY), "zstd": zstd.compress(body, ZSTD_LEVEL), "gzip": packed}
    variants = {name: Variant(coded, f'"{digest}-{name}"') for name, coded in codings.items()}
    variants[IDENTITY] = Variant(body, f'"{digest}"')
    return Document(media_type, modified, rfc822(modified) if modified else None, variants, links)
