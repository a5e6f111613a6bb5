"""Throws made-up pushed articles at all renderings: well formed, and read back by our own parser for what they were."""

from __future__ import annotations

import atheris

from tests.fuzz.fuzzing import fuzz
from tests.fuzz.pushing import pushed

with atheris.instrument_imports(include=["services.syndication.feeds"]):
    import orjson
    from lxml import etree

    from services.ingest.document import Document
    from services.ingest.parse import parse
    from services.syndication.feeds.channel import Channel
    from services.syndication.feeds.formats import FORMATS, OPEN_FORMATS
    from services.syndication.feeds.shelf import ALL
    from services.syndication.feeds.sitemap import sitemap
    from shared.events import Article
    from tests.builders import MORNING
    from tests.syndication.feeds.in_memory import SITE

READ = {"rss": "", "atom": "", "json": "application/feed+json"}
CHANNEL = Channel(feed=ALL, label="", published=MORNING, modified=MORNING)
RECENT = MORNING.replace(year=1980)
STRICT = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)


def one_input(data: bytes) -> None:
    """Render one article in an open and a partner's format. Raises ValueError where something is lost or broken."""
    article = pushed(data)
    if article is None or article.status == "withheld":
        return
    etree.fromstring(sitemap([article], SITE, MORNING.replace(year=1)), STRICT)
    names = sorted(FORMATS)
    for name in {*READ, names[len(data) % len(names)]}:
        document = rendered(article, name)
        if name in READ and article.body_text and article.status == "usable" and article.reuse == "full":
            read_back(article, name, document)


def rendered(article: Article, name: str) -> bytes:
    """Return a feed of one article. Raises ValueError where its own gate would not let it out."""
    made = FORMATS[name]
    fragment = made.item(article, SITE)
    fault = made.fault(fragment)
    if fault is not None and name in OPEN_FORMATS:
        raise ValueError(fault)
    document = made.head(CHANNEL, SITE) + fragment + made.foot
    orjson.loads(document) if name in ("json", "ninjs") else etree.fromstring(document, STRICT)
    return document


def read_back(article: Article, name: str, document: bytes) -> None:
    """Read a feed as another newsroom would. Raises ValueError where an id, a headline or a date is another now."""
    url, kind = f"https://news.example.org/feeds/all.{name}", READ[name]
    found = parse(document, url=url, content_type=kind, source_id="mirror", now=MORNING)
    if not isinstance(found, Document) or len(found.submissions) != 1:
        raise ValueError(found)
    [item] = found.submissions
    match name:  # where a title may be plain text or markup, readers guess, and ours from what most feeds do
        case "rss":
            told = etree.fromstring(document, STRICT).findtext("channel/item/title")
        case "json":
            told = orjson.loads(document)["items"][0]["title"]
        case _:
            told = item.headline
    if item.guid != SITE.identifier(article.id) or visible(told or "") != visible(article.headline):
        raise ValueError(item)
    if RECENT < article.published_at < MORNING and item.published_at != article.published_at.replace(microsecond=0):
        raise ValueError(item.published_at)


def visible(text: str) -> str:
    """Return what a reader sees of a text: no controls, and each blank once."""
    return " ".join("".join(one for one in text if one.isprintable() or one.isspace()).split())


if __name__ == "__main__":
    fuzz(one_input, "articles")
