"""Completes an article by what its own page says; which articles need it, and what a failure means, the caller says."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from services.ingest.document import Unreadable
from services.ingest.fetch import Failed, Fetched, FetchOutcome, Gone, NotModified, Throttled
from services.ingest.pages.addresses import same_picture
from services.ingest.pages.article import SHORT_OF, article
from services.ingest.pages.merge import authors_joined, filled
from services.ingest.pages.robots import Refusal, Robots
from services.ingest.pages.said import PageArticle
from services.ingest.reader import Ask
from services.ingest.source import Settings
from services.ingest.submission import CategoryInput, ImageInput, Submission

ACCEPT = "text/html, application/xhtml+xml;q=0.9, */*;q=0.1"
READERS = 2
"""Pages read at once: more threads only share one interpreter lock."""

SAME = timedelta(seconds=60)
"""A page changed within a minute of its publication was not updated: publishing itself sets both."""


@dataclass(frozen=True, slots=True)
class Incomplete:
    """An article whose page told nothing, and why, in words; `later` when asking again may help."""

    reason: str
    later: bool = False


class Pages:
    """Asks for articles' pages as robots.txt allows; `now` is in seconds and only ever compared."""

    def __init__(self, now: Callable[[], float], robots: Robots | None = None) -> None:
        self.robots = robots or Robots(now)
        self._readers = asyncio.Semaphore(READERS)

    async def completed(self, submission: Submission, settings: Settings, ask: Ask) -> Submission | Incomplete:
        """Return a submission with what its page says; never raises for what a server sent.

        What the source said stays: guid, address, headline, date of publication. The page fills the body,
        pictures with captions, authors' roles and bios, the date of the update, related stories and tags.
        """
        if submission.url is None:
            return Incomplete("it has no address")
        refusal: Refusal | None = await self.robots.refusal(submission.url, ask)
        if refusal is not None:
            return Incomplete(refusal.reason, refusal.later)
        outcome = await ask(submission.url, accept=ACCEPT)
        if not isinstance(outcome, Fetched):
            return failed(outcome)
        async with self._readers:
            said = await asyncio.to_thread(
                article,
                outcome.body,
                url=outcome.url,
                content_type=outcome.content_type,
                selectors=settings.selectors,
                timezone=settings.timezone,
            )
        if isinstance(said, Unreadable):
            return Incomplete(said.reason)
        return joined(submission, said, members_only=settings.members_only)


def failed(outcome: FetchOutcome) -> Incomplete:
    """Put into words why a page did not come."""
    match outcome:
        case Failed(reason=reason, status=status):
            return Incomplete(reason, later=status is None or status >= 500)
        case Throttled():
            return Incomplete("the host asked to come back later", later=True)
        case Gone():
            return Incomplete("the page is gone for good (410)")
        case NotModified():
            return Incomplete("the server says it was not modified, though we have none", later=True)
        case _:
            return Incomplete("no page came")


def joined(submission: Submission, said: PageArticle, *, members_only: bool) -> Submission | Incomplete:
    """Return a submission completed by its page; the teaser of a page for members is not taken for its text."""
    open_to_us = members_only or said.free is not False
    fuller = len(said.body_html) > len(submission.body_html) * SHORT_OF
    body = said.body_html if open_to_us and fuller else submission.body_html
    headline = submission.headline
    if headline == submission.url:  # a sitemap's item without title
        if said.headline is None:
            return Incomplete("the page has no headline")
        headline = said.headline
    published = submission.published_at or said.published_at
    update: dict[str, Any] = {
        "headline": headline,
        "body_html": body,
        "summary": submission.summary or said.summary,
        "authors": authors_joined(submission.authors, said.authors),
        "byline": submission.byline or (None if submission.authors or said.authors else said.byline),
        "images": images_joined(submission.images, said.images),
        "related": submission.related or said.related,
        "categories": _categories(submission, said),
        "section": submission.section or said.section,
        "language": submission.language or said.language,
        "canonical_url": submission.canonical_url or said.canonical_url,
        "published_at": published,
        "updated_at": _updated(submission.updated_at, said.updated_at, published),
    }
    return submission.model_copy(update=update)


def images_joined(given: tuple[ImageInput, ...], shown: tuple[ImageInput, ...]) -> tuple[ImageInput, ...]:
    """Return the page's pictures, which are told of more fully, then those that only the source named."""
    if not shown:
        return given
    keys = {same_picture(image.url) for image in shown}
    page = [filled(image, given) for image in shown]
    further = [image.model_copy(update={"lead": False}) for image in given if same_picture(image.url) not in keys]
    if page[0].lead:  # a source's only picture is mostly a smaller cut of the lead
        further = further if len(given) > 1 else []
    return (*page, *further)[:200]


def _categories(submission: Submission, said: PageArticle) -> tuple[CategoryInput, ...]:
    known = {one.term.casefold() for one in submission.categories}
    return (*submission.categories, *(tag for tag in said.tags if tag.term.casefold() not in known))[:200]


def _updated(told: datetime | None, shown: datetime | None, published: datetime | None) -> datetime | None:
    latest = max((one for one in (told, shown) if one is not None), default=None)
    if latest is None or published is None:
        return latest
    return latest if latest - published >= SAME else told
