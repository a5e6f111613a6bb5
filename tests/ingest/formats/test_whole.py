"""Documents that end too early, and those that are only wrong."""

from __future__ import annotations

import pytest

from services.ingest.formats import cut_off
from tests.ingest.formats.parts import a_news_item


def test_a_document_cut_anywhere_may_have_more_to_come() -> None:
    whole = a_news_item().strip()
    assert not cut_off(whole)
    assert all(cut_off(whole[:at]) for at in range(0, len(whole), 7))


@pytest.mark.parametrize(
    "body", [b"", b"  ", b"{", b'{"a": [1, {"b": 2}', b"[1,", b"<?xml", b"<!-- ", b'{"a": {}}\n{"b": {}']
)
def test_more_may_be_to_come(body: bytes) -> None:
    assert cut_off(body)


@pytest.mark.parametrize("body", [b'{"a": }', b"[1]]", b"<a><b></a>", b"<n:a></n:a >", b"plain words", b"PK\x03\x04"])
def test_what_is_wrong_is_whole(body: bytes) -> None:
    assert not cut_off(body)
