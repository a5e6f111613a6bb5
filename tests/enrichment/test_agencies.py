from __future__ import annotations

import time

import pytest

from services.enrichment.agencies import Agency, agencies

KNOWN = agencies(
    [
        Agency("Reuters News", ("Reuters",)),
        Agency("Sample News Service", ("SNS",)),
        Agency("Sample Pictures", (), in_text=False),
    ]
)


def named(text: str) -> list[tuple[str, str]]:
    return [(text[start:end], name) for start, end, name in KNOWN.mentions(text)]


def test_an_agency_is_found_as_a_word_of_its_own_by_any_spelling() -> None:
    assert named("SNS told dpa; The Associated Press’s man") == [
        ("SNS", "Sample News Service"),
        ("dpa", "dpa"),
        ("The Associated Press", "Associated Press"),
    ]


@pytest.mark.parametrize("text", ["APPLE", "an AP_1", "reuters", "Sample Pictures", "unAP", ""])
def test_what_only_looks_like_one_is_none(text: str) -> None:
    assert named(text) == []


def test_a_newsrooms_own_name_for_an_agency_wins() -> None:
    assert named("Thomson Reuters") == [("Thomson Reuters", "Reuters News")]


def test_a_credit_names_an_agency_in_any_case() -> None:
    assert KNOWN.credited("Ann Lens/sample pictures")
    assert KNOWN.credited("REUTERS via Ann")
    assert not KNOWN.credited("Ann Lens")
    assert KNOWN.called(" getty  IMAGES ") == "Getty Images"


def test_a_text_of_nothing_but_names_is_read_in_bounded_time() -> None:
    started = time.process_time()
    assert len(KNOWN.mentions("Reuters " * 1_300_000)) == 1_000
    assert time.process_time() - started < 0.5
