from __future__ import annotations

import tomllib

import pytest
from pydantic import ValidationError

from services.enrichment.authors import addresses_of, parse_authors
from shared.events import Author
from shared.newsroom import Invalid

FILE = """
[[author]]
id = "ann"
name = "Ann Writer"
aliases = ["A. Writer-Maker"]
sources = ["desk"]
url = "https://e.org/ann/"
bio = \"\"\"
Writes on
two lines.
\"\"\"
[[agency]]
id = "tim"
name = "Reuters"
aliases = ["Thomson Reuters"]
[[desk]]
id = "night"
match = ["Night desk"]
source = "desk"
"""


def test_profiles_are_found_by_id_address_name_and_alias() -> None:
    book = parse_authors(tomllib.loads(FILE))
    ann = book.by_id["ann"]

    assert (ann.kind, ann.author.bio, ann.sources) == ("person", "Writes on two lines.", ("desk",))
    assert book.by_address["https://e.org/ann"] is ann
    assert book.by_name["ann writer"] == (ann,)
    assert book.by_alias["writer maker"] == (ann,)


def test_what_is_known_to_bylines_is_told_by_kind() -> None:
    known = parse_authors(tomllib.loads(FILE)).known

    assert set(known.people) == {"ann writer", "writer maker"}
    assert set(known.agencies) == {"reuters", "thomson reuters"}
    assert set(known.desks) == {"night desk"}


def test_a_desk_without_a_name_is_called_as_it_is_matched() -> None:
    assert parse_authors(tomllib.loads(FILE)).by_id["night"].author.name == "Night desk"


def test_an_empty_file_is_an_empty_book() -> None:
    assert dict(parse_authors({}).by_id) == {}


def test_two_profiles_may_share_an_alias_in_sources_of_their_own() -> None:
    other = '[[author]]\nid = "bo"\nname = "Bo"\naliases = ["A. Writer-Maker"]\nsources = ["beta"]\n'

    assert len(parse_authors(tomllib.loads(FILE + other)).by_alias["writer maker"]) == 2


def test_an_author_is_known_by_address_with_or_without_a_closing_slash() -> None:
    author = Author(name="Ann", url="https://e.org/ann/", links=("https://e.org/b",))

    assert list(addresses_of(author)) == ["https://e.org/ann", "https://e.org/b"]


@pytest.mark.parametrize(
    ("toml", "where", "reason"),
    [
        ('[[author]]\nid = "ann"\nname = "Ann B"\n', ("author", 1, "id"), "there are two entries 'ann'"),
        ('[[agency]]\nid = "tim"\nname = "Tim"\n', ("agency", 1, "id"), "there are two entries 'tim'"),
        (
            '[[agency]]\nid = "other"\nname = "Other"\naliases = ["Thomson Reuters"]\n',
            ("agency", 1, "aliases"),
            "tell them apart",
        ),
    ],
)
def test_a_broken_rule_is_told_with_its_place(toml: str, where: tuple[str | int, ...], reason: str) -> None:
    with pytest.raises(Invalid) as told:
        parse_authors(tomllib.loads(FILE + toml))

    assert any(place == where and reason in said for place, said in told.value.problems)


@pytest.mark.parametrize(
    "toml",
    [
        '[[author]]\nid = "Ann B"\nname = "Ann B"\n',
        '[[author]]\nid = "ann"\nname = "Ann B"\nrolle = "x"\n',
        '[[author]]\nid = "ann"\nname = "Ann B"\navatar = "javascript:x"\n',
        '[[desk]]\nid = "d"\nmatch = []\n',
        '[[writer]]\nid = "ann"\n',
    ],
)
def test_a_wrong_key_or_value_is_refused(toml: str) -> None:
    with pytest.raises(ValidationError):
        parse_authors(tomllib.loads(toml))
