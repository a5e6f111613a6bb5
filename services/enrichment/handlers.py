"""Takes an ingested article through the steps, in their order; what each decides is its own."""

from __future__ import annotations

from collections.abc import Generator
from functools import partial
from typing import cast

import structlog

from services.enrichment import attributions, captions, clean, dateline, language, linking, reading, tags
from services.enrichment.authors import AuthorBook
from services.enrichment.clean import Body
from services.enrichment.image_sizes import ImageSizes
from services.enrichment.neighbours import Neighbours
from services.enrichment.newsroom import Edition, Newsroom
from services.enrichment.taxonomy import Taxonomy
from services.enrichment.together import Together
from shared import logs
from shared.events import Article, ArticleEnriched, ArticleIngested, Given, Image

log = structlog.get_logger()


class Handlers:
    """What enrichment does with each event, by the newsroom's files as they are then."""

    def __init__(self, newsroom: Newsroom, neighbours: Neighbours, sizes: ImageSizes | None = None) -> None:
        self._newsroom, self._neighbours, self._sizes = newsroom, neighbours, sizes
        self._together = Together()

    async def on_article_ingested(self, event: ArticleIngested) -> ArticleEnriched:
        """Complete the article: the same event, files and neighbours, the same bytes. A retraction passes as it is.

        Killed anywhere, the event comes again, and what was remembered of it is remembered once.
        """
        if event.retraction is not None:
            await self._neighbours.withdraw(event.article)
            return _enriched(event, event.article, None)
        edition = self._newsroom.current
        done = await self._completed(event, edition)
        declared = event.article.language
        if declared and done.language != declared:
            log.warning("language.overruled", **logs.of(done), declared=declared, language=done.language)
        done = await self._neighbours.beside(done, event.occurred_at)
        if self._sizes is not None:
            done = done.model_copy(update={"images": await self._sizes.completed(done.images)})
        return _enriched(event, done, edition.digest)

    async def _completed(self, event: ArticleIngested, edition: Edition) -> Article:
        steps, step = completing(event, edition), 0
        while True:
            await self._together.at(step)
            try:
                next(steps)
            except StopIteration as end:
                return cast("Article", end.value)
            step += 1


def completed(event: ArticleIngested, edition: Edition) -> Article:
    """Return the event's article with a safe body, authors, pictures, tags and all that its text tells of itself."""
    steps = completing(event, edition)
    while True:
        try:
            next(steps)
        except StopIteration as end:
            return cast("Article", end.value)


def completing(event: ArticleIngested, edition: Edition) -> Generator[None, None, Article]:
    """Complete an article as `completed` does, and stop between steps."""
    given, book = event.article, edition.authors
    body = clean.cleaned(given.body_html, given.url)
    yield
    line = dateline.found(body.text, book.agencies, partial(_is_place, edition.taxonomy), given.source.name)
    spoken = language.checked(given.language, f"{given.headline}\n{body.text}").tag
    yield
    article = given.model_copy(
        update={
            "summary": clean.plain(given.summary) or None if given.summary else None,
            "body_html": body.html,
            "body_text": body.text,
            "language": spoken,
            "dateline": given.dateline or (line.text if line and (line.places or line.date) else None),
            "authors": linking.resolved(given.authors, event.byline, given.source.id, book),
            "images": _images(given, body, book),
            "word_count": reading.word_count(body.html),
        }
    )
    yield
    zones = tags.zones_of(article, _body_captions(body, book, given.source.id))
    found = tags.tags(zones, event.categories, given.source.id, edition.taxonomy, article.language)
    yield
    credited = line.agency if line and line.agency != given.source.name else None
    attributed = attributions.attributions(body.text, found, book.agencies, credited)
    yield
    update = {
        "reading_minutes": reading.shown_minutes(
            body.html, article.word_count, _lead_beside_body(article.images, body)
        ),
        "tags": found,
        "attributions": attributed,
    }
    return article.model_copy(update=update)


def _is_place(taxonomy: Taxonomy, name: str) -> bool:
    """Tell whether the taxonomy knows a whole name as a place."""
    found = (mention for mention in taxonomy.matcher.mentions(name) if mention.end - mention.start == len(name))
    return any(taxonomy.term(mention.alias.term).kind == "place" for mention in found)


def _images(article: Article, body: Body, book: AuthorBook) -> tuple[Image, ...]:
    """Complete the images by the body's pictures; the first leads where the source named none."""
    in_body = {picture.url: picture for picture in reversed(body.pictures)}
    images = article.images or tuple(Image(url=picture.url) for picture in body.pictures[:1])
    images = tuple(image for image in images if clean.web_address(image.url))
    leads = any(image.lead for image in images)
    rules = book.credit_rules.get(article.source.id, ())
    done = []
    for at, image in enumerate(images):
        picture = in_body.get(image.url)
        shown = image.caption or (picture.caption if picture else None)
        captioned = captions.split(clean.plain(shown or ""), clean.plain(image.credit or ""), book.agencies, rules)
        update = {
            "alt": image.alt or (picture.alt if picture else None),
            "caption": captioned.caption,
            "credit": captioned.credit,
            "lead": image.lead or (at == 0 and not leads),
        }
        done.append(image.model_copy(update=update))
    return tuple(done)


def _body_captions(body: Body, book: AuthorBook, source: str) -> tuple[str, ...]:
    """Return what stands under the body's own pictures, without credits: an agency there is no subject."""
    rules = book.credit_rules.get(source, ())
    parted = (captions.split(picture.caption, None, book.agencies, rules).caption for picture in body.pictures)
    return tuple(caption for caption in parted if caption)


def _lead_beside_body(images: tuple[Image, ...], body: Body) -> int:
    """Count the lead image as Ghost counts a feature image: one more, unless the body shows it too."""
    shown = {picture.url for picture in body.pictures}
    lead = next((image for image in images if image.lead), None)
    return int(lead is not None and lead.url not in shown)


def _enriched(event: ArticleIngested, article: Article, newsroom: str | None) -> ArticleEnriched:
    return ArticleEnriched(
        occurred_at=event.occurred_at,
        correlation_id=event.correlation_id,
        article=article,
        correction=event.correction,
        retraction=event.retraction,
        newsroom=newsroom,
        given=None if event.retraction is not None else _given(event),
    )


def _given(event: ArticleIngested) -> Given:
    """Return what the source gave of all that was put into other words here."""
    article = event.article
    return Given(
        byline=event.byline,
        categories=event.categories,
        authors=article.authors,
        images=article.images,
        related=article.related,
        summary=article.summary,
        language=article.language,
        dateline=article.dateline,
    )
