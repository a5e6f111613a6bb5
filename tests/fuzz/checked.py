"""Reads made-up bodies as the API's models, and those that are refused once more without what was wrong in them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

import orjson
from pydantic import BaseModel, ValidationError

Input = TypeVar("Input", bound=BaseModel)


def checked(model: type[Input], data: bytes, least: Mapping[str, Any]) -> Input | None:
    """Return a body as a model: most that are made up have one field that is wrong, and would reach no further."""
    try:
        return model.model_validate_json(data)
    except ValidationError as error:
        wrong = {fault["loc"][0] for fault in error.errors(include_url=False, include_input=False) if fault["loc"]}
    try:
        given = orjson.loads(data)
        kept = {name: value for name, value in given.items() if name not in wrong} if isinstance(given, dict) else {}
        return model.model_validate_json(orjson.dumps({**least, **kept}))
    except (orjson.JSONDecodeError, ValidationError):
        return None
