"""Turns a submission into the event it may become; whether it is news is left to changes."""

from __future__ import annotations

from datetime import datetime

from services.ingest.changes import Known, embargo_of, is_ahead
from services.ingest.identity import article_id, guid_of, named_by
from services.ingest.parse.urls import cleaned
from services.ingest.source import Source
from services.ingest.submission import MOST_VIA, Submission
from shared.events import Article, ArticleIngested, Retraction
from shared.events import Source as Origin

WITHDRAWN = "Withdrawn by the source."

_OURS = {"source", "guid", "byline", "categories", "correction", "reuse", "status", "embargoed_until"}


def name_of(submission: Submission) -> tuple[str, str]:
    """Return the article id and the guid of a submission."""
    guid = guid_of(submission.guid, _clean(submission.url), submission.headline, submission.body_html)
    return article_id(submission.source.id, guid), guid


def event_of(
    submission: Submission,
    source: Source,
    known: Known | None,
    moment: datetime,
    correlation_id: str,
    name: tuple[str, str] | None = None,
) -> ArticleIngested:
    """Build the event of a submission's next version; `moment` is now, aware.

    `name` is the article's id and guid where they are not those that the submission gives itself. What the
    submission leaves open is taken from the source's settings. The first version's date of publication holds for
    all later ones that give none, or the same content would look changed each time; under an embargo it is the end.
    """
    id, guid = name or name_of(submission)
    version = known.version + 1 if known else 1
    status = submission.status or (known.status if known else "usable")
    published, updated = _published(submission, known, moment), submission.updated_at
    plain = submission.model_dump(exclude=_OURS)
    plain |= {
        "id": id,
        "version": version,
        "status": status,
        "source": _source(submission, source),
        "guid": guid,
        "url": _clean(submission.url),
        "canonical_url": _clean(submission.canonical_url),
        "reuse": submission.reuse or source.settings.reuse or "full",
        "section": submission.section or source.settings.section,
        "language": submission.language or source.settings.language,
        "published_at": published,
        "updated_at": updated if updated not in (None, published) else moment if version > 1 else None,
        "ingested_at": moment,
        "embargoed_until": submission.embargoed_until,
        "via": _via(submission),
    }
    return ArticleIngested(
        occurred_at=moment,
        correlation_id=correlation_id,
        article=Article.model_validate(plain),
        byline=submission.byline,
        categories=submission.model_dump(include={"categories"})["categories"],
        correction=submission.model_dump(include={"correction"})["correction"],
        retraction=Retraction(reason=WITHDRAWN) if status == "canceled" else None,
    )


def retraction_of(
    id: str, known: Known, source: Source, retraction: Retraction, moment: datetime, correlation_id: str
) -> ArticleIngested:
    """Build the event that takes an article back: its identity and the reason, without body."""
    settings, health = source.settings, source.health
    article = Article(
        id=id,
        version=known.version + 1,
        status="canceled",
        source=Origin(id=settings.id, name=settings.name or health.title, url=settings.home or health.home),
        guid=known.guid,
        url=known.url,
        headline=known.headline,
        published_at=known.published_at,
        updated_at=moment,
        ingested_at=moment,
    )
    return ArticleIngested(occurred_at=moment, correlation_id=correlation_id, article=article, retraction=retraction)


def _published(submission: Submission, known: Known | None, moment: datetime) -> datetime:
    """Return when an article was published.

    One date for publication and update is what is said of what was just published, and later all that is said by a
    source that knows no other date than the update's.
    """
    given, until = submission.published_at, submission.embargoed_until
    if known is not None and not (known.waits(moment) and embargo_of(known.published_at) == known.until):
        redated = given is not None and known.published_at < given == submission.updated_at
        return known.published_at if given is None or redated else given
    return given or (until if until is not None and is_ahead(until, moment) else moment)


def _via(submission: Submission) -> tuple[str, ...]:
    """Return what the feeds of other Wirerooms called an article, the one that gave it last."""
    guid = submission.guid
    passed = guid is not None and guid not in submission.via and named_by(guid) is not None
    return (*submission.via, guid)[-MOST_VIA:] if passed and guid else submission.via


def _clean(url: str | None) -> str | None:
    """Return an address as feeds' ones are taken: a push tells where its reader came from as well as any feed."""
    return cleaned(url) if url else url


def _source(submission: Submission, source: Source) -> dict[str, str | None]:
    given, settings, health = submission.source, source.settings, source.health
    return {
        "id": settings.id,
        "name": given.name or settings.name or health.title,
        "url": given.url or settings.home or health.home,
    }
