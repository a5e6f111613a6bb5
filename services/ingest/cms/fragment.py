"""A post's HTML as a tree and back, whole or not at all; what is done to the tree is left to others."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import escape

from lxml import etree
from lxml.html import HtmlElement

from services.ingest.document import Unreadable
from services.ingest.pages.markup import tree

ROOTS = re.compile(r"</?(?:html|body|head)\b[^<>]{0,1000}>", re.IGNORECASE)
"""A parser ends the document at these, and a post holds them only by mistake."""

DEEPEST = 64
"""Looking for cards and captions takes the time of all that stands around each of them."""


def edited(html: str, edit: Callable[[HtmlElement], None]) -> str:
    """Return a fragment after `edit` was done to its body element; as it was when it nests too deep to be read."""
    root = tree(ROOTS.sub("", html).encode("utf-8", "replace"), "text/html; charset=utf-8")
    body = None if isinstance(root, Unreadable) else root.find("body")
    if body is None or _too_deep(body):
        return html
    edit(body)
    children = (etree.tostring(child, method="html", encoding="unicode") for child in body)
    return (escape(body.text or "", quote=False) + "".join(children)).strip()


def _too_deep(body: HtmlElement) -> bool:
    depth = 0
    for event, _ in etree.iterwalk(body, events=("start", "end")):
        depth += 1 if event == "start" else -1
        if depth > DEEPEST:
            return True
    return False
