"""Width, height and type of a lead image that came without, from the first bytes of its file; asked for by setting."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from hashlib import blake2b
from io import BytesIO
from urllib.parse import urlsplit

import imagesize  # type: ignore[import-untyped]  # it is annotated, but does not say so
import orjson
import structlog

from shared.events import Image
from shared.http_client import NoAnswer, Page, TooLarge
from shared.redis import RedisError, Store

log = structlog.get_logger()

Fetch = Callable[[str, Mapping[str, str]], Awaitable[Page | TooLarge | NoAnswer]]

HEAD = 65_536
"""Bytes asked for: a JPEG's size may stand behind a thumbnail and a colour profile."""
RANGE = {"range": f"bytes=0-{HEAD - 1}", "accept": "image/avif,image/webp,image/*"}
WHOLE = re.compile(r"bytes 0-\d{1,15}/(\d{1,15})")

SECONDS = 1.5
AT_ONCE = 16
"""Requests under way; while there are so many, other images go without, lest slow hosts hold up the line."""
SHUNNED = 60.0
"""Seconds for which a host that did not answer is not asked again."""
MOST_SHUNNED = 1_000

KEPT = 7 * 86_400
MISSED = 3_600
"""Seconds for which what was found, or that nothing was, is remembered."""

LARGEST = 100_000
MAGIC = re.compile(
    rb"(?P<png>\x89PNG\r\n\x1a\n)|(?P<jpeg>\xff\xd8\xff)|(?P<gif>GIF8[79]a)|(?P<webp>RIFF.{4}WEBP)"
    rb"|.{4}ftyp(?:(?P<avif>avi[fs])|(?P<heic>hei[cx]))",
    re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Measured:
    """Width and height in pixels as shown (turned as EXIF says), and the media type the bytes speak for."""

    width: int
    height: int
    type: str


def measured(head: bytes) -> Measured | None:
    """Return the measures of the image file that begins so, or None for what is no PNG, JPEG, GIF, WebP, AVIF or HEIC.

    Other formats the library knows are not handed to it: SVG is XML from a stranger.
    """
    magic = MAGIC.match(head)
    if magic is None:
        return None
    width, height = imagesize.get(BytesIO(head))
    if not (0 < width <= LARGEST and 0 < height <= LARGEST):
        return None
    return Measured(int(width), int(height), f"image/{magic.lastgroup}")


class ImageSizes:
    """Completes images, and remembers what it found; never raises, never takes long."""

    def __init__(self, store: Store, fetch: Fetch, clock: Callable[[], float]) -> None:
        self._store, self._fetch, self._clock = store, fetch, clock
        self._asking = 0
        self._shunned: dict[str, float] = {}

    async def completed(self, images: tuple[Image, ...]) -> tuple[Image, ...]:
        """Return the images, the lead one with width, height, type and bytes where it lacked its measures."""
        at = next((at for at, image in enumerate(images) if image.lead), None)
        if at is None or (images[at].width and images[at].height):
            return images
        found = await self._found(images[at].url)
        if not found:
            return images
        given = {name: value for name, value in images[at].model_dump().items() if value is not None}
        # Both measures are of the file: one of them given alone may be how large it was shown somewhere.
        lead = Image.model_validate(found | given | {"width": found["width"], "height": found["height"]})
        return (*images[:at], lead, *images[at + 1 :])

    async def _found(self, url: str) -> dict[str, object]:
        key = f"{{img1:{blake2b(url.encode('utf-8', 'replace'), digest_size=12).hexdigest()}}}"
        try:
            kept = await self._store.do("GET", key)
            if kept is None:
                found = await self._asked(url)
                if found is None:
                    return {}
                kept = orjson.dumps(found)
                await self._store.do("SET", key, kept, "EX", KEPT if found else MISSED)
        except RedisError as error:
            log.debug("image.unmeasured", error=str(error))
            return {}
        known: dict[str, object] = orjson.loads(kept)
        return known

    async def _asked(self, url: str) -> dict[str, object] | None:
        """Return what the host told, {} when that is nothing, None when it was not asked."""
        host = urlsplit(url).netloc
        if self._asking >= AT_ONCE or self._shunned.get(host, 0.0) > self._clock():
            return None
        self._asking += 1
        try:
            answer = await self._fetch(url, RANGE)
        finally:
            self._asking -= 1
        if isinstance(answer, NoAnswer) and not answer.refused:
            self._shun(host)
        if not isinstance(answer, Page) or answer.status not in (200, 206):
            return {}
        found = measured(answer.body)
        if found is None:
            return {}
        told: dict[str, object] = {"width": found.width, "height": found.height, "type": found.type}
        size = _size(answer)
        return told | ({"bytes": size} if size else {})

    def _shun(self, host: str) -> None:
        if len(self._shunned) >= MOST_SHUNNED:
            self._shunned.clear()
        self._shunned[host] = self._clock() + SHUNNED


def _size(answer: Page) -> int | None:
    """Return the size of the whole file, where the answer tells it (RFC 9110, section 14.4)."""
    if answer.status == 200:
        return len(answer.body)
    whole = WHOLE.fullmatch(answer.headers.get("content-range", ""))
    return int(whole[1]) if whole else None
