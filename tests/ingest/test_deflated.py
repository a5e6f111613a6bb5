"""What is remembered of items takes half the room, and what any release wrote is read."""

from __future__ import annotations

import orjson
import pytest

from services.ingest.deflated import deflated, inflated

KNOWN = b'[1,"ab","usable","2026-11-22T10:00:00+00:00","https://www.example.org/1",null,"A bridge",""]'
AS_KEPT = "3103e94b4c2247676a45626e414e2ad855864a3a79a539393a4a8e0a49459929e92073946201"


@pytest.mark.parametrize("document", [KNOWN, b"[]", orjson.dumps(["ї漢😀" * 900, "x" * 100_000])])
def test_it_reads_back_the_same(document: bytes) -> None:
    assert inflated(deflated(document)) == document


def test_what_a_release_wrote_is_read_by_the_next() -> None:
    assert inflated(KNOWN) == KNOWN, "as it was kept before anything was deflated"
    assert inflated(bytes.fromhex(AS_KEPT)) == KNOWN


def test_an_item_takes_half_the_room() -> None:
    address = "https://www.example-news.org/world/2026/11/22/council-approves-bridge-after-years-of-delay-7919"
    fingerprint, moment = "1240a4684403b160e6597a653a88f56c", "2026-11-22T10:07:41+00:00"
    headline = "Council approves new bridge over the river after years of delay"
    document = orjson.dumps([1, fingerprint, "usable", moment, address, address, headline, ""])

    assert len(deflated(document)) < len(document) / 2
