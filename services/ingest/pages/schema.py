"""The article among a page's JSON-LD (schema.org) as what it says; reading the JSON is left to jsonld."""

from __future__ import annotations

import html
from collections.abc import Iterable
from datetime import tzinfo
from typing import Any

from services.ingest.pages.addresses import address, picture
from services.ingest.pages.jsonld import Node
from services.ingest.pages.made import author, category, image, language, pixels, short
from services.ingest.pages.moments import moment
from services.ingest.pages.said import PageArticle, Told
from services.ingest.submission import AuthorInput, CategoryInput, ImageInput

ARTICLES = frozenset(
    "Article NewsArticle BlogPosting SocialMediaPosting LiveBlogPosting ReportageNewsArticle OpinionNewsArticle "
    "AnalysisNewsArticle AskPublicNewsArticle BackgroundNewsArticle ReviewNewsArticle AdvertiserContentArticle "
    "SatiricalArticle ScholarlyArticle TechArticle Report DiscussionForumPosting".split()
)
ORGANISATIONS = frozenset("Organization NewsMediaOrganization Corporation NGO".split())
MOST = 50


def article_node(found: list[Node], url: str) -> Node | None:
    """Return the object of the page's own article: the one of this address, else the first with a headline."""
    articles = [node for node in found if _types(node) & ARTICLES]
    named = [node for node in articles if node.get("headline") or node.get("name")]
    mine = [node for node in named if _key(url) in {_key(one) for one in _addresses(node)}]
    return next(iter(mine or named or articles), None)


def told(node: Node, base: str, zone: tzinfo) -> PageArticle:
    """Return what an article's object says, its text aside."""
    publisher = next(iter(_objects(node.get("publisher"))), {})
    return PageArticle(
        headline=_text(node.get("headline")) or _text(node.get("name")),
        summary=_text(node.get("description")),
        authors=authors(node, base),
        images=images(node, base),
        tags=tags(node),
        section=_text(_first(node.get("articleSection"))),
        language=language(_first(node.get("inLanguage"))),
        canonical_url=address(_url(node.get("mainEntityOfPage")) or _url(node.get("url")), base),
        site=_text(publisher.get("name")),
        published_at=moment(_text(_first(node.get("datePublished"))), zone),
        updated_at=moment(_text(_first(node.get("dateModified"))), zone),
        free=_flag(node.get("isAccessibleForFree")),
    )


def body_text(node: Node) -> str:
    """Return the article's text as its object holds it, plain or HTML; "" where it does not."""
    value = node.get("articleBody")
    return value if isinstance(value, str) else ""


def authors(node: Node, base: str) -> tuple[AuthorInput, ...]:
    """Return `author` and `contributor`, each once (Ghost has co-authors in the latter); people before houses."""
    said: dict[str, Told] = {}
    for name in ("author", "contributor", "creator"):
        for one in _objects(node.get(name)):
            for found in _person(one, base):
                said.setdefault(found.name.casefold(), found)
    people = [one for one in said.values() if one.person]
    return tuple(made for one in people or said.values() if (made := author(one)) is not None)[:MOST]


def images(node: Node, base: str) -> tuple[ImageInput, ...]:
    """Return the pictures, the first as the lead, captions and credits tied to theirs."""
    found: dict[str, ImageInput] = {}
    for one in [*_objects(node.get("image")), *_objects(node.get("thumbnailUrl"))][:MOST]:
        url = picture(_url(one), base)
        made = image(
            url,
            caption=_text(one.get("caption")),
            credit=_text(one.get("creditText")) or _name(one.get("creator")) or _text(one.get("copyrightNotice")),
            width=_number(one.get("width")),
            height=_number(one.get("height")),
            lead=not found,
        )
        if made is not None:
            found.setdefault(made.url, made)
    return tuple(found.values())


def tags(node: Node) -> tuple[CategoryInput, ...]:
    """Return the keywords, whether they come as a list, as one text, or as terms with names."""
    words: list[str | None] = []
    for value in _list(node.get("keywords")):
        if isinstance(value, str):
            words.extend(value.split(","))
        elif isinstance(value, dict):
            words.append(_text(value.get("name")))
    found: dict[str, CategoryInput] = {}
    for word in words[:200]:
        tag = category(word)
        if tag is not None:
            found.setdefault(tag.term.casefold(), tag)
    return tuple(found.values())


def _person(one: Node, base: str) -> list[Told]:
    name = _text(one.get("name"))
    if not name or "@" in name or name.startswith(("http://", "https://")):
        return []
    links = [address(_url(link), base) for link in _list(one.get("sameAs"))[:20]]
    return [
        Told(
            name=name,
            role=_text(_first(one.get("jobTitle"))),
            bio=_text(one.get("description")),
            avatar=picture(_url(_first(one.get("image"))), base),
            url=address(_url(one.get("url")), base),
            links=tuple(dict.fromkeys(link for link in links if link)),
            person=not _types(one) & ORGANISATIONS,
        )
    ]


def _addresses(node: Node) -> list[str]:
    told = (_url(node.get(name)) for name in ("url", "mainEntityOfPage", "@id"))
    return [one for one in told if one]


def _key(url: str) -> str:
    return url.partition("#")[0].partition("?")[0].partition("://")[2].removeprefix("www.").rstrip("/").lower()


def _types(node: Node) -> set[str]:
    kinds = (one for one in _list(node.get("@type")) if isinstance(one, str))
    return {one.rpartition("/")[2].removeprefix("schema:") for one in kinds}


def _objects(value: Any) -> list[Node]:
    """Return objects; a bare text is one's name and address."""
    found = _list(value)[:MOST]
    return [one if isinstance(one, dict) else {"name": one, "url": one} for one in found if isinstance(one, dict | str)]


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _first(value: Any) -> Any:
    return next(iter(_list(value)), None)


def _text(value: Any) -> str | None:
    if isinstance(value, dict):
        value = value.get("@value") or value.get("name")
    return short(html.unescape(value), 5_000) if isinstance(value, str) else None


def _name(value: Any) -> str | None:
    names: Iterable[str | None] = (_text(one.get("name")) for one in _objects(value))
    return ", ".join(name for name in names if name) or None


def _url(value: Any) -> str | None:
    for _ in range(3):
        value = _first(value)
        if isinstance(value, str):
            return value
        if not isinstance(value, dict):
            return None
        value = value.get("contentUrl") or value.get("url") or value.get("@id")
    return None


def _number(value: Any) -> int | None:
    return pixels(str(value.get("value") if isinstance(value, dict) else value)[:20])


def _flag(value: Any) -> bool | None:
    if isinstance(value, bool):
        return value
    text = str(value).rpartition("/")[2].strip().lower()
    return True if text == "true" else False if text == "false" else None
