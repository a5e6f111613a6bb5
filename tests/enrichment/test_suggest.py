from __future__ import annotations

from collections.abc import Sequence

from services.enrichment.suggest import Opinion, Place, Story, suggested
from services.enrichment.taxonomy import parse_taxonomy

OWN = parse_taxonomy(
    {
        "term": [
            {
                "id": "person/x",
                "name": "Mara Lind",
                "kind": "person",
                "aliases": [{"text": "Lind", "needs": "full-name"}],
            }
        ]
    }
)


def names(*texts: str, least: int = 1, language: str | None = None) -> list[str]:
    stories = [Story(str(at), (text,), language) for at, text in enumerate(texts)]
    return [one.name for one in suggested(stories, OWN, least=least)]


def test_a_name_is_a_row_of_words_with_capitals() -> None:
    assert names("then Ann van der Berg met Otto of the Harbour Board today") == [
        "Ann van der Berg",
        "Harbour Board",
        "Otto",
    ]


def test_what_the_taxonomy_or_the_gazetteer_knows_is_no_news() -> None:
    assert names("then Mara Lind of Kenya met Lind and Otto") == ["Otto"]


def test_what_is_known_parts_names() -> None:
    assert names("then German Claudia Frost won") == ["Claudia Frost"]


def test_titles_dates_and_small_words_are_no_names() -> None:
    assert names("then President Ann Berg spoke Tuesday. The Otto Club won in March.") == ["Ann Berg", "Otto Club"]


def test_one_word_that_opens_a_sentence_tells_nothing() -> None:
    assert names("Ferries sail. Otto sails.") == []
    assert names("Ferries sail. Then Otto sails.") == ["Otto"]


def test_a_word_that_is_small_elsewhere_is_none_at_a_sentences_start() -> None:
    assert names("Police Otto waits. The police wait, and so does Otto.") == ["Otto"]


def test_a_surname_counts_for_the_full_name_before_it() -> None:
    (one,) = suggested([Story("a", ("then Ann Berg came, and Berg left",))], OWN, least=1)

    assert (one.name, one.articles, one.mentions) == ("Ann Berg", 1, 2)


def test_a_genitive_is_no_part_of_a_name() -> None:
    assert names("then Otto’s boat, and Ann Berg’s") == ["Ann Berg", "Otto"]


def test_shouted_lines_are_no_names_and_acronyms_are() -> None:
    assert names("then ALL RIGHTS RESERVED by the BXO") == ["BXO"]


def test_an_example_is_of_whole_words() -> None:
    text = f"{'before ' * 20}Ann Overgaard said so{' behind' * 20}."
    [name] = suggested([Story("1", (text,)), Story("2", (text,))], OWN)
    words = name.examples[0].text.split()
    assert set(words) == {"before", "Ann", "Overgaard", "said", "so", "behind"}


def test_names_rank_by_articles_and_length_and_have_examples() -> None:
    texts = ["and Otto sat", "and Otto ran with Ann Berg", "and Otto met Ann Berg"]
    first, second = suggested([Story(str(at), (text,)) for at, text in enumerate(texts)], OWN)

    assert (first.name, first.articles, first.score) == ("Ann Berg", 2, 3.17)
    assert (second.name, second.articles, second.score) == ("Otto", 3, 3.0)
    assert [(one.article, one.text) for one in second.examples] == [("0", texts[0]), ("1", texts[1])]


def test_a_name_of_one_article_is_left_out_unless_asked_for() -> None:
    assert names("and Otto sat", "and Ann sat", least=2) == []


def test_ties_go_by_name_whatever_the_order() -> None:
    assert (
        names("and Otto sat, and Bea, and Cleo") == names("and Cleo sat, and Otto, and Bea") == ["Bea", "Cleo", "Otto"]
    )


def test_german_nouns_are_no_names() -> None:
    assert names("Zwei Winter lang war die Brücke zu, sagte Otto Kranz im Tal.", language="de-AT") == ["Otto Kranz"]


def test_lines_end_sentences() -> None:
    assert names("about Otto\nBea came and Cleo") == ["Cleo", "Otto"]


def judged(*said: Opinion | None) -> list[tuple[str, float, str | None]]:
    """Judge three mentions of Ann Berg, and nobody else's."""

    def judge(places: Sequence[Place]) -> list[Opinion | None]:
        mentions = iter(said)
        return [next(mentions) if one.text[one.start : one.end] == "Ann Berg" else None for one in places]

    texts = ("and Otto met Ann Berg and Ann Berg", "and Otto and Ann Berg", "and Ann Berg", "and Otto, and Otto ran")
    stories = [Story(str(at), (text,)) for at, text in enumerate(texts)]
    return [(one.name, one.score, one.kind) for one in suggested(stories, OWN, judge=judge)]


PERSON, ORG, NONE = Opinion(is_name=True, kind="person"), Opinion(is_name=True, kind="org"), Opinion(is_name=False)


def test_a_name_has_the_kind_that_most_of_its_mentions_are_judged_to_have() -> None:
    assert judged(PERSON, ORG, PERSON) == [("Ann Berg", 4.75, "person"), ("Otto", 3.0, None)]
    assert judged(PERSON, ORG, None) == [("Ann Berg", 4.75, None), ("Otto", 3.0, None)]


def test_a_judges_doubt_takes_up_to_half_of_the_score_and_silence_none() -> None:
    assert judged(PERSON, PERSON, NONE) == [("Ann Berg", 3.96, "person"), ("Otto", 3.0, None)]
    assert judged(NONE, NONE, NONE) == [("Otto", 3.0, None), ("Ann Berg", 2.38, None)]
    assert judged(None, None, None) == [("Ann Berg", 4.75, None), ("Otto", 3.0, None)]


def test_a_judge_is_asked_of_a_bounded_number_of_mentions() -> None:
    names = " and ".join(f"Ann{chr(97 + a)}{chr(97 + b)}" for a in range(20) for b in range(20))
    asked: list[Place] = []

    def judge(places: Sequence[Place]) -> list[None]:
        asked.extend(places)
        return [None] * len(places)

    found = suggested([Story(str(at), (f"and {names}",)) for at in range(5)], OWN, limit=1000, judge=judge)

    assert len(found) == 400
    assert len(asked) == 300 * 3
    assert {place.story.id for place in asked} == {"0", "1", "2"}
