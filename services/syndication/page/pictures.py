"""The newsroom's own pictures, served from its folder `pictures`: what dropped and pushed stories may name."""

from __future__ import annotations

import asyncio
import os
import stat
from dataclasses import dataclass
from pathlib import Path

from starlette.types import Scope, Send

from services.syndication.feeds.document import IDENTITY, Document, Variant
from services.syndication.page.answering import ASSET, answer
from services.syndication.page.logo import NAME, STARTS, TYPES

FOLDER = "pictures"
MAX_BYTES = 10 * 1024 * 1024
CACHING = b"public, max-age=300, stale-while-revalidate=86400"


@dataclass(frozen=True, slots=True)
class Pictures:
    """Serves the files of one folder; links are not followed, what is no picture is not there."""

    folder: Path

    async def serve(self, scope: Scope, send: Send) -> bool:
        """Answer with the picture that is asked for; False where there is none, and nothing was sent."""
        found = await asyncio.to_thread(self._read, scope["path_params"]["name"])
        if found is None:
            return False
        await answer(found, scope, send, headers=ASSET, caching=CACHING)
        return True

    def _read(self, name: str) -> Document | None:
        named = NAME.fullmatch(name)
        if named is None:
            return None
        found = self._loaded(name)
        media_type = TYPES[named[1]]
        if found is None or not STARTS[media_type].match(found[0]):
            return None
        body, tag = found
        return Document(media_type, None, None, {IDENTITY: Variant(body, tag)})

    def _loaded(self, name: str) -> tuple[bytes, str] | None:
        """Return a file's bytes, and a tag that changes when it does."""
        try:
            # Without following or waiting: a link could lead out of the folder, a FIFO would hold us for ever.
            handle = os.open(self.folder / name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        except OSError:
            return None
        try:
            state = os.fstat(handle)
            if not stat.S_ISREG(state.st_mode) or state.st_size > MAX_BYTES:
                return None
            with os.fdopen(handle, "rb", closefd=False) as file:
                body = file.read(MAX_BYTES + 1)
        finally:
            os.close(handle)
        return None if len(body) > MAX_BYTES else (body, f'"{state.st_size:x}-{state.st_mtime_ns:x}"')
