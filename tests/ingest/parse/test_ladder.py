"""From bytes to a tree, on the lowest rung that will do."""

from __future__ import annotations

import pytest
from lxml import etree

from services.ingest.document import Unreadable
from services.ingest.parse.ladder import Tree, climb


def tree(body: bytes) -> Tree:
    found = climb(body)
    assert isinstance(found, Tree)
    return found


@pytest.mark.parametrize(
    ("body", "quality"),
    [
        (b"<rss>x</rss>", "strict"),
        (b"\xef\xbb\xbf<rss>x</rss>", "strict"),
        ('<?xml version="1.0" encoding="windows-1251"?><rss>Ёж</rss>'.encode("cp1251"), "strict"),
        ("<rss>Ёж</rss>".encode("utf-16"), "strict"),
        (b'<!DOCTYPE rss PUBLIC "-//x" "http://bay.example/rss.dtd"><rss>x</rss>', "strict"),
        (b'<!DOCTYPE rss PUBLIC "-//x" "http://bay.example/rss.dtd"><rss>&eacute;</rss>', "repaired"),
        (b'<!DOCTYPE rss [<!ENTITY x "y">]><rss>&x;</rss>', "repaired"),
        (b"<rss>\x93x\x94</rss>", "repaired"),
        (b"<rss>a & b</rss>", "repaired"),
        (b"\n<?xml version='1.0'?><rss>x</rss>", "repaired"),
        (b"<rss><a>x</rss>", "recovered"),
    ],
)
def test_the_rung_is_told(body: bytes, quality: str) -> None:
    assert tree(body).quality == quality


def test_no_entity_is_ever_expanded() -> None:
    (text,) = tree(b'<!DOCTYPE rss [<!ENTITY x "yyy">]><rss>a&x;b</rss>').root.itertext()
    assert text == "a&x;b"


def test_a_default_attribute_of_a_dtd_is_not_read() -> None:
    hostile = b'<!DOCTYPE rss [<!ATTLIST rss version CDATA "9">]><rss>x</rss>'
    assert etree.tostring(tree(hostile).root) == b"<rss>x</rss>"


def test_a_name_that_is_none_is_no_error() -> None:
    tree(b":<O:\x0c\0O!OP")


def test_words_behind_the_end_are_told() -> None:
    assert tree(b"<rss>x</rss>\n<!-- bye -->").lost == ()
    assert tree(b"<rss>x</rss>\n<b>Warning</b>").lost == ("what stands behind the document's end is not read",)


def test_what_is_no_xml_is_said_to_be_none() -> None:
    assert climb(b"just words") == Unreadable("this is neither RSS nor Atom")
    assert climb(b" \n ") == Unreadable("the document is empty")
