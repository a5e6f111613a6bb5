"""Says in plain words what is wrong with a field that a model refused, to stand after the field's name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from shared.own_pictures import ADDRESS

NO_FIELD = "there is no such field"
_MOMENT = "must be a moment with its zone, such as 2026-11-22T10:00:00Z"
_NUMBER = "must be a number"
_WHOLE = "must be a whole number"
_OBJECT = "must be a set of named fields"
_LIST = "must be a list"
_TEXT = "must be text"
_YES_OR_NO = "must be true or false"

_SAID: Mapping[str, str] = {
    "missing": "is missing",
    "extra_forbidden": NO_FIELD,
    "string_type": _TEXT,
    "string_unicode": _TEXT,
    "string_too_short": "must have {min_length} characters or more",
    "string_too_long": "must have {max_length} characters or fewer",
    "string_pattern_mismatch": "must be of the form {pattern}",
    "too_short": "must hold {min_length} or more, and holds {actual_length}",
    "too_long": "must hold {max_length} or fewer",
    "int_type": _WHOLE,
    "int_parsing": _WHOLE,
    "int_parsing_size": _WHOLE,
    "int_from_float": _WHOLE,
    "float_type": _NUMBER,
    "float_parsing": _NUMBER,
    "finite_number": _NUMBER,
    "greater_than": "must be more than {gt}",
    "greater_than_equal": "must be {ge} or more",
    "less_than": "must be less than {lt}",
    "less_than_equal": "must be {le} or less",
    "bool_type": _YES_OR_NO,
    "bool_parsing": _YES_OR_NO,
    "literal_error": "must be {expected}",
    "enum": "must be {expected}",
    "list_type": _LIST,
    "tuple_type": _LIST,
    "set_type": _LIST,
    "frozen_set_type": _LIST,
    "dict_type": _OBJECT,
    "mapping_type": _OBJECT,
    "model_type": _OBJECT,
    "model_attributes_type": _OBJECT,
    "dataclass_type": _OBJECT,
    "union_tag_invalid": "must have as {discriminator} one of {expected_tags}",
    "union_tag_not_found": "must have the field {discriminator}",
    "datetime_type": _MOMENT,
    "datetime_parsing": _MOMENT,
    "datetime_from_date_parsing": _MOMENT,
    "datetime_object_invalid": _MOMENT,
    "timezone_aware": _MOMENT,
    "date_type": "must be a date, such as 2026-11-22",
    "date_parsing": "must be a date, such as 2026-11-22",
    "date_from_datetime_parsing": "must be a date, such as 2026-11-22",
    "none_required": "must be null",
}
"""By pydantic's types of error; what is not here keeps pydantic's words."""


_SHAPES: Mapping[str, str] = {
    "^[a-z0-9][a-z0-9-]{0,62}$": (
        "must be of small letters, digits and hyphens, such as kursk-oblast: 63 at most, no hyphen first"
    ),
    r"^(https?://\S+)?$": "must be an http or https address",
    ADDRESS: ("must be an http or https address, or a picture of the newsroom, such as /pictures/ann.jpg"),
}
"""By pattern: who edits a newsroom's files need not read regular expressions."""


_TEXT_OF_OURS: Mapping[str, str] = {"too_short": "string_too_short", "too_long": "string_too_long"}
"""What pydantic takes for a list when it is a text that a function of ours went over before."""


def said(fault: ErrorDetails) -> str:
    """Return what is wrong, in words that name no library's terms."""
    context: Mapping[str, Any] = fault.get("ctx", {})
    type = _TEXT_OF_OURS.get(fault["type"]) if context.get("field_type") == "Value" else None
    type = type or fault["type"]
    if type == "string_too_short" and context.get("min_length") == 1:
        return "must not be empty"
    if type == "string_pattern_mismatch" and context["pattern"] in _SHAPES:
        return _SHAPES[context["pattern"]]
    words = _SAID.get(type)
    if words is None:
        return fault["msg"].removeprefix("Value error, ").removeprefix("Assertion failed, ")
    return words.format_map(context)


def faults(error: ValidationError) -> list[tuple[str, str]]:
    """Return (field, what is wrong with it) of all that a model refused; the field is empty for the whole of it."""
    found = error.errors(include_input=False, include_url=False)
    return [(".".join(str(part) for part in fault["loc"]), said(fault)) for fault in found]
