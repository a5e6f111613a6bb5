"""Nearly well-formed text to well-formed, without a DTD ever."""

from __future__ import annotations

import pytest

from services.ingest.parse.repair import doctype, repaired, without_doctype


def test_a_doctype_goes_with_all_it_declares() -> None:
    hostile = '<?xml version="1.0"?><!DOCTYPE rss [<!-- don\'t ]> --><!ENTITY x SYSTEM "file:///x">]><rss>&x;</rss>'
    assert repaired(hostile) == "<rss>&amp;x;</rss>"
    assert without_doctype('<!doctype html SYSTEM "a]>b" [ "]>" ]><rss/>') == "<rss/>"


def test_a_doctype_behind_a_comment_with_a_tag_is_found() -> None:
    hostile = '<!-- <rss> --><!DOCTYPE rss [<!ENTITY x "y">]><rss>&x;</rss>'
    assert doctype(hostile) == '<!DOCTYPE rss [<!ENTITY x "y">]>'
    assert "ENTITY" not in repaired(hostile)


def test_a_doctype_that_does_not_end_takes_the_rest_with_it() -> None:
    assert without_doctype("<!DOCTYPE rss [<!ENTITY x '") == ""
    assert without_doctype("<!DOCTYPE rss [<!-- ") == ""


def test_a_doctype_in_an_article_is_text() -> None:
    text = "<rss><![CDATA[<!DOCTYPE html>]]></rss>"
    assert repaired(text) == text


def test_characters_that_xml_forbids_go() -> None:
    assert repaired("<r>a\x00\x08b\uffff</r>") == "<r>ab</r>"


@pytest.mark.parametrize(
    ("broken", "whole"),
    [
        ("Fish & chips", "Fish &amp; chips"),
        ("a?b=1&c=2", "a?b=1&amp;c=2"),
        ("&eacute;&nbsp;&lt;&amp;", "é\u00a0&lt;&amp;"),
        ("&#147;x&#148;", "“x”"),
        ("&#0;&#xD800;&#x110000;", ""),
        ("&#60;b&#62;", "&lt;b&gt;"),
        ("&nonsense;", "&amp;nonsense;"),
        ("1 < 2 <3", "1 &lt; 2 &lt;3"),
        ("a]]>b", "a]]&gt;b"),
        ("one<br>two", "one<br/>two"),
        ("<![CDATA[a & b &eacute;]]>", "<![CDATA[a & b &eacute;]]>"),
        ("<![CDATA[no end </r>", "<![CDATA[no end </r></r>]]>"),
    ],
)
def test_text_is_repaired_and_none_is_lost(broken: str, whole: str) -> None:
    assert repaired(f"<rss>{broken}</rss>").startswith(f"<rss>{whole.replace('</r></r>', '</r></rss>')}")


def test_what_stands_before_the_root_goes() -> None:
    assert (
        repaired("<br />\n<b>Warning</b>: no such file in x.php\n<?xml version='1.0'?><rss>x</rss>") == "<rss>x</rss>"
    )


def test_prefixes_that_were_never_declared_are() -> None:
    whole = repaired("<rss><item><media:title>x</media:title><odd:thing/></item></rss>")
    assert whole.startswith('<rss xmlns:media="http://search.yahoo.com/mrss/" xmlns:odd="urn:undeclared:odd">')
