"""The last word on markup: what a body may hold when it stands in a page."""

from __future__ import annotations

import pytest
from lxml import html

from services.syndication.page.body import shown


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script>",
        "<p onclick='alert(1)'>",
        "<a href='javascript:alert(1)'>go</a>",
        "<img src=x onerror=alert(1)>",
        "<svg><script>alert(1)</script></svg>",
        "<math><mtext><style><img src=x onerror=alert(1)></style></mtext></math>",
        "<p style='position:fixed'>over</p>",
        "<form action='https://evil.example'><input name=password></form>",
        "<style>body{display:none}</style>",
        "</div></main></article><div class=masthead>",
        "<base href='https://evil.example/'><meta http-equiv=refresh content='0;url=https://evil.example'>",
        "<p id=stories class=skip data-newest=9>",
        "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    ],
)
def test_nothing_runs_or_reaches_out_of_the_body(hostile: str) -> None:
    found = html.fragment_fromstring(shown(f"<p>before</p>{hostile}<p>after</p>", level=2).html, create_parent="main")
    names = {str(name) for element in found.iter() for name in element.attrib}
    tags = {element.tag for element in found.iter() if element is not found}
    assert not names & {"onclick", "onerror", "style", "id", "data-newest", "srcdoc"}
    assert {element.get("class") for element in found.iter()} <= {None, "", "unsized"}
    assert not tags & {"script", "style", "form", "input", "base", "meta", "svg", "math", "main", "article"}
    assert not any("javascript" in (element.get("href") or "") for element in found.iter())
    assert "before" in found.text_content()


def test_an_empty_body_is_empty() -> None:
    assert shown(" \n ", level=1).html == ""


def test_control_characters_are_left_out() -> None:
    assert shown("<p>bad\x00\x0b\x1fword</p>", level=1).html.find("\x00") == -1


def test_a_megabyte_of_nesting_does_not_hurt() -> None:
    assert shown("<div>" * 100_000 + "words" + "</div>" * 100_000, level=1).html.count("<div>") < 100_000


def test_a_cut_body_says_so() -> None:
    long = "".join(f"<p>{'word ' * 20}{number}</p>" for number in range(20))
    found = shown(long, level=2, limit=500)
    assert found.cut
    assert len(found.html) < 700
    assert not shown("<p>short</p>", level=2, limit=500).cut
