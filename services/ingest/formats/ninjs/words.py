"""Headline, summary and body of a ninjs item, in whichever of its forms they are given."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

from services.ingest.document import Unreadable
from services.ingest.formats import markup, nitf
from services.ingest.formats.ninjs.path import At
from services.ingest.formats.xml import local_name, tree_of

MAIN = ("main", "body", "html", "text", "headline")
LATER = ("sub", "subheadline", "short", "alternative", "alt", "caption")
SUFFIXES = {"html": "text/html", "html5": "text/html", "xhtml": "application/xhtml+xml", "text": "text/plain"}
SUFFIXES |= {"nitf": "application/nitf+xml", "xml": "application/xml"}
HTML = ("text/html", "application/xhtml+xml", "text/xhtml")
PLAIN = ("text/plain", "")


@dataclass(frozen=True, slots=True)
class Form:
    """One text of an item: its role, its media type, and what it says."""

    role: str
    type: str
    value: str


def headline(at: At) -> str | None:
    """Return the main headline as plain text, or the title where there is no headline."""
    forms = sorted(_forms(at, "headlines", "headline"), key=_order)
    return next((found for form in forms if (found := markup.plain(form.value))), None) or markup.plain(
        at.text("title")
    )


def summary(at: At) -> str | None:
    """Return the main description as plain text."""
    forms = sorted(_forms(at, "descriptions", "description"), key=_order)
    return next(
        (found for form in forms if form.role not in ("alt", "alttext") and (found := markup.plain(form.value))), None
    )


def body(at: At, title: str | None, lost: list[str]) -> str:
    """Return the body as HTML: of several forms HTML before NITF before plain text, the main one first.

    A heading in it that repeats `title` is left out.
    """
    forms = sorted(_forms(at, "bodies", "body"), key=_order)
    for readable in (HTML, ("application/nitf+xml", "application/xml", "text/xml"), PLAIN):
        for form in forms:
            if form.type in readable and (found := _html(form, title)):
                return found
    lost += [f"its body of type {form.type[:100]}" for form in forms]
    return ""


def _html(form: Form, title: str | None) -> str:
    if form.type in HTML or (form.type == "" and markup.MARKED.search(form.value)):
        return markup.from_html(form.value, title)
    return markup.from_text(form.value) if form.type in PLAIN else _nitf(form.value)


def _nitf(value: str) -> str:
    tree = tree_of(value.encode("utf-8", "replace"))
    if isinstance(tree, Unreadable):
        return ""
    contents = (node for node in tree.iter(etree.Element) if local_name(node) in ("body.content", "nitf"))
    return next((nitf.body_html(node) for node in contents), "")


def _forms(at: At, plural: str, single: str) -> Iterator[Form]:
    """Yield the texts of `bodies[]`, and of `body_html` and its like as ninjs 1 writes them."""
    for row in at.rows(plural):
        value = row.text("value")
        if value:
            kind = (row.text("contentType", "mimetype") or "").partition(";")[0].strip().lower()
            yield Form((row.text("role") or "").lower(), kind, value)
    value = at.text(single)
    if value:
        yield Form("main", "", value)
    for name in at.value:
        if name.startswith(f"{single}_") and (value := at.text(name)):
            suffix = name.removeprefix(f"{single}_").lower()
            yield Form(suffix, SUFFIXES.get(suffix, ""), value)


def _order(form: Form) -> int:
    if form.role == "" or form.role in MAIN:
        return 0
    return 2 if form.role in LATER else 1
