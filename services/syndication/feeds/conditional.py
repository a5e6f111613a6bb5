"""What a request's validators and Accept-Encoding ask for (RFC 9110); pure functions over header values."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import lru_cache

from services.syndication.feeds.document import IDENTITY

ENTITY_TAG = re.compile(r'(?:W/)?("[\x21\x23-\x7e\x80-\xff]*")')
"""RFC 9110 section 8.8.3; the group is the opaque tag, which is all that weak comparison looks at."""

WEIGHT = re.compile(r"0(\.[0-9]{0,3})?|1(\.0{0,3})?")
"""RFC 9110 section 12.4.2."""


def not_modified(
    etag: str, modified: datetime | None, if_none_match: str | None, if_modified_since: str | None
) -> bool:
    """Tell whether GET or HEAD is to be answered with 304 (RFC 9110 section 13.2.2).

    If-None-Match wins over If-Modified-Since, and is compared weakly: proxies that recompress weaken tags.
    """
    if if_none_match is not None:
        return matches(etag, if_none_match)
    if modified is None or if_modified_since is None:
        return False
    since = http_date(if_modified_since)
    return since is not None and modified.replace(microsecond=0) <= since


def matches(etag: str, if_none_match: str) -> bool:
    """Tell whether a strong tag is in an If-None-Match list, by weak comparison; `*` matches any."""
    return if_none_match == etag or if_none_match.strip() == "*" or etag in ENTITY_TAG.findall(if_none_match)


def http_date(value: str) -> datetime | None:
    """Read an HTTP date in any of its three forms (RFC 9110 section 5.6.7), or None if it is none."""
    try:
        moment = parsedate_to_datetime(value)
    except (ValueError, IndexError, OverflowError):
        return None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment


@lru_cache(maxsize=256)
def coding(accept_encoding: str | None, offered: Sequence[str]) -> str:
    """Return which offered coding to send (RFC 9110 section 12.5.3); the first offered wins a tie.

    Identity is the answer where nothing offered is acceptable: a reader rather takes it than a 406.
    """
    if not accept_encoding:
        return IDENTITY
    weights = _weights(accept_encoding)
    rest = weights.get("*", 0.0)
    # Unnamed, identity is acceptable but never preferred.
    weights.setdefault(IDENTITY, rest or 0.0005)
    best = max(offered, key=lambda name: weights.get(name, rest))
    return best if weights.get(best, rest) > 0 else IDENTITY


def _weights(header: str) -> dict[str, float]:
    weights: dict[str, float] = {}
    for member in header.lower().split(","):
        name, _, parameters = member.partition(";")
        weights[name.strip()] = _quality(parameters)
    return weights


def _quality(parameters: str) -> float:
    """Return the weight; what is no weight makes its coding unacceptable, which never gives the wrong one."""
    name, _, value = parameters.partition("=")
    if name.strip() != "q":
        return 1.0
    return float(value) if WEIGHT.fullmatch(value.strip()) else 0.0
