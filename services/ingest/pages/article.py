"""What an article's page says, its zones kept apart and merged in order of trust; fetching is left to complete."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace
from datetime import tzinfo

from lxml.html import HtmlElement

from services.ingest.document import Unreadable
from services.ingest.pages import box, cards, merge, meta, schema, zones
from services.ingest.pages.addresses import address
from services.ingest.pages.body import BRIEF, cleaned, container, extracted, paragraphs
from services.ingest.pages.figures import pictures
from services.ingest.pages.jsonld import nodes
from services.ingest.pages.made import category
from services.ingest.pages.markup import selected, taken_out, tree, words
from services.ingest.pages.said import PageArticle
from services.ingest.pages.shape import shaped, unlabelled
from services.ingest.parse.feed import zone_of
from services.ingest.source import Selectors

SHORT_OF = 0.5
"""A text shorter than this part of JSON-LD's articleBody is not the whole story: scripts write the rest."""


def article(
    page: bytes,
    *,
    url: str,
    content_type: str,
    selectors: Selectors | None = None,
    timezone: str | None = None,
) -> PageArticle | Unreadable:
    """Read an article's page: JSON-LD, OpenGraph, the source's selectors, then the page's own shape.

    `url` is where it came from, `timezone` (IANA) that of dates without one. Nothing is fetched, no file is opened.
    Takes up to a second for megabytes: call it in a thread.
    """
    root = tree(page, content_type)
    if isinstance(root, Unreadable):
        return root
    return _Page(root, base_of(root, url), selectors or Selectors(), zone_of(timezone)).read(url)


def base_of(root: HtmlElement, url: str) -> str:
    """Return what addresses on a page are relative to (HTML, "The base element")."""
    element = root.find(".//base[@href]")
    return (address(element.get("href"), url) if element is not None else None) or url


class _Page:
    """One page being read; what was read is taken out of its tree, so that no zone is told twice."""

    def __init__(self, root: HtmlElement, base: str, selectors: Selectors, zone: tzinfo) -> None:
        self._root, self._base, self._selectors, self._zone = root, base, selectors, zone

    def read(self, url: str) -> PageArticle:
        """Return what the page says."""
        node = schema.article_node(nodes(self._root), url)
        linked = schema.told(node, self._base, self._zone) if node is not None else PageArticle()
        told = merge.first_told((linked, meta.told(self._root, self._base, self._zone)))
        # Scripts too, or the extractor takes articleBody for the text, its paragraphs run together.
        for one in [*selected(self._root, self._selectors.remove), *self._root.iter("script")]:
            taken_out(one)
        body = container(self._root, self._selectors.body)
        place = zones.own(self._root, body)
        title = zones.heading(place)
        told = replace(told, headline=merge.headline(told, words(title)))
        told = self._times(told, place, body)
        told = self._authors(told, place, body)
        return self._text(told, place, body, schema.body_text(node) if node is not None else "")

    def _times(self, told: PageArticle, place: HtmlElement, body: HtmlElement | None) -> PageArticle:
        chosen, zone = self._selectors, self._zone
        stamps = list(zones.stamps(place, body))
        updated = told.updated_at or zones.time_of(selected(self._root, chosen.updated), zone)
        updated = updated or zones.time_of(stamps, zone)
        published = told.published_at or zones.time_of(selected(self._root, chosen.published), zone)
        published = published or zones.first_time_of(stamps, zone)
        for one in stamps:
            taken_out(one)
        tags = (category(words(one)) for one in selected(self._root, chosen.tag)[:200])
        return replace(
            told,
            published_at=published or zones.time_of(list(place.iter("time"))[:1], zone),
            updated_at=updated,
            tags=told.tags or tuple(one for one in tags if one is not None),
        )

    def _authors(self, told: PageArticle, place: HtmlElement, body: HtmlElement | None) -> PageArticle:
        around = next((one for one in place.iterancestors("main", "body")), place)
        title = zones.heading(place)
        line = zones.byline(place, body)
        found = box.boxes(around, self._selectors)
        found = [one for one in found if not any(one is part or _holds(one, part) for part in (title, body))]
        if body is not None and self._selectors.author is None:
            most = len(words(body)) - BRIEF  # what would leave no story behind is the story
            found = [one for one in found if not (_holds(body, one) and len(words(one)) > most)]
        said = [box.told(one, self._base, self._selectors) for one in found]
        known = merge.authors(
            told.authors, [one for one in said if one is not None], believed=self._selectors.author is not None
        )
        for one in found:
            taken_out(one)
        if body is None and line.at is not None:  # else it stands above the text anyway
            taken_out(line.at)
        return replace(told, authors=known, byline=None if known else line.text)

    def _text(self, told: PageArticle, place: HtmlElement, body: HtmlElement | None, linked: str) -> PageArticle:
        base, chosen = self._base, self._selectors
        related = cards.related(place if body is None else body, base, chosen.related)
        related += tuple(one for one in cards.marked(self._root, base, chosen.related) if one not in related)
        above, inside = zones.shown_images(place, body)
        header = pictures(above, place, base, told.headline, chosen)
        inner = pictures(inside, place, base, told.headline, chosen)
        images = tuple(merge.images(header, inner, told.images))
        lead = images[0].url if images and images[0].lead else None
        if body is not None:
            text, plain = cleaned(deepcopy(body), base, lead), len(words(body))
        else:
            title = zones.heading(place)
            unlabelled(place, title)
            text = extracted(self._root, base)
            if text.count("<p") < 2 and (found := shaped(place, title)) is not None:
                text = cleaned(found, base, lead)  # a short page's words come run together, heading and all
            plain = len(text)
        if plain < len(linked) * SHORT_OF:
            text = paragraphs(linked)
        return replace(told, related=related[: cards.MOST], images=images, body_html=text)


def _holds(element: HtmlElement, part: HtmlElement | None) -> bool:
    return part is not None and any(one is element for one in part.iterancestors())
