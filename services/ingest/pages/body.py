"""The element of a page that holds the story's text, and the text without what is not the story's."""

from __future__ import annotations

import html as html_module
import re
from collections.abc import Iterable
from itertools import islice

from lxml import etree
from lxml.html import HtmlElement

from services.ingest.pages.addresses import address, picture_of, same_picture
from services.ingest.pages.classes import noisy, of_others, tokens
from services.ingest.pages.figures import figure_of
from services.ingest.pages.markup import longer, selected, small, taken_out, words
from services.ingest.submission import LONGEST_BODY, printable

CLASSES = (
    "gh-content",
    "c-content",
    "post-full-content",
    "entry-content",
    "article-body",
    "article__body",
    "article-content",
    "article__content",
    "story-body",
    "story-content",
    "post-body",
    "post-content",
)
"""Names that themes give to a story's text, the surest first: Ghost's Source and Casper, WordPress, usage."""

LEAST = 140
"""Characters of text that a story has at least, unless the source's selector says where it is."""

BRIEF = 30
"""Characters of a story of a sentence, where nothing on its page is longer and would be the story by its name."""

CANDIDATES = 10
KEPT = frozenset("href src srcset alt title width height datetime cite lang dir colspan rowspan poster type".split())
TITLED = "</h1>"
"""What stands above the heading is not the story, and the heading is told apart."""

MINUTES = re.compile(r"\d{1,3}[\s-]min(?:ute)?s?[\s-]read", re.IGNORECASE)
MINUTES_FIRST = re.compile(rf"<p>\s*{MINUTES.pattern}\s*</p>\s*", re.IGNORECASE)
LONGEST_MINUTES = 40
MOST_WITH_MINUTES = 16
"""Elements inside: a mark drawn before the words has some."""

EXTRACTED = 10_000
NESTED = 250_000
"""Elements of the largest page that is given to the extractor, and the most that they may have around them together:
its time grows with both, to seconds for a page of a hundred kilobytes."""


def container(root: HtmlElement, selector: str | None) -> HtmlElement | None:
    """Return the element that holds the story's text: the selector's, the one marked so, or None."""
    chosen = selected(root, selector)
    if chosen:
        return max(chosen[:CANDIDATES], key=lambda one: len(one.text_content()))
    marked = list(islice((one for one in root.iter() if _is_marked(one)), CANDIDATES))
    classed: list[HtmlElement] | None = None
    for least in (LEAST, BRIEF):
        if (found := _first(marked, root, least)) is not None:
            return found
        classed = _classed(root) if classed is None else classed
        if (found := _first(classed, root, least)) is not None:
            return found
    return None


def _first(elements: Iterable[HtmlElement], root: HtmlElement, least: int) -> HtmlElement | None:
    """Return the first of some elements that holds a story: a short one is one only where it has a paragraph."""
    fit = (one for one in elements if longer(one, least) and not of_others(one, root))
    return next((one for one in fit if least == LEAST or one.find(".//p") is not None), None)


def _is_marked(element: HtmlElement) -> bool:
    return "articleBody" in (element.get("itemprop") or "").split()


def _classed(root: HtmlElement) -> list[HtmlElement]:
    places: dict[str, list[HtmlElement]] = {}
    for one in root.iter("div", "section", "article", "main"):
        for name in tokens(one):
            if name in CLASSES and len(places.setdefault(name, [])) < CANDIDATES:
                places[name].append(one)
    return [one for name in CLASSES for one in places.get(name, ())]


def cleaned(body: HtmlElement, base: str, lead: str | None) -> str:
    """Return the HTML inside a body: no controls, no adverts, the lead picture not said twice, addresses absolute.

    `body` is changed by it. It is not made safe to show: that is left to enrichment.
    """
    for one in [inner for inner in body.iterdescendants() if noisy(inner)]:
        taken_out(one)
    for one in [inner for inner in body.iterdescendants("p", "div", "span", "small", "time") if _tells_minutes(inner)]:
        taken_out(one)
    _drop_lead(body, lead)
    for one in list(body.iterdescendants()):
        if one.tag == "h1":
            taken_out(one)
        elif one.tag != "iframe":
            _tidied(one, base)
    return _inside(body)


def _tells_minutes(element: HtmlElement) -> bool:
    """Tell whether an element says how long the story takes to read, and nothing else: we tell that ourselves."""
    if not small(element, MOST_WITH_MINUTES):  # else each of many, one within the other, were read whole
        return False
    return not longer(element, LONGEST_MINUTES) and MINUTES.fullmatch(words(element)) is not None


def _drop_lead(body: HtmlElement, lead: str | None) -> None:
    """Take out the lead picture where it stands above the text."""
    for img in body.iter("img"):
        before = "".join(str(text) for text in body.xpath("text()[1]")) if body.text else ""
        if lead is not None and not before.strip() and same_picture(picture_of(img, lead) or "") == same_picture(lead):
            figure = figure_of(img)
            if not any(words(one) for one in figure.itersiblings("p", preceding=True)):
                taken_out(figure)
        return


def _tidied(element: HtmlElement, base: str) -> None:
    """Leave an element the attributes that a reader has use for, their addresses absolute."""
    kept = {name: printable(value) for name in KEPT if (value := element.get(name)) is not None}
    if element.tag == "img":
        source = picture_of(element, base)
        if source is None:
            taken_out(element)
            return
        kept = {name: value for name, value in kept.items() if name != "srcset"} | {"src": source}
    for name in ("href", "cite", "poster"):
        absolute = address(kept.get(name), base)
        if absolute is not None:
            kept[name] = absolute
        elif not kept.get(name, "").startswith(("mailto:", "#")):
            kept.pop(name, None)
    element.attrib.clear()  # one by one they cannot be deleted: a page may call them what no XML allows
    for name, value in sorted(kept.items()):
        element.set(name, value)


def _inside(body: HtmlElement) -> str:
    """Return what stands inside an element; whole blocks are left out where it is past what a body may be."""
    parts, length = [html_module.escape(body.text or "", quote=False)], 0
    for child in body.iterchildren():
        written = etree.tostring(child, encoding="unicode", method="html")
        length += len(written)
        if length > LONGEST_BODY:
            break
        parts.append(written)
    return "".join(parts).strip()


def extracted(page: HtmlElement, url: str) -> str:
    """Find a page's main text by its shape (trafilatura), as HTML; "" where there is none.

    It is given a tree, so that it opens and fetches nothing. Takes up to a second: call it in a thread.
    """
    if _too_much(page):
        return ""
    from trafilatura import extract  # noqa: PLC0415  # half a second to load, for pages without marks only

    try:
        found = extract(
            page,
            url=url,
            output_format="html",
            include_comments=False,
            include_formatting=True,
            include_links=True,
            include_images=False,
            with_metadata=False,
        )
    except Exception:  # noqa: BLE001  # a page made to break it has no text that we can find
        return ""
    inside = re.search(r"<body>(.*)</body>", found or "", re.DOTALL)
    text = (inside[1] if inside else found or "")[:LONGEST_BODY]
    text = text[text.find(TITLED) + len(TITLED) :] if TITLED in text else text
    return MINUTES_FIRST.sub("", text.strip())


def _too_much(page: HtmlElement) -> bool:
    elements = depth = nested = 0
    for event, _ in etree.iterwalk(page, events=("start", "end")):
        depth += 1 if event == "start" else -1
        if event == "start":
            elements += 1
            nested += depth
        if elements > EXTRACTED or nested > NESTED:
            return True
    return False


def paragraphs(text: str) -> str:
    """Return a plain text as HTML paragraphs; what has tags already stays as it is."""
    text = text[:LONGEST_BODY]
    if re.search(r"</(?:p|div|h2)>", text, re.IGNORECASE):
        return text
    lines: Iterable[str] = (line.strip() for line in re.split(r"\n+", text))
    return "".join(f"<p>{html_module.escape(html_module.unescape(line), quote=False)}</p>" for line in lines if line)
