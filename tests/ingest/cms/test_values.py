"""Values of strangers' JSON: what is odd is none, never an error."""

from __future__ import annotations

from typing import Any

import pytest

from services.ingest.cms.values import address, document, language, moment, object_of, objects, prose, text, whole

ODD: list[Any] = [None, 7, 1.5, True, [], {}, [None], {"a": 1}]


@pytest.mark.parametrize("odd", ODD)
def test_what_is_no_text_is_none(odd: Any) -> None:
    assert [text(odd), prose(odd), address(odd), moment(odd), language(odd)] == [None] * 5


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("<p>One</p><p>Two&nbsp;&amp; three</p>", "One Two & three"),
        ("One<br>two", "One two"),
        ("<b>O</b>ne", "One"),
        ("1 < 2 & 3", "1 < 2 & 3"),
        ("<script>x()</script>words", "words"),
        ("a\x00\ud800b", "ab"),
        ("  ", None),
        ("&#8211;", "–"),
    ],
)
def test_the_words_of_html_stay_words(given: str, said: str | None) -> None:
    assert prose(given) == said


def test_long_texts_are_cut() -> None:
    assert text("word " * 100, 9) == "word word"


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ("https://bay.example/a b", "https://bay.example/a%20b"),
        ("/story", "https://bay.example/story"),
        ("https://bay.example/404/", None),
        ("javascript:x()", None),
        ("mailto:a@b.example", None),
        ("http://[", None),
        ("https://x.example/" + "a" * 3_000, None),
    ],
)
def test_addresses_are_absolute_or_none(given: str, found: str | None) -> None:
    assert address(given, "https://bay.example/") == found


@pytest.mark.parametrize(
    ("given", "utc", "found"),
    [
        ("2026-11-22T12:00:00.000+02:00", False, "2026-11-22T12:00:00+02:00"),
        ("2026-11-22T10:00:00Z", False, "2026-11-22T10:00:00+00:00"),
        ("2026-11-22T10:00:00", True, "2026-11-22T10:00:00+00:00"),
        ("2026-11-22T10:00:00", False, None),
        ("0000-00-00T00:00:00", True, None),
        ("0001-01-01T00:00:00", True, None),
        ("9999-12-31T23:59:59Z", False, None),
        ("soon", True, None),
    ],
)
def test_moments_have_a_zone_or_are_none(given: str, *, utc: bool, found: str | None) -> None:
    said = moment(given, utc=utc)
    assert (said.isoformat() if said else None) == found


@pytest.mark.parametrize(
    ("given", "tag"), [("en_US", "en-US"), ("uk", "uk"), ("", None), ("e" * 40, None), ("?", None)]
)
def test_languages_are_tags_or_none(given: str, tag: str | None) -> None:
    assert language(given) == tag


@pytest.mark.parametrize(("given", "number"), [(7, 7), ("7", 7), (-1, None), (101, None), ("²", None), (True, None)])
def test_numbers_are_whole_and_bounded(given: Any, number: int | None) -> None:
    assert whole(given, 100) == number


def test_arrays_and_objects_are_what_they_say_or_empty() -> None:
    assert objects([{"a": 1}, 7, None, {"b": 2}], 1) == [{"a": 1}]
    assert (objects("x"), object_of([]), document(b"{"), document(b"\xff")) == ([], {}, None, None)
