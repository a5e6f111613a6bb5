"""What the operations are sorted into, for readers of the reference: by what their paths begin with."""

from __future__ import annotations

from typing import NamedTuple


class Group(NamedTuple):
    """A chapter of the reference: its name, a sentence on it, and what its paths begin with."""

    name: str
    about: str
    paths: tuple[str, ...]

    @property
    def id(self) -> str:
        """What it is linked by."""
        return self.name.lower().replace(" ", "-")


GROUPS = (
    Group("Articles", "Push, read and take back; who confirmed what.", ("/api/v1/articles", "/api/v1/retractions")),
    Group("Events", "The ledger: by pages, or live.", ("/api/v1/events", "/events/")),
    Group(
        "Subscriptions",
        "Webhooks: make them, try them, change them, have sent again, prove that nothing is missing.",
        ("/api/v1/subscriptions", "/api/v1/signing-keys", "/.well-known/"),
    ),
    Group("Messages", "What subscribers are sent.", ()),
    Group("Sources", "Where articles come from.", ("/api/v1/sources",)),
    Group(
        "Consumers",
        "Downstream systems, their keys, and feeds of their own.",
        ("/api/v1/consumers", "/api/v1/private-feeds"),
    ),
    Group(
        "Operation",
        "How the line fares, what it gave up on, and completing articles anew.",
        ("/api/v1/dead-letters", "/api/v1/re-enrich", "/healthz", "/readyz", "/metrics"),
    ),
    Group("Feeds", "Public and cacheable; no key.", ("/feeds/", "/feeds.opml", "/sitemap-news.xml", "/websub")),
    Group("Hooks", "What sources push to us, signed.", ("/hooks/",)),
    Group("Pages", "For people; their forms are not for programs.", ("/",)),
)


def group_of(path: str) -> str:
    """Return the chapter that a path belongs to."""
    return next(group.name for group in GROUPS if path.startswith(group.paths))
