"""The pieces that every service's part of the OpenAPI document is made of; which paths there are is left to them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from shared.problems import phrase

Node = dict[str, Any]

REF = "#/components/schemas/"

_TEXT: Node = {"type": "string"}

OBJECT: Node = {"application/json": {"schema": {"type": "object"}}}

PROBLEM: Node = {
    "type": "object",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": _TEXT,
        "title": _TEXT,
        "status": {"type": "integer"},
        "detail": _TEXT,
        "position": {"type": "integer", "description": "of a wrong query: the 0-based character where it goes wrong"},
        "errors": {"type": "array", "items": {"type": "object", "properties": {"field": _TEXT, "message": _TEXT}}},
    },
}
"""The schema `Problem`: what `problems.problem` writes."""


KEY: Node = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "schema": {"type": "string", "maxLength": 255},
}


def content(schema: str) -> Node:
    """Return a JSON body with the schema of this name."""
    return {"application/json": {"schema": {"$ref": REF + schema}}}


def refusal(description: str = "A problem document (RFC 9457)") -> Node:
    """Return the answer that is a problem document."""
    return {"description": description, "content": {"application/problem+json": {"schema": {"$ref": REF + "Problem"}}}}


def parameter(name: str, where: str, schema: Node = _TEXT) -> Node:
    """Return a parameter; only one in the query may be left out."""
    return {"name": name, "in": where, "required": where != "query", "schema": schema}


def operation(
    summary: str,
    body: str | None = None,
    *,
    status: str = "200",
    shown: Node = OBJECT,
    parameters: list[Node] | None = None,
    public: bool = False,
    operators: bool = False,
    once: bool = False,
) -> Node:
    """Return an operation that answers `status` with `shown`, or refuses; `body` names the schema it takes.

    `operators`: a consumer's key is not enough for it. `once`: Idempotency-Key is honoured.
    """
    done: Node = {"description": "Done"}
    if status != "204":
        done["content"] = shown
    given = [*(parameters or ()), *((KEY,) if once else ())]
    made: Node = {"summary": summary, "responses": {status: done, "default": refusal()}}
    if body is not None:
        made["requestBody"] = {"required": True, "content": content(body)}
    if given:
        made["parameters"] = given
    if public:
        made["security"] = []
        return made
    return refusing(made, *_refusals(given, body, operators=operators))


def refusing(made: Node, *statuses: int) -> Node:
    """Return an operation that has these refusals, too."""
    known = made["responses"]
    told = known | {str(status): refusal(phrase(status)) for status in statuses if str(status) not in known}
    return {**made, "responses": dict(sorted(told.items()))}


def record(properties: Node, optional: frozenset[str] = frozenset()) -> Node:
    """Return the schema of an object that has all of these but the optional ones."""
    return {
        "type": "object",
        "required": [name for name in properties if name not in optional],
        "properties": properties,
    }


def _refusals(given: list[Node], body: str | None, *, operators: bool) -> Iterator[int]:
    """Yield the statuses that refuse who has no key, what is not there, and what is wrong with the request."""
    yield 401
    if operators:
        yield 403
    if any(one["in"] == "path" for one in given):
        yield 404
    if body is not None:
        yield from (408, 413, 422)
    if any(one["in"] == "query" for one in given):
        yield 422
    if KEY in given:
        yield 409
