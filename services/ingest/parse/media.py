"""Pictures with their own captions and credits, and recordings, of Media RSS, enclosures and podcasts.

Which of a story's pictures leads is left to others.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml import etree

from services.ingest.parse.files import PAGES, Found, Offer, children_of, credit_of, offered, seconds, words_of
from services.ingest.parse.names import Names
from services.ingest.parse.values import LONG, SHORT, Fields

KINDS_OF_MEDIA = frozenset({"media:content", "media:group", "media:thumbnail", "media:description"})
"""Elements of an item without which it has no media of its own, but for enclosures."""

KINDS_OF_WORDS = frozenset({"media:group", "media:description", "media:credit"})


@dataclass(slots=True)
class Media:
    """What goes with an item; `text` is what describes the item's recording and is no picture's caption."""

    images: list[Fields] = field(default_factory=list)
    enclosures: list[Fields] = field(default_factory=list)
    avatars: dict[str, str] = field(default_factory=dict)
    text: str = ""

    def take(self, offer: Offer) -> None:
        """Put a file where it belongs; a page is none."""
        if not offer.pictured:
            if offer.kind not in PAGES:
                self.enclosures.append(offer.file())
        elif "gravatar.com/avatar/" in offer.url:
            self.avatars[offer.title.casefold()] = offer.url
        else:
            self.images.append(offer.image())


def media_of(found: Found, names: Names, base: str, enclosures: list[etree._Element]) -> Media:
    """Return an item's pictures and recordings, each once.

    `enclosures` are those of RSS or the links of Atom. What is said of the item as a whole goes to its picture only
    when it has one alone: of several, none gets the credit of another.
    """
    media, thumbnails = Media(), []
    pictured = not KINDS_OF_MEDIA.isdisjoint(found)
    if not enclosures and not pictured:
        return media
    offers = _offers(found, names, base) if pictured else []
    offers += [offer for element in enclosures if (offer := offered(element, names, base)) is not None]
    for offer in offers:
        media.take(offer)
    if not media.images and pictured:
        thumbnails = list(_thumbnails(found, names, base))
        media.images = [offer.image() for offer in thumbnails]
    if len(offers) > 1:
        media.images, media.enclosures = _each_once(media.images), _each_once(media.enclosures)
    if not KINDS_OF_WORDS.isdisjoint(found):
        _shared_words(media, found, names, thumbs=bool(thumbnails))
    if media.enclosures and (lasts := seconds(words_of(found, "itunes:duration"))):
        for file in media.enclosures:
            file.setdefault("seconds", lasts)
    return media


def _offers(found: Found, names: Names, base: str) -> list[Offer]:
    """Return the files of media:content; of a group, which is one thing in several makings, the best of each kind."""
    offers = [offer for one in found.get("media:content", ()) if (offer := offered(one, names, base)) is not None]
    for group in found.get("media:group", ()):
        inside = children_of(group, names)
        made = [
            offer for content in inside.get("media:content", ()) if (offer := offered(content, names, base, inside))
        ]
        for pictured in (True, False):
            best = max((one for one in made if one.pictured is pictured), key=Offer.size, default=None)
            if best is not None:
                offers.append(best)
    return offers


def _thumbnails(found: Found, names: Names, base: str) -> Iterator[Offer]:
    places = [found, *(children_of(group, names) for group in found.get("media:group", ()))]
    contents = [content for place in places for content in place.get("media:content", ())]
    places += [children_of(content, names) for content in contents]
    for place in places:
        best = None
        for element in place.get("media:thumbnail", ()):
            offer = offered(element, names, base)
            if offer is not None and (best is None or offer.size() > best.size()):
                best = offer
        if best is not None:
            best.kind = "image/"
            yield best
            return


def _shared_words(media: Media, found: Found, names: Names, *, thumbs: bool) -> None:
    """Give an only picture what is said of the item's media as a whole; a recording's words are the item's."""
    groups = [children_of(group, names) for group in found.get("media:group", ())]
    said = words_of(found, "media:description") or next(
        filter(None, (words_of(one, "media:description") for one in groups)), ""
    )
    if len(media.images) == 1:
        image = media.images[0]
        image.setdefault("credit", credit_of(found)[:SHORT])
        if not (thumbs and (media.enclosures or groups)):
            image.setdefault("caption", said[:LONG])
    if thumbs or not media.images:
        media.text = said


def _each_once(offered: list[Fields]) -> list[Fields]:
    if len(offered) < 2:
        return offered
    kept: dict[str, Fields] = {}
    for one in offered:
        known = kept.setdefault(one["url"], one)
        if known is not one:
            known |= one | known
    return list(kept.values())
