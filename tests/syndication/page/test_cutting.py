"""Where a body ends that may not take more room."""

from __future__ import annotations

from lxml import etree, html

from services.syndication.page.cutting import cut


def tree(markup: str) -> etree._Element:
    root: etree._Element = html.fragment_fromstring(markup, create_parent="div")
    return root


def text(root: etree._Element) -> str:
    found: str = html.tostring(root, encoding="unicode")
    return found


def test_what_fits_stays() -> None:
    root = tree("<p>one</p><p>two</p>")
    assert not cut(root, 100)
    assert text(root) == "<div><p>one</p><p>two</p></div>"


def test_it_ends_before_the_block_that_does_not_fit() -> None:
    root = tree("<p>one</p><p>two</p><p>three</p>")
    assert cut(root, 21)
    assert text(root) == "<div><p>one</p><p>two</p></div>"


def test_a_first_block_too_long_gives_its_beginning_up_to_a_word() -> None:
    root = tree("<p>a rather long beginning of a story</p><p>more</p>")
    assert cut(root, 15)
    assert text(root) == "<div><p>a rather long…</p></div>"


def test_boxes_around_all_blocks_are_looked_into() -> None:
    root = tree("<section><div><p>one</p><p>two</p></div></section>")
    assert cut(root, 12)
    assert text(root) == "<div><section><div><p>one</p></div></section></div>"


def test_a_text_without_blocks_is_cut_too() -> None:
    root = tree("no blocks at all, just words")
    assert cut(root, 10)
    assert text(root) == "<div><p>no blocks…</p></div>"
