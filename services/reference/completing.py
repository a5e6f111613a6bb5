"""Completes the OpenAPI document: words for every field and parameter, an example for every body, names and groups."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

import orjson

from services.reference.examples.answers import ANSWERS
from services.reference.examples.messages import MESSAGES
from services.reference.examples.requests import REQUESTS
from services.reference.groups import GROUPS, group_of
from shared.openapi import Node

METHODS = ("get", "post", "put", "patch", "delete")
MESSAGE = "Message"
"""What the bodies of messages, which have no schema of their own, go by in fields.toml."""


def completed(document: Node) -> Node:
    """Return the document with what its parts leave out; they share pieces, which are left as they are."""
    whole: Node = orjson.loads(orjson.dumps(document))
    for name, schema in whole["components"]["schemas"].items():
        _describe(schema, name)
    for path, method, operation in operations(whole):
        _complete(path, method, operation, whole["paths"][path].get("parameters", ()))
    for type, item in whole["webhooks"].items():
        body = item["post"]["requestBody"]["content"]["application/json"]
        _describe(body["schema"], MESSAGE)
        body["example"] = MESSAGES[type]
        item["post"] |= {"operationId": type, "tags": ["Messages"]}
        _say("post", type, item["post"].get("parameters", ()))
    whole["tags"] = [{"name": group.name, "description": group.about} for group in GROUPS]
    return whole


def operations(document: Node) -> Iterator[tuple[str, str, Node]]:
    """Yield path, method and operation of all that may be called."""
    for path, item in document["paths"].items():
        yield from ((path, method, item[method]) for method in METHODS if method in item)


def name_of(method: str, path: str) -> str:
    """Return what an operation is called, by code and by links: `post-api-v1-articles-id-retract`."""
    letters = (letter if letter.isalnum() or letter == "." else "-" for letter in path)
    return "-".join(part for part in f"{method}-{''.join(letters)}".split("-") if part)


def _complete(path: str, method: str, operation: Node, shared: Any) -> None:
    operation |= {"operationId": name_of(method, path), "tags": [group_of(path)]}
    about = _words("operations").get(f"{method.upper()} {path}", {}).get("about")
    if about:
        operation["description"] = about
    _say(method, path, [*operation.get("parameters", ()), *shared])
    _show(operation.get("requestBody", {}).get("content", {}), REQUESTS.get((method, path)))
    for status, answer in operation["responses"].items():
        if status.startswith("2"):
            _show(answer.get("content", {}), ANSWERS.get((method, path)))


def _show(content: Node, example: object) -> None:
    for body in content.values() if example is not None else ():
        body["example"] = example


def _say(method: str, path: str, parameters: Any) -> None:
    """Describe parameters, as one operation means them or as all do."""
    words = _words("operations")
    own = words.get(f"{method.upper()} {path}", {}).get("parameters", {})
    for parameter in parameters:
        name = parameter["name"]
        said = own.get(name) or (_id_of(path) if name == "id" else words["parameters"][name])
        parameter.setdefault("description", said)


def _id_of(path: str) -> str:
    """Return whose id stands in a path."""
    whose = next(words for start, words in _words("operations")["ids"].items() if path.startswith(start))
    return f"The {whose}'s id."


def _describe(schema: Any, name: str) -> None:
    """Describe all properties below a schema, but for those of other schemas that it names."""
    if isinstance(schema, list):
        for part in schema:
            _describe(part, name)
    if not isinstance(schema, dict):
        return
    for key, value in schema.get("properties", {}).items():
        if "description" not in value and (words := said_of(name, key)):
            value["description"] = words
    for key, value in schema.items():
        if key not in ("example", "default"):
            _describe(list(value.values()) if key == "properties" else value, name)


def said_of(schema: str, field: str) -> str | None:
    """Return what a field of a schema means, None where nothing is said of it."""
    words: Mapping[str, Mapping[str, str]] = _words("fields")
    name: str | None = schema
    while name is not None:
        if field in words.get(name, {}):
            return words[name][field]
        name = words["like"].get(name)
    return words["any"].get(field)


@cache
def _words(name: str) -> Mapping[str, Any]:
    return tomllib.loads(files("services.reference").joinpath(f"{name}.toml").read_text("utf-8"))
