"""Moments as the line writes them: aware, UTC, RFC 3339."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import AfterValidator, AwareDatetime, BeforeValidator
from pydantic_core import PydanticKnownError


def now() -> datetime:
    """Return the current moment, aware and in UTC."""
    return datetime.now(UTC)


def rfc3339(moment: datetime) -> str:
    """Write a moment in UTC with a Z."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def rfc3339_of(seconds: float) -> str:
    """Write a Unix time likewise."""
    return rfc3339(datetime.fromtimestamp(seconds, UTC))


def _dated(value: Any) -> Any:
    """Refuse numbers: read as seconds since 1970, an embargo of 3600 would be long past."""
    if isinstance(value, datetime) or (isinstance(value, str) and "-" in value[1:]):
        return value
    raise PydanticKnownError("datetime_parsing", {"error": "no date"})


def _sensible(moment: datetime) -> datetime:
    """Refuse years that overflow when moved to UTC, and those nothing here has."""
    if not 1000 <= moment.year <= 9000:
        raise ValueError("must be a year from 1000 to 9000")
    return moment


GivenMoment = Annotated[AwareDatetime, BeforeValidator(_dated), AfterValidator(_sensible)]
"""A moment as somebody outside gives it."""
