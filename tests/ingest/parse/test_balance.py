"""Tags that do not match, closed so that every word stays."""

from __future__ import annotations

import pytest
from lxml import etree

from services.ingest.parse.balance import MAX_DEPTH, balanced


@pytest.mark.parametrize(
    ("broken", "whole"),
    [
        ("<r><a>x</r>", "<r><a>x</a></r>"),
        ("<r>x</b>y</r>", "<r>xy</r>"),
        ("<r><a>x<b>y</a>z</r>", "<r><a>x<b>y</b></a>z</r>"),
        ("<r><item>a<item>b</r>", "<r><item>a</item><item>b</item></r>"),
        ("<r><a href=x y='2' y='3' z>t</a></r>", '<r><a href="x" y="2" z="">t</a></r>'),
        ('<r><a t="1 < 2">x</a></r>', '<r><a t="1 &lt; 2">x</a></r>'),
        ('<r><a t="5" tall">x</a><b c="d">y</b></r>', '<r><a t="5" tall="">x</a><b c="d">y</b></r>'),
        ("<r>a <!-- b --> c</r> behind", "<r>a  c</r>"),
        ("<r>a <!-- b", "<r>a  b</r>"),
        ("<r><![CDATA[<x>]]>", "<r><![CDATA[<x>]]></r>"),
        ("<r>cut off <b", "<r>cut off <b></b></r>"),
    ],
)
def test_every_tag_is_closed(broken: str, whole: str) -> None:
    assert balanced(broken)[0] == whole
    etree.fromstring(whole)


def test_what_stands_behind_the_root_is_handed_back() -> None:
    assert balanced("<r>x</r><r>y</r>") == ("<r>x</r>", "<r>y</r>")


def test_too_deep_tags_go_and_their_words_stay() -> None:
    whole, _ = balanced("<a>" * 1000 + "deep words" + "</a>" * 1000)
    assert whole.count("<a>") == MAX_DEPTH
    assert "deep words" in whole
