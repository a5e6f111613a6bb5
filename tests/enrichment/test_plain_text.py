"""The text of a body is its own: paragraphs, lines and cells apart, pictures and cards left out."""

from __future__ import annotations

from services.enrichment.clean import cleaned

URL = "https://news.example.org/a/b"


def text(markup: str) -> str:
    return cleaned(markup, URL).text


def test_text_keeps_paragraphs_and_line_breaks() -> None:
    assert text("<p>One\n two&nbsp;three</p><p>Four<br>five</p><ul><li>six<li>se<b>ven</b></ul>") == (
        "One two three\n\nFour\nfive\n\nsix\n\nseven"
    )


def test_text_is_the_storys_own_without_pictures_cards_and_author_box() -> None:
    markup = (
        "<p>a</p><figure><img src='/i.jpg'><figcaption>cap</figcaption></figure>b<aside>card</aside>c"
        "<footer><p>Reporter from Warsaw</p></footer><p>d</p>"
    )

    assert text(markup) == "a\n\nb\n\nc\n\nd"


def test_table_cells_are_words_of_their_own() -> None:
    assert text("<table><tr><td>a<td>b<tr><td>c<td>d</table>") == "a b\n\nc d"


def test_no_character_of_a_body_parts_its_blocks() -> None:
    for sign in ("\x01", "\x02", "&#1;", "\ufdd0", "&#xfdd1;"):
        assert len(text(f"<p>one{sign}word</p>").splitlines()) == 1
