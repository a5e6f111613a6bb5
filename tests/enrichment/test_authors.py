from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from pydantic import ValidationError

from services.enrichment.authors import addresses_of, parse_authors
from services.enrichment.authors_file import orcid
from services.enrichment.captions import CreditRule
from shared.events import Author
from shared.newsroom import Invalid, Refused, Watched

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


def test_each_profile_says_what_it_is() -> None:
    book = parse_authors(tomllib.loads(FILE))

    assert [book.by_id[id].author.kind for id in ("ann", "tim", "night")] == ["person", "agency", "desk"]


def test_an_orcid_becomes_a_link_and_leads_here_too() -> None:
    book = parse_authors(
        tomllib.loads(
            '[[author]]\nid = "ann"\nname = "Ann B"\norcid = "0000-0002-1825-0097"\nlinks = ["https://e.org/a"]'
        )
    )

    assert book.by_id["ann"].author.links == ("https://e.org/a", "https://orcid.org/0000-0002-1825-0097")
    assert "https://orcid.org/0000-0002-1825-0097" in book.by_address


def test_an_agency_of_the_file_is_known_to_texts_and_a_picture_agency_to_credits_alone() -> None:
    toml = '[[agency]]\nid = "sp"\nname = "Sample Pictures"\nkind = "pictures"\naliases = ["SamplePix"]\n'
    known = parse_authors(tomllib.loads(FILE + toml)).agencies

    assert known.credited("Ann/SamplePix")
    assert [one.name for one in known.mentions("SamplePix told Thomson Reuters")] == ["Reuters"]


def test_a_sources_caption_rules_are_kept_in_their_order() -> None:
    toml = """
[[caption_rule]]
source = "desk"
opens = "("
closes = ")"
[[caption_rule]]
source = "desk"
opens = "BILD:"
closes = " - "
at = "start"
keep = true
"""
    rules = parse_authors(tomllib.loads(toml)).credit_rules

    assert rules == {"desk": (CreditRule("(", ")"), CreditRule("BILD:", " - ", starts=True, keep=True))}


def test_an_outlet_is_for_editors_and_stands_in_no_article() -> None:
    profile = parse_authors(tomllib.loads('[[author]]\nid = "ann"\nname = "Ann B"\noutlet = "The Daily"')).by_id["ann"]

    assert profile.outlet == "The Daily"
    assert "The Daily" not in profile.author.model_dump_json()


def test_a_picture_of_the_newsroom_is_below_its_address() -> None:
    def avatar(given: str) -> str | None:
        entry = {"id": "ann", "name": "Ann B", "avatar": given}
        return parse_authors({"author": [entry]}, "https://wire.example.org").by_id["ann"].author.avatar

    assert avatar("/pictures/ann.jpg") == "https://wire.example.org/pictures/ann.jpg"
    assert avatar("https://img.example.org/ann.jpg") == "https://img.example.org/ann.jpg"
    assert avatar("") is None
    for wrong in ("/ann.jpg", "/pictures/../ann.jpg", "/pictures/.ann.jpg"):
        with pytest.raises(ValidationError):
            avatar(wrong)


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
        ('[[author]]\nid = "x"\nname = "Ann Writer"\n', ("author", 1, "name"), "no byline leads here, for 'ann'"),
        ('[[author]]\nid = "x"\nname = "X Y"\naliases = ["Reuters"]\n', ("author", 1, "aliases"), "name of 'tim'"),
        ('[[author]]\nid = "x"\nname = "Editor"\n', ("author", 1, "name"), "a common word"),
        ('[[author]]\nid = "x"\nname = "Xo Yu"\naliases = ["Staff"]\n', ("author", 1, "aliases"), "a common word"),
        ('[[agency]]\nid = "x"\nname = "World"\n', ("agency", 1, "name"), "a common word"),
        ('[[author]]\nid = "x"\nname = "Xo Yu"\naliases = ["X"]\n', ("author", 1, "aliases"), "too short"),
        ('[[author]]\nid = "x"\nname = "—"\n', ("author", 1, "name"), "no letters"),
        (
            '[[caption_rule]]\nsource = "a"\nopens = "("\n[[caption_rule]]\nsource = "a"\nopens = "("\n',
            ("caption_rule", 1, "opens"),
            "two such rules",
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
        '[[author]]\nid = "x"\nname = "Ann Writer"\nsources = ["beta"]\n',
        '[[author]]\nid = "x"\nname = "Ann Writer"\naliases = ["Ann the Other"]\n',
        '[[author]]\nid = "x"\nname = "Ann Writer"\nurl = "https://e.org/x"\n',
        '[[desk]]\nid = "x"\nmatch = ["Staff", "Editor"]\n',
    ],
)
def test_what_can_be_told_apart_is_in_order(toml: str) -> None:
    assert "x" in parse_authors(tomllib.loads(FILE + toml)).by_id


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("0000-0002-1825-0097", True),
        ("0000-0001-5109-3700", True),
        ("0000-0002-1694-233X", True),
        ("https://orcid.org/0000-0002-1825-0097", True),
        ("0000-0002-1694-2339", False),
        ("", False),
        ("0000000218250097", False),
    ],
)
def test_an_orcid_bears_its_check_digit(text: str, right: bool) -> None:
    if right:
        assert orcid(text) == text.removeprefix("https://orcid.org/")
    else:
        with pytest.raises(ValueError, match="ORCID"):
            orcid(text)


def test_an_error_is_told_by_its_line(tmp_path: Path) -> None:
    (tmp_path / "authors.toml").write_text('[[author]]\nid = "a"\nname = "A B"\norcid = "0000-0002-1825-0090"\n')

    found = Watched(tmp_path / "authors.toml", parse_authors).refresh()

    assert isinstance(found, Refused)
    assert found.reason.startswith("authors.toml, line 4: author.orcid: '0000-0002-1825-0090' is misspelt")


@pytest.mark.parametrize(
    "toml",
    [
        '[[author]]\nid = "Ann B"\nname = "Ann B"\n',
        '[[author]]\nid = "ann"\nname = "Ann B"\nrolle = "x"\n',
        '[[author]]\nid = "ann"\nname = "Ann B"\navatar = "javascript:x"\n',
        '[[desk]]\nid = "d"\nmatch = []\n',
        '[[writer]]\nid = "ann"\n',
        '[[author]]\nid = "ann"\nname = "Ann B"\norcid = "0000-0002-1825-0098"\n',
        '[[author]]\nid = "ann"\nname = "Ann B"\norcid = "1825-0097"\n',
        '[[author]]\nid = "ann"\nname = "Ann B"\nstatus = "asleep"\n',
        '[[caption_rule]]\nsource = "a"\nopens = " "\n',
        '[[caption_rule]]\nsource = "a"\nopens = "a"\n',
        '[[caption_rule]]\nsource = "a"\nopens = "("\nat = "start"\n',
        '[[caption_rule]]\nsource = "a"\npattern = "(.*)*"\n',
    ],
)
def test_a_wrong_key_or_value_is_refused(toml: str) -> None:
    with pytest.raises(ValidationError):
        parse_authors(tomllib.loads(toml))
