"""A shelf in memory that behaves as a store's does, and the story the feeds' tests are told with."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from services.syndication.feeds.shelf import FeedName, Listed
from services.syndication.feeds.site import Site
from shared.events import Article, Author, Image, Related, Source, Tag
from shared.query import parse, subject_of
from shared.slugs import slug

SITE = Site(url="https://news.example.org", name="Example News", rights="© 2026 Example News")
MORNING = datetime(2024, 12, 17, 8, 30, tzinfo=UTC)
CDN = "https://cdn.example.org"

STORY: dict[str, Any] = {
    "id": "desk-aaaaaaaaaaaaaaaaaaaa",
    "source": Source(id="desk", name="World Desk", url="https://desk.example.org"),
    "guid": "kursk-1",
    "url": "https://desk.example.org/kursk-casualties",
    "headline": "North Korean units take losses in Kursk Oblast, Pentagon says",
    "summary": "A Pentagon spokesman said North Korean soldiers fought in Kursk Oblast and took losses.",
    "body_html": "<p>North Korean soldiers have fought in Kursk Oblast, Ryder said, as Reuters reports.</p>",
    "body_text": "North Korean soldiers have fought in Kursk Oblast, Ryder said, as Reuters reports.",
    "language": "en",
    "dateline": "WASHINGTON",
    "published_at": MORNING,
    "updated_at": MORNING + timedelta(hours=7, minutes=35),
    "ingested_at": MORNING + timedelta(minutes=1),
    "authors": (
        Author(
            id="tim-zadorozhnyy",
            name="Tim Zadorozhnyy",
            role="Reporter",
            bio="Tim covers foreign policy from Warsaw.",
            avatar=f"{CDN}/tim.jpg",
        ),
    ),
    "tags": (
        Tag(id="t1", slug="north-korea", name="North Korea"),
        Tag(id="t2", slug="kursk-oblast", name="Kursk Oblast"),
    ),
    "images": (
        Image(
            url=f"{CDN}/ryder.jpg",
            alt="A general at a lectern",
            caption="General Pat Ryder at the Pentagon on Oct. 31, 2023.",
            credit="Kevin Dietsch/Getty Images",
            type="image/jpeg",
            width=1600,
            height=900,
            bytes=284120,
            lead=True,
        ),
    ),
    "related": (
        Related(
            url="https://desk.example.org/friendly-fire",
            headline="Unit fired on its own side, intelligence claims",
            summary="Eight soldiers died, the agency says.",
        ),
    ),
    "reading_minutes": 1,
}


def a_story(**over: Any) -> Article:
    """Return the acceptance story, with the fields given in place of its own."""
    return Article(**{**STORY, **over})


class InMemoryShelf:
    """Lists each article once, at its latest number; counts what it was asked; fails while `down`."""

    def __init__(self) -> None:
        self.articles: dict[str, tuple[Listed, Article]] = {}
        self.seq = 0
        self.asked = {"mark": 0, "newest": 0, "documents": 0}
        self.down = False

    def publish(self, *articles: Article) -> None:
        for article in articles:
            self.seq += 1
            moment = MORNING + timedelta(days=1, seconds=self.seq)
            listed = Listed(article.id, self.seq, article.version, moment)
            self.articles[article.id] = (listed, article)

    async def newest(self, feed: FeedName, before: int | None, limit: int) -> Sequence[Listed]:
        self._count("newest")
        found = [listed for listed, article in self.articles.values() if _in(feed, article)]
        below = [listed for listed in found if before is None or listed.seq < before]
        return sorted(below, key=lambda listed: -listed.seq)[:limit]

    async def documents(self, wanted: Sequence[tuple[str, int]]) -> Sequence[Article]:
        self._count("documents")
        return [self.articles[name][1] for name, _ in wanted if name in self.articles]

    async def mark(self, feed: FeedName) -> int:
        self._count("mark")
        return max((listed.seq for listed, article in self.articles.values() if _in(feed, article)), default=0)

    async def moment(self, mark: bytes | int) -> datetime:
        return MORNING + timedelta(days=1, seconds=int(mark))

    def _count(self, question: str) -> None:
        if self.down:
            raise ConnectionError("the shelf is down")
        self.asked[question] += 1


def _in(feed: FeedName, article: Article) -> bool:
    if feed.kind == "search":
        return parse(feed.slug).matches(subject_of(article, "article.published"))
    slugs: dict[str, set[str]] = {
        "tags": {tag.slug for tag in article.tags},
        "authors": {author.id for author in article.authors if author.id},
        "sources": {article.source.id},
        "sections": {slug(article.section or "")},
        "languages": {slug(article.language or "")},
    }
    return feed.kind == "all" or feed.slug in slugs[feed.kind]
