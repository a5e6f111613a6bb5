"""Puts JSON schemas into words: what type a field is, within which limits, and what it is when left out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import orjson
from markupsafe import Markup

from services.reference.words import code, rich
from shared.openapi import REF, Node

TYPES = {
    "boolean": "true or false",
    "integer": "whole number",
    "null": "null",
    "number": "number",
    "object": "object",
    "string": "text",
}
FORMATS = {"date-time": "moment", "binary": "bytes", "uri": "web address", "date": "date"}
LENGTHS = (
    ("minLength", "maxLength", "characters"),
    ("minItems", "maxItems", "entries"),
    ("minProperties", "maxProperties", "names"),
)
OR = Markup(" or ")


class Field(NamedTuple):
    """A row of a table of fields; `name` has the path to one that stands inside another."""

    name: str
    required: bool
    type: Markup
    limits: Markup
    default: str | None
    about: Markup


def fields_of(schema: Node, path: str = "") -> Iterator[Field]:
    """Yield the fields of an object and of the objects that stand in it without a name of their own."""
    required = schema.get("required", ())
    for name, each in sorted(schema.get("properties", {}).items(), key=lambda pair: pair[0] not in required):
        place = f"{path}.{name}" if path else name
        yield Field(place, name in required, type_of(each), limits_of(each), default_of(each), rich(about_of(each)))
        inner, ending = _inner(each)
        if inner is not None:
            yield from fields_of(inner, place + ending)


def type_of(schema: Node) -> Markup:
    """Return what kind of value it is; schemas that have a name are linked."""
    if "$ref" in schema:
        name = schema["$ref"].removeprefix(REF)
        return Markup('<a href="#schema-{0}">{0}</a>').format(name)
    if "const" in schema:
        return code(schema["const"])
    if "enum" in schema:
        return OR.join(code(value) for value in schema["enum"])
    for word in ("anyOf", "oneOf"):
        if word in schema:
            return OR.join(dict.fromkeys(type_of(each) for each in schema[word]))
    return _plain(schema)


def _plain(schema: Node) -> Markup:
    kinds = schema.get("type", "any value")
    if isinstance(kinds, list):
        return OR.join(_plain({**schema, "type": kind}) for kind in kinds)
    if kinds == "array":
        return Markup("list of ") + type_of(schema.get("items", {}))
    more = schema.get("additionalProperties")
    if kinds == "object" and isinstance(more, Mapping):
        return Markup("object of ") + type_of(dict(more))
    form = FORMATS.get(schema.get("format", "")) if kinds == "string" else None
    return Markup.escape(form or TYPES.get(kinds, kinds))


def limits_of(schema: Node) -> Markup:
    """Return the bounds of a value, and of the values in a list."""
    said = [*_bounds(schema)]
    for each in (*schema.get("anyOf", ()), *schema.get("oneOf", ())):
        said += [words for words in _bounds(each) if words not in said]
    words = Markup("; ").join(said)
    return words[:1].upper() + words[1:]


def _bounds(schema: Node) -> Iterator[Markup]:
    least = schema.get("minimum", schema.get("exclusiveMinimum"))
    most = schema.get("maximum", schema.get("exclusiveMaximum"))
    if least is not None or most is not None:
        yield _between(least, most, "")
    for low, high, unit in LENGTHS:
        if schema.get(low) is not None or schema.get(high) is not None:
            yield _between(schema.get(low), schema.get(high), unit)
    if "pattern" in schema:
        yield Markup("as {}").format(code(schema["pattern"]))
    if isinstance(schema.get("items"), Mapping):
        yield from (Markup("each ") + words for words in _bounds(schema["items"]))


def _between(least: Any, most: Any, unit: str) -> Markup:
    words = f"{least} or more" if most is None else f"up to {most}" if least is None else f"{least} to {most}"
    return Markup.escape(f"{words} {unit}".strip())


def default_of(schema: Node) -> str | None:
    """Return what a field is when it is left out, as JSON; None where that is nothing in particular."""
    default = schema.get("default")
    return None if default in (None, "", [], {}) else orjson.dumps(default).decode()


def about_of(schema: Node) -> str:
    """Return the words that stand at a field, or at what it may be."""
    told = [schema.get("description", "")]
    told += [each.get("description", "") for each in schema.get("anyOf", ())]
    return next((_sentence(words) for words in told if words), "")


def _sentence(words: str) -> str:
    """Return words as a sentence; those of a model begin small and end without a stop."""
    return words[:1].upper() + words[1:] + ("" if words.endswith((".", "?", ")", ":")) else ".")


def _inner(schema: Node) -> tuple[Node | None, str]:
    """Return the object without a name that a field holds, and what its path ends in for a list of them."""
    if schema.get("properties"):
        return schema, ""
    if isinstance(schema.get("items"), Mapping):
        return (schema["items"], "[]") if schema["items"].get("properties") else (None, "")
    named = (each for word in ("anyOf", "oneOf") for each in schema.get(word, ()) if each.get("properties"))
    return next(named, None), ""
