"""What a subscriber asks of the hub, read from a form; carrying it out is left to the hub."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any, Literal
from urllib.parse import parse_qs, urlsplit

from services.syndication.feeds.formats import FORMATS
from services.syndication.feeds.press import Page
from services.syndication.feeds.routes import KINDS
from services.syndication.feeds.shelf import ALL, FeedName
from services.syndication.feeds.site import Site
from shared.netguard import NotAWebAddress, web_address
from shared.numbers import whole
from shared.query import QueryError, parse
from shared.slugs import is_slug

Mode = Literal["subscribe", "unsubscribe"]

DAY = 86_400
LEASE, SHORTEST, LONGEST = 10 * DAY, 300, 30 * DAY
"""Seconds: what is given to who asks for nothing, and the bounds for who does; there is no lease without end."""

MOST_SECRET = 199
"""Bytes: a secret must be shorter than 200 (WebSub section 5.1)."""

PATH = re.compile(r"/feeds/([a-z]+)(?:/([^/.]+))?\.([a-z.]+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A request to subscribe or unsubscribe, not verified yet; `lease` is seconds."""

    mode: Mode
    topic: str
    callback: str
    secret: str = ""
    lease: int = LEASE

    @property
    def id(self) -> str:
        """The one name of a subscription: its topic and callback (section 5.1)."""
        return subscription_id(self.topic, self.callback)


@dataclass(frozen=True, slots=True)
class Refused:
    """Why a request is not taken, in words for the developer who sent it."""

    reason: str


def subscription_id(topic: str, callback: str) -> str:
    """Return the name of the subscription of a callback to a topic."""
    return blake2b(f"{topic}\0{callback}".encode("utf-8", "surrogatepass"), digest_size=12).hexdigest()


def read(form: Mapping[str, str], site: Site) -> Asked | Refused:
    """Read the form of a subscriber (section 5.1); parameters of other names are ignored, as they must be."""
    mode, topic, callback = (form.get(f"hub.{name}", "") for name in ("mode", "topic", "callback"))
    secret = form.get("hub.secret", "")
    if mode not in ("subscribe", "unsubscribe"):
        return Refused("hub.mode must be subscribe or unsubscribe")
    try:
        web_address(callback)
    except NotAWebAddress as error:
        return Refused(f"hub.callback {error}")
    if page_of(topic, site) is None:
        return Refused("hub.topic is no feed of this site; take the rel=self address of a feed")
    if len(secret.encode("utf-8", "replace")) > MOST_SECRET:
        return Refused(f"hub.secret must have at most {MOST_SECRET} bytes")
    lease = _lease(form.get("hub.lease_seconds", ""))
    if lease is None:
        return Refused("hub.lease_seconds must be a whole number of seconds")
    plain: dict[str, Any] = {"mode": mode, "topic": topic, "callback": callback, "secret": secret, "lease": lease}
    return Asked(**plain)


def page_of(topic: str, site: Site) -> Page | None:
    """Return the page a topic is: the newest page of one of our feeds by the address it calls its own, or None."""
    if not topic.startswith(f"{site.url}/feeds/"):
        return None
    parts = urlsplit(topic.removeprefix(site.url))
    found = PATH.fullmatch(parts.path)
    if found is None or found[3] not in FORMATS:
        return None
    feed = _feed(found[1], found[2], parts.query)
    # Exactly as the feed writes it: one feed is one topic, however else its address could be written.
    return Page(feed, None, found[3]) if feed is not None and site.feed(feed, found[3]) == topic else None


def _feed(kind: str, slug: str | None, query: str) -> FeedName | None:
    if kind == "search":
        asked = parse_qs(query).get("q", [""])[0]
        try:
            return FeedName("search", str(parse(asked))) if asked.strip() else None
        except QueryError:
            return None
    if kind == "all":
        return ALL
    known = next((one for one in KINDS if one == kind), None)
    return FeedName(known, slug) if known and slug and is_slug(slug) else None


def _lease(text: str) -> int | None:
    if not text:
        return LEASE
    seconds = whole(text, 10**11)
    return None if seconds is None else min(max(seconds or LEASE, SHORTEST), LONGEST)
