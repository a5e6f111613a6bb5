from __future__ import annotations

import pytest

from services.enrichment.tags import found
from services.enrichment.taxonomy import parse_taxonomy

PLACES = parse_taxonomy({})


def said(body: str, **zones: str) -> list[str]:
    texts = {"body": body, **zones}
    return [texts[zone][one.start : one.end] for zone, kept in found(texts, PLACES).items() for one in kept]


@pytest.mark.parametrize(
    "text",
    [
        "He is at Michigan State now.",
        "They play for Manchester United on turf.",
        "The novel of Paris Hilton is out.",
        "a report in the China Daily said so",
    ],
)
def test_a_capital_after_a_place_makes_it_part_of_a_longer_name(text: str) -> None:
    assert said(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "a film by Michael Jordan himself",
        "the late Gen. Jordan of the guards",
        "the band of J. Jordan played",
        "then Real Madrid scored",
    ],
)
def test_a_capital_before_a_place_makes_it_part_of_a_longer_name(text: str) -> None:
    assert said(text) == []


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("In Kenya it rained.", "Kenya"),
        ("It rained. Kenya dried.", "Kenya"),
        ("It rained on Mary. Kenya dried.", "Kenya"),
        ("Visiting Kenya is easy.", "Kenya"),
        ("it rained in northern and Eastern Kenya too", "Kenya"),
        ("it rained in Kenya Tuesday", "Kenya"),
        ("it rained in Africa’s Kenya too", "Kenya"),
        ("it rained in Kenya’s Rift valley", "Kenya"),
        ("Kenya (Uganda too)", "Kenya"),
        ("Kenya said no.", "Kenya"),
        ("“Kenya” it read", "Kenya"),
    ],
)
def test_other_capitals_beside_a_place_do_not_harm_it(text: str, place: str) -> None:
    assert place in said(text)


def test_who_has_a_places_name_once_has_it_in_the_whole_article() -> None:
    assert said("The coach, Michael Jordan, left. Jordan was sad.") == []
    assert said("The king of Jordan left. Jordan was sad.") == ["Jordan", "Jordan"]
    assert said("The coach, Michael Jordan, met a Jordanian.") == ["Jordanian"]


def test_a_town_that_speaks_is_a_person_and_a_country_may() -> None:
    assert said("Denver said no.") == []
    assert said("Denmark said no.") == ["Denmark"]


def test_people_of_a_country_go_before_titles() -> None:
    assert said("then German Chancellor and Polish President met") == ["German", "Polish"]
    assert said("a Native American and an Asian American met") == []
    assert said("U.S. District Judge") == ["U.S."]


def test_a_town_followed_by_a_region_it_is_not_in_is_another_town_everywhere() -> None:
    assert said("A fire in Birmingham, Alabama. In Birmingham, all ran.") == ["Alabama"]
    assert said("A fire in Birmingham, England. In Birmingham, all ran.") == ["Birmingham", "England", "Birmingham"]


def test_in_a_headline_of_capitals_a_place_counts_if_the_story_has_it_too() -> None:
    assert said("It rained.", headline="Heavy Rains Flood Kenya Again Overnight") == []
    assert said("It rained in Kenya.", headline="Heavy Rains Flood Kenya Again Overnight") == ["Kenya", "Kenya"]
    assert said("It rained in Kenya.", headline="HEAVY RAINS FLOOD KENYA AGAIN") == ["KENYA", "Kenya"]


def test_a_line_end_parts_names() -> None:
    assert said("Michigan\nState of play") == ["Michigan"]
    assert said("by Michael\nJordan is dry") == ["Jordan"]
