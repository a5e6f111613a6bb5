"""What is wrong with a field is said in words that name no library's terms."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

import pytest
from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from services.enrichment.authors import parse_authors
from shared.faults import faults

PYDANTICS = ("Input should", "Field required", "Extra inputs", "should have", "Value error", "parse", "unable")


class Basic(BaseModel):
    type: Literal["basic"]
    name: str


class Bearer(BaseModel):
    type: Literal["bearer"]


class Thing(BaseModel):
    model_config = ConfigDict(extra="forbid")
    name: Annotated[str, Field(min_length=1, max_length=4)] = "a"
    tidied: Annotated[Annotated[str, AfterValidator(str.strip)], Field(min_length=1, max_length=4)] = "a"
    slug: Annotated[str, Field(pattern="^[a-z]+$")] = "a"
    count: Annotated[int, Field(ge=1, le=9)] = 1
    wait: Annotated[float, Field(gt=0, lt=9, allow_inf_nan=False)] = 1
    sure: bool = True
    kind: Literal["a", "b"] = "a"
    many: Annotated[list[int], Field(min_length=1, max_length=2)] = [1]
    named: dict[str, str] = {}
    inner: Bearer | None = None
    auth: Annotated[Basic | Bearer, Field(discriminator="type")] | None = None
    at: AwareDatetime | None = None
    day: date | None = None


@pytest.mark.parametrize(
    ("given", "field", "words"),
    [
        ({"id": "Ann Writer"}, "author.0.id", "must be of small letters, digits and hyphens, such as kursk-oblast"),
        ({"url": "ann.example"}, "author.0.url", "must be an http or https address"),
        ({"avatar": "ann.jpg"}, "author.0.avatar", "or a picture of the newsroom, such as /pictures/ann.jpg"),
    ],
)
def test_shapes_that_editors_meet_are_told_in_words(given: dict[str, str], field: str, words: str) -> None:
    with pytest.raises(ValidationError) as refused:
        parse_authors({"author": [{"id": "ann", "name": "Ann", **given}]})
    [(where, told)] = faults(refused.value)
    assert where == field
    assert words in told
    assert "^" not in told


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"name": ""}, ("name", "must not be empty")),
        ({"name": "abcde"}, ("name", "must have 4 characters or fewer")),
        ({"name": 1}, ("name", "must be text")),
        ({"tidied": ""}, ("tidied", "must not be empty")),
        ({"tidied": "abcde"}, ("tidied", "must have 4 characters or fewer")),
        ({"slug": "A"}, ("slug", "must be of the form ^[a-z]+$")),
        ({"count": "x"}, ("count", "must be a whole number")),
        ({"count": 1.5}, ("count", "must be a whole number")),
        ({"count": 0}, ("count", "must be 1 or more")),
        ({"count": 10}, ("count", "must be 9 or less")),
        ({"wait": "soon"}, ("wait", "must be a number")),
        ({"wait": "inf"}, ("wait", "must be a number")),
        ({"wait": 0}, ("wait", "must be more than 0.0")),
        ({"wait": 9}, ("wait", "must be less than 9.0")),
        ({"sure": "perhaps"}, ("sure", "must be true or false")),
        ({"kind": "c"}, ("kind", "must be 'a' or 'b'")),
        ({"many": 1}, ("many", "must be a list")),
        ({"many": []}, ("many", "must hold 1 or more, and holds 0")),
        ({"many": [1, 2, 3]}, ("many", "must hold 2 or fewer")),
        ({"many": ["x"]}, ("many.0", "must be a whole number")),
        ({"named": []}, ("named", "must be a set of named fields")),
        ({"inner": []}, ("inner", "must be a set of named fields")),
        ({"auth": {}}, ("auth", "must have the field 'type'")),
        ({"auth": {"type": "x"}}, ("auth", "must have as 'type' one of 'basic', 'bearer'")),
        ({"auth": {"type": "basic"}}, ("auth.basic.name", "is missing")),
        ({"at": "noon"}, ("at", "must be a moment with its zone, such as 2026-11-22T10:00:00Z")),
        ({"at": "2026-11-22T10:00:00"}, ("at", "must be a moment with its zone, such as 2026-11-22T10:00:00Z")),
        ({"day": "noon"}, ("day", "must be a date, such as 2026-11-22")),
        ({"more": 1}, ("more", "there is no such field")),
        ([], ("", "must be a set of named fields")),
    ],
)
def test_a_fault_is_said_plainly(given: Any, said: tuple[str, str]) -> None:
    with pytest.raises(ValidationError) as refused:
        Thing.model_validate(given)
    assert faults(refused.value) == [said]
    assert not any(word in said[1] for word in PYDANTICS)
