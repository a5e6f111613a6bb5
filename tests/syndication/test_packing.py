"""Documents come back as they were, take little room, and old ones stay readable."""

from __future__ import annotations

import base64
from hashlib import sha256

import pytest

from services.syndication.packing import Packing, dictionaries
from shared.events import Article, to_json
from tests.builders import an_article

KEPT_1 = (
    "MSi1L/1grAEFBQACRhUbcGtzYIbEJqdRIGxrE8W0opHAyYt4exgh/Q8vD4CSKInCdcu1naFmnqYz2Q9tvxPFmiEg471X83PxHAuQ"
    "QGpnTyJkOVMOq2wY/VWoG2dxg0uKNAIFGQDmlUhhmeAgTWygpngA5sDFAiGgvSFPgY7LvKpF0QXdZVcv53YSoEAQFRwCwYarnCEn"
    "thTVmldiunCBYAILARMRwJMpDAsI"
)
KEPT_3 = (
    "Myi1L/1g3wHlBAAUA2Rlc2stYVNhbVdpcm5ld3MuZXgub3JnLyJ5LTEvS2VwYW5pZXIgcnVmZXIuMzkzOTAlIFACERUJRukOkWLFlc"
    "JaOBBmA/f5oHO4WAjRHvoP8v67JkltgFYLve2CFWQBBmVNtoWgdy3AjoBsWEVlCL6M16RwIojDKSMbrnxoqABMf0uJ1igtwMVD8XGN"
    "WwOAmYUErwjAqZ6yDgQ="
)
KEPT_4 = (
    "NCi1L/1g3wHtAwBzQgePBtJAF4tmX/ZMqxYYGS8q9KJBenP90T2Pj5ymWCb84bDi6Lv2mzAEuj9E5Fl1VqQt9L+hhPq3yuJrDYa7pu"
    "sboDoFKwF7WrPd/2OQD6RIRZwpXNiNgTI4nd+S3ematngnutqSNOXiuXW30M0tDMMnE9yHU/DwlMmgTQ=="
)
STORY = (
    "Residents of the old harbour will have to wait at least another year before work on the new railway station can "
    "begin, the city council said on Friday. It blamed the delay on a shortage of steel and on the discovery of a well "
    'beneath the site, which archaeologists want to examine first. "We regret it, but there is no other way," said a '
    "member of the planning committee."
)


def test_a_document_comes_back_as_it_was() -> None:
    packing = Packing()
    for document in (b"", b"{}", to_json(an_article()), "Ünï\u2028code".encode() * 1000):
        assert packing.unpack(packing.pack(document)) == document


def test_a_short_article_takes_less_room_than_its_field_names_would() -> None:
    document = to_json(an_article())
    assert len(Packing().pack(document)) < len(document) / 3


def test_an_english_story_takes_two_fifths_of_its_room() -> None:
    document = to_json(an_article(body_html=f"<p>{STORY}</p>"))
    empty = len(Packing().pack(to_json(an_article(body_html="<p></p>"))))
    assert len(Packing().pack(document)) - empty < len(STORY) * 0.42


@pytest.mark.parametrize("kept", [KEPT_1, KEPT_3, KEPT_4])
def test_what_an_earlier_run_packed_is_still_read(kept: str) -> None:
    packed = base64.b64decode(kept)
    assert Article.model_validate_json(Packing().unpack(packed)).headline == "Kept by an earlier run"


def test_no_dictionary_is_ever_changed() -> None:
    assert {name: sha256(each).hexdigest()[:16] for name, each in dictionaries().items()} == {
        b"1": "7ecfdbc562d28b30",
        b"2": "1c6ff92fa35b71e7",
        b"3": "7a0260069437c063",
        b"4": "b801e22e1bbe9385",
    }


def test_an_unknown_format_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match="format b'9'"):
        Packing().unpack(b"9...")
