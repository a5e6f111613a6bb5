"""The document that the reference is made of, and values held against its schemas."""

from __future__ import annotations

from functools import cache
from typing import Any

import orjson
from jsonschema import Draft202012Validator
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from services.documents import openapi

SITE = "https://wire.example.org"
PLACE = "urn:wireroom"


@cache
def the_document() -> dict[str, Any]:
    """Return one for all that only read it: each worker makes it as it looks for tests."""
    return openapi(SITE)


def faults(document: dict[str, Any], schema: dict[str, Any], value: Any) -> list[str]:
    """Return what of a value is not as its schema says, formats included."""
    registry: Registry[Any] = Registry().with_resource(PLACE, DRAFT202012.create_resource(document))
    placed = orjson.loads(orjson.dumps(schema).replace(b'"#/', f'"{PLACE}#/'.encode()))
    checker = Draft202012Validator(placed, registry=registry, format_checker=Draft202012Validator.FORMAT_CHECKER)
    return [f"{fault.json_path}: {fault.message[:200]}" for fault in checker.iter_errors(value)]
