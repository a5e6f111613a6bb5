r"""FastStream's binary envelope, read and written without its per-message machinery.

One stream field `__data__` (faststream 0.7, `redis/parser/binary.py`):

    0   8  \x89BIN\r\n\x1a\n
    8   2  version, big-endian, 1
    10  4  offset of the headers
    14  4  offset of the body
    18  2  how many headers, then each key and value with a 2-byte length before it
    ..     the body: JSON
"""

from __future__ import annotations

from collections.abc import Mapping
from struct import Struct

import orjson
from pydantic import ValidationError

from shared.faults import faults

FIELD = b"__data__"
MAGIC = b"\x89BIN\r\n\x1a\n"
_HEAD = Struct(">8sHIIH")
_LENGTH = Struct(">H")
_BODY_AT = Struct(">I")


def encode(body: bytes, correlation_id: str) -> bytes:
    """Wrap a JSON body for a FastStream reader; the correlation id must be ASCII (lengths count characters)."""
    headers = b"".join(
        _LENGTH.pack(len(part)) + part
        for part in (
            b"correlation_id",
            correlation_id.encode("ascii", "replace")[:200],
            b"content-type",
            b"application/json",
        )
    )
    start = _HEAD.size
    # The offset of the headers is that of their count.
    return _HEAD.pack(MAGIC, 1, start - 2, start + len(headers), 2) + headers + body


def decode(fields: Mapping[bytes, bytes]) -> bytes:
    """Return the body of an entry: enveloped, bare JSON in `__data__`, or plain fields as a JSON object."""
    data = fields.get(FIELD)
    if data is None:
        plain = {name.decode("utf-8", "replace"): value.decode("utf-8", "replace") for name, value in fields.items()}
        return orjson.dumps(plain)
    if data.startswith(MAGIC) and len(data) >= _HEAD.size:
        return data[_BODY_AT.unpack_from(data, 14)[0] :]
    return data


def first_fault(error: Exception) -> str:
    """Say in one line why a body was refused, with the place but without what stood there."""
    if not isinstance(error, ValidationError):
        return f"{type(error).__name__}: {error}"[:1000]
    where, why = faults(error)[0]
    return f"{where}: {why}"[:1000] if where else why[:1000]
