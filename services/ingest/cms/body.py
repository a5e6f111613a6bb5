"""Parts a post's body into its zones: the text, the pictures in it, and the stories it leads to beside them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lxml.html import HtmlElement

from services.ingest.cms.fragment import edited
from services.ingest.pages.addresses import same_picture
from services.ingest.pages.cards import related
from services.ingest.pages.figures import pictures
from services.ingest.pages.markup import taken_out
from services.ingest.parse.urls import cleaned, host_of
from services.ingest.source import Selectors
from services.ingest.submission import ImageInput, RelatedInput

FORMS = frozenset(("kg-signup-card", "kg-email-cta-card", "wp-block-search", "wp-block-loginout"))
"""Classes of what asks the reader for something in the midst of a text."""


@dataclass(frozen=True, slots=True)
class Body:
    """A body without cards and forms; its pictures stay in it, and are told of."""

    html: str
    images: tuple[ImageInput, ...] = ()
    related: tuple[RelatedInput, ...] = ()


def body_of(html: str, base: str | None, headline: str | None, selectors: Selectors | None = None) -> Body:
    """Part a body; one that cannot be read whole is left as it is."""
    stories: list[RelatedInput] = []
    images: list[ImageInput] = []
    choice, hosts = selectors or Selectors(), frozenset({host_of(base)} - {""})

    def part(body: HtmlElement) -> None:
        for form in [one for one in body.iterdescendants() if FORMS.intersection((one.get("class") or "").split())]:
            taken_out(form)
        stories.extend(related(body, base or "", choice.related))
        for link in body.iter("a"):
            if "?" in (address := link.get("href") or ""):
                link.set("href", cleaned(address, hosts))
        images.extend(pictures(list(body.iter("img")), body, base or "", headline, choice))

    return Body(edited(html, part), tuple(images), tuple(stories))


def with_lead(lead: ImageInput | None, images: Sequence[ImageInput]) -> list[ImageInput]:
    """Return the lead picture and those of the body, each once."""
    if lead is None:
        return list(images)
    return [lead, *(one for one in images if same_picture(one.url) != same_picture(lead.url))]
