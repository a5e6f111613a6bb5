"""An article's page as a file: what it says, by the reader of pages, as a submission."""

from __future__ import annotations

from services.ingest.document import Document, Unreadable
from services.ingest.formats.item import Facts, document_of, item_of
from services.ingest.pages import PageArticle, article


def read(body: bytes, name: str, source_id: str) -> Document | Unreadable:
    """Read a page; it goes by its canonical address, or by `name`, that of its file, when it does not say one."""
    said = article(body, url="", content_type="text/html")
    if isinstance(said, PageArticle) and said.canonical_url:  # relative addresses are resolved against it
        said = article(body, url=said.canonical_url, content_type="text/html")
    if isinstance(said, Unreadable):
        return said
    if not said.body_html.strip():
        return Unreadable("is a page without an article in it")
    facts = Facts(guid=said.canonical_url or f"file:{name}", fields=_fields(said))
    return document_of([item_of(facts, source_id)])


def _fields(said: PageArticle) -> dict[str, object]:
    return {
        "url": said.canonical_url,
        "canonical_url": said.canonical_url,
        "headline": said.headline,
        "summary": said.summary,
        "body_html": said.body_html,
        "authors": [one.model_dump() for one in said.authors],
        "byline": said.byline,
        "categories": [one.model_dump() for one in said.tags],
        "images": [one.model_dump() for one in said.images],
        "related": [one.model_dump() for one in said.related],
        "section": said.section,
        "language": said.language,
        "published_at": said.published_at,
        "updated_at": said.updated_at,
    }
