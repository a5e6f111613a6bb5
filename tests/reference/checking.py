"""Holds values against the schemas of an OpenAPI document."""

from __future__ import annotations

from typing import Any

import orjson
from jsonschema import Draft202012Validator
from referencing import Registry
from referencing.jsonschema import DRAFT202012

PLACE = "urn:wireroom"


def faults(document: dict[str, Any], schema: dict[str, Any], value: Any) -> list[str]:
    """Return what of a value is not as its schema says, formats included."""
    registry: Registry[Any] = Registry().with_resource(PLACE, DRAFT202012.create_resource(document))
    placed = orjson.loads(orjson.dumps(schema).replace(b'"#/', f'"{PLACE}#/'.encode()))
    checker = Draft202012Validator(placed, registry=registry, format_checker=Draft202012Validator.FORMAT_CHECKER)
    return [f"{fault.json_path}: {fault.message[:200]}" for fault in checker.iter_errors(value)]
