from __future__ import annotations

import orjson
import pytest
from faststream.redis.parser import BinaryMessageFormatV1

from shared.bus import wire


async def test_faststream_reads_what_we_write() -> None:
    body, headers = BinaryMessageFormatV1.parse(wire.encode(b'{"a": 1}', "corr-1"))
    assert body == b'{"a": 1}'
    assert headers == {"correlation_id": "corr-1", "content-type": "application/json"}


async def test_we_write_the_bytes_that_faststream_writes() -> None:
    theirs = await BinaryMessageFormatV1.encode(message={"a": "b"}, reply_to=None, headers={}, correlation_id="corr-1")
    body, headers = BinaryMessageFormatV1.parse(theirs)
    assert headers == {"correlation_id": "corr-1", "content-type": "application/json"}
    assert wire.encode(body, "corr-1") == theirs


async def test_we_read_what_faststream_writes_with_headers_of_its_own() -> None:
    theirs = await BinaryMessageFormatV1.encode(
        message={"a": "b"}, reply_to="x", headers={"traceparent": "00-1"}, correlation_id="c"
    )
    assert orjson.loads(wire.decode({wire.FIELD: theirs})) == {"a": "b"}


def test_a_bare_json_field_is_the_body_as_it_is() -> None:
    assert wire.decode({wire.FIELD: b'{"data": "x"}'}) == b'{"data": "x"}'


def test_plain_fields_become_an_object_and_bytes_that_are_not_utf8_are_replaced() -> None:
    assert orjson.loads(wire.decode({b"a": b"1", b"b": b"\xff"})) == {"a": "1", "b": "�"}


def test_a_correlation_id_that_is_not_ascii_leaves_the_body_whole() -> None:
    body, headers = BinaryMessageFormatV1.parse(wire.encode(b"{}", "żółw"))
    assert (body, headers["correlation_id"]) == (b"{}", "???w")


@pytest.mark.parametrize("cut", range(0, 40, 3))
def test_a_cut_off_envelope_never_raises(cut: int) -> None:
    assert isinstance(wire.decode({wire.FIELD: wire.encode(b"{}", "c")[:cut]}), bytes)
