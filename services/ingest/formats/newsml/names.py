"""Elements of a NewsML-G2 item: those inside, and what concepts in it are called."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from lxml import etree

from services.ingest.formats import codes
from services.ingest.formats.xml import local_name, words

LANG = "{http://www.w3.org/XML/1998/namespace}lang"


def kids(node: etree._Element | None, *names: str) -> Iterator[etree._Element]:
    """Yield the direct children of these local names."""
    return (found for found in (node if node is not None else ()) if local_name(found) in names)


def child(node: etree._Element | None, name: str) -> etree._Element | None:
    """Return the first direct child of a local name."""
    return next(kids(node, name), None)


def descend(node: etree._Element | None, *names: str) -> etree._Element | None:
    """Return the first child of the first child, and so on, by local names."""
    for name in names:
        node = child(node, name)
    return node


@dataclass(frozen=True, slots=True)
class Names:
    """What an item itself says of the codes in it: its inline catalogue, and its assertions by qcode or URI."""

    language: str = ""
    schemes: Mapping[str, str] = field(default_factory=dict)
    asserted: Mapping[str, etree._Element] = field(default_factory=dict)

    def of(self, node: etree._Element) -> str | None:
        """Return a concept's name, in the item's language where there are several; else what its assertion has."""
        return _name(node, self.language) or self._asserted_name(node)

    def details(self, node: etree._Element, *names: str) -> etree._Element | None:
        """Return the first of these children of a concept, or of its assertion."""
        asserted = self.asserted.get(_code(node) or "")
        return next((found for one in (node, asserted) for found in kids(one, *names)), None)

    def category(self, node: etree._Element) -> dict[str, Any] | None:
        """Return a concept as a category; None when it has neither a code nor a name."""
        qcode, name = (node.get("qcode") or "").strip(), self.of(node)
        if not qcode:
            return codes.category(uri=node.get("uri"), code=node.get("literal"), name=name)
        alias = qcode.partition(":")[0]
        return codes.category(scheme=self.schemes.get(alias) or codes.scheme_of(alias), code=qcode, name=name)

    def _asserted_name(self, node: etree._Element) -> str | None:
        asserted = self.asserted.get(_code(node) or "")
        return _name(asserted, self.language) if asserted is not None else None


def names_in(item: etree._Element, language: str) -> Names:
    """Gather what an item says of its codes; catalogues on the network are not asked for."""
    schemes = {
        scheme.get("alias") or "": scheme.get("uri") or ""
        for catalog in kids(item, "catalog")
        for scheme in kids(catalog, "scheme")
    }
    asserted = {code: node for node in kids(item, "assert") if (code := _code(node))}
    return Names(language.lower(), schemes, asserted)


def _code(node: etree._Element) -> str | None:
    return node.get("qcode") or node.get("uri") or node.get("literal")


def _name(node: etree._Element, language: str) -> str | None:
    given = [(name.get(LANG, "").lower(), found) for name in kids(node, "name") if (found := words(name))]
    same = (found for lang, found in given if lang and language and lang[:2] == language[:2])
    return next(same, given[0][1] if given else None)
