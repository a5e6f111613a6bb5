"""The OpenAPI document leaves nothing out: every field and parameter has words, every body an example that holds."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from importlib.resources import files
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from services.reference.completing import completed, name_of, operations, said_of
from services.reference.examples.answers import ANSWERS
from services.reference.examples.messages import MESSAGES
from services.reference.examples.requests import REQUESTS
from tests.reference.checking import faults, the_document

DOCUMENT = the_document()
SCHEMAS = DOCUMENT["components"]["schemas"]


def words(name: str) -> dict[str, Any]:
    return tomllib.loads(files("services.reference").joinpath(f"{name}.toml").read_text("utf-8"))


def properties(node: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield every property of a schema at any depth, but for those of schemas that it refers to."""
    if isinstance(node, list):
        for part in node:
            yield from properties(part)
    if isinstance(node, dict):
        for name, value in node.get("properties", {}).items():
            yield name, value
            yield from properties(value)
        for key, value in node.items():
            if key not in ("properties", "example", "default"):
                yield from properties(value)


def contents() -> Iterator[tuple[str, dict[str, Any]]]:
    for path, method, operation in operations(DOCUMENT):
        name = f"{method} {path}"
        yield from ((name, one) for one in operation.get("requestBody", {}).get("content", {}).values())
        for status, answer in operation["responses"].items():
            yield from ((f"{name} {status}", one) for one in answer.get("content", {}).values())
    for type, item in DOCUMENT["webhooks"].items():
        yield type, item["post"]["requestBody"]["content"]["application/json"]


def test_every_field_is_described() -> None:
    silent = [
        f"{name}.{field}"
        for name, schema in SCHEMAS.items()
        for field, each in properties(schema)
        if not each.get("description") and not any(one.get("description") for one in each.get("anyOf", ()))
    ]
    silent += [
        f"{name}.{field}"
        for name, content in contents()
        for field, each in properties(content["schema"])
        if not each.get("description")
    ]
    assert silent == []


def test_nothing_is_said_of_fields_that_are_not_there() -> None:
    fields = words("fields")
    like = fields.pop("like")
    fields.pop("any")
    messages = {field for _, content in contents() for field, _ in properties(content["schema"])}
    known = {name: {field for field, _ in properties(schema)} for name, schema in SCHEMAS.items()}
    known["Message"] = messages
    for name, told in fields.items():
        users = {name, *(user for user in like if name in lineage(like, user))}
        there = set().union(*(known.get(user, set()) for user in users))
        assert set(told) <= there, (name, set(told) - there)


def lineage(like: dict[str, str], name: str) -> list[str]:
    return [like[name], *lineage(like, like[name])] if name in like else []


def test_every_parameter_is_described_and_every_operation_named_and_filed() -> None:
    ids = []
    for path, _, operation in operations(DOCUMENT):
        given = [*operation.get("parameters", ()), *DOCUMENT["paths"][path].get("parameters", ())]
        assert all(one["description"] for one in given), path
        assert operation["tags"][0] in {tag["name"] for tag in DOCUMENT["tags"]}
        ids.append(operation["operationId"])
    assert len(ids) == len(set(ids))


def test_what_is_said_of_an_operation_is_said_of_one_that_there_is() -> None:
    there = {f"{method.upper()} {path}" for path, method, _ in operations(DOCUMENT)}
    assert set(words("operations")) - {"parameters", "ids"} <= there


def test_every_schema_is_one() -> None:
    for schema in SCHEMAS.values():
        Draft202012Validator.check_schema(schema)
    for _, content in contents():
        Draft202012Validator.check_schema(content["schema"])


def test_every_example_is_as_its_schema_says() -> None:
    wrong = {
        name: found
        for name, one in contents()
        if "example" in one
        if (found := faults(DOCUMENT, one["schema"], one["example"]))
    }
    assert wrong == {}


def test_every_json_body_has_an_example() -> None:
    bare = [name for name, one in contents() if "$ref" in one["schema"] and "example" not in one]
    assert [name for name in bare if "Problem" not in name and name.split()[-1][0] not in "345d"] == []
    assert all("example" in one for name, one in contents() if name in MESSAGES)


def test_every_example_is_of_something_that_there_is() -> None:
    there = {(method, path) for path, method, _ in operations(DOCUMENT)}
    assert set(REQUESTS) | set(ANSWERS) <= there
    assert set(MESSAGES) == set(DOCUMENT["webhooks"])


def test_the_parts_that_were_given_are_left_as_they_are() -> None:
    shared: dict[str, Any] = {"type": "string"}
    schema = {"type": "object", "properties": {"reason": shared, "url": shared}}
    parts = {"components": {"schemas": {"Retraction": schema}}, "paths": {}, "webhooks": {}}
    found = completed(parts)["components"]["schemas"]["Retraction"]["properties"]
    assert found["reason"]["description"] != found["url"]["description"]
    assert shared == {"type": "string"}


@pytest.mark.parametrize(
    ("schema", "field", "begins"),
    [
        ("NewSubscription", "schedule", "Seconds to wait"),
        ("RetractionInput", "reason", "Why the article"),
        ("RetractionInput", "replacement_url", "Where readers"),
        ("Nothing", "seq", "The entry's number"),
    ],
)
def test_words_are_looked_up_by_likeness(schema: str, field: str, begins: str) -> None:
    assert (said_of(schema, field) or "").startswith(begins)


def test_operations_are_called_by_method_and_path() -> None:
    assert name_of("post", "/api/v1/articles/{id}/retract") == "post-api-v1-articles-id-retract"
