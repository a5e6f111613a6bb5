"""What the class names, ids and roles of elements tell of their zone; what is done about it is left to others."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import islice

from lxml.html import HtmlElement

from services.ingest.pages.markup import longer

WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|[0-9]+")
AUTHOR = frozenset(("author", "authors", "byline", "contributor", "contributors", "writer", "reporter"))
RELATED = frozenset(("related", "recommended", "recommendations", "recirc", "readmore", "suggested", "bookmark"))
OTHERS = RELATED | {"next", "latest", "trending", "popular", "sidebar", "widget", "comments", "comment", "newsfeed"}
"""Words for zones whose stories, authors and dates are not this article's."""

NOISE = frozenset(
    "share sharing social newsletter subscribe subscription signup advert advertisement advertising ads promo "
    "sponsor sponsored paywall cookie banner popup modal breadcrumb breadcrumbs toolbar comments disqus print "
    "donate donation donations".split()
)
NOISY_TAGS = frozenset(
    "script style noscript template form button input select textarea nav dialog object embed link meta "
    "canvas iframe svg".split()
)
BLOCKS = frozenset(("div", "section", "aside", "ul", "p", "footer"))
LONGEST_NOISE = 600
"""Characters: what holds more text is the story, whatever its class says."""

FRAMES = ("youtube.com/", "youtube-nocookie.com/", "vimeo.com/", "twitter.com/", "x.com/", "facebook.com/")


@lru_cache(maxsize=20_000)
def _words(text: str) -> frozenset[str]:
    return frozenset(word.lower() for word in WORD.findall(text[:500]))


def tokens(element: HtmlElement) -> list[str]:
    """Return an element's classes, as they stand."""
    return (element.get("class") or "").split()


def called(element: HtmlElement) -> frozenset[str]:
    """Return the words of an element's classes and id: "gh-article-authorName" has gh, article, author and name."""
    return _words(f"{element.get('class') or ''} {element.get('id') or ''}")


def noisy(element: HtmlElement) -> bool:
    """Tell whether an element of a body is not the story's: controls, shares, adverts, what is hidden."""
    if element.tag in NOISY_TAGS:
        return not (element.tag == "iframe" and any(frame in (element.get("src") or "") for frame in FRAMES))
    if element.get("hidden") is not None or element.get("aria-hidden") == "true":
        return True
    named = element.tag in BLOCKS and bool(called(element) & NOISE)
    return named and not longer(element, LONGEST_NOISE)


def of_others(element: HtmlElement, top: HtmlElement) -> bool:
    """Tell whether an element below `top` stands in a zone of other stories; one that holds the heading is none."""
    for above in element.iterancestors():
        if above is top or above.tag in ("body", "html"):  # their classes tell what the page has, not where it is
            return False
        if above.tag == "article":  # the nearest says it: looking into those around it would cost too much
            return above.find(".//h1") is None and above.find(".//a") is not None and not _holds_body(above)
        if above.tag == "nav" or (called(above) & OTHERS) or (above.tag == "footer" and _of_page(above)):
            return above.find(".//h1") is None
    return False


def _of_page(footer: HtmlElement) -> bool:
    return next(footer.iterancestors("article", "main"), None) is None


def _holds_body(element: HtmlElement) -> bool:
    return sum(len(one.text_content()) for one in islice(element.iter("p"), 200)) > 1_000
