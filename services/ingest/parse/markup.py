"""Addresses inside an article's HTML made absolute and clean; making the HTML safe is left to enrichment."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urljoin

from lxml import etree

from services.ingest.parse.names import XML, local
from services.ingest.parse.urls import based, cleaned, unwrapped

TAG = re.compile(r"<[a-zA-Z][a-zA-Z0-9]*+[\s/](?:[^<>\"']++|\"[^\"<]*+\"|'[^'<]*+')*+>")
"""A tag with attributes. The patterns here name both cases of letters: ignoring case makes them ten times slower."""

ATTRIBUTE = re.compile(
    r"([\s\"'/])([hH][rR][eE][fF]|[sS][rR][cC](?:[sS][eE][tT])?|[pP][oO][sS][tT][eE][rR]|[cC][iI][tT][eE]|[dD][aA][tT][aA])"
    r"(\s*+=\s*+)(\"[^\"]*+\"|'[^']*+'|[^\s\"'>]++)"
)
QUERY = re.compile(r"\?[^\s<>\"'”’)]")
KEPT = "".join(
    f"|(?<= {name}=)[\"']" for name in "alt class rel target width height loading title id style lang".split()
)
UNKEPT = re.compile(f'=(?!(?<= href=)"https?://|(?<= src=)"https?://{KEPT})')
"""An equals sign that is none of an attribute that is left as it is, as long as no address has a query."""

UNSTEADY = re.compile(
    r"[\s\"'/](?:[sS][rR][cC][sS][eE][tT]|"
    r"(?:[hH][rR][eE][fF]|[sS][rR][cC]|[pP][oO][sS][tT][eE][rR]|[cC][iI][tT][eE]|[dD][aA][tT][aA])"
    r"\s*+=\s*+[\"']?+(?!https?://))"
)
"""An address that is not absolute, or several of which some may not be."""

ELSEWHERE = re.compile(r"\s*(?:#|(?!https?:)[a-z][a-z0-9+.-]*:)", re.IGNORECASE)
"""What is no address of the web, or a place in the same page."""

HAS_SOURCE = re.compile(r"\ssrc\s*=\s*[\"']?(?!data:)[^\s\"'>]", re.IGNORECASE)
LAZY = re.compile(r"(?<=\s)data-(?:lazy-|original-)?(src(?:set)?|original)(?=\s*=)", re.IGNORECASE)
EMPTY_SOURCE = re.compile(r"\ssrc\s*=\s*(?:\"(?:data:[^\"]*)?\"|'(?:data:[^']*)?')", re.IGNORECASE)
LONGEST = 20_000
CANDIDATE = re.compile(r"\s*([^\s,]\S*?)(,?(?:\s+[^,]*)?)(?:,|$)")
VOID = frozenset("area base br col embed hr img input link meta source track wbr".split())
ADDRESSES = frozenset({"href", "src", "poster", "cite"})


def resolved(markup: str, base: str, hosts: frozenset[str]) -> str:
    """Return HTML whose links and media are absolute against `base` and rid of tracking and of image resizers.

    What needs no change keeps its very bytes.
    """
    if "<" not in markup:
        return markup
    if "?ref=" in markup:  # as Ghost marks every link that leads away
        for host in hosts:
            markup = markup.replace(f'?ref={host}"', '"')
    if ("?" not in markup or QUERY.search(markup) is None) and UNKEPT.search(markup) is None:
        return markup
    return TAG.sub(_Resolver(base, hosts).tag, markup)


@dataclass(frozen=True, slots=True)
class _Resolver:
    base: str
    hosts: frozenset[str]

    def tag(self, found: re.Match[str]) -> str:
        tag = found[0]
        if len(tag) > LONGEST:
            return tag
        if "data-" in tag and tag[1:4].lower() == "img":
            tag = _awake(tag)
        return ATTRIBUTE.sub(self._attribute, tag) if "?" in tag or UNSTEADY.search(tag) else tag

    def _attribute(self, found: re.Match[str]) -> str:
        before, name, equals, value = found.groups()
        bare = value[1:-1] if value[0] in "\"'" else value
        steady = "?" not in bare and bare.startswith(("https://", "http://")) and len(name) != len("srcset")
        if steady:
            return found[0]
        given = html.unescape(bare) if "&" in bare else bare
        meant = self._sources(given) if name.lower() == "srcset" else self._address(name.lower(), given)
        return found[0] if meant == given else f'{before}{name}{equals}"{html.escape(meant)}"'

    def _address(self, name: str, given: str) -> str:
        if not given.startswith(("https://", "http://")):
            if ELSEWHERE.match(given) or not given.strip():
                return given
            try:
                given = urljoin(self.base, given.strip())
            except ValueError:
                return given
        if name == "href":
            return cleaned(given, self.hosts) if "?" in given else given
        return unwrapped(given)

    def _sources(self, given: str) -> str:
        return ", ".join(
            f"{self._address('src', found[1])}{found[2].rstrip(', ')}" for found in CANDIDATE.finditer(given)
        )


def _awake(tag: str) -> str:
    """Give a picture that a script would load later its address at once."""
    return tag if HAS_SOURCE.search(tag) else LAZY.sub(_source_name, EMPTY_SOURCE.sub("", tag))


def _source_name(found: re.Match[str]) -> str:
    return "srcset" if found[1].lower() == "srcset" else "src"


def inner(element: etree._Element, base: str = "") -> str:
    """Return what stands in an element as HTML: its text when that is all, else its children written out.

    The children's own xml:base is heeded; `base` is the one they inherit.
    """
    if not len(element):
        return element.text or ""
    return "".join(_written(element, based(base, element.get(XML + "base")) if base else ""))


def _written(element: etree._Element, base: str) -> Iterator[str]:
    yield html.escape(element.text or "", quote=False)
    for child in element:
        if isinstance(child.tag, str):
            name = local(child.tag)
            own = child.get(XML + "base")
            inside = based(base, own) if own else base
            yield f"<{name}{_attributes(child, inside)}>"
            if name not in VOID:
                yield from _written(child, inside)
                yield f"</{name}>"
        yield html.escape(child.tail or "", quote=False)


def _attributes(element: etree._Element, base: str) -> str:
    written = ""
    for name, value in zip(map(str, element.keys()), map(str, element.values()), strict=True):
        if not name.startswith("{"):
            meant = based(base, value) if base and name in ADDRESSES and not ELSEWHERE.match(value) else value
            written += f' {name}="{html.escape(meant)}"'
    return written
