"""Takes author boxes and cards to other stories out of a body that came whole; what is one, pages and cms say."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from lxml.html import HtmlElement

from services.ingest.cms.fragment import edited
from services.ingest.pages import box, cards
from services.ingest.pages.made import BY, author
from services.ingest.pages.markup import words
from services.ingest.pages.merge import completed, key_of
from services.ingest.source import Selectors
from services.ingest.submission import AuthorInput, RelatedInput
from shared.events import Article, ArticleIngested, Author, Related

VALUE = r"""=["']?([^"'<>=]{1,500})"""
NAMED = (re.compile("class" + VALUE), re.compile("itemprop" + VALUE))
"""What an element is called; each character is looked at once, whatever the body, and most in one leap."""

CALLED = re.compile(
    r"author|byline|contributor|writer|reporter|person|related|recommend|recirc|readmore|suggested|bookmark|wp-embed",
    re.IGNORECASE,
)
"""What boxes and cards are called."""

LINES = tuple(
    "Read also|READ ALSO|Read more:|Read next|See also|Related:|Related stor|More on this|Читайте також|Читайте также|"
    "Lesen Sie auch|Mehr zum Thema|Lire aussi|lire aussi|Lea también|Leggi anche".split("|")
)
"""What a line to another story begins with, as it is usually written."""

LONGEST = 100_000
"""Characters of a body: what stands in it is found in milliseconds, but in half a second at the worst, in one made for
that, and nothing else is done meanwhile."""


def parted(event: ArticleIngested) -> ArticleIngested:
    """Return an event whose body is the story alone: boxes complete the authors whom they name, cards are related.

    A box of somebody who is no author is the story's own. So is what would leave no words behind.
    """
    article = event.article
    if not may_hold(article.body_html):
        return event
    people: dict[str, AuthorInput] = {}
    stories: list[RelatedInput] = []

    def part(body: HtmlElement) -> None:
        people.update(_boxes(body, article, event.byline))
        stories.extend(cards.related(body, article.url or article.source.url or "", None))

    left = edited(article.body_html, part)
    if not (people or stories) or not _has_words(left):
        return event
    known = {one.url for one in article.related}
    more = [Related(**one.model_dump()) for one in stories if one.url not in known]
    update = {"body_html": left, "authors": _completed(article.authors, people), "related": (*article.related, *more)}
    return event.model_copy(update={"article": article.model_copy(update=update)})


def may_hold(body: str) -> bool:
    """Tell whether a body may hold a box or a card, in a few microseconds: most have neither."""
    if len(body) > LONGEST:
        return False
    if any(CALLED.search(found[1]) for named in NAMED for found in named.finditer(body)):
        return True
    return "</a>" in body and any(line in body for line in LINES)


def _boxes(body: HtmlElement, article: Article, byline: str | None) -> Mapping[str, AuthorInput]:
    """Return whom boxes name, by the keys of their names; the boxes are taken out.

    Without any author a box counts where nothing follows it; a byline names no one for us to complete.
    """
    names = {key_of(BY.sub("", one.name)) for one in article.authors}
    found: dict[str, AuthorInput] = {}
    for element in box.boxes(body, Selectors()):
        told = box.told(element, article.url or "", Selectors())
        made = author(told) if told is not None else None
        if made is None:
            continue
        name = key_of(made.name)
        if name in names or (not names and byline is None and _is_last(element, body)):
            found.setdefault(name, made)
            element.drop_tree()
    return found


def _is_last(element: HtmlElement, body: HtmlElement) -> bool:
    """Tell whether no words follow an element in its body, other than those of a box beside it."""
    for one in (element, *element.iterancestors()):
        if one is body:
            return True
        if (one.tail or "").strip() or any(words(after) and not box.is_box(after) for after in one.itersiblings()):
            return False
    return False


def _completed(authors: Sequence[Author], people: Mapping[str, AuthorInput]) -> tuple[Author, ...]:
    """Return the authors with what their boxes say where nobody says it yet; where there are none, those of boxes."""
    if not authors:
        return tuple(Author(**one.model_dump()) for one in people.values())
    told = ((one, people.get(key_of(BY.sub("", one.name)))) for one in authors)
    return tuple(one if box is None else completed(one, box) for one, box in told)


def _has_words(body: str) -> bool:
    """Tell whether there is anything outside of tags."""
    return any(part.partition(">")[2].strip() for part in f">{body}".split("<"))
