"""Schemas are put into words."""

from __future__ import annotations

from typing import Any

import pytest

from services.reference.schemas import about_of, default_of, fields_of, limits_of, type_of


@pytest.mark.parametrize(
    ("schema", "words"),
    [
        ({"type": "string"}, "text"),
        ({"type": "string", "format": "date-time"}, "moment"),
        ({"type": ["integer", "null"]}, "whole number or null"),
        ({"anyOf": [{"type": "number"}, {"type": "null"}]}, "number or null"),
        ({"enum": ["a", None]}, "<code>a</code> or <code>null</code>"),
        ({"const": "<b>"}, "<code>&lt;b&gt;</code>"),
        ({"type": "array", "items": {"type": "boolean"}}, "list of true or false"),
        ({"type": "object", "additionalProperties": {"type": "string"}}, "object of text"),
        ({"$ref": "#/components/schemas/Tag"}, '<a href="#schema-Tag">Tag</a>'),
        ({}, "any value"),
    ],
)
def test_types(schema: dict[str, Any], words: str) -> None:
    assert type_of(schema) == words


@pytest.mark.parametrize(
    ("schema", "words"),
    [
        ({"minimum": 1, "maximum": 9}, "1 to 9"),
        ({"maxLength": 9}, "Up to 9 characters"),
        ({"minItems": 1, "items": {"minimum": 0.1}}, "1 or more entries; each 0.1 or more"),
        ({"anyOf": [{"maxProperties": 10}, {"type": "null"}]}, "Up to 10 names"),
        ({"pattern": "^a$"}, "As <code>^a$</code>"),
        ({}, ""),
    ],
)
def test_limits(schema: dict[str, Any], words: str) -> None:
    assert limits_of(schema) == words


def test_defaults_that_say_nothing_are_left_out() -> None:
    values: list[Any] = [None, "", [], {}, 0, False, "now"]
    assert [default_of({"default": value}) for value in values] == [
        *[None] * 4,
        "0",
        "false",
        '"now"',
    ]


def test_words_are_sentences() -> None:
    assert about_of({"anyOf": [{"description": "deliveries a second"}]}) == "Deliveries a second."


def test_objects_without_a_name_are_spread_out_what_is_needed_first() -> None:
    row = {"type": "object", "properties": {"day": {"type": "string"}}}
    schema = {"required": ["per_day"], "properties": {"a": {}, "per_day": {"type": "array", "items": row}}}
    assert [(one.name, one.required) for one in fields_of(schema)] == [
        ("per_day", True),
        ("per_day[].day", False),
        ("a", False),
    ]
