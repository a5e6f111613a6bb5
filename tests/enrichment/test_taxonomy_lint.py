from __future__ import annotations

import tomllib

import pytest

from services.enrichment.taxonomy import Taxonomy, parse_taxonomy
from services.enrichment.topics import parse_topics
from shared.newsroom import Invalid

TOPICS = parse_topics(
    {"conceptSet": [{"qcode": "medtop:20000060", "prefLabel": "unrest", "retired": "2019-12-16"}]},
)


def parsed(toml: str) -> Taxonomy:
    return parse_taxonomy(tomllib.loads(toml), topics=TOPICS)


def term(more: str = "", name: str = "Ann Berg", kind: str = "person") -> str:
    return f'[[term]]\nid = "x"\nname = "{name}"\nkind = "{kind}"\n{more}\n'


@pytest.mark.parametrize(
    ("toml", "reason"),
    [
        (term(name="Who", kind="org"), "a common word"),
        (term('aliases = ["That"]'), "a common word"),
        (term('aliases = [{text = "may", case = "any", needs = "full-name"}]'), "a common word"),
        (term('aliases = ["Al"]'), "too short"),
        (term() + '[[term]]\nid = "y"\nname = "Ann Berg"\nlanguages = ["en"]\n', "is a spelling of 'x' too"),
        (term('aliases = ["--"]'), "no letter or digit"),
        (term('aliases = [{text = "Annika Bergström", needs = "full-name"}]'), "has none that is longer"),
        (term('aliases = [{text = "AB", needs = "medtop:15000000"}]'), "never found in a text"),
        (term('aliases = [{text = "Bo", needs = "place/gone"}]'), "unknown term 'place/gone'"),
        (term('same_as = ["wikidata:423"]'), "no id of wikidata"),
        (term('same_as = ["medtop:423"]'), "no id of medtop"),
        (term('implies = ["medtop:20009999"]'), "mediatopics.json"),
        (
            term() + '[[term]]\nid = "y"\nname = "Bea"\naliases = [{text = "Ann Berg", needs = "x"}]\n',
            "would take every mention of 'x'",
        ),
        (term() + '[[source_map]]\ncategory = "A"\nadd = ["x"]\n' * 2, "is mapped twice"),
        (term() + '[gazetteer]\nenabled = false\n[[source_map]]\ncategory = "A"\nadd = ["geo/ke"]\n', "unknown"),
    ],
)
def test_what_cannot_be_meant_is_an_error(toml: str, reason: str) -> None:
    with pytest.raises(Invalid) as told:
        parsed(toml)

    assert any(reason in said for _, said in told.value.problems)


@pytest.mark.parametrize(
    "toml",
    [
        term(name="WHO", kind="org"),
        term('aliases = [{text = "May", needs = "full-name"}]'),
        term('aliases = [{text = "Al", case = "exact"}]'),
        term('aliases = [{text = "Berg", needs = "full-name"}]'),
        term('same_as = ["wikidata:Q423", "medtop:15000000", "https://www.wikidata.org/entity/Q1"]'),
        term('implies = ["medtop:15000000", "geo/ke"]'),
        term(name="昨日", kind="topic"),
        term('languages = ["en"]', name="War", kind="topic"),
        term('languages = ["en"]', name="Pan") + '[[term]]\nid = "y"\nname = "Pan"\nlanguages = ["es-MX"]\n',
    ],
)
def test_what_may_be_meant_is_neither_error_nor_warning(toml: str) -> None:
    assert parsed(toml).warnings == ()


@pytest.mark.parametrize(
    ("toml", "where", "reason"),
    [
        (term(name="Government", kind="topic"), ("term", 0), "a common word"),
        (term('aliases = ["March"]'), ("term", 0), "a common word"),
        (term('aliases = ["ann berg"]'), ("term", 0), "stands twice"),
        (term(name="War", kind="topic"), ("term", 0), "another word in German"),
        (term('implies = ["medtop:20000060"]'), ("term", 0, "implies"), "has retired"),
        (
            term() + '[[source_map]]\ncategory = "A"\nadd = ["medtop:20000060"]\n',
            ("source_map", 0, "add"),
            "has retired",
        ),
        (
            (
                '[[term]]\nid = "a"\nname = "Anna Smith"\naliases = [{text = "Smith", needs = "geo/ke"}]\n'
                '[[term]]\nid = "b"\nname = "Bob Smith"\naliases = [{text = "Smith", needs = "geo/ke"}]\n'
            ),
            ("term", 1),
            "one is never found",
        ),
    ],
)
def test_what_is_hardly_meant_is_a_warning_with_its_place(toml: str, where: tuple[str | int, ...], reason: str) -> None:
    ((place, said),) = parsed(toml).warnings

    assert place == where
    assert reason in said


def test_spaces_within_a_spelling_are_one_space_as_in_texts() -> None:
    assert parsed(term(name="Ann   Berg")).matcher.mentions("Ann Berg")[0].alias.term == "x"
