"""A body that came whole is parted: boxes complete authors, cards are related stories, the rest is the story."""

from __future__ import annotations

from typing import Any

import pytest

from services.ingest.parting import LONGEST, may_hold, parted
from shared.events import Article, Author, Related
from tests.builders import an_article, an_ingested

TEXT = "<p>The night ferry crosses the bay again, the harbour office said.</p>"
BOX = (
    '<div class="author-box"><img class="avatar" src="https://e.org/ann.jpg" alt=""><h4 class="author-name">{name}</h4>'
    '<p class="author-role">Reporter</p><p class="author-bio">Writes about ferries. Lives by the bay.</p>'
    '<a href="https://e.org/author/ann">Read more</a></div>'
)
SABOX = (
    '<div class="saboxplugin-wrap" itemprop="author" itemscope itemtype="https://schema.org/Person">'
    '<img src="https://e.org/ann.jpg"><a class="vcard author" href="https://e.org/author/ann">'
    '<span itemprop="name">Ann Writer</span></a><div class="saboxplugin-desc" itemprop="description">'
    "<p>Writes about ferries. Lives by the bay.</p></div></div>"
)
CARD = (
    '<figure class="kg-card kg-bookmark-card"><a class="kg-bookmark-container" href="https://e.org/tugs">'
    '<div class="kg-bookmark-content"><div class="kg-bookmark-title">Tugs leave</div>'
    '<div class="kg-bookmark-description">They were sold.</div></div></a></figure>'
)
ANN = Author(name="Ann Writer")


def made(body: str, byline: str | None = None, **over: Any) -> Article:
    return parted(an_ingested(article=an_article(body_html=body, **over), byline=byline)).article


@pytest.mark.parametrize("box", [BOX.format(name="Ann Writer"), SABOX])
@pytest.mark.parametrize("name", ["Ann Writer", "By ANN WRITER"])
def test_a_box_completes_the_author_whom_it_names(box: str, name: str) -> None:
    article = made(TEXT + box, authors=(Author(name=name, role="Editor"), Author(name="Bo Reader")))
    assert article.body_html == TEXT
    ann, bo = article.authors
    assert (ann.name, ann.role, ann.bio) == (name, "Editor", "Writes about ferries. Lives by the bay.")
    assert (ann.avatar, ann.url) == ("https://e.org/ann.jpg", "https://e.org/author/ann")
    assert bo == Author(name="Bo Reader")


def test_without_authors_the_box_at_the_end_names_them() -> None:
    (ann,) = made(TEXT + BOX.format(name="Ann Writer")).authors
    assert (ann.name, ann.role) == ("Ann Writer", "Reporter")


@pytest.mark.parametrize(
    ("body", "over"),
    [
        (TEXT + BOX.format(name="Cay Baker"), {"authors": (ANN,)}),
        (BOX.format(name="Cay Baker") + TEXT, {}),
        (TEXT + BOX.format(name="Ann Writer"), {"byline": "By Ann Writer and Bo Reader"}),
        (BOX.format(name="Ann Writer"), {"authors": (ANN,)}),
        (CARD, {}),
        (TEXT + '<p class="author">– an author</p>', {"authors": (ANN,)}),
    ],
)
def test_what_is_the_storys_own_stays(body: str, over: dict[str, Any]) -> None:
    article = made(body, **over)
    assert article.body_html == body
    assert (article.related, article.authors) == ((), over.get("authors", ()))


def test_cards_and_lines_to_other_stories_are_related_each_once() -> None:
    line = '<p><strong>Read also: <a href="https://e.org/quay">The quay reopens</a></strong></p>'
    given = Related(url="https://e.org/tugs", headline="Tugs")
    article = made(TEXT + CARD + line + TEXT, related=(given,))
    assert article.body_html == TEXT + TEXT
    assert article.related == (given, Related(url="https://e.org/quay", headline="The quay reopens"))
    (tugs,) = made(TEXT + CARD).related
    assert (tugs.headline, tugs.summary, tugs.kind) == ("Tugs leave", "They were sold.", "editorial")


def test_a_plain_body_and_a_very_long_one_are_not_looked_into() -> None:
    event = an_ingested(article=an_article(body_html=TEXT))
    assert parted(event) is event
    assert not may_hold(TEXT + '<p class="wp-block-paragraph">A <a href="https://e.org/">link</a>.</p>')
    assert not may_hold(TEXT * (LONGEST // len(TEXT)) + BOX)
