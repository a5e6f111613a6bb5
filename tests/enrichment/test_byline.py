from __future__ import annotations

import time

import pytest

from services.enrichment.byline import Known, named, parsed
from shared.names import name_key

KNOWN = Known(
    people=frozenset({"nour", "ann writer"}),
    agencies=frozenset({"sample news service"}),
    desks=frozenset({"the daily news desk"}),
)


def people(byline: str) -> list[str]:
    return [named.name for named in parsed(byline, KNOWN) if named.kind == "person"]


def others(byline: str) -> list[tuple[str, str]]:
    return [(named.name, named.kind) for named in parsed(byline, KNOWN) if named.kind != "person"]


@pytest.mark.parametrize(
    ("byline", "names"),
    [
        ("Ann Writer", ["Ann Writer"]),
        ("By Ann Writer", ["Ann Writer"]),
        ("BY ANN WRITER", ["ANN WRITER"]),
        ("Written by Ann Writer", ["Ann Writer"]),
        ("Von Max Muster", ["Max Muster"]),
        ("Par Émilie Dupont", ["Émilie Dupont"]),
        ("Por Ana García", ["Ana García"]),
        ("Автор: Олена Марчук", ["Олена Марчук"]),
        ("By Ann Writer and Bob Maker", ["Ann Writer", "Bob Maker"]),
        ("Ann Writer & Bob Maker", ["Ann Writer", "Bob Maker"]),
        ("Ann Writer; Bob Maker", ["Ann Writer", "Bob Maker"]),
        ("By Ann Writer, Bob Maker and Cy Third", ["Ann Writer", "Bob Maker", "Cy Third"]),
        ("Von Max Muster und Erika Gabler", ["Max Muster", "Erika Gabler"]),
        ("Par Émilie Dupont et Jean de la Tour", ["Émilie Dupont", "Jean de la Tour"]),
        ("Ana García y Luis Paz", ["Ana García", "Luis Paz"]),
        ("Олена Марчук та Іван Лисенко", ["Олена Марчук", "Іван Лисенко"]),
        ("Ольга Иванова и Пётр Смирнов", ["Ольга Иванова", "Пётр Смирнов"]),
        ("By Ann Writer | Updated 10:32", ["Ann Writer"]),
        ("By Ann Writer, ann@example.org", ["Ann Writer"]),
        ("By Ann Writer @annwriter", ["Ann Writer"]),
        ("By Ann Writer in Kyiv", ["Ann Writer"]),
        ("By Ann Writer in Kyiv and Bob Maker in New York", ["Ann Writer", "Bob Maker"]),
        ("Sammy Davis, Jr.", ["Sammy Davis Jr"]),
        ("John Smith III and Ann Writer", ["John Smith III", "Ann Writer"]),
        ("Smith, John", ["John Smith"]),
        ("Jan van der Berg", ["Jan van der Berg"]),
        ("By Nour", ["Nour"]),
        ("王小明", ["王小明"]),
        ("محمد علي، أحمد حسن", ["محمد علي", "أحمد حسن"]),
        ("von der Leyen, Ursula", ["Ursula von der Leyen"]),
        ("Von der Leyen und Merz", ["Von der Leyen", "Merz"]),
        ("Eve Editor and Bob Maker", ["Eve Editor", "Bob Maker"]),
        ("Eve Editor, Bob Maker", ["Eve Editor", "Bob Maker"]),
        ("Energy Editor, Bob Maker", ["Bob Maker"]),
        ("Eve Editor, Kyiv", ["Eve Editor"]),
        ("Von Miller", ["Von Miller"]),
        ("Omar al-Bashir und Yusuf bin Ali", ["Omar al-Bashir", "Yusuf bin Ali"]),
        ("Af Lars Hansen og Mette Olsen", ["Lars Hansen", "Mette Olsen"]),
        ("di Mario Rossi e Luigi Bianchi", ["Mario Rossi", "Luigi Bianchi"]),
        ("Analysis by Ann Writer", ["Ann Writer"]),
        ("Special to The Sample Post by Ann Writer", ["Ann Writer"]),
        ("Mis à jour par Émilie Dupont", ["Émilie Dupont"]),
        ("Posted by Ann Writer on Jan 3", ["Ann Writer"]),
        ("By\nAnn Writer\nReporter\nBob Maker", ["Ann Writer", "Bob Maker"]),
        ("Ann Writer of the Associated Press", ["Ann Writer"]),
        ("Joan of Arc", ["Joan of Arc"]),
        ("Ann Writer via Getty Images", ["Ann Writer"]),
        ("Ann Writer | The Sample Post", ["Ann Writer"]),
        ("De la Redacción", []),
        ("Guest author", []),
        ("John F. Kennedy", ["John F. Kennedy"]),
        ("From Ann Writer in Kyiv", ["Ann Writer"]),
        ("Text: Max Muster", ["Max Muster"]),
        ("By: Ann Writer", ["Ann Writer"]),
        ("By Ann Writer - Updated March 3", ["Ann Writer"]),
        ("Ann Writer <ann@example.org>", ["Ann Writer"]),
        ("ann@example.org (Ann Writer)", ["Ann Writer"]),
        ("By Ann Writer (@annwriter)", ["Ann Writer"]),
        ("Von Max Muster, Berlin", ["Max Muster"]),
        ("Ludwig van Beethoven and Vincent van Gogh", ["Ludwig van Beethoven", "Vincent van Gogh"]),
        ("Ann Writer, Bob Maker Jr.", ["Ann Writer", "Bob Maker Jr"]),
        ("王小明、李四", ["王小明", "李四"]),
        ("박준석 기자 외 1명", ["박준석"]),
        ("김혜진 기자, 한수진 기자", ["김혜진", "한수진"]),
        ("Ann Maker and Ada", ["Ann Maker", "Ada"]),
        ("Ann Maker, Ada", ["Ann Maker"]),
        ("Ann Maker in London and Paris", ["Ann Maker"]),
        ("Nour and Ann Writer", ["Nour", "Ann Writer"]),
        ("Xavier O’Neil", ["Xavier O’Neil"]),
        ("Émilie Dupont avec Jean Martin", ["Émilie Dupont", "Jean Martin"]),
        ("Ann Writer og Bo Ek", ["Ann Writer", "Bo Ek"]),
        ("By Ann Lens, Bob Maker, and Cy Third", ["Ann Lens", "Bob Maker", "Cy Third"]),
        ("By Ann Lens, Chief Editor, and Bob Maker in Kyiv", ["Ann Lens", "Bob Maker"]),
        ("Ann Lens, with Bob Maker", ["Ann Lens", "Bob Maker"]),
        ("Ann Lens (text) and Bob Maker (photos)", ["Ann Lens", "Bob Maker"]),
        ("Ada and Ann Maker", ["Ada", "Ann Maker"]),
        ("Ana y Luis Pérez", ["Ana", "Luis Pérez"]),
        ("José Ortega y Gasset y Ana Gómez", ["José Ortega y Gasset", "Ana Gómez"]),
        ("Por Ana Gómez e Luís Pérez", ["Ana Gómez", "Luís Pérez"]),
        ("Maria da Silva e Souza", ["Maria da Silva e Souza"]),
        ("Jan Kowalski i Anna Nowak", ["Jan Kowalski", "Anna Nowak"]),
        ("Door Jan de Vries en Piet Bakker", ["Jan de Vries", "Piet Bakker"]),
        ("Lens, Ann; Maker, Bob", ["Ann Lens", "Bob Maker"]),
        ("Lens, Ann and Maker, Bob", ["Lens, Ann and Maker, Bob"]),
        ("Published by Ann Lens", ["Ann Lens"]),
        ("Text und Bild: Ann Lens", ["Ann Lens"]),
        ("بقلم أحمد علي", ["أحمد علي"]),
    ],
)
def test_the_people_of_a_byline(byline: str, names: list[str]) -> None:
    assert people(byline) == names


@pytest.mark.parametrize(
    ("byline", "names", "rest"),
    [
        ("Reuters", [], [("Reuters", "agency")]),
        ("From Reuters", [], [("Reuters", "agency")]),
        ("Ann Writer, Reuters", ["Ann Writer"], [("Reuters", "agency")]),
        ("Ann Writer / AP", ["Ann Writer"], [("AP", "agency")]),
        ("Ann Writer (AFP)", ["Ann Writer"], [("AFP", "agency")]),
        ("Ann Writer via Reuters", ["Ann Writer"], [("Reuters", "agency")]),
        ("Ann Writer with AFP", ["Ann Writer"], [("AFP", "agency")]),
        ("Émilie Dupont avec AFP", ["Émilie Dupont"], [("AFP", "agency")]),
        ("Ann Writer for Reuters", ["Ann Writer"], [("Reuters", "agency")]),
        ("Ann Writer for The Daily", ["Ann Writer"], []),
        ("Ann Writer, Sample News Service", ["Ann Writer"], [("Sample News Service", "agency")]),
        ("Associated Press Writer Jane Doe", ["Jane Doe"], [("Associated Press", "agency")]),
        ("Sky News' Alison Chung", ["Alison Chung"], [("Sky News", "agency")]),
        ("Newsroom", [], [("Newsroom", "desk")]),
        ("example.org", [], [("example.org", "desk")]),
        ("news.example.com.tr", [], [("news.example.com.tr", "desk")]),
        ("Ann Maker and agencies", ["Ann Maker"], [("agencies", "desk")]),
        ("Sample Team", [], [("Sample Team", "desk")]),
        ("Redaktion sample", [], [("Redaktion sample", "desk")]),
        ("Sky News’s Alison Chung", ["Alison Chung"], [("Sky News", "agency")]),
        ("AFP, MANILA", [], [("AFP", "agency")]),
        ("By JANE DOE, Associated Press", ["JANE DOE"], [("Associated Press", "agency")]),
        ("Jane Doe and John Roe | AP", ["Jane Doe", "John Roe"], [("AP", "agency")]),
        ("Staff and agencies", [], [("Staff", "desk"), ("agencies", "desk")]),
        ("The Daily news desk", [], [("The Daily news desk", "desk")]),
        ("Ann Writer and the editorial board", ["Ann Writer"], [("the editorial board", "desk")]),
        ("By ANN LENS Associated Press", ["ANN LENS"], [("Associated Press", "agency")]),
        ("Ann Lens AFP", ["Ann Lens"], [("AFP", "agency")]),
        ("Michael R. Bloomberg", ["Michael R. Bloomberg"], []),
        ("By Staff Writer", [], [("Staff Writer", "desk")]),
    ],
)
def test_agencies_and_desks_are_no_people(byline: str, names: list[str], rest: list[tuple[str, str]]) -> None:
    assert people(byline) == names
    assert others(byline) == rest


@pytest.mark.parametrize(
    ("byline", "role"),
    [
        ("Ann Writer, Senior Correspondent", "Senior Correspondent"),
        ("Ann Writer, Editor at large", "Editor at large"),
        ("Correspondent Jane Doe", "Correspondent"),
        ("Марія Кіт, кореспондентка", "кореспондентка"),
        ("ANN LENS, Staff Writer", "Staff Writer"),
        ("By ANN LENS Associated Press Writer", "Associated Press Writer"),
        ("Fotos: Ann Lens", "Fotos"),
        ("Metro Editor, Ann Lens", "Metro Editor"),
        ("By Deputy Religion Editor, Ann Lens", "Deputy Religion Editor"),
        ("Real Estate Editor, Ann Writer", "Real Estate Editor"),
        ("Sample News Editor, Ann Lens", "Sample News Editor"),
        ("Moscow Correspondent, Ann Lens", "Moscow Correspondent"),
        ("U.S. Editor, Ann Lens", "U.S. Editor"),
    ],
)
def test_a_title_goes_to_the_person_beside_it(byline: str, role: str) -> None:
    (named,) = parsed(byline, KNOWN)

    assert named.role == role


@pytest.mark.parametrize(
    "byline",
    [
        "By Ann Writer. Additional reporting by Bob Maker",
        "By Ann Writer, with additional reporting by Bob Maker",
        "Ann Writer (with reporting by Bob Maker)",
    ],
)
def test_who_helped_stands_last_and_apart(byline: str) -> None:
    assert [(named.name, named.helped) for named in parsed(byline, KNOWN)] == [
        ("Ann Writer", False),
        ("Bob Maker", True),
    ]


@pytest.mark.parametrize("byline", ["ssi", "mononym", "Ann"])
def test_what_fits_no_rule_is_kept_as_it_is(byline: str) -> None:
    assert people(byline) == [byline]


@pytest.mark.parametrize("byline", ["", "  ", "By: ", "| Updated today", "a@example.org"])
def test_a_byline_without_a_name_names_nobody(byline: str) -> None:
    assert parsed(byline, KNOWN) == ()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Tim Zadorozhnyy", "tim  ZADOROZHNYY"),
        ("Dr. Ann O’Neil Jr.", "Ann O'Neil"),
        ("John F. Kennedy", "John Kennedy"),
        ("Zadorozhnyy, Tim", "Tim Zadorozhnyy"),
        ("Émilie Dupont", "Emilie Dupont"),
        ("Ａｎｎ Writer", "Ann Writer"),
    ],
)
def test_spellings_of_one_name_share_a_key(one: str, other: str) -> None:
    assert name_key(one) == name_key(other)


@pytest.mark.parametrize(
    ("one", "other"), [("John Smith", "Jon Smith"), ("Anna Kovalenko", "Hanna Kovalenko"), ("A B", "A C")]
)
def test_likeness_is_not_enough(one: str, other: str) -> None:
    assert name_key(one) != name_key(other)


@pytest.mark.parametrize(
    "piece",
    [
        "By ",
        "Ann ",
        ", ",
        "and ",
        "(",
        "for ",
        "@a",
        "with reporting by ",
        "A",
        "ANN ",
        "\u202eAnn ",
        "e\u0301",
        "😀",
        "، ",
        "王",
        "a.b.",
        "e ",
        "a y ",
        "Ann y ",
        "ANN Reuters ",
        "Photo by ",
        "Doe, Jane; ",
        "· ",
        "12:",
        "4 min ",
        "Ann senior ",
    ],
)
def test_a_byline_gone_astray_is_read_in_bounded_time(piece: str) -> None:
    started = time.process_time()
    parsed(piece * 100_000, KNOWN)
    assert time.process_time() - started < 0.5


@pytest.mark.parametrize(
    "dressed",
    [
        "By Ann Writer 30 August 2026 • 4:45pm",
        "by Ann Writer June 19, 2026",
        "Ann Writer 2026-02-14T16:15:30Z",
        "Ann Writer 13/01/2026 10:22 Actualizado a 13/01/2026 15:43",
        "Ann Writer 20:00, 29 Jan 2026",
        "Von Ann Writer 0:00 Anhören",
        "Ann Writer 4 min read",
        "05.06.2026 um 14:46 von Ann Writer",
        "Ann Writer Ann Writer",
        "ByAnn Writer",
        "View all posts by Ann Writer",
        "Kolumne von Ann Writer - 24.03.2026",
        "Ann Writer is a freelance journalist based in Port Ansel.",
    ],
)
def test_what_a_page_puts_around_a_name_is_no_part_of_it(dressed: str) -> None:
    assert people(dressed) == ["Ann Writer"]


def test_names_behind_a_moment_are_not_lost_with_it() -> None:
    assert people("Artikel vom 28. April 2026, 14:26 Uhr, Ann Writer") == ["Ann Writer"]


@pytest.mark.parametrize(
    ("byline", "name", "role"),
    [
        ("Bob Maker Political Correspondent", "Bob Maker", "Political Correspondent"),
        ("Jan Peter Maker Redakteur", "Jan Peter Maker", "Redakteur"),
        ("Von Bob Maker Leitender Wirtschaftsredakteur", "Bob Maker", "Leitender Wirtschaftsredakteur"),
        ("Bob Maker Journalist", "Bob Maker", "Journalist"),
    ],
)
def test_a_title_behind_a_name_needs_no_comma(byline: str, name: str, role: str) -> None:
    (named,) = parsed(byline, KNOWN)
    assert (named.name, named.role) == (name, role)


def test_a_title_before_a_list_is_that_of_the_first_alone() -> None:
    named = parsed("Style Editor, Ann Lens and Bob Maker, Reporter", KNOWN)
    assert [(one.name, one.role) for one in named] == [("Ann Lens", "Style Editor"), ("Bob Maker", "Reporter")]


@pytest.mark.parametrize(
    ("byline", "names"),
    [
        ("@annlens", ["@annlens"]),
        ("By @annlens", ["@annlens"]),
        ("@annlens, @bob.maker and @cy", ["@annlens", "@bob.maker", "@cy"]),
        ("@ann@social.example.org", ["@ann@social.example.org"]),
    ],
)
def test_who_signs_by_a_handle_alone_is_called_by_it(byline: str, names: list[str]) -> None:
    assert people(byline) == names


@pytest.mark.parametrize(
    "field",
    [
        *("Marks & Spencer", "Marks and Spencer", "Smith & Wesson Press", "Ernst & Young LLP", "John Wiley & Sons"),
        *("Ward Thomas & Company", "Johnson & Johnson", "News & Star", "Ortega y Gasset", "AC/DC"),
    ],
)
def test_a_field_for_one_name_is_not_parted_at_the_and_of_a_firm(field: str) -> None:
    assert [(one.name, one.kind) for one in named(field, KNOWN)] == [(field, "person")]


@pytest.mark.parametrize(
    ("field", "names"),
    [
        ("Ann Lens & Bob Maker", ["Ann Lens", "Bob Maker"]),
        ("Ann Lens, Bob Maker & Cy Third", ["Ann Lens", "Bob Maker", "Cy Third"]),
        ("Nour and Ann Lens", ["Nour", "Ann Lens"]),
        ("PA & Reuters", ["PA", "Reuters"]),
        ("Staff & agencies", ["Staff", "agencies"]),
        ("By Ann Lens", ["Ann Lens"]),
    ],
)
def test_a_field_that_is_plainly_a_list_is_parted(field: str, names: list[str]) -> None:
    assert [one.name for one in named(field, KNOWN)] == names


def test_an_agency_may_stand_alone_behind_von() -> None:
    assert others("Von dpa") == [("dpa", "agency")]
