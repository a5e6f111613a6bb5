"""Pictures of a page with the captions and credits that stand at them; which of them leads is left to article."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice

from lxml.html import HtmlElement

from services.ingest.pages.addresses import picture_of, same_picture
from services.ingest.pages.classes import called
from services.ingest.pages.made import image, pixels
from services.ingest.pages.markup import selected, words
from services.ingest.source import Selectors
from services.ingest.submission import ImageInput

MOST = 100
LEVELS = 6
"""How far up from a picture its caption may stand."""

SMALLEST = 40
"""Pixels: a picture declared to be smaller is an icon or counts readers."""

CREDIT = frozenset(("credit", "credits", "copyright", "photographer", "attribution"))
NOT_PICTURES = frozenset(("avatar", "icon", "logo", "emoji", "pixel", "gravatar", "placeholder"))


def pictures(
    images: Sequence[HtmlElement], top: HtmlElement, base: str, headline: str | None, selectors: Selectors
) -> list[ImageInput]:
    """Return the pictures of img elements below `top`, each once; an alt that repeats the headline is left out."""
    found: dict[str, ImageInput] = {}
    for one in images:
        if _no_picture(one):
            continue
        caption, credit = _told(one, top, selectors)
        made = image(
            picture_of(one, base),
            alt=_alt(one, headline, caption),
            caption=caption,
            credit=credit,
            width=pixels(one.get("width")),
            height=pixels(one.get("height")),
        )
        if made is not None:
            found.setdefault(same_picture(made.url), made)
    return list(found.values())[:MOST]


def figure_of(img: HtmlElement) -> HtmlElement:
    """Return the outermost figure or captioned block of one picture; the element itself where it has none."""
    whole = img
    for above in islice(img.iterancestors(), LEVELS):
        if above.tag in ("body", "html", "article", "main") or not _alone(above):
            break
        if above.tag == "figure" or "wp-caption" in (above.get("class") or ""):
            whole = above
    return whole


def _told(img: HtmlElement, top: HtmlElement, selectors: Selectors) -> tuple[str | None, str | None]:
    """Return the caption and the credit that belong to a picture: those of its figure, or beside it."""
    figure = figure_of(img)
    place = figure if figure is not img else _beside(img, top, selectors)
    if place is None:
        return None, None
    captions = selected(place, selectors.caption) or list(place.iter("figcaption")) or _classed(place, "caption")
    caption = captions[0] if captions else None
    credits_ = selected(place, selectors.credit) or [
        one for one in place.iterdescendants() if called(one) & CREDIT and one.tag not in ("figcaption", "img")
    ]
    credit = words(credits_[0]) if credits_ else None
    text = words(caption)
    if credit and text.endswith(credit) and text != credit:
        text = text[: -len(credit)].rstrip(" |–—-(")
    return text or None, credit.strip("() ") if credit else None


def _beside(img: HtmlElement, top: HtmlElement, selectors: Selectors) -> HtmlElement | None:
    """Return the smallest block around a picture in which the source's selectors find a caption or credit."""
    for above in islice(img.iterancestors(), LEVELS):
        if not _alone(above):
            return None
        if selected(above, selectors.caption) or selected(above, selectors.credit):
            return above
        if above is top:
            return None
    return None


def _alone(place: HtmlElement) -> bool:
    return next(islice(place.iter("img"), 1, None), None) is None


def _classed(place: HtmlElement, word: str) -> list[HtmlElement]:
    return [one for one in place.iterdescendants() if word in called(one) and one.tag != "img"]


def _alt(img: HtmlElement, headline: str | None, caption: str | None) -> str | None:
    """Return the alternative text, unless it says what stands beside it anyway: Ghost writes the title there."""
    text = " ".join((img.get("alt") or "").split())
    said = {" ".join(one.split()).casefold() for one in (headline, caption) if one}
    return text[:2_000] if text and text.casefold() not in said else None


def _no_picture(img: HtmlElement) -> bool:
    sizes = [pixels(img.get(name)) for name in ("width", "height")]
    if any(size is not None and size < SMALLEST for size in sizes):
        return True
    words_ = called(img) | {word for word in (img.get("alt") or "").lower().split() if word == "avatar"}
    return bool(words_ & NOT_PICTURES)
