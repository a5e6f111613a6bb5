"""Bytes to text, as browsers would, and DTDs never."""

from __future__ import annotations

import pytest

from services.ingest.parse.encoding import clean, decoded, without_doctype


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32", "utf-16-le", "utf-16-be", "utf-32-be"])
def test_unicode_is_known_by_its_first_bytes(encoding: str) -> None:
    assert decoded("<rss>Їжак</rss>".encode(encoding), "") == "<rss>Їжак</rss>"


def test_what_is_utf_8_is_read_so_whatever_was_said() -> None:
    assert decoded("<r>é</r>".encode(), "text/xml; charset=iso-8859-1") == "<r>é</r>"


def test_http_is_believed_before_the_document() -> None:
    body = '<?xml version="1.0" encoding="koi8-r"?><r>Ёж</r>'.encode("cp1251")
    assert "Ёж" in decoded(body, "text/xml; charset=windows-1251")


def test_the_document_is_believed_when_http_is_silent_or_talks_nonsense() -> None:
    body = '<?xml version="1.0" encoding="koi8-r"?><r>Ёж</r>'.encode("koi8-r")
    assert "Ёж" in decoded(body, "text/xml")
    assert "Ёж" in decoded(body, "text/xml; charset=nonsense")


def test_windows_bytes_in_utf_8_are_repaired_one_by_one() -> None:
    assert decoded("<r>Ї".encode() + b"\x93x\x94</r>", "") == "<r>Ї“x”</r>"


def test_latin_1_is_windows_1252_as_in_browsers() -> None:
    assert decoded(b"<r>\x93\xe9\x94</r>", "text/xml; charset=iso-8859-1") == "<r>“é”</r>"


def test_codecs_that_are_no_charsets_are_not_used() -> None:
    body = b'<?xml version="1.0" encoding="punycode"?><r>\xe9</r>'
    assert decoded(body, "text/xml; charset=zlib").endswith("<r>é</r>")


def test_a_doctype_goes_with_all_it_declares() -> None:
    hostile = '<?xml version="1.0"?><!DOCTYPE rss [<!-- don\'t ]> --><!ENTITY x SYSTEM "file:///x">]><rss>&x;</rss>'
    assert clean(hostile.encode(), "").strip() == b"<rss>&x;</rss>"
    assert without_doctype('<!doctype html SYSTEM "a]>b" [ "]>" ]><rss/>') == "<rss/>"


def test_a_doctype_that_does_not_end_takes_the_rest_with_it() -> None:
    assert without_doctype("<!DOCTYPE rss [<!ENTITY x '") == ""
    assert without_doctype("<!DOCTYPE rss [<!-- ") == ""


def test_a_doctype_hidden_in_another_encoding_goes_too() -> None:
    assert clean('<!DOCTYPE r [<!ENTITY x "y">]><r>&x;</r>'.encode("utf-16"), "") == b"<r>&x;</r>"


def test_a_doctype_in_an_article_is_text() -> None:
    text = "<rss><![CDATA[<!DOCTYPE html>]]></rss>"
    assert without_doctype(text) == text


def test_characters_that_xml_forbids_go() -> None:
    assert clean(b"<r>a\x00\x08b\xef\xbf\xbf</r>", "") == b"<r>ab</r>"
