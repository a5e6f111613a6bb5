"""Codes of controlled vocabularies as categories."""

from __future__ import annotations

import pytest

from services.ingest.formats.codes import category, local

MEDTOP = "http://cv.iptc.org/newscodes/mediatopic/"


@pytest.mark.parametrize(
    ("given", "term", "scheme"),
    [
        ({"uri": f"{MEDTOP}20000523"}, "medtop:20000523", MEDTOP),
        ({"scheme": MEDTOP, "code": "20000523"}, "medtop:20000523", MEDTOP),
        ({"scheme": MEDTOP.rstrip("/"), "code": "20000523"}, "medtop:20000523", MEDTOP.rstrip("/")),
        ({"scheme": MEDTOP, "code": "medtop:20000523"}, "medtop:20000523", MEDTOP),
        ({"uri": "https://cv.example.org/topics#rain"}, "rain", "https://cv.example.org/topics#"),
        ({"uri": "https://example.org"}, "https://example.org", None),
        ({"uri": "https://example.org/"}, "https://example.org/", None),
        ({"uri": "urn:x:rain"}, "urn:x:rain", None),
        ({"name": " Rain "}, "Rain", None),
    ],
)
def test_a_code_keeps_its_vocabulary(given: dict[str, str], term: str, scheme: str | None) -> None:
    found = category(**given)
    assert found is not None
    assert (found["term"], found["scheme"]) == (term, scheme)


def test_nothing_to_call_it_by_is_no_category() -> None:
    assert category(name="  ") is None
    assert category() is None


@pytest.mark.parametrize("code", ["stat:canceled", "http://cv.iptc.org/newscodes/pubstatusg2/canceled", "Canceled"])
def test_the_last_part_of_a_code_is_what_it_says(code: str) -> None:
    assert local(code) == "canceled"
