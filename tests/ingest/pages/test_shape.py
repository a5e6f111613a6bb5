"""A short story on a page that calls its parts nothing we know is found by where its paragraphs stand."""

from __future__ import annotations

import re

import pytest

from services.ingest.pages import PageArticle, article

LINE = "<p>By infiltrating positions, Russia has gathered 200 troops.</p>"
TEXT = "<p>Russia has accumulated around 200 troops within Pokrovsk, the General Staff reported on Sunday morning.</p>"
BOX = (
    '<div class="author-card"><img src="/a.png" alt="Avatar"><p class="name">Tim Z</p><p class="role">Reporter</p>'
    "<p>Tim Z is a reporter at The Paper, covering foreign policy and developments across Europe.</p></div>"
)
DIVS = re.compile(r"</?div>|\s*\n\s*")
TOP = (
    '<p class="kicker">News Feed</p><h1>Troops move</h1><p>1 min read</p>'
    '<figure><img src="/l.jpg"><figcaption>A caption. (Jo/AP)</figcaption></figure>'
)


def read(inside: str, around: str = "article") -> PageArticle:
    page = (
        "<title>Troops move | Paper</title><header><a href=/>Home</a></header>"
        f"<main><{around}>{inside}</{around}></main>"
        "<aside><p>Another story of the day, of some length, that is none of this page.</p></aside><footer>(c)</footer>"
    )
    found = article(page.encode(), url="https://paper.example/a", content_type="text/html")
    assert isinstance(found, PageArticle)
    return found


@pytest.mark.parametrize("around", ["article", "div"])
@pytest.mark.parametrize(
    ("inside", "body"),
    [
        (f'{TOP}<div class="zzz">{LINE}</div>{BOX}', LINE),
        (f'{TOP}<div class="zzz">{TEXT}{BOX}</div>', TEXT),
        (f"{TOP}{TEXT}{BOX}", TEXT),
        (f"{TOP}<p>By Tim Z | Dec. 17, 2024</p>{TEXT}{BOX}", TEXT),
        (f'{TOP}<p class="post-author">Tim Z</p>{TEXT}{BOX}', TEXT),
        (f'{TOP}<div class="c-content">{LINE}</div>{BOX}', LINE),
        (f'{TOP}<div class="c-content">{LINE}{BOX}</div>', LINE),
        (f"{TOP}<section><div>{TEXT}</div><div>{LINE}</div></section>{BOX}", TEXT + LINE),
    ],
)
def test_a_short_storys_text_is_found_alone(inside: str, body: str, around: str) -> None:
    found = read(inside, around)
    assert "".join(DIVS.split(found.body_html)) == body
    assert [(one.name, one.role) for one in found.authors] == [("Tim Z", "Reporter")]
    assert [one.caption for one in found.images] == ["A caption. (Jo/AP)"]


def test_a_page_of_no_paragraphs_has_no_shape() -> None:
    assert "<p>Home" not in read(f"{TOP}<p>Too short.</p>").body_html


@pytest.mark.parametrize(
    "inside",
    [
        f'<div class="zzz"><!-- x --><h1>Troops move <b data-heading>on</b></h1><!-- y -->{LINE}</div>',
        f"<h1>Troops move {LINE}</h1>",
    ],
)
def test_a_page_with_marks_of_its_own_is_read_all_the_same(inside: str) -> None:
    assert LINE[3:-4] in read(inside, "div").body_html
