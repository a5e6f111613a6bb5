"""Writes the curl command of an operation, with an example's body."""

from __future__ import annotations

import re
from typing import Any

from services.reference.examples.places import ASKED, IDS, PLACED, SLUGS
from services.reference.words import as_json
from shared.openapi import Node

FORM = "application/x-www-form-urlencoded"
_NAMED = re.compile(r"\{([a-z]+)\}")


def call_of(method: str, path: str, operation: Node, site: str) -> str:
    """Return the command, to be pasted into a shell that has the token in WIREROOM_ADMIN_TOKEN."""
    asked = ASKED.get((method, path), "q=tag:kursk-oblast" if path.startswith("/feeds/search") else "")
    address = site + _NAMED.sub(lambda found: _placed(path, found[1]), path) + (f"?{asked}" if asked else "")
    contents = operation.get("requestBody", {}).get("content", {})
    body = [line for kind, content in contents.items() for line in _sent(kind, content["example"])]
    verb = "" if method == ("post" if body else "get") else f"-X {method.upper()} "
    key = [] if operation.get("security") == [] else ['-H "Authorization: Bearer $WIREROOM_ADMIN_TOKEN"']
    quiet = "-sSN" if "event-stream" in str(operation["responses"]) else "-sS"
    return " \\\n  ".join([f"curl {quiet} {verb}{_quoted(address)}", *key, *body])


def _sent(kind: str, example: Any) -> list[str]:
    if kind == FORM:
        return [f"--data-urlencode {_quoted(f'{name}={value}')}" for name, value in example.items()]
    if kind == "application/json":
        return [f"-d {_quoted(as_json(example))}"]
    return [f"-H 'Content-Type: {kind}'", f"-d {_quoted(as_json(example))}"]


def _placed(path: str, name: str) -> str:
    places = {"id": IDS, "slug": SLUGS}.get(name)
    return PLACED[name] if places is None else next(place for start, place in places.items() if path.startswith(start))


def _quoted(text: str) -> str:
    """Return a text as one word of a shell, in quotes that only another one ends."""
    escaped = text.replace("'", "'\\''")
    return f"'{escaped}'"
