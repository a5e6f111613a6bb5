"""Small JSON as it is kept: deflated with what much of it has in common; what was kept plain is read as it is."""

from __future__ import annotations

import zlib

FORMAT = b"1"
"""Before what is deflated, and no beginning of a list; another dictionary needs another one."""

COMMON = (
    b'","","2026-","usable","withheld","canceled",",0,"1970-01-01T00:00:00+00:00","https://www.",".html",".com/news/",'
    b'"https://www..org/2026/world/politics/[2,"[1,"","usable","2026-11-22T10:00:00+00:00","https://www.'
)
"""Not to be changed: what was deflated with it can only be read with it."""

WINDOW = -10
"""No header, and 1,024 bytes to look back: few are longer, and a larger window is made anew for each."""
MEMORY = 5


def deflated(document: bytes) -> bytes:
    """Return JSON as it is kept."""
    packer = zlib.compressobj(6, zlib.DEFLATED, WINDOW, MEMORY, zdict=COMMON)
    return FORMAT + packer.compress(document) + packer.flush()


def inflated(kept: bytes) -> bytes:
    """Return the JSON that is kept, deflated or not."""
    if kept[:1] != FORMAT:
        return kept
    return zlib.decompressobj(WINDOW, zdict=COMMON).decompress(kept[1:])
