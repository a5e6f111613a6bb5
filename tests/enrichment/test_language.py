from __future__ import annotations

import time

import pytest

from services.enrichment.language import Checked, checked, detect

ENGLISH = (
    "The council met in the evening and agreed on the plan for the old bridge, which has been closed to all traffic "
    "since the flood in spring. Work is to begin next week, and the first cars should cross the river in autumn, said "
    "the mayor. Until then a ferry will carry people on foot, every half hour and free of charge."
)
UKRAINIAN = (
    "Міська рада зібралася ввечері й погодила план ремонту старого мосту, який закрито для руху від весняної повені. "
    "Роботи мають розпочатися наступного тижня, а перші автівки перетнуть річку восени, сказав міський голова. Доти "
    "пішоходів перевозитиме пором щопівгодини й безкоштовно."
)
SHORT_UKRAINIAN = "Міська рада погодила план ремонту старого мосту"


@pytest.mark.parametrize(
    ("text", "language"),
    [
        (ENGLISH, "en"),
        (UKRAINIAN, "uk"),
        ("Городской совет утвердил план ремонта старого моста, который закрыт для движения после паводка.", "ru"),
        ("Гарадскі савет зацвердзіў план рамонту старога моста, які зачынены для руху пасля паводкі.", "be"),
        (
            "Градският съвет одобри плана за ремонт на стария мост, който е затворен за движение след наводнението.",
            "bg",
        ),
        ("Der Stadtrat hat am Abend den Plan für die alte Brücke beschlossen, die seit dem Hochwasser zu ist.", "de"),
        ("Le conseil municipal a adopté le plan du vieux pont, fermé à la circulation depuis la crue.", "fr"),
        ("El consejo aprobó el plan para el viejo puente, cerrado al tráfico desde la inundación de primavera.", "es"),
        ("Rada miasta przyjęła plan naprawy starego mostu, zamkniętego dla ruchu od wiosennej powodzi.", "pl"),
        ("אתמול אישרה מועצת העיר את התוכנית לגשר הישן, הסגור לתנועה מאז השיטפון", "he"),
        ("市議会は、春の洪水以来通行止めとなっている古い橋の計画を承認した。", "ja"),
    ],
)
def test_a_text_without_a_declared_language_is_told_by_itself(text: str, language: str) -> None:
    assert checked(None, text).tag == language


def test_what_agrees_keeps_its_whole_tag() -> None:
    assert checked("en-GB", ENGLISH) == Checked("en-GB", "en", checked(None, ENGLISH).confidence)
    assert checked("en_us", ENGLISH).tag == "en-US"
    assert checked("UK", "Міст").tag == "uk"
    assert checked("zh-Hant-tw", "").tag == "zh-Hant-TW"


def test_a_declaration_that_is_no_tag_is_none() -> None:
    assert checked("english", "").tag is None
    assert checked("", "").tag is None
    assert checked("english", ENGLISH).tag == "en"


def test_a_long_text_that_is_surely_in_another_language_overrules_its_source() -> None:
    found = checked("en", UKRAINIAN)

    assert (found.tag, found.detected) == ("uk", "uk")
    assert found.confidence >= 0.9


def test_a_short_text_never_overrules_its_source() -> None:
    assert checked("en", SHORT_UKRAINIAN) == Checked("en", "uk", checked(None, SHORT_UKRAINIAN).confidence)


def test_half_and_half_overrules_nobody_and_tells_nothing() -> None:
    half = f"{UKRAINIAN} {ENGLISH}"

    assert checked("de", half).tag == "de"
    assert checked(None, half).tag is None


@pytest.mark.parametrize("declared", ["nb", "nn", "no"])
def test_kin_that_cannot_be_told_apart_are_the_sources_to_name(declared: str) -> None:
    norwegian = "Bystyret vedtok i går kveld planen for den gamle brua, som har vært stengt siden flommen i vår. " * 4

    assert checked(declared, norwegian).tag == declared


@pytest.mark.parametrize("text", ["", " ", "😀" * 300, "12 345 " * 100, "𝕏" * 300, "x" * 300, "\U0010ffff and text"])
def test_what_is_in_no_language_leaves_what_was_declared(text: str) -> None:
    assert checked("uk", text).tag == "uk"
    assert checked(None, text).tag is None


def test_undetermined_is_as_good_as_undeclared() -> None:
    assert checked("und", ENGLISH).tag == "en"


@pytest.mark.parametrize("sign", ["\x00", "\x0b", "\ud800", "\ufffe", "\x85", "\u202e", "\u0301" * 50])
def test_signs_that_are_no_text_are_no_obstacle(sign: str) -> None:
    assert detect(sign + ENGLISH)[0] == "en"


@pytest.mark.parametrize("piece", ["a", "А", "e\u0301", "\u202e", "😀", "WORD ", "\x00"])
def test_ten_million_letters_take_no_longer_than_a_thousand(piece: str) -> None:
    text = piece * (10_000_000 // len(piece))
    started = time.process_time()
    checked("en", text)
    assert time.process_time() - started < 0.2
