from __future__ import annotations

import tomllib

from services.enrichment.tags import MAX_EVIDENCE, MAX_PRIMARY, tags, zones_of
from services.enrichment.taxonomy import parse_taxonomy
from shared.events import Category, Image, Related, Tag
from tests.builders import an_article

TAXONOMY = parse_taxonomy(
    tomllib.loads(
        """
        [[term]]
        id = "place/north-korea"
        name = "North Korea"
        kind = "place"
        same_as = ["https://www.wikidata.org/entity/Q423"]
        aliases = [{text = "North Korean", how = "demonym"}, {text = "Pyongyang", how = "metonym"}]
        [[term]]
        id = "place/ukraine"
        name = "Ukraine"
        kind = "place"
        [[term]]
        id = "org/hur"
        name = "HUR"
        kind = "org"
        implies = ["place/ukraine"]
        aliases = ["Ukraine's military intelligence", {text = "GUR", needs = "place/ukraine"}]
        [[term]]
        id = "person/patrick-ryder"
        name = "Patrick Ryder"
        kind = "person"
        aliases = [{text = "Ryder", needs = "full-name"}]
        [[term]]
        id = "topic/war"
        name = "War"
        case = "exact"
        [[source_map]]
        source = "desk"
        category = "Fighting"
        add = ["topic/war"]
        """
    )
)


def found(*categories: str, **zones: str) -> dict[str, Tag]:
    given = [Category(term=category) for category in categories]
    return {tag.id: tag for tag in tags(zones, given, "desk", TAXONOMY)}


def test_a_mention_counts_by_its_zone_and_by_what_it_is() -> None:
    assert found(headline="North Korea")["place/north-korea"].score == 3
    assert found(summary="North Korea")["place/north-korea"].score == 2
    assert found(body="North Korea, Pyongyang, a North Korean")["place/north-korea"].score == 2
    assert found(caption="North Korea")["place/north-korea"].score == 0.5
    assert found(related="North Korea")["place/north-korea"].score == 0.25


def test_a_spelling_with_languages_is_found_in_texts_of_those_and_of_nobody_knows_which() -> None:
    german = parse_taxonomy(
        {
            "term": [
                {"id": "topic/war", "name": "War", "languages": ["en-GB"], "aliases": ["Krieg"]},
                {"id": "topic/was", "name": "Was ist das", "aliases": [{"text": "war", "languages": ["de"]}]},
            ]
        }
    )

    def told(language: str | None, body: str = "Sie war da.") -> list[str]:
        return [tag.id for tag in tags({"body": body}, [], "desk", german, language)]

    assert told("en") == told("en-US") == ["topic/war"]
    assert told("de") == told("de-AT") == ["topic/was"]
    assert told(None) == ["topic/war"]
    assert told("fr") == []
    assert told("fr", "Krieg") == ["topic/war"]


def test_a_tag_carries_its_term_and_its_reasons() -> None:
    tag = found(headline="A North Korean ship", body="From North Korea")["place/north-korea"]

    assert (tag.slug, tag.name, tag.kind) == ("north-korea", "North Korea", "place")
    assert tag.same_as == ("https://www.wikidata.org/entity/Q423",)
    assert (tag.method, tag.confidence, tag.status) == ("dictionary", 0.95, "applied")
    assert [(reason.zone, reason.start, reason.end, reason.text, reason.how) for reason in tag.evidence] == [
        ("headline", 2, 14, "North Korean", "demonym"),
        ("body", 5, 16, "North Korea", "name"),
    ]


def test_a_demonym_alone_is_less_certain_than_a_name() -> None:
    assert found(body="North Korean")["place/north-korea"].confidence == 0.6


def test_the_people_of_a_demonym_are_one_too() -> None:
    assert found(body="North Koreans came")["place/north-korea"].evidence[0].how == "demonym"


def test_a_surname_of_two_who_are_named_in_full_is_neithers() -> None:
    smiths = "".join(
        f'[[term]]\nid = "{id}"\nname = "{id.title()} Smith"\nkind = "person"\n'
        'aliases = [{text = "Smith", needs = "full-name"}]\n'
        for id in ("adam", "eve")
    )
    own = parse_taxonomy(tomllib.loads(smiths))

    def count(body: str) -> dict[str, int]:
        return {tag.id: tag.evidence_count for tag in tags({"body": body}, [], "desk", own)}

    assert count("Adam Smith came. Smith left.") == {"adam": 2}
    assert count("Adam Smith and Eve Smith came. Smith left.") == {"adam": 1, "eve": 1}


def test_a_surname_counts_only_where_the_full_name_stands() -> None:
    assert found(body="Ryder spoke.") == {}
    assert found(headline="Ryder speaks", body="Patrick Ryder spoke.")["person/patrick-ryder"].score == 4


def test_an_alias_that_needs_a_term_counts_where_that_is_mentioned_or_implied() -> None:
    assert found(body="GUR said.") == {}
    assert found(body="GUR said in Ukraine.")["org/hur"].score == 1
    assert found(body="GUR, or HUR, said.")["org/hur"].score == 2


def test_a_longer_name_swallows_a_shorter_and_implies_it_instead() -> None:
    got = found(body="Ukraine’s military intelligence said.")

    assert got["org/hur"].evidence[0].text == "Ukraine’s military intelligence"
    assert [(reason.how, reason.text) for reason in got["place/ukraine"].evidence] == [
        ("implied", "Ukraine’s military intelligence")
    ]
    assert got["place/ukraine"].score == 0.25


def test_what_is_said_stands_before_what_is_implied_in_the_evidence() -> None:
    tag = found(body="HUR HUR HUR HUR HUR HUR in Ukraine")["place/ukraine"]

    assert [reason.how for reason in tag.evidence] == ["name"] + ["implied"] * (MAX_EVIDENCE - 1)


def test_primary_is_what_the_headline_says_or_the_lead_and_once_more() -> None:
    assert found(headline="North Korea")["place/north-korea"].primary
    assert found(body="North Korea and North Korea")["place/north-korea"].primary
    assert not found(body="North Korea")["place/north-korea"].primary
    assert not found(body="x" * 700 + " North Korea, North Korea")["place/north-korea"].primary
    assert not found(related="North Korea, North Korea", caption="North Korea")["place/north-korea"].primary
    assert not found(headline="HUR")["place/ukraine"].primary


def test_no_more_than_a_few_are_primary() -> None:
    toml = "".join(f'[[term]]\nid = "t/x{n}"\nname = "Xx{n}"\n' for n in range(20))
    taxonomy = parse_taxonomy(tomllib.loads(toml))
    got = tags({"headline": " ".join(f"Xx{n}" for n in range(20))}, [], "desk", taxonomy)

    assert sum(tag.primary for tag in got) == MAX_PRIMARY


def test_a_mapped_category_is_asserted_by_the_source() -> None:
    tag = found("Fighting")["topic/war"]

    assert (tag.method, tag.confidence, tag.score) == ("source", 1.0, 2)
    assert [(reason.zone, reason.text, reason.how) for reason in tag.evidence] == [("category", "Fighting", "source")]


def test_a_category_that_nobody_knows_is_a_tag_of_its_own() -> None:
    tag = found("Local  News!")["source/local-news"]

    assert (tag.slug, tag.name, tag.kind, tag.method) == ("local-news", "Local News!", "topic", "source")


def test_a_category_without_letters_has_a_slug_too() -> None:
    (tag,) = found("…").values()

    assert (tag.name, len(tag.slug)) == ("…", 16)
    assert tag == found("…")[tag.id]


def test_a_category_said_twice_or_in_the_text_too_is_one_tag() -> None:
    got = found("Ukraine", "ukraine", body="In Ukraine")

    assert list(got) == ["place/ukraine"]
    assert (got["place/ukraine"].score, got["place/ukraine"].method) == (3, "source")


def test_the_strongest_stands_first_and_ties_go_by_id() -> None:
    assert list(found(body="Ukraine, Patrick Ryder, North Korea, North Korea")) == [
        "place/north-korea",
        "person/patrick-ryder",
        "place/ukraine",
    ]


def test_evidence_is_kept_to_the_first_few_and_the_score_counts_all() -> None:
    tag = found(body="Ukraine " * 50)["place/ukraine"]

    assert (len(tag.evidence), tag.score) == (MAX_EVIDENCE, 50)


def test_zones_are_the_articles_texts_and_no_author_is_among_them() -> None:
    article = an_article(
        headline="H",
        summary="S",
        body_text="B",
        images=(Image(url="https://e.org/i.jpg", caption="C"), Image(url="https://e.org/j.jpg")),
        related=(Related(url="https://e.org/r", headline="R", summary="T"),),
    )

    assert zones_of(article, ["C", "D"]) == {
        "headline": "H",
        "summary": "S",
        "body": "B",
        "caption": "C\nD",
        "related": "R\nT",
    }
