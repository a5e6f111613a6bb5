"""The newsroom's own pictures, served from its folder `pictures`: what dropped and pushed stories may name."""

from __future__ import annotations

import asyncio
import os
import stat
from pathlib import Path
from threading import Lock

from starlette.types import Scope, Send

from services.syndication.feeds.document import IDENTITY, Document, Variant
from services.syndication.page.answering import ASSET, answer
from services.syndication.page.logo import NAME, STARTS, TYPES

FOLDER = "pictures"
MAX_BYTES = 10 * 1024 * 1024
CACHING = b"public, max-age=300, stale-while-revalidate=86400"


HELD_BYTES = 32 * 1024 * 1024
"""Of what was read last: all who are sent a picture share its bytes, however slowly they take them."""


class Pictures:
    """Serves the files of one folder; links are not followed, what is no picture is not there."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._held: dict[str, tuple[str, Document]] = {}
        self._reading = Lock()

    async def serve(self, scope: Scope, send: Send) -> bool:
        """Answer with the picture that is asked for; False where there is none, and nothing was sent."""
        found = await asyncio.to_thread(self.read, scope["path_params"]["name"])
        if found is None:
            return False
        await answer(found, scope, send, headers=ASSET, caching=CACHING)
        return True

    def read(self, name: str) -> Document | None:
        """Return a picture, the one that is held while its file stays; for a worker thread."""
        named = NAME.fullmatch(name)
        if named is None:
            return None
        try:
            # Without following or waiting: a link could lead out of the folder, a FIFO would hold us for ever.
            handle = os.open(self._folder / name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        except OSError:
            return None
        try:
            # One at a time: of many who ask for the same at once each would read it.
            with self._reading:
                return self._taken(name, TYPES[named[1]], handle)
        finally:
            os.close(handle)

    def _taken(self, name: str, media_type: str, handle: int) -> Document | None:
        state = os.fstat(handle)
        if not stat.S_ISREG(state.st_mode) or state.st_size > MAX_BYTES:
            return None
        tag = f'"{state.st_size:x}-{state.st_mtime_ns:x}"'
        held = self._held.pop(name, None)
        if held is not None and held[0] == tag:
            self._held[name] = held
            return held[1]
        with os.fdopen(handle, "rb", closefd=False) as file:
            body = file.read(MAX_BYTES + 1)
        if len(body) > MAX_BYTES or not STARTS[media_type].match(body):
            return None
        found = Document(media_type, None, None, {IDENTITY: Variant(body, tag)})
        self._held[name] = (tag, found)
        self._let_go()
        return found

    def _let_go(self) -> None:
        sizes = [len(document.variants[IDENTITY].body) for _, document in self._held.values()]
        over = sum(sizes) - HELD_BYTES
        for name, size in zip(list(self._held), sizes, strict=True):
            if over <= 0:
                return
            del self._held[name]
            over -= size
