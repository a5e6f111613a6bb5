"""The OpenAPI 3.1 description of the hooks that other systems call; they prove themselves by signatures."""

from __future__ import annotations

from typing import Any

from shared.openapi import content, parameter, refusal
from shared.problems import phrase

HOOKED = {
    "type": "object",
    "required": ["status"],
    "properties": {
        "status": {"enum": ["accepted", "unchanged", "ignored", "repeated"]},
        "id": {"type": "string"},
        "version": {"type": "integer", "minimum": 1},
        "reason": {"type": "string"},
    },
}
SOURCE = parameter("source", "path")
TEXT = {"text/plain": {"schema": {"type": "string"}}}


def hooks() -> dict[str, Any]:
    """Return the paths below /hooks."""
    told = content("Hooked")
    signature = parameter("X-Ghost-Signature", "header") | {"description": "sha256=<hex>, t=<milliseconds>"}
    ghost = {
        "post": _operation(
            "Take a webhook of Ghost",
            {"200": _answer("There was nothing to do", told), "202": _answer("Durable", told)},
            [401, 404, 413, 422, 503],
        )
        | {"requestBody": {"required": True, "content": {"application/json": {"schema": {"type": "object"}}}}}
    }
    event = parameter("event", "path")
    return {
        "/hooks/ghost/{source}": {"parameters": [SOURCE, signature], **ghost},
        "/hooks/ghost/{source}/{event}": {"parameters": [SOURCE, event, signature], **ghost},
        "/hooks/websub/{source}": {"parameters": [SOURCE, parameter("token", "query")], **_websub()},
    }


def _websub() -> dict[str, Any]:
    asked = [parameter(f"hub.{name}", "query") for name in ("mode", "topic", "challenge", "lease_seconds")]
    verify = _operation("Answer a hub that verifies", {"200": _answer("It was asked for", TEXT)}, [404, 503])
    push = _operation("Take a hub's push", {"202": {"description": "Taken, or not believed"}}, [404, 410, 413, 503])
    return {
        "get": verify | {"parameters": asked},
        "post": push | {"parameters": [parameter("X-Hub-Signature", "header")]},
    }


def _operation(summary: str, answers: dict[str, Any], problems: list[int]) -> dict[str, Any]:
    responses = answers | {str(status): refusal(phrase(status)) for status in problems}
    return {"summary": summary, "tags": ["ingest"], "responses": responses, "security": []}


def _answer(description: str, shown: dict[str, Any]) -> dict[str, Any]:
    return {"description": description, "content": shown}
