from __future__ import annotations

from importlib.util import find_spec

import pytest

from services.enrichment import name_model
from services.enrichment.name_model import PACKAGE, judge_of_names
from services.enrichment.suggest import Judge, Opinion, Place, Story, suggested
from services.enrichment.taxonomy import parse_taxonomy

TEXT = "Senator Ann Overgaard of the Harbour Board met Otto's friends in Port Marlow on Tuesday."
PERSON, ORG, PLACE = (Opinion(is_name=True, kind=kind) for kind in ("person", "org", "place"))

installed = pytest.mark.skipif(find_spec(PACKAGE) is None, reason="the extra `ner` is not installed: `make names`")


@pytest.fixture(scope="module")
def judge() -> Judge:
    judge = judge_of_names()
    assert judge is not None
    return judge


def place(name: str, text: str = TEXT, language: str | None = "en-GB") -> Place:
    start = text.index(name)
    return Place(Story("a", (text,), language), text, start, start + len(name))


def test_without_the_extra_there_is_no_judge(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(name_model, "find_spec", lambda _: None)

    assert judge_of_names() is None


@installed
def test_mentions_get_the_kind_of_the_models_name_for_them(judge: Judge) -> None:
    said = judge([place(name) for name in ("Ann Overgaard", "Overgaard", "Harbour Board", "Otto", "Port Marlow")])

    assert said == [PERSON, PERSON, ORG, PERSON, PLACE]


@installed
def test_dates_and_plain_words_are_no_names(judge: Judge) -> None:
    assert judge([place("Tuesday"), place("friends")]) == [Opinion(is_name=False)] * 2


@installed
def test_a_mention_is_no_small_part_of_a_name(judge: Judge) -> None:
    text = "She works at the International Committee of the Red Cross in Geneva."

    assert judge([place("Committee", text), place("International Committee of the Red Cross", text)]) == [
        Opinion(is_name=False),
        ORG,
    ]


@installed
def test_only_stories_known_to_be_english_are_judged(judge: Judge) -> None:
    places = [place("Ann Overgaard", language=language) for language in ("de", None, "en")]

    assert judge(places) == [None, None, PERSON]


@installed
def test_only_the_words_around_are_read(judge: Judge) -> None:
    text = "x" * 2_000_000 + " " + TEXT + " " + "А" * 2_000_000

    assert judge([place("Ann Overgaard", text)]) == [PERSON]


@installed
def test_suggestions_get_kinds_and_rows_of_capitals_that_are_no_names_sink(judge: Judge) -> None:
    own = parse_taxonomy({"term": [{"id": "person/x", "name": "Mara Lind", "kind": "person"}]})
    texts = [f"On the {day} they read Page Two Hundred, said Ann Overgaard." for day in ("first", "second")]
    stories = [Story(str(at), (text,), "en") for at, text in enumerate(texts)]

    one, two = suggested(stories, own, judge=judge)

    assert (one.name, one.kind, one.score) == ("Ann Overgaard", "person", 3.17)
    assert (two.name, two.kind) == ("Page Two Hundred", None)
    assert two.score < suggested(stories, own)[0].score
