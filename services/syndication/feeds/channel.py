"""What stands around the items of a feed in any format: its title, its moments, its links."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from services.syndication.feeds.shelf import FeedName, Kind
from services.syndication.feeds.site import Site

MINUTES = 15
"""How long a reader may keep the feed before it asks again; sy:* says the same."""

TYPES = {
    "rss": "application/rss+xml",
    "atom": "application/atom+xml",
    "json": "application/feed+json",
    "ninjs": "application/json",
}
"""Media types by the ending of a feed's address."""

ABOUT: dict[Kind, str] = {
    "tags": "Stories about {label} from {name}.",
    "authors": "Stories by {label} from {name}.",
    "sources": "Stories of {label}, passed on by {name}.",
    "sections": "Stories in {label} from {name}.",
    "languages": "Stories from {name} in the language {label}.",
    "search": "Stories from {name} that match {label}.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """One page of a feed: what people call it, its place in the ledger, and its newest moments.

    `before` is the number this page ends below, `older` the number the next page ends below; None where
    there is none. `published` and `modified` are the latest of its items, None when it has none.
    """

    feed: FeedName
    label: str
    before: int | None = None
    older: int | None = None
    published: datetime | None = None
    modified: datetime | None = None


@dataclass(frozen=True, slots=True)
class Link:
    """A relation of a page and its address; `type` is None where it is not told."""

    rel: str
    url: str
    type: str | None = None


def called(channel: Channel, site: Site) -> tuple[str, str]:
    """Return the title and the description of a feed."""
    about = ABOUT.get(channel.feed.kind)
    if about is None:
        return site.name, site.description
    return f"{site.name}: {channel.label}", about.format(label=channel.label, name=site.name)


def links(channel: Channel, site: Site, ending: str) -> list[Link]:
    """Return the relations of a page of a paged feed (RFC 5005 section 3), and its hub (WebSub section 4)."""
    kind = TYPES[ending]
    found = [Link("self", site.feed(channel.feed, ending, channel.before), kind)]
    if channel.before is None:
        found.append(Link("hub", site.hub))
    else:
        found.append(Link("first", site.feed(channel.feed, ending), kind))
    if channel.older is not None:
        found.append(Link("next", site.feed(channel.feed, ending, channel.older), kind))
    return found


def others(channel: Channel, site: Site, ending: str) -> list[Link]:
    """Return the same page in the other formats that feed readers take."""
    return [
        Link("alternate", site.feed(channel.feed, other, channel.before), kind)
        for other, kind in TYPES.items()
        if other not in (ending, "ninjs")
    ]


def header(channel: Channel, site: Site, ending: str) -> str:
    """Return the value of the HTTP Link header (RFC 8288): exactly one rel=self, as WebSub asks."""
    told = [*links(channel, site, ending), *others(channel, site, ending)]
    return ", ".join(
        f'<{link.url}>; rel="{link.rel}"' + (f'; type="{link.type}"' if link.type else "") for link in told
    )
