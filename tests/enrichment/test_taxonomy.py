from __future__ import annotations

import tomllib

import pytest
from pydantic import ValidationError

from services.enrichment.taxonomy import Taxonomy, parse_taxonomy
from shared.events import Category
from shared.newsroom import Invalid


def taxonomy(toml: str) -> Taxonomy:
    return parse_taxonomy(tomllib.loads(toml))


UKRAINE = '[[term]]\nid = "place/ukraine"\nname = "Ukraine"\nkind = "place"\n'


def test_an_empty_file_is_an_empty_taxonomy() -> None:
    assert dict(taxonomy("").terms) == {}


def test_a_term_has_the_last_part_of_its_id_as_slug_unless_told_otherwise() -> None:
    terms = taxonomy(UKRAINE + '[[term]]\nid = "medtop:20000056"\nname = "War"\nslug = "war"\n').terms

    assert terms["place/ukraine"].slug == "ukraine"
    assert terms["medtop:20000056"].slug == "war"


def test_implications_are_followed_to_their_end_and_circles_end() -> None:
    terms = taxonomy(
        '[[term]]\nid = "a"\nname = "Aaa"\nimplies = ["b"]\n'
        '[[term]]\nid = "b"\nname = "Bbb"\nimplies = ["c"]\n'
        '[[term]]\nid = "c"\nname = "Ccc"\nimplies = ["a"]\n'
    ).terms

    assert terms["a"].implies == ("b", "c")


@pytest.mark.parametrize(
    ("kind", "name", "text", "found"),
    [
        ("org", "HUR", "hur", False),
        ("org", "HUR", "HUR", True),
        ("place", "Ukraine", "ukraine", False),
        ("topic", "Energy", "energy", True),
    ],
)
def test_a_spelling_without_a_case_gets_the_one_its_form_and_kind_call_for(
    kind: str, name: str, text: str, *, found: bool
) -> None:
    book = taxonomy(f'[[term]]\nid = "x"\nname = "{name}"\nkind = "{kind}"\n')

    assert bool(book.matcher.mentions(text)) is found


def test_a_category_is_read_by_the_map_of_its_source_first() -> None:
    book = taxonomy(
        UKRAINE
        + '[[term]]\nid = "topic/war"\nname = "War"\n'
        + '[[source_map]]\nsource = "desk"\ncategory = "Ukraine"\nadd = ["topic/war", "place/ukraine"]\n'
        + '[[source_map]]\ncategory = "Fighting"\nadd = ["topic/war"]\n'
    )

    assert [term.id for term in book.of_category("desk", Category(term="ukraine"))] == ["topic/war", "place/ukraine"]
    assert [term.id for term in book.of_category("other", Category(term="UKRAINE"))] == ["place/ukraine"]
    assert [term.id for term in book.of_category("other", Category(term=" Fighting "))] == ["topic/war"]


def test_a_category_is_read_by_name_alias_or_slug_but_not_by_demonym_or_surname() -> None:
    book = taxonomy(
        '[[term]]\nid = "place/north-korea"\nname = "North Korea"\nkind = "place"\n'
        'aliases = ["DPRK", {text = "North Korean", how = "demonym"}, {text = "Korea", needs = "full-name"}]\n'
    )

    assert [len(book.of_category("x", Category(term=label))) for label in ("north korea", "dprk", "North-Korea")] == [
        1,
        1,
        1,
    ]
    assert [len(book.of_category("x", Category(term=label))) for label in ("North Korean", "Korea", "Sport")] == [
        0,
        0,
        0,
    ]


@pytest.mark.parametrize(
    ("more", "where", "reason"),
    [
        (UKRAINE, ("term", 1, "id"), "there are two terms 'place/ukraine'"),
        ('[[term]]\nid = "t/ukraine"\nname = "Uk raine"\n', ("term", 1), "the same slug as 'place/ukraine'"),
        ('[[term]]\nid = "t/."\nname = "Dot"\n', ("term", 1, "id"), "gives no slug"),
        ('[[term]]\nid = "x"\nname = "ukraine"\n', ("term", 1), "a spelling of 'place/ukraine' too"),
        ('[[term]]\nid = "x"\nname = "Xxx"\nimplies = ["y"]\n', ("term", 1, "implies"), "unknown term 'y'"),
        (
            '[[term]]\nid = "x"\nname = "Xxx"\naliases = [{text = "Xx y", needs = "y"}]\n',
            ("term", 1, "aliases"),
            "unknown term 'y'",
        ),
        ('[[source_map]]\ncategory = "A"\nadd = ["y"]\n', ("source_map", 0, "add"), "unknown term 'y'"),
        ('[[term]]\nid = "x"\nname = "It"\nkind = "place"\n', ("term", 1), "too short"),
    ],
)
def test_a_broken_rule_is_told_with_its_place(more: str, where: tuple[str | int, ...], reason: str) -> None:
    with pytest.raises(Invalid) as told:
        taxonomy(UKRAINE + more)

    assert any(place == where and reason in said for place, said in told.value.problems)


def test_two_terms_may_share_a_spelling_that_needs_something_else_said() -> None:
    more = '[[term]]\nid = "x"\nname = "Ukraine Avenue"\naliases = [{text = "Ukraine", needs = "full-name"}]\n'

    assert set(taxonomy(UKRAINE + more).terms) == {"place/ukraine", "x"}


@pytest.mark.parametrize(
    "toml",
    [
        '[[term]]\nid = "x"\nname = "Xxx"\nalias = ["y"]\n',
        '[[term]]\nid = "X Y"\nname = "Xxx"\n',
        '[[term]]\nid = "x"\n',
        '[[term]]\nid = "x"\nname = "Xxx"\ncase = "upper"\n',
        '[[term]]\nid = "x"\nname = "Xxx"\naliases = [{text = "Y", how = "guess"}]\n',
        '[[terms]]\nid = "x"\nname = "Xxx"\n',
        '[[source_map]]\ncategory = "A"\nadd = []\n',
    ],
)
def test_a_wrong_key_or_value_is_refused(toml: str) -> None:
    with pytest.raises(ValidationError):
        taxonomy(toml)
