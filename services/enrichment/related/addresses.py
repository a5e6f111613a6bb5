"""Which article stands at an address, for some weeks, in Redis: how an editor's card is known to be one of ours."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from datetime import datetime
from hashlib import blake2b
from typing import Any
from urllib.parse import urlsplit

from shared.redis import Script, Store

DAYS = 15
"""A period; an address is found for two of them at least, and for three at most."""
PERIODS = 3
LIFE = (PERIODS + 1) * DAYS * 86_400

LONGEST = 2_000
TRACKING = re.compile(r"(?:^|&)(?:utm_[^=&]*|fbclid|gclid|mc_cid|mc_eid)=[^&]*")

# The keys are named here, and neither of KEYS is ever there: where a cluster moves a slot key by key, a script of two
# keys waits. KEYS: the period, what begins its keys. ARGV: article, seconds to live, digests…
KEEP = Script("""
for i = 3, #ARGV do
  local key = KEYS[2] .. string.byte(ARGV[i])
  if redis.call('HSET', key, ARGV[i], ARGV[1]) == 1 then redis.call('EXPIRE', key, ARGV[2], 'NX') end
end
return 1
""")


class Addresses:
    """Addresses by 8 bytes of their hash, in small hashes by period; every method raises RedisError."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def ask_to_keep(self, id: str, urls: Sequence[str], moment: datetime) -> list[asyncio.Future[Any]]:
        """Ask that it be remembered at which addresses an article stands; `moment` picks the period."""
        digests = sorted({digest for url in urls if (digest := digest_of(url))})
        period = _period(moment, 0)
        keys = [period, f"{period}:"]
        return [self._store.call(KEEP, keys=keys, args=[id, LIFE, *digests])] if digests else []

    async def keep(self, id: str, urls: Sequence[str], moment: datetime) -> None:
        """Remember at which addresses an article stands."""
        await asyncio.gather(*self.ask_to_keep(id, urls, moment))

    def ask(self, urls: Sequence[str], moment: datetime) -> list[tuple[str, asyncio.Future[Any]]]:
        """Ask for the article at each address, in each period, the latest first."""
        wanted = [(url, digest) for url in urls if (digest := digest_of(url))]
        return [
            (url, self._store.ask("HGET", f"{_period(moment, back)}:{digest[0]}", digest))
            for url, digest in wanted
            for back in range(PERIODS)
        ]

    async def find(self, urls: Sequence[str], moment: datetime) -> dict[str, str]:
        """Return the article at each address that is known, by address as given."""
        asked = self.ask(urls, moment)
        await asyncio.gather(*(future for _, future in asked))
        return known(asked)


def known(asked: Sequence[tuple[str, asyncio.Future[Any]]]) -> dict[str, str]:
    """Return the articles that were found, each by its address, of what was asked and answered."""
    found: dict[str, str] = {}
    for url, answered in asked:
        if answered.result() is not None:
            found.setdefault(url, answered.result().decode())
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
