"""Which article stands at an address, for some weeks, in Redis: how an editor's card is known to be one of ours."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from datetime import datetime
from hashlib import blake2b
from urllib.parse import urlsplit

from shared.redis import Script, Store

DAYS = 15
"""A period; an address is found for two of them at least, and for three at most."""
PERIODS = 3
LIFE = (PERIODS + 1) * DAYS * 86_400

LONGEST = 2_000
TRACKING = re.compile(r"(?:^|&)(?:utm_[^=&]*|fbclid|gclid|mc_cid|mc_eid)=[^&]*")

# ARGV: article, seconds to live, digests…
KEEP = Script("""
for i = 3, #ARGV do
  local key = KEYS[1] .. ':' .. string.byte(ARGV[i])
  if redis.call('HSET', key, ARGV[i], ARGV[1]) == 1 then redis.call('EXPIRE', key, ARGV[2], 'NX') end
end
return 1
""")


class Addresses:
    """Addresses by 8 bytes of their hash, in small hashes by period; every method raises RedisError."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def keep(self, id: str, urls: Sequence[str], moment: datetime) -> None:
        """Remember at which addresses an article stands; `moment` picks the period."""
        digests = sorted({digest for url in urls if (digest := digest_of(url))})
        if digests:
            await self._store.run(KEEP, keys=[_period(moment, 0)], args=[id, LIFE, *digests])

    async def find(self, urls: Sequence[str], moment: datetime) -> dict[str, str]:
        """Return the article at each address that is known, by address as given."""
        wanted = [(url, digest) for url in urls if (digest := digest_of(url))]
        if not wanted:
            return {}
        asked = [
            self._store.do("HGET", f"{_period(moment, back)}:{digest[0]}", digest)
            for _, digest in wanted
            for back in range(PERIODS)
        ]
        replies = await asyncio.gather(*asked)
        found: dict[str, str] = {}
        for at, (url, _) in enumerate(wanted):
            for reply in replies[at * PERIODS : (at + 1) * PERIODS]:
                if reply is not None:
                    found.setdefault(url, reply.decode())
        return found


def digest_of(url: str) -> bytes | None:
    """Return the digest under which an address is kept, or None when it is none.

    Scheme, `www.`, a slash at the end, fragment and what only counts clicks make no difference.
    """
    if len(url) > LONGEST:
        return None
    try:
        parts = urlsplit(url.strip())
        host = (parts.hostname or "").removeprefix("www.")
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not host:
        return None
    query = TRACKING.sub("", parts.query).lstrip("&")
    clean = f"{host}{parts.path.rstrip('/')}{'?' if query else ''}{query}"
    return blake2b(clean.encode("utf-8", "replace"), digest_size=8).digest()


def _period(moment: datetime, back: int) -> str:
    return f"{{url1:{int(moment.timestamp()) // 86_400 // DAYS - back}}}"
