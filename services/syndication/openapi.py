"""What syndication's own paths take and give, for the OpenAPI document; webhooks describe theirs themselves."""

from __future__ import annotations

from typing import Any

from pydantic.json_schema import models_json_schema

from services.syndication.webhooks.api import openapi_paths, openapi_webhooks
from shared.events import Article
from shared.openapi import PROBLEM, REF, content, operation, parameter

INTEGER = {"type": "integer"}
ARTICLE = content("Article")
RSS = {"application/rss+xml": {"schema": {"type": "string"}}}
TEXT = {"text/plain": {"schema": {"type": "string"}}}
STREAM = {"text/event-stream": {"schema": {"type": "string"}}}


def openapi() -> dict[str, Any]:
    """Return `paths`, `webhooks` and `schemas` of syndication and its webhooks."""
    _, found = models_json_schema([(Article, "serialization")], ref_template=REF + "{model}")
    webhooks = openapi_paths()
    return {
        "paths": {**_paths(), **webhooks.get("paths", {})},
        "webhooks": openapi_webhooks(),
        "schemas": {"Problem": PROBLEM, **found["$defs"], **webhooks.get("schemas", {})},
    }


def _paths() -> dict[str, Any]:
    article, before, query = parameter("id", "path"), parameter("before", "query", INTEGER), parameter("q", "query")
    slug, limit = parameter("slug", "path"), parameter("limit", "query", INTEGER)
    return {
        "/api/v1/articles/{id}": {"get": operation("Read an article", shown=ARTICLE, parameters=[article])},
        "/api/v1/articles/{id}/versions": {"get": operation("Read every version kept", parameters=[article])},
        "/api/v1/events": {
            "get": operation(
                "Read the ledger after a number",
                parameters=[parameter("after", "query", INTEGER), limit, query],
            )
        },
        "/api/v1/consumers": {
            "get": operation("List consumers"),
            "post": operation("Make a consumer; its key is shown here only", status="201"),
        },
        "/api/v1/consumers/{id}": {"delete": operation("Delete a consumer", parameters=[article], status="204")},
        "/api/v1/dead-letters": {"get": operation("List what the line gave up on", parameters=[limit])},
        "/api/v1/dead-letters/{id}/retry": {
            "post": operation("Send a dead letter down the line again", parameters=[article], status="202")
        },
        "/api/v1/dead-letters/{id}": {"delete": operation("Forget a dead letter", parameters=[article], status="204")},
        "/api/v1/re-enrich": {
            "post": operation("Complete articles anew by the newsroom's files as they are now", status="202")
        },
        "/api/v1/re-enrich/{id}": {"get": operation("See how far it is", parameters=[article])},
        "/feeds/all.rss": {"get": operation("Every article as RSS 2.0", shown=RSS, parameters=[before], public=True)},
        **{
            f"/feeds/{kind}/{{slug}}.rss": {
                "get": operation(
                    f"The articles of one of the {kind} as RSS 2.0", shown=RSS, parameters=[slug, before], public=True
                )
            }
            for kind in ("tags", "authors", "sources")
        },
        "/events/stream": {
            "get": operation("The ledger as server-sent events", shown=STREAM, parameters=[query], public=True)
        },
        "/healthz": {"get": operation("Whether the process is alive", public=True)},
        "/readyz": {"get": operation("Whether it does its work, and if not why", public=True)},
        "/metrics": {"get": operation("Metrics for Prometheus", shown=TEXT, public=True)},
    }
