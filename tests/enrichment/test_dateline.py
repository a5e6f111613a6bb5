from __future__ import annotations

import time

import pytest

from services.enrichment.agencies import agencies
from services.enrichment.dateline import Dateline, found

KNOWN = agencies()
PLACES = {"kyiv", "ukraine", "virginia"}


def read(text: str) -> Dateline | None:
    return found(text, KNOWN, lambda place: place.casefold() in PLACES, "Sample Wire")


@pytest.mark.parametrize(
    ("text", "dateline", "places", "date", "agency"),
    [
        ("KYIV, Ukraine (Reuters) - The", "KYIV, Ukraine (Reuters)", ("KYIV", "Ukraine"), None, "Reuters"),
        ("LVIV, Dec 16 (Reuters) - The", "LVIV, Dec 16 (Reuters)", ("LVIV",), "Dec 16", "Reuters"),
        ("ЛЬВОВ, 16 декабря. /ТАСС/. Мост", "ЛЬВОВ, 16 декабря. /ТАСС/", ("ЛЬВОВ",), "16 декабря", "TASS"),
        (
            "Київ. 16 грудня. Інтерфакс-Україна – Міст",
            "Київ. 16 грудня. Інтерфакс-Україна",
            ("Київ",),
            "16 грудня",
            "Interfax-Ukraine",
        ),
        ("LVIV Dec 16 (AFP) - The", "LVIV Dec 16 (AFP)", ("LVIV",), "Dec 16", "Agence France-Presse"),
        ("LVIV, Dec. 14-15 — The", "LVIV, Dec. 14-15", ("LVIV",), "Dec. 14-15", None),
        ("PORT-AU-PRINCE, Haiti, Oct. 3, 2024 (AP) — The", "PORT-AU-PRINCE, Haiti, Oct. 3, 2024 (AP)",
         ("PORT-AU-PRINCE", "Haiti"), "Oct. 3, 2024", "Associated Press"),
        ("WASHINGTON (AP) _ The", "WASHINGTON (AP)", ("WASHINGTON",), None, "Associated Press"),
        ("SAN`A, Yemen (AP) _ The", "SAN`A, Yemen (AP)", ("SAN`A", "Yemen"), None, "Associated Press"),
        ("Paris (AFP) – The", "Paris (AFP)", ("Paris",), None, "Agence France-Presse"),
        ("Berlin (dpa) - Der", "Berlin (dpa)", ("Berlin",), None, "dpa"),
        ("(Reuters) - The", "(Reuters)", (), None, "Reuters"),
        ("(ANSA) - ROMA, 16 DIC - Il", "(ANSA) - ROMA, 16 DIC", ("ROMA",), "16 DIC", "ANSA"),
        ("КИЇВ, 16 грудня (Укрінформ) — У", "КИЇВ, 16 грудня (Укрінформ)", ("КИЇВ",), "16 грудня", "Ukrinform"),
        ("МОСКВА, 16 дек - РИА Новости. В", "МОСКВА, 16 дек", ("МОСКВА",), "16 дек", "RIA Novosti"),
        ("LVIV (Sample Wire) -- The", "LVIV (Sample Wire)", ("LVIV",), None, "Sample Wire"),
        ("LIMA, 3 nov (EFE).- Chile", "LIMA, 3 nov (EFE)", ("LIMA",), "3 nov", "EFE"),
        ("القاهرة (رويترز) - أعلنت", "القاهرة (رويترز)", ("القاهرة",), None, "Reuters"),
        ("KYIV/LVIV (Reuters) - The", "KYIV/LVIV (Reuters)", ("KYIV/LVIV",), None, "Reuters"),
        ("London/Kyiv - The", "London/Kyiv", ("London/Kyiv",), None, None),
        ("KYIV—The", "KYIV", ("KYIV",), None, None),
        ("Kyiv — The", "Kyiv", ("Kyiv",), None, None),
        ("Arlington, Virginia – “It", "Arlington, Virginia", ("Arlington", "Virginia"), None, None),
    ],
)  # fmt: skip
def test_a_dateline_is_read(
    text: str, dateline: str, places: tuple[str, ...], date: str | None, agency: str | None
) -> None:
    assert read(text) == Dateline(dateline, places, date, agency)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "WARNING GRAPHIC DETAIL - The",
        "LVIV — The",
        "Kyiv – the capital – was hit",
        "On Dec 16 – a Monday – the",
        "May 9 — the day of",
        "Reuters – one of the oldest agencies – was",
        "The minister – a man of few words – said",
        "A well-known man (AP) said - no",
        "BREAKING: KYIV (AP) - The",
        "Soldiers are fighting in Kyiv, Ukraine (Reuters) - The",
        "The story begins here.\nKYIV (AP) - The",
    ],
)
def test_words_before_a_dash_are_no_dateline_by_themselves(text: str) -> None:
    assert read(text) is None


@pytest.mark.parametrize(
    ("head", "places"),
    [
        ("BRIDGEPORT", ("BRIDGEPORT",)),
        ("NEW HAVEN", ("NEW HAVEN",)),
        ("SAN JOSE DEL CABO", ("SAN JOSE DEL CABO",)),
        ("ELKO, Nev.", ("ELKO", "Nev")),
        ("KING OF PRUSSIA, Pa.", ("KING OF PRUSSIA", "Pa")),
        ("COEUR D’ALENE, Idaho", ("COEUR D’ALENE", "Idaho")),
        ("ЧЕРВОНОГРАД", ("ЧЕРВОНОГРАД",)),
    ],
)
@pytest.mark.parametrize("dash", [" — ", "—", " -- "])
def test_capitals_before_an_em_dash_are_a_place_that_no_list_has(head: str, places: tuple[str, ...], dash: str) -> None:
    text = f"{head}{dash}Fire crews came at dawn.\nNobody was hurt in {places[0].title()}."
    assert read(text) == Dateline(head, places)


HEADS = (
    *("BREAKING", "BREAKING NEWS", "EXCLUSIVE", "WATCH", "WATCH LIVE", "UPDATE", "OPINION", "THE LATEST", "JUST IN"),
    *("EDITOR’S NOTE", "EILMELDUNG", "EXKLUSIV", "MEINUNG", "URGENT", "EXCLUSIF", "ÉDITO", "ÚLTIMA HORA", "OPINIÓN"),
    *("EN VIVO", "ESCLUSIVA", "ULTIM’ORA", "EXCLUSIEF", "PILNE", "ТЕРМІНОВО", "СРОЧНО", "МНЕНИЕ", "DECEMBER", "MONDAY"),
    *("NATO", "Q", "Bridgeport", "BRIDGEPORT TOWN COUNCIL MEETING ROOM"),
)


@pytest.mark.parametrize(
    "text",
    [
        *(f"{head} — The bridge was closed at dawn." for head in HEADS),
        "BRIDGEPORT — the largest town — was closed at dawn.",
        "BRIDGEPORT – The bridge was closed at dawn.",
        "STORM DAMAGE — FIVE BRIDGES CLOSED",
        "BRIDGEPORT — Day one",
        "UNESCO — The body met at dawn.\nUNESCO has its seat in Paris.",
        "CLIMATE CHANGE — The talks went on.\nOn climate change they agreed.",
        "Fire crews came.\nBRIDGEPORT — The bridge was closed at dawn.",
    ],
)
def test_other_capitals_before_a_dash_are_none(text: str) -> None:
    assert read(text) is None


@pytest.mark.parametrize(
    "piece",
    [
        "(",
        "A, ",
        "BRIDGEPORT — Some words here ",
        "- ",
        "KYIV (",
        "— ",
        "Dec 1 ",
        "КИЇВ",
        "e\u0301",
        "\u202eKYIV - ",
        "😀 – ",
    ],
)
def test_a_text_gone_astray_is_read_in_bounded_time(piece: str) -> None:
    text = piece * (10_000_000 // len(piece))
    started = time.process_time()
    read(text)
    assert time.process_time() - started < 1
