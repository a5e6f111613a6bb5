"""Marks up the reference's words: code in backticks and links, all else as it stands."""

from __future__ import annotations

import re
from typing import Any

import orjson
from markupsafe import Markup

_MARKED = re.compile(r"`([^`]+)`|\[([^\]]+)\]\((#[a-z0-9-]+)\)")


def rich(text: str) -> Markup:
    """Return text as HTML, with `code` and [links](#to-a-place) in it."""
    made, at = Markup(), 0
    for found in _MARKED.finditer(text):
        made += Markup.escape(text[at : found.start()])
        made += code(found[1]) if found[1] else Markup('<a href="{1}">{0}</a>').format(found[2], found[3])
        at = found.end()
    return made + Markup.escape(text[at:])


def code(value: Any) -> Markup:
    """Return a value as it is written in JSON, a text without its quotes."""
    return Markup("<code>{}</code>").format(value if isinstance(value, str) else orjson.dumps(value).decode())


def as_json(value: Any) -> str:
    """Return an example as it is read best; one that is a text already stays as it is."""
    return value if isinstance(value, str) else orjson.dumps(value, option=orjson.OPT_INDENT_2).decode()
