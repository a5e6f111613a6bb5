"""The description of ingest's routes holds together."""

from __future__ import annotations

from typing import Any

from services.ingest.api.openapi import openapi
from shared.redis import Store
from tests.ingest.api.parts import Api


def references(value: Any) -> set[str]:
    if isinstance(value, dict):
        own = {value["$ref"]} if isinstance(value.get("$ref"), str) else set()
        return own.union(*(references(inner) for inner in value.values()))
    return set().union(*(references(inner) for inner in value)) if isinstance(value, list) else set()


def test_every_schema_that_is_named_is_there() -> None:
    document = openapi()
    assert references(document) <= {f"#/components/schemas/{name}" for name in document["schemas"]}


def test_every_route_is_described_and_no_other(store: Store) -> None:
    routes = {
        (route.path, method.lower()) for route in Api(store).routes for method in (route.methods or set()) - {"HEAD"}
    }
    described = {
        (path, method)
        for path, operations in openapi()["paths"].items()
        for method in operations
        if method != "parameters"
    }
    assert routes == described


def test_the_push_body_is_the_model_that_checks_it() -> None:
    assert {"source", "guid", "headline", "body_html"} <= openapi()["schemas"]["Submission"]["properties"].keys()
