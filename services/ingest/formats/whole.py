"""Tells a document that ends too early, as one still being uploaded does, from one that is wrong."""

from __future__ import annotations

import re

import orjson

from services.ingest.formats.xml import narrow, prolog_of

TAIL = 400


def cut_off(body: bytes) -> bool:
    """Tell whether more of a document may be to come. Ask only of one that made no sense."""
    text = narrow(body).strip()
    if not text:
        return True
    if text[:1] in (b"{", b"["):
        return text[-1:] not in (b"}", b"]") or _ends_early(text) or _ends_early(text.rpartition(b"\n")[2])
    root = prolog_of(text).root
    if root is None:
        return text.startswith(b"<")
    closing = rb"</(?:[\w.-]{1,100}:)?" + re.escape(root.encode()) + rb"\s{0,50}>$"
    return text.startswith(b"<") and re.search(closing, text[-TAIL:]) is None


def _ends_early(text: bytes) -> bool:
    try:
        orjson.loads(text)
    except orjson.JSONDecodeError as error:
        return error.msg.startswith("unexpected end")
    return False
