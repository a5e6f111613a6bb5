"""Reads what a JSON Feed says of a story in the extension `_news`, as our own feeds write it."""

from __future__ import annotations

from html import escape
from typing import Any

from services.ingest.identity import named_by
from services.ingest.parse.text import plain
from services.ingest.parse.urls import address
from services.ingest.parse.values import LONG, SHORT, Fields, number

NAME = "_news"


def news_of(holder: Fields) -> Fields:
    """Return the extension of an item or an author, empty where there is none."""
    given = holder.get(NAME)
    return given if isinstance(given, dict) else {}


def author_of(holder: Fields) -> Fields:
    """Return an author's role and bio."""
    news = news_of(holder)
    return _said(role=_line(news.get("role"), SHORT), bio=_line(news.get("bio"), LONG))


def lead_of(item: Fields) -> Fields:
    """Return what is said of an item's main picture: caption and credit apart, alt and size."""
    given = news_of(item).get("lead_image")
    lead = given if isinstance(given, dict) else {}
    texts = {name: _line(lead.get(name), LONG) for name in ("alt", "caption")}
    sizes = {name: number(lead.get(name), 100_000) for name in ("width", "height")}
    return _said(**texts, **sizes, credit=_line(lead.get("credit"), SHORT))


def related_of(item: Fields, base: str) -> list[Fields]:
    """Return the stories an editor placed beside an item; computed ones every reader finds anew."""
    given = news_of(item).get("related")
    stories = []
    for one in given[:100] if isinstance(given, list) else []:
        if isinstance(one, dict) and one.get("kind") != "computed":
            url, headline = address(_text(one.get("url")), base), _line(one.get("title"), SHORT)
            if url and headline:
                stories.append({"url": url, "headline": headline} | _said(summary=_line(one.get("summary"), LONG)))
    return stories


def via_of(item: Fields) -> tuple[str, ...]:
    """Return what an item was called by the feeds that it went through on its way here."""
    given = news_of(item).get("via")
    texts = [_text(one).strip() for one in given[:1000]] if isinstance(given, list) else []
    return tuple(one for one in texts if named_by(one) is not None)


def is_canceled(item: Fields) -> bool:
    """Tell whether an item stands for a story that was taken back."""
    return _text(news_of(item).get("pub_status")) == "canceled"


def reason_of(item: Fields) -> str:
    """Return why a story was taken back, as HTML; empty for one that stands."""
    return escape(_text(news_of(item).get("reason"))) if is_canceled(item) else ""


def said_of(item: Fields) -> Fields:
    """Return an item's section, dateline and rights."""
    news = news_of(item)
    return _said(**{name: _line(news.get(name), SHORT) for name in ("section", "dateline", "rights")})


def _line(value: Any, most: int) -> str:
    return (plain(_text(value)) or "")[:most]


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _said(**values: Any) -> Fields:
    return {name: value for name, value in values.items() if value}
