"""What syndication's own paths take and give, for the OpenAPI document; webhooks describe theirs themselves."""

from __future__ import annotations

from typing import Any

from pydantic.json_schema import models_json_schema

from services.syndication.webhooks.api import openapi_paths, openapi_webhooks
from shared.events import Article

Operation = dict[str, Any]

PROBLEM = {
    "description": "A problem document (RFC 9457)",
    "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
}
PROBLEM_SCHEMA = {
    "type": "object",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"field": {"type": "string"}, "message": {"type": "string"}},
            },
        },
    },
}
ARTICLE = {"application/json": {"schema": {"$ref": "#/components/schemas/Article"}}}
OBJECT = {"application/json": {"schema": {"type": "object"}}}
RSS = {"application/rss+xml": {"schema": {"type": "string"}}}
TEXT = {"text/plain": {"schema": {"type": "string"}}}
STREAM = {"text/event-stream": {"schema": {"type": "string"}}}


def openapi() -> dict[str, Any]:
    """Return `paths`, `webhooks` and `schemas` of syndication and its webhooks."""
    _, found = models_json_schema([(Article, "serialization")], ref_template="#/components/schemas/{model}")
    webhooks = openapi_paths()
    return {
        "paths": {**_paths(), **webhooks.get("paths", {})},
        "webhooks": openapi_webhooks(),
        "schemas": {"Problem": PROBLEM_SCHEMA, **found["$defs"], **webhooks.get("schemas", {})},
    }


def _paths() -> dict[str, Any]:
    article, before, query = _path("id"), _query("before", "integer"), _query("q")
    slug, limit = _path("slug"), _query("limit", "integer")
    return {
        "/api/v1/articles/{id}": {"get": _op("Read an article", ARTICLE, [article])},
        "/api/v1/articles/{id}/versions": {"get": _op("Read every version kept", OBJECT, [article])},
        "/api/v1/events": {
            "get": _op(
                "Read the ledger after a number",
                OBJECT,
                [_query("after", "integer"), limit, query],
            )
        },
        "/api/v1/consumers": {
            "get": _op("List consumers", OBJECT),
            "post": _op("Make a consumer; its key is shown here only", OBJECT, status="201"),
        },
        "/api/v1/consumers/{id}": {"delete": _op("Delete a consumer", None, [article], status="204")},
        "/api/v1/dead-letters": {"get": _op("List what the line gave up on", OBJECT, [limit])},
        "/api/v1/dead-letters/{id}/retry": {
            "post": _op("Send a dead letter down the line again", OBJECT, [article], status="202")
        },
        "/api/v1/dead-letters/{id}": {"delete": _op("Forget a dead letter", None, [article], status="204")},
        "/feeds/all.rss": {"get": _op("Every article as RSS 2.0", RSS, [before], public=True)},
        **{
            f"/feeds/{kind}/{{slug}}.rss": {
                "get": _op(f"The articles of one of the {kind} as RSS 2.0", RSS, [slug, before], public=True)
            }
            for kind in ("tags", "authors", "sources")
        },
        "/events/stream": {"get": _op("The ledger as server-sent events", STREAM, [query], public=True)},
        "/healthz": {"get": _op("Whether the process is alive", OBJECT, public=True)},
        "/readyz": {"get": _op("Whether it does its work, and if not why", OBJECT, public=True)},
        "/metrics": {"get": _op("Metrics for Prometheus", TEXT, public=True)},
    }


def _op(
    summary: str,
    content: dict[str, Any] | None,
    parameters: list[Operation] | None = None,
    *,
    status: str = "200",
    public: bool = False,
) -> Operation:
    done: dict[str, Any] = {"description": "Done"}
    if content is not None:
        done["content"] = content
    operation: Operation = {"summary": summary, "responses": {status: done, "default": PROBLEM}}
    if parameters:
        operation["parameters"] = parameters
    if public:
        operation["security"] = []
    return operation


def _path(name: str) -> Operation:
    return {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}


def _query(name: str, kind: str = "string") -> Operation:
    return {"name": name, "in": "query", "required": False, "schema": {"type": kind}}
