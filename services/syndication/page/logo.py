"""The newsroom's picture for the head of its pages, read from its folder and checked; serving it is the assets'."""

from __future__ import annotations

import re
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import imagesize  # type: ignore[import-untyped]  # it is annotated, but does not say so

MAX_BYTES = 256 * 1024
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,80}\.(svg|png|jpg|jpeg|webp|avif)")
TYPES = {
    "avif": "image/avif",
    "jpeg": "image/jpeg",
    "jpg": "image/jpeg",
    "png": "image/png",
    "svg": "image/svg+xml",
    "webp": "image/webp",
}
STARTS = {
    "image/png": re.compile(rb"\x89PNG\r\n\x1a\n"),
    "image/jpeg": re.compile(rb"\xff\xd8\xff"),
    "image/webp": re.compile(rb"RIFF....WEBP", re.DOTALL),
    "image/avif": re.compile(rb"....ftyp(?:avif|avis|mif1)", re.DOTALL),
    "image/svg+xml": re.compile(rb"(?:\xef\xbb\xbf)?\s*<(?:\?xml|svg|!--|!DOCTYPE)"),
}


@dataclass(frozen=True, slots=True)
class Logo:
    """A picture's bytes and media type; its size in pixels, each 0 where it is not told."""

    body: bytes
    media_type: str
    width: int = 0
    height: int = 0

    @property
    def ending(self) -> str:
        """The ending of a file of this type."""
        return next(ending for ending, kind in TYPES.items() if kind == self.media_type)


def read_logo(folder: Path, name: str) -> Logo:
    """Return the picture of a name in a folder. Raises ValueError that says what is wrong with it."""
    found = NAME.fullmatch(name)
    if found is None:
        raise ValueError(f"must be the name of a file beside this one, as logo.svg; {', '.join(TYPES)} are taken")
    path = folder / name
    try:
        if not path.is_file():
            raise ValueError(f"there is no file {name} beside this one")
        with path.open("rb") as file:
            body = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise ValueError(f"{name} cannot be read: {error.strerror or error}") from None
    if len(body) > MAX_BYTES:
        raise ValueError(f"{name} is larger than {MAX_BYTES // 1024} KB, which every reader would have to load")
    media_type = TYPES[found[1]]
    if not STARTS[media_type].match(body):
        raise ValueError(f"{name} is no {media_type}")
    return Logo(body, media_type, *_size(body))


def _size(body: bytes) -> tuple[int, int]:
    try:
        width, height = imagesize.get(BytesIO(body))
    except Exception:  # noqa: BLE001  # a size only keeps the page from moving, and the file may be anything
        return 0, 0
    return (int(width), int(height)) if width > 0 and height > 0 else (0, 0)
