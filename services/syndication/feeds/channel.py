"""What stands around the items of a feed in any format: its title, its moments, its links."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from services.syndication.feeds.parts import LANGUAGE
from services.syndication.feeds.shelf import FeedName, Kind
from services.syndication.feeds.site import Site
from services.syndication.feeds.tongues import label_of

MINUTES = 15
"""How long a reader may keep the feed before it asks again; sy:* says the same."""

TYPES = {
    "rss": "application/rss+xml",
    "atom": "application/atom+xml",
    "json": "application/feed+json",
    "ninjs": "application/json",
}
"""Media types by the ending of a feed's address; what stands before a dot in it names a partner."""

ABOUT: dict[Kind, str] = {
    "tags": "Stories about {label} from {name}.",
    "authors": "Stories by {label} from {name}.",
    "sources": "Stories of {label}, passed on by {name}.",
    "sections": "Stories in {label} from {name}.",
    "languages": "Stories from {name} in {label}.",
    "search": "Stories from {name} that match {label}.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """One page of a feed: what people call it, its place in the ledger, and its newest moments.

    `before` is the number this page ends below, `older` the number the next page ends below; None where
    there is none. `published` and `modified` are the latest of its items, None when it has none.
    `archive` is the number of an archive document, `archived` that of the newest one before this document.
    `private` is the path, without ending, under which one consumer has the feed; empty for all the world's.
    """

    feed: FeedName
    label: str
    before: int | None = None
    older: int | None = None
    published: datetime | None = None
    modified: datetime | None = None
    archive: int | None = None
    archived: int | None = None
    private: str = ""


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
    label = label_of(channel.feed, channel.label, site)
    return f"{site.name}: {label}", about.format(label=label, name=site.name)


def tongue(channel: Channel, site: Site) -> str:
    """Return the language of a feed: that which it is about, else the site's."""
    if channel.feed.kind != "languages":
        return site.language
    return channel.label if LANGUAGE.fullmatch(channel.label) else channel.feed.slug


def media_type(ending: str) -> str:
    """Return the media type of a format, a partner's rendering of one included."""
    return TYPES[ending.rpartition(".")[2]]


def links(channel: Channel, site: Site, ending: str) -> list[Link]:
    """Return the relations of a page of a paged feed (RFC 5005 section 3), and its hub (WebSub section 4).

    The newest page of the whole feed, and each archive, lead to the archive before (RFC 5005 section 4).
    """
    kind = media_type(ending)
    if channel.archive is not None:
        found = [
            Link("self", archive_at(channel.archive, site, ending), kind),
            Link("current", site.feed(channel.feed, ending), kind),
        ]
    else:
        found = [Link("self", _at(channel, site, ending, channel.before), kind)]
        if channel.before is not None:
            found.append(Link("first", _at(channel, site, ending, None), kind))
        elif not channel.private:
            found.append(Link("hub", site.hub))
    if channel.older is not None:
        found.append(Link("next", _at(channel, site, ending, channel.older), kind))
    if channel.archived:
        found.append(Link("prev-archive", archive_at(channel.archived, site, ending), kind))
    return found


def archive_at(number: int, site: Site, ending: str) -> str:
    """Return the address of an archive document of the whole feed."""
    return f"{site.url}/feeds/all.{ending}?archive={number}"


def _at(channel: Channel, site: Site, ending: str, before: int | None) -> str:
    if not channel.private:
        return site.feed(channel.feed, ending, before)
    return f"{site.url}{channel.private}.{ending}" + ("" if before is None else f"?before={before}")


def others(channel: Channel, site: Site, ending: str) -> list[Link]:
    """Return the same page in the other formats that feed readers take; a private feed tells of none."""
    if channel.private or channel.archive is not None:
        return []
    return [
        Link("alternate", site.feed(channel.feed, other, channel.before), kind)
        for other, kind in TYPES.items()
        if other not in (ending, "ninjs")
    ]


def header(channel: Channel, site: Site, ending: str) -> str:
    """Return the value of the HTTP Link header (RFC 8288): exactly one rel=self, as WebSub asks."""
    return joined([*links(channel, site, ending), *others(channel, site, ending)])


def joined(told: list[Link]) -> str:
    """Write links as the value of a Link header."""
    return ", ".join(
        f'<{link.url}>; rel="{link.rel}"' + (f'; type="{link.type}"' if link.type else "") for link in told
    )
