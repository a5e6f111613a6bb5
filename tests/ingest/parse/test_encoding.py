"""Bytes to text, as browsers would."""

from __future__ import annotations

import pytest

from services.ingest.parse.encoding import decoded, encoding_named


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32", "utf-16-le", "utf-16-be", "utf-32-be"])
def test_unicode_is_known_by_its_first_bytes(encoding: str) -> None:
    assert decoded("<rss>Їжак</rss>".encode(encoding)).text == "<rss>Їжак</rss>"


def test_what_is_utf_8_is_read_so_whatever_was_said() -> None:
    assert decoded("<r>é</r>".encode(), "text/xml; charset=iso-8859-1").text == "<r>é</r>"
    said = '<?xml version="1.0" encoding="utf-16"?><r>é</r>'
    assert decoded(said.encode(), "text/xml; charset=utf-16").text == said


def test_http_is_believed_before_the_document() -> None:
    body = '<?xml version="1.0" encoding="koi8-r"?><r>Ёж</r>'.encode("cp1251")
    assert "Ёж" in decoded(body, "text/xml; charset=windows-1251").text


def test_the_document_is_believed_when_http_is_silent_or_talks_nonsense() -> None:
    body = '<?xml version="1.0" encoding="koi8-r"?><r>Ёж</r>'.encode("koi8-r")
    assert "Ёж" in decoded(body, "text/xml").text
    assert "Ёж" in decoded(body, "text/xml; charset=nonsense").text


def test_the_document_is_believed_where_http_is_wrong_about_utf_8() -> None:
    body = '<?xml version="1.0" encoding="windows-1251"?><r>Привет</r>'.encode("cp1251")
    assert "Привет" in decoded(body, "text/xml; charset=utf-8").text


@pytest.mark.parametrize("declared", ["windows-1251", "iso-8859-1", "utf-8"])
def test_a_character_that_was_cut_does_not_make_http_wrong(declared: str) -> None:
    body = f'<?xml version="1.0" encoding="{declared}"?><r>Привет '.encode() + "і".encode()[:1] + b"</r>"
    assert "<r>Привет Ñ</r>" in decoded(body, "text/xml; charset=utf-8").text


def test_windows_bytes_in_utf_8_are_repaired_one_by_one_and_that_is_told() -> None:
    told = decoded("<r>Ї".encode() + b"\x93x\x94</r>")
    assert (told.text, told.faithful) == ("<r>Ї“x”</r>", False)
    assert told.data == told.text.encode()


def test_latin_1_is_windows_1252_as_in_browsers() -> None:
    assert decoded(b"<r>\x93\xe9\x94</r>", "text/xml; charset=iso-8859-1").text == "<r>“é”</r>"


def test_codecs_that_are_no_charsets_are_not_used() -> None:
    body = b'<?xml version="1.0" encoding="punycode"?><r>\xe9</r>'
    assert decoded(body, "text/xml; charset=zlib").text.endswith("<r>é</r>")


@pytest.mark.parametrize(
    ("label", "encoding"),
    [
        ("latin1", "cp1252"),
        ("US-ASCII", "cp1252"),
        ("x-sjis", "cp932"),
        ("GB2312", "gb18030"),
        ("ks_c_5601-1987", "cp949"),
        ("iso-8859-9", "cp1254"),
        ("TIS-620", "cp874"),
        ("unicode-1-1-utf-8", "utf-8"),
        ("koi8-ru", "koi8-u"),
        ("rot13", None),
        ("idna", None),
        ("utf-7", None),
    ],
)
def test_labels_mean_what_they_mean_to_browsers(label: str, encoding: str | None) -> None:
    assert encoding_named(label) == encoding
