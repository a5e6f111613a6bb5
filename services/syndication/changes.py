"""What a new version means to a reader: which fields changed, and the ledger entry that says so."""

from __future__ import annotations

from typing import Any

from services.syndication.ledger import Entry
from shared.events import READER_VISIBLE, Article, ArticleEnriched, Corrected
from shared.slugs import slug
from shared.times import rfc3339

EMPTIED: dict[str, Any] = {
    "summary": None,
    "body_html": "",
    "body_text": "",
    "dateline": None,
    "authors": (),
    "tags": (),
    "images": (),
    "enclosures": (),
    "related": (),
    "attributions": (),
    "word_count": 0,
    "reading_minutes": 0,
    "corrections": (),
}


def changed_fields(old: Article, new: Article) -> tuple[str, ...]:
    """Return the names of the fields in which a reader sees a difference, in the article's order."""
    return tuple(name for name in READER_VISIBLE if _seen(old, name) != _seen(new, name))


def _seen(article: Article, name: str) -> object:
    if name == "tags":
        return [(tag.id, tag.name) for tag in sorted(article.tags, key=lambda tag: tag.id)]
    if name == "authors":
        return [(a.id, a.name, a.role, a.bio, a.avatar, a.url, a.links) for a in article.authors]
    if name == "related":
        # Which stories are found by computing changes with the hour: that alone is no news.
        return [(r.url, r.headline, r.summary) for r in article.related if r.kind == "editorial"]
    return getattr(article, name)


def retracted(previous: Article | None, event: ArticleEnriched) -> Article:
    """Return the version that stands for a retracted article: who it was, and nothing it said."""
    base = previous or event.article
    if base.status == "canceled":  # taken back before: the moment and the reason it was told with stay
        return base.model_copy(update={"version": event.article.version})
    return base.model_copy(
        update=EMPTIED
        | {
            "version": event.article.version,
            "status": "canceled",
            "updated_at": event.occurred_at,
            "retraction": event.retraction,
        }
    )


def shown(previous: Article | None, event: ArticleEnriched) -> Article:
    """Return the version that readers get: with the corrections made so far, or what stands for a retracted one."""
    if event.retraction is not None:
        return retracted(previous, event)
    made = previous.corrections if previous is not None else ()
    if event.correction is not None:
        note, version = event.correction.note, event.article.version
        made = (*made, Corrected(note=note, version=version, at=event.occurred_at))
    return event.article.model_copy(update={"corrections": made})


def entry_for(event: ArticleEnriched, previous: Article | None, shown: Article) -> Entry | None:
    """Return the ledger entry for an event, or None when a reader would see no difference.

    `previous` is the version in the ledger, None for an article that is new; `shown` is the version to be kept.
    """
    changed = () if previous is None else changed_fields(previous, shown)
    if previous is not None and not changed and event.correction is None:
        return None
    return Entry(
        type=_type(event, previous),
        article_id=shown.id,
        version=shown.version,
        timestamp=rfc3339(event.occurred_at),
        correlation_id=event.correlation_id,
        changed=changed,
        correction=event.correction.note if event.correction else None,
        reason=event.retraction.reason if event.retraction else None,
        replacement_url=event.retraction.replacement_url if event.retraction else None,
    )


def _type(event: ArticleEnriched, previous: Article | None) -> str:
    if event.retraction is not None or event.article.status == "canceled":
        return "article.retracted"
    if previous is None:
        return "article.published"
    return "article.corrected" if event.correction is not None else "article.updated"


def feeds_of(article: Article) -> list[str]:
    """Return the names of the feeds an article stands in: `all`, `tags/…`, `authors/…`, `sources/…`."""
    names = ["all", f"sources/{article.source.id}"]
    names += [f"tags/{tag.slug}" for tag in article.tags if tag.status == "applied"]
    names += [f"sections/{section}" for section in (slug(article.section or ""),) if section]
    names += [f"languages/{tongue}" for tongue in (slug(article.language or ""),) if tongue]
    names += [f"authors/{name}" for author in article.authors if (name := author.id or slug(author.name))]
    return list(dict.fromkeys(names))
