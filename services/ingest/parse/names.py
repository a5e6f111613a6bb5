"""Names of feed elements whatever prefixes and letter case a document chose; what they mean is left to the readers."""

from __future__ import annotations

from typing import Any

from lxml import etree

SPACES = {
    "atom": "http://www.w3.org/2005/Atom",
    "at": "http://purl.org/atompub/tombstones/1.0",
    "content": "http://purl.org/rss/1.0/modules/content/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "dcterms": "http://purl.org/dc/terms/",
    "feedburner": "http://rssnamespace.org/feedburner/ext/1.0",
    "fh": "http://purl.org/syndication/history/1.0",
    "georss": "http://www.georss.org/georss",
    "image": "http://www.google.com/schemas/sitemap-image/1.1",
    "itunes": "http://www.itunes.com/dtds/podcast-1.0.dtd",
    "media": "http://search.yahoo.com/mrss/",
    "news": "http://www.google.com/schemas/sitemap-news/0.9",
    "podcast": "https://podcastindex.org/namespace/1.0",
    "prism": "http://prismstandard.org/namespaces/basic/2.0/",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "slash": "http://purl.org/rss/1.0/modules/slash/",
    "sy": "http://purl.org/rss/1.0/modules/syndication/",
    "thr": "http://purl.org/syndication/thread/1.0",
    "video": "http://www.google.com/schemas/sitemap-video/1.1",
    "wfw": "http://wellformedweb.org/CommentAPI/",
    "xhtml": "http://www.w3.org/1999/xhtml",
    "yandex": "http://news.yandex.ru",
}
"""Prefixes as everyone writes them; one that a document forgot to declare is taken for these."""

OTHERS = {
    "http://purl.org/atom/ns": "atom",
    "http://www.itunes.com/DTDs/PodCast-1.0.dtd": "itunes",
    "http://example.com/DTDs/PodCast-1.0.dtd": "itunes",
    "http://search.yahoo.com/mrss": "media",
    "http://video.search.yahoo.com/mrss": "media",
    "http://tools.search.yahoo.com/mrss": "media",
    "http://feeds.feedburner.com/feedburner/ext/1.0": "feedburner",
    "http://purl.org/dc/elements/1.0": "dc",
    "http://news.yandex.ru/": "yandex",
    "https://news.yandex.ru": "yandex",
    "http://prismstandard.org/namespaces/1.2/basic/": "prism",
    "http://prismstandard.org/namespaces/basic/1.0/": "prism",
    "http://prismstandard.org/namespaces/basic/1.2/": "prism",
    "http://prismstandard.org/namespaces/basic/2.1/": "prism",
    "http://prismstandard.org/namespaces/basic/2.2/": "prism",
    "http://prismstandard.org/namespaces/basic/3.0/": "prism",
    "http://backend.userland.com/rss": "",
    "http://backend.userland.com/rss2": "",
    "http://backend.userland.com/rss091": "",
    "http://blogs.law.harvard.edu/tech/rss": "",
    "http://cyber.law.harvard.edu/rss": "",
    "http://channel.netscape.com/rdf/simple/0.9": "",
    "http://my.netscape.com/rdf/simple/0.9": "",
    "http://my.netscape.com/publish/formats/rss-0.91.dtd": "",
    "http://purl.org/net/rss1.1": "",
    "http://purl.org/rss/1.0": "",
    "http://purl.org/rss/1.0/modules/rss091": "",
}
Element = etree._Element  # noqa: SLF001  # lxml has no public name for it
UNDECLARED = "urn:undeclared:"
XML = "{http://www.w3.org/XML/1998/namespace}"
RDF = f"{{{SPACES['rdf']}}}"


def local(tag: object) -> str:
    """Return a tag without namespace and prefix, lower case; recovered trees may have tags that are no valid names."""
    return str(tag).rpartition("}")[2].rpartition(":")[2].lower()


def _key(space: str) -> str:
    return space.strip().lower().rstrip("/#").replace("https://", "http://", 1)


_PREFIXES = {_key(space): prefix for prefix, space in SPACES.items()} | {
    _key(space): prefix for space, prefix in OTHERS.items()
}


class Names(dict[Any, str]):
    """Short names by tag, such as `title` and `dc:creator`, all lower case; `?:` is before those of unknown spaces.

    The root's own namespace needs no prefix, so that a feed in the wrong one is read all the same.
    """

    def __init__(self, root: str) -> None:
        space = root[1:].partition("}")[0] if root.startswith("{") else ""
        self._own = space if _PREFIXES.get(_key(space)) != "rdf" else ""

    def __missing__(self, tag: Any) -> str:
        self[tag] = name = self._named(tag) if isinstance(tag, str) else "!"
        return name

    def _named(self, tag: str) -> str:
        if not tag.startswith("{"):
            return tag.lower()
        space, _, local = tag[1:].partition("}")
        prefix = "" if space == self._own else _PREFIXES.get(_key(space), "?")
        return f"{prefix}:{local.lower()}" if prefix else local.lower()
