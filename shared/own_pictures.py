"""The newsroom's own pictures as its stories and profiles call them, `/pictures/NAME`, and their whole addresses."""

from __future__ import annotations

import re

PATH = r"/pictures/[A-Za-z0-9][A-Za-z0-9._-]{0,80}"
ADDRESS = rf"^(https?://\S+|{PATH})?$"
"""Of a picture anywhere, or of one of these."""

# A whole value: between quotation marks, plain or escaped, or between tags.
_NAMED = re.compile(rb'(?<=["\'>;])' + PATH.encode() + rb'(?=["\'<\\&])')


def homed(body: bytes, site: bytes) -> bytes:
    """Return a story with its `/pictures/NAME` below a site's address; whether there are such is not asked."""
    return _NAMED.sub(lambda found: site + found[0], body) if b"/pictures/" in body else body
