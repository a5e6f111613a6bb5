"""The pieces that every service's part of the OpenAPI document is made of; which paths there are is left to them."""

from __future__ import annotations

from typing import Any

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
) -> Node:
    """Return an operation that answers `status` with `shown`, or refuses; `body` names the schema it takes."""
    done: Node = {"description": "Done"}
    if status != "204":
        done["content"] = shown
    made: Node = {"summary": summary, "responses": {status: done, "default": refusal()}}
    if body is not None:
        made["requestBody"] = {"required": True, "content": content(body)}
    if parameters:
        made["parameters"] = parameters
    if public:
        made["security"] = []
    return made
