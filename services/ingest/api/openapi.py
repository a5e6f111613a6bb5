"""The OpenAPI 3.1 description of ingest's routes, to be merged into the one document."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from services.ingest.api.finding_openapi import FINDING, finding
from services.ingest.api.hooks_openapi import HOOKED, hooks
from services.ingest.source import NewSource, SourceChange
from services.ingest.submission import RetractionInput, Submission
from shared.openapi import KEY, PROBLEM, REF, content, record, refusal
from shared.problems import phrase

ID = {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}
TEXT = {"type": "string"}
TEXT_OR_NULL = {"type": ["string", "null"]}
MOMENT_OR_NULL = {"type": ["string", "null"], "format": "date-time"}

SECRET = {"enum": ["set", None], "description": "never shown"}

INGESTED = {
    "type": "object",
    "required": ["id", "version", "status"],
    "properties": {
        "id": TEXT,
        "version": {"type": "integer", "minimum": 1},
        "status": {"enum": ["accepted", "unchanged"]},
        "reason": {"type": "string", "description": "why nothing changed, where it says that it is older than we have"},
    },
}
SOURCE = {
    "type": "object",
    "required": ["id", "kind", "status"],
    "properties": {
        "id": TEXT,
        "kind": TEXT,
        "url": TEXT_OR_NULL,
        "name": TEXT_OR_NULL,
        "home": TEXT_OR_NULL,
        "interval_minutes": {"type": "integer", "description": "between two polls while its rhythm is unknown"},
        "shortest_minutes": {"type": ["integer", "null"]},
        "longest_minutes": {"type": ["integer", "null"]},
        "reuse": TEXT_OR_NULL,
        "section": TEXT_OR_NULL,
        "language": TEXT_OR_NULL,
        "origin": {"enum": ["api", "file", "push", "drop"]},
        "active": {"type": "boolean"},
        "status": {"enum": ["active", "failing", "stopped", "gone"]},
        "polled_at": MOMENT_OR_NULL,
        "succeeded_at": MOMENT_OR_NULL,
        "next_poll_at": MOMENT_OR_NULL,
        "failures": {"type": "integer"},
        "error": TEXT_OR_NULL,
        "moved_to": TEXT_OR_NULL | {"description": "where permanent redirects lead"},
        "items_a_day": {"type": ["number", "null"]},
        "identity": {"enum": ["guid", "url", "words"], "description": "what its items are told apart by"},
        "quality": {"enum": ["strict", "repaired", "recovered", "loose", None]},
        "imperfect": TEXT_OR_NULL | {"description": "what of the last document could not be read as it stood"},
        "pushed_at": MOMENT_OR_NULL,
        "push_until": MOMENT_OR_NULL,
        "key": SECRET,
        "secret": SECRET,
        "authorization": SECRET,
    },
}

SOURCES = record({"sources": {"type": "array", "items": {"$ref": REF + "IngestSource"}}, "next": TEXT_OR_NULL})


def openapi() -> dict[str, Any]:
    """Return `paths`, and the `schemas` that they name."""
    taken: tuple[type[BaseModel], ...] = (Submission, RetractionInput, NewSource, SourceChange)
    _, definitions = models_json_schema([(model, "validation") for model in taken], ref_template=REF + "{model}")
    schemas = {
        **definitions["$defs"],
        "Ingested": INGESTED,
        "IngestSource": SOURCE,
        "Sources": SOURCES,
        "Problem": PROBLEM,
    }
    schemas |= FINDING | {"Hooked": HOOKED}
    return {"paths": _articles() | _sources() | finding() | hooks(), "schemas": schemas}


def _articles() -> dict[str, Any]:
    taken = {"200": _json("Ingested", "A reader would see no difference"), "202": _json("Ingested", "Durable")}
    push = _operation("Push an article", taken, "Submission", [400, 401, 403, 409, 413, 422, 503])
    retract = _operation("Retract an article", taken, "RetractionInput", [401, 403, 404, 413, 422, 503])
    return {
        "/api/v1/articles": {"post": push | {"parameters": [KEY]}},
        "/api/v1/articles/{id}/retract": {"parameters": [ID, KEY], "post": retract},
    }


def _sources() -> dict[str, Any]:
    one, gone = _json("IngestSource", "The source"), {"204": {"description": "It is forgotten"}}
    bytes_ = {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}
    kept = {"200": {"description": "Its bytes; they are kept for a week", "content": bytes_}}
    queued = {"202": {"description": "It is polled next"}}
    listed = {"200": _json("Sources", "Sources")}
    query = [
        {"name": "after", "in": "query", "schema": {"type": "string"}},
        {"name": "limit", "in": "query", "schema": {"type": "integer", "minimum": 1, "maximum": 1000}},
    ]
    add = _operation("Add a source", {"201": one}, "NewSource", [401, 403, 409, 413, 422])
    change = _operation("Change a source", {"200": one}, "SourceChange", [401, 403, 404, 409, 413, 422])
    return {
        "/api/v1/sources": {
            "get": _operation("List sources", listed, None, [401, 403, 422]) | {"parameters": query},
            "post": add | {"parameters": [KEY]},
        },
        "/api/v1/sources/{id}": {
            "parameters": [ID],
            "get": _operation("Show a source", {"200": one}, None, [401, 403, 404]),
            "patch": change,
            "delete": _operation("Forget a source", gone, None, [401, 403, 404, 409]),
        },
        "/api/v1/sources/{id}/document": {
            "parameters": [ID],
            "get": _operation("Get the document that was last not read whole", kept, None, [401, 403, 404]),
        },
        "/api/v1/sources/{id}/poll": {
            "parameters": [ID],
            "post": _operation("Poll a source now", queued, None, [401, 403, 404, 409]),
        },
    }


def _operation(summary: str, answers: dict[str, Any], body: str | None, problems: list[int]) -> dict[str, Any]:
    responses = answers | {str(status): refusal(phrase(status)) for status in problems}
    operation: dict[str, Any] = {"summary": summary, "tags": ["ingest"], "responses": responses}
    if body is not None:
        operation["requestBody"] = {"required": True, "content": content(body)}
    return operation


def _json(schema: str, description: str) -> dict[str, Any]:
    return {"description": description, "content": content(schema)}
