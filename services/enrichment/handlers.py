"""Takes an ingested article through the steps, in their order; what each decides is its own."""

from __future__ import annotations

from services.enrichment import captions, clean, linking, reading, tags
from services.enrichment.clean import Body
from services.enrichment.newsroom import Edition, Newsroom
from shared.events import Article, ArticleEnriched, ArticleIngested, Image


class Handlers:
    """What enrichment does with each event, by the newsroom's files as they are then."""

    def __init__(self, newsroom: Newsroom) -> None:
        self._newsroom = newsroom

    async def on_article_ingested(self, event: ArticleIngested) -> ArticleEnriched:
        """Complete the article: the same event and files, the same bytes. A retraction passes as it is."""
        if event.retraction is not None:
            return _enriched(event, event.article, None)
        edition = self._newsroom.current
        return _enriched(event, completed(event, edition), edition.digest)


def completed(event: ArticleIngested, edition: Edition) -> Article:
    """Return the event's article with a safe body, authors, pictures, tags, word count and reading time."""
    given = event.article
    body = clean.cleaned(given.body_html, given.url)
    article = given.model_copy(
        update={
            "summary": clean.plain(given.summary) or None if given.summary else None,
            "body_html": body.html,
            "body_text": body.text,
            "authors": linking.resolved(given.authors, event.byline, given.source.id, edition.authors),
            "images": _images(given.images, body),
            "word_count": reading.word_count(body.html),
        }
    )
    zones = tags.zones_of(article, _body_captions(body))
    update = {
        "reading_minutes": reading.shown_minutes(
            body.html, article.word_count, _lead_beside_body(article.images, body)
        ),
        "tags": tags.tags(zones, event.categories, given.source.id, edition.taxonomy),
    }
    return article.model_copy(update=update)


def _images(given: tuple[Image, ...], body: Body) -> tuple[Image, ...]:
    """Complete the images by the body's pictures; the first leads where the source named none."""
    in_body = {picture.url: picture for picture in reversed(body.pictures)}
    images = given or tuple(Image(url=picture.url) for picture in body.pictures[:1])
    images = tuple(image for image in images if clean.web_address(image.url))
    leads = any(image.lead for image in images)
    done = []
    for at, image in enumerate(images):
        picture = in_body.get(image.url)
        shown = image.caption or (picture.caption if picture else None)
        captioned = captions.split(clean.plain(shown or ""), clean.plain(image.credit or ""))
        update = {
            "alt": image.alt or (picture.alt if picture else None),
            "caption": captioned.caption,
            "credit": captioned.credit,
            "lead": image.lead or (at == 0 and not leads),
        }
        done.append(image.model_copy(update=update))
    return tuple(done)


def _body_captions(body: Body) -> tuple[str, ...]:
    """Return what stands under the body's own pictures, without credits: an agency there is no subject."""
    parted = (captions.split(picture.caption).caption for picture in body.pictures)
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
    )
