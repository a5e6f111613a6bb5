"""Makes the short keys under which an item is found again when its guid is another; keeping them is the store's."""

from __future__ import annotations

from functools import cached_property
from hashlib import blake2b
from urllib.parse import urlsplit

from services.ingest.submission import Submission, is_web_url

SIZE = 8
"""Bytes of a key: among a million items of one source, two share one by chance with odds of 1 in 30 million."""

TELLING = 40
"""Characters below which words are no sign of one item: a headline alone comes again, as with the weather."""


class Aliases:
    """The keys of one item, empty where it has none: of its guid, its address, and its words.

    Each is made when it is first asked for: most items of a document are known by their guids and need none.
    """

    def __init__(self, submission: Submission) -> None:
        self._submission = submission

    @cached_property
    def guid(self) -> bytes:
        """Return the key of its guid."""
        return guid_key(self._submission.guid) if self._submission.guid else b""

    @cached_property
    def url(self) -> bytes:
        """Return the key of its address."""
        return url_key(self._submission.url) if self._submission.url else b""

    @cached_property
    def words(self) -> bytes:
        """Return the key of its words; too few of them tell nothing."""
        item = self._submission
        words = " ".join(f"{item.headline}\0{item.summary or ''}\0{item.body_html}".split())
        return _key(b"w", words) if len(words) >= TELLING else b""

    @property
    def lasting(self) -> tuple[bytes, ...]:
        """Return those by which every item is kept; a guid needs none while its article is named after it."""
        return tuple(key for key in (self.url, self.words) if key)


def guid_key(guid: str) -> bytes:
    """Return the key of a guid."""
    return _key(b"g", guid)


def url_key(url: str) -> bytes:
    """Return the key of a URL without scheme and host: a move to https or another host leaves it as it is."""
    return _key(b"u", _path(url))


def kin(one: str | None, other: str | None) -> bool:
    """Tell whether two URLs differ in no more than scheme, `www.` and a last slash."""
    if not one or not other or not is_web_url(one) or not is_web_url(other):
        return False
    return (_host(one), _path(one)) == (_host(other), _path(other))


def _host(url: str) -> str:
    return (urlsplit(url).hostname or "").removeprefix("www.")


def _path(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.path.rstrip('/')}?{parts.query}"


def _key(kind: bytes, text: str) -> bytes:
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=SIZE, person=kind).digest()
