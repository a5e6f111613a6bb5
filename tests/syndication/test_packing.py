"""Documents come back as they were, take little room, and old ones stay readable."""

from __future__ import annotations

import base64
from hashlib import sha256

import pytest

from services.syndication.packing import DICTIONARIES, Packing
from shared.events import Article, to_json
from tests.builders import an_article

KEPT = (
    "MSi1L/1grAEFBQACRhUbcGtzYIbEJqdRIGxrE8W0opHAyYt4exgh/Q8vD4CSKInCdcu1naFmnqYz2Q9tvxPFmiEg471X83PxHAuQ"
    "QGpnTyJkOVMOq2wY/VWoG2dxg0uKNAIFGQDmlUhhmeAgTWygpngA5sDFAiGgvSFPgY7LvKpF0QXdZVcv53YSoEAQFRwCwYarnCEn"
    "thTVmldiunCBYAILARMRwJMpDAsI"
)


def test_a_document_comes_back_as_it_was() -> None:
    packing = Packing()
    for document in (b"", b"{}", to_json(an_article()), "Ünï\u2028code".encode() * 1000):
        assert packing.unpack(packing.pack(document)) == document


def test_a_short_article_takes_less_room_than_its_field_names_would() -> None:
    document = to_json(an_article())
    assert len(Packing().pack(document)) < len(document) / 3


def test_what_an_earlier_run_packed_is_still_read() -> None:
    assert {name: sha256(each).hexdigest()[:16] for name, each in DICTIONARIES.items()} == {
        b"1": "7ecfdbc562d28b30",
        b"2": "1c6ff92fa35b71e7",
        b"3": "7a0260069437c063",
    }
    kept = base64.b64decode(KEPT)
    assert Article.model_validate_json(Packing().unpack(kept)).headline == "Kept by an earlier run"


def test_an_unknown_format_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match="format b'9'"):
        Packing().unpack(b"9...")
