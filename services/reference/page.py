"""Prints the completed OpenAPI document as one page: no script, nothing from elsewhere."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterator
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import Any, NamedTuple

from jinja2 import Environment, PackageLoader
from markupsafe import Markup

from services.reference.calls import call_of
from services.reference.completing import operations
from services.reference.groups import GROUPS, Group
from services.reference.schemas import Field, fields_of, type_of
from services.reference.words import as_json, rich
from shared.openapi import Node
from shared.problems import phrase

FEED = re.compile(r"(/feeds/[^.]*)\.(.+)")
PLAIN = "Pages"
"""The chapter of what is for people: a list is enough."""


PROBLEMS = {
    "400": "The request cannot be read.",
    "401": "There is no key, or nobody has it.",
    "403": "The key is known, but this is not for who has it.",
    "404": "There is no such thing, or it is another’s.",
    "408": "The body did not come in time.",
    "409": "It is in the way of something else; the words say of what.",
    "410": "It is kept no more.",
    "413": "The body is too large.",
    "415": "The body is of a type that is not taken here.",
    "422": "Something is wrong with what was asked; the fields are named, a query’s mistake with its position.",
    "503": "Redis is away or full, or the line is long; try again after the seconds in `Retry-After`.",
}
"""What a status means, where an operation says no more of it."""


class Answer(NamedTuple):
    """What may be answered: the status, what it means, the schema of the body, and an example where there is one."""

    status: str
    about: Markup
    type: Markup
    example: str | None


class Entry(NamedTuple):
    """One operation as it is printed; `also` are the addresses of the same thing in other formats."""

    id: str
    method: str
    path: str
    summary: str
    about: Markup
    open: bool
    parameters: tuple[Node, ...]
    body: Markup
    fields: tuple[Field, ...]
    call: str | None
    answers: tuple[Answer, ...]
    also: tuple[str, ...]


class Chapter(NamedTuple):
    """A group with its entries."""

    group: Group
    entries: tuple[Entry, ...]


def page(document: Node) -> str:
    """Return the page of a completed document."""
    schemas = document["components"]["schemas"]
    messages = document["webhooks"]
    headers = messages["article.published"]["post"]["parameters"]
    return (
        environment()
        .get_template("reference.html")
        .render(
            info=document["info"],
            site=document["servers"][0]["url"],
            style=Markup(style()),  # noqa: S704  # our own file
            chapters=[Chapter(group, tuple(_entries(group, document))) for group in GROUPS],
            messages=[_message(type, item["post"]) for type, item in messages.items()],
            headers=headers,
            problems=PROBLEMS,
            schemas=[
                (name, rich(each.get("description", "")), tuple(fields_of(each))) for name, each in schemas.items()
            ],
        )
    )


def policy() -> str:
    """Return the Content-Security-Policy that lets the page have its style and nothing else."""
    digest = b64encode(sha256(style().encode()).digest()).decode()
    return f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; frame-ancestors 'none'"


def _entries(group: Group, document: Node) -> Iterator[Entry]:
    """Yield a group's operations; the formats of one feed are one entry."""
    feeds: dict[str, list[str]] = {}
    found = [each for each in operations(document) if each[2]["tags"] == [group.name]]
    found.sort(key=lambda each: next(at for at, start in enumerate(group.paths) if each[0].startswith(start)))
    for path, _, _ in found:
        if feed := FEED.fullmatch(path):
            feeds.setdefault(feed[1], []).append(path)
    shared = {path: document["paths"][path].get("parameters", []) for path, _, _ in found}
    for path, method, operation in found:
        feed = FEED.fullmatch(path)
        if feed is None or feed[2] == "rss":
            also = tuple(feeds[feed[1]]) if feed and len(feeds[feed[1]]) > 1 else ()
            yield _entry(path, method, operation, shared[path], document, also)


def _entry(path: str, method: str, operation: Node, shared: Any, document: Node, also: tuple[str, ...]) -> Entry:
    contents = operation.get("requestBody", {}).get("content", {})
    body = next((content["schema"] for content in contents.values()), None)
    signed = path.startswith("/hooks/") or operation["tags"] == [PLAIN]
    return Entry(
        id=operation["operationId"],
        method=method.upper(),
        path=path,
        summary=operation["summary"],
        about=rich(operation.get("description", "")),
        open=operation.get("security") == [],
        parameters=(*shared, *operation.get("parameters", ())),
        body=Markup() if body is None else type_of(body),
        fields=() if body is None else tuple(fields_of(_named(body, document))),
        call=None if signed else call_of(method, path, operation, document["servers"][0]["url"]),
        answers=tuple(_answer(status, told) for status, told in operation["responses"].items() if status != "default"),
        also=also,
    )


def _answer(status: str, told: Node) -> Answer:
    content = told.get("content", {})
    nothing: tuple[str, Node] = ("", {})
    kind, body = next(iter(content.items()), nothing)
    said = told["description"]
    about = PROBLEMS.get(status, phrase(int(status))) if said in ("Done", phrase(int(status))) else said
    shown = type_of(body["schema"]) if kind.endswith("json") else Markup.escape(kind)
    example = as_json(body["example"]) if "example" in body else None
    return Answer(status, rich(about), shown, example)


def _message(type: str, operation: Node) -> dict[str, Any]:
    body = operation["requestBody"]["content"]["application/json"]
    return {
        "type": type,
        "summary": operation["summary"],
        "fields": tuple(fields_of(body["schema"])),
        "example": as_json(body["example"]),
    }


def _named(schema: Node, document: Node) -> Node:
    """Return the schema that a reference names."""
    name = schema.get("$ref", "").rpartition("/")[2]
    found: Node = document["components"]["schemas"][name] if name else schema
    return found


@cache
def style() -> str:
    """Return the page's stylesheet."""
    return files("services.reference").joinpath("templates", "reference.css").read_text("utf-8")


@cache
def environment() -> Environment:
    """Return what the page is printed by."""
    made = Environment(
        loader=PackageLoader("services.reference"), autoescape=True, trim_blocks=True, lstrip_blocks=True
    )
    made.filters["rich"] = rich
    made.filters["type"] = type_of
    return made
