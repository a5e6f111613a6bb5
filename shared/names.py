"""The one key by which two spellings of a name are told to be one; what a name means is left to others."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from anyascii import anyascii

LONGEST = 500
HONORIFICS = frozenset("mr mrs ms miss dr prof professor sir dame".split())
SUFFIXES = frozenset("jr sr ii iii iv phd md".split())


@lru_cache(maxsize=8192)
def name_key(name: str) -> str:
    """Return what two spellings of one name share: ASCII, lower case, no honorific, initial or suffix.

    "Last, First" is turned when there is one comma. Transliterations differ; they belong in aliases.
    """
    plain = unicodedata.normalize("NFKC", name[:LONGEST])
    last, comma, first = plain.partition(",")
    if comma and "," not in first and name_key(first) and len(last.split()) <= 2:
        plain = f"{first} {last}"
    tokens = re.findall(r"[a-z0-9]+", re.sub(r"['\u2019`]", "", anyascii(plain).lower()))
    telling = [token for token in tokens if len(token) > 1 and token not in HONORIFICS | SUFFIXES]
    return " ".join(telling or tokens)
