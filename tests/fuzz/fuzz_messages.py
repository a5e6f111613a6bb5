"""Throws made-up pushed articles at webhook messages: whole in every format, and no more in them than may be."""

from __future__ import annotations

from typing import Any, get_args

import atheris

from tests.fuzz.fuzzing import fuzz
from tests.fuzz.pushing import pushed

with atheris.instrument_imports(include=["services.syndication"]):
    import orjson

    from services.syndication.ledger.entry import Entry, Recorded, fields_of, recorded_of
    from services.syndication.packing.packing import Packing
    from services.syndication.rights import LEVELS, Restriction, told, withdrawn_as
    from services.syndication.webhooks.cuts import FIELDS, IDENTITY, Cut
    from services.syndication.webhooks.formats import Format, written
    from services.syndication.webhooks.prepare import Prepared
    from services.syndication.webhooks.sending import Sending
    from shared.events import Article, Reuse, to_json

SITE = "https://news.example.org"
TYPES = ("article.published", "article.corrected", "article.retracted")
BODY = ("body_html", "body_text", "dateline", "images", "attributions")
PACKING = Packing()


def one_input(data: bytes) -> None:
    """Write one article's message for several receivers. Raises ValueError where one is broken, or says too much."""
    article = pushed(data)
    if article is None:
        return
    document = to_json(article)
    if PACKING.unpack(PACKING.pack(document)) != document:
        raise ValueError(article)
    entry = noted(article, TYPES[len(data) % 3])
    prepared = Prepared(entry, document, 0.0, SITE)
    fields = None if len(data) % 2 else FIELDS[len(data) % len(FIELDS) :][:5]
    for most in LEVELS:
        for cut in (Cut("full", fields, most), Cut("thin", None, most)):
            for format in get_args(Format):
                bounded(message(prepared, format, cut), article, most)
    for restriction in get_args(Restriction):
        stands(orjson.loads(told(document, restriction)), article, restriction)


def noted(article: Article, type: str) -> Recorded:
    """Note a version in the ledger, and read it as it is kept. Raises ValueError where that is another."""
    note = article.summary
    entry = Entry(
        type=type,
        article_id=article.id,
        version=article.version,
        timestamp="2026-03-01T09:00:00.000001Z",
        correlation_id=article.guid,
        changed=("headline", "body_html"),
        correction=note or None,
        reason=article.headline,
        replacement_url=article.url,
    )
    parts = [part.encode() if isinstance(part, str) else part for part in fields_of(entry)]
    found = recorded_of(b"7-0", dict(zip(parts[::2], parts[1::2], strict=True)))
    if any(getattr(found, name) != getattr(entry, name) for name in Entry.__slots__):
        raise ValueError(found)
    return found


def message(prepared: Prepared, format: Format, cut: Cut) -> dict[str, Any]:
    """Write a message, and read its article as a receiver does. Raises ValueError where a header is none."""
    made = prepared.message("msg_1", Sending(format=format, cut=cut), 5, b'["lang:en"]', (3,))
    if made is None:
        raise ValueError(cut)
    form = written(made, format, SITE)
    if not all(value.isascii() and value.isprintable() for value in form.headers.values()):
        raise ValueError(form.headers)
    whole = orjson.loads(form.body)
    found: dict[str, Any] = whole["article"] if format == "cloudevents-binary" else whole["data"]["article"]
    return found


def bounded(found: dict[str, Any], article: Article, most: Reuse) -> None:
    """Look whether an article is named, and no more of it is left than its source and a receiver's terms allow."""
    if (found["id"], found["guid"]) != (article.id, article.guid):
        raise ValueError(found)
    level = max(most, article.reuse, key=LEVELS.index)
    hidden: tuple[str, ...] = BODY if level != "full" else ()
    hidden += ("summary",) if level == "headline" else ()
    hidden += (*BODY, "summary", "headline", "authors") if article.status == "withheld" else ()
    if any(found.get(name) for name in hidden) or not set(IDENTITY) <= set(found):
        raise ValueError(level)


def stands(found: dict[str, Any], article: Article, restriction: Restriction) -> None:
    """Look whether an earlier version says no more than the newest allows."""
    withdrawn = restriction in ("withheld", "canceled") and withdrawn_as(to_json(article)) != restriction
    if withdrawn and any(found.get(name) for name in (*BODY, "summary", "headline", "authors", "tags")):
        raise ValueError(restriction)


if __name__ == "__main__":
    fuzz(one_input, "articles")
