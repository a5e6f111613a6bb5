from __future__ import annotations

import time

import pytest

from services.enrichment.matching import Alias, Case, Matcher, Mention, folded, longest, lowered


def alias(text: str, case: Case = "initial", term: str | None = None, needs: str | None = None) -> Alias:
    return Alias(term or f"t/{text.lower()}", folded(text), case, "name", needs)


def said(text: str, *aliases: Alias) -> list[str]:
    return [text[found.start : found.end] for found in longest(Matcher(aliases).mentions(text))]


@pytest.mark.parametrize("text", ["Ukraine’s army", "U.S.-Ukraine talks", "(Ukraine)", "in Ukraine", "Ukraine"])
def test_a_name_is_found_where_it_ends_at_a_word_boundary(text: str) -> None:
    assert said(text, alias("Ukraine")) == ["Ukraine"]


@pytest.mark.parametrize("text", ["Ukraines", "MyUkraine", "Ukraine_1", "Ukrainé", "Ukraine\u0301", "Ukraine2"])
def test_a_name_inside_another_word_is_none(text: str) -> None:
    assert said(text, alias("Ukraine")) == []


def test_scripts_without_spaces_have_no_word_boundary() -> None:
    assert said("昨日北朝鮮軍が", alias("北朝鮮")) == ["北朝鮮"]


def test_the_longest_is_taken_after_the_boundary_check_not_before() -> None:
    staff, staff_of = alias("General Staff"), alias("General Staff of")

    assert said("General Staff officers", staff, staff_of) == ["General Staff"]
    assert said("General Staff of Ukraine", staff, staff_of) == ["General Staff of"]


def test_of_a_chain_of_overlaps_the_longest_leaves_room_for_what_it_does_not_touch() -> None:
    text = "one two three four five six"
    names = [alias("one two", "any"), alias("two three", "any"), alias("three four five six", "any")]

    assert said(text, *names) == ["one two", "three four five six"]


def test_of_equal_spans_the_one_with_a_need_is_the_more_telling() -> None:
    country, state = alias("Georgia", term="place/a"), alias("Georgia", term="place/us-b", needs="place/us")

    found = longest(Matcher([country, state]).mentions("Georgia"))

    assert [mention.alias.term for mention in found] == ["place/us-b"]


@pytest.mark.parametrize(
    ("case", "name", "text", "expected"),
    [
        ("exact", "HUR", "HUR", ["HUR"]),
        ("exact", "HUR", "hur Hur", []),
        ("exact", "US", "tell us", []),
        ("initial", "Iran", "Iran IRAN iran", ["Iran", "IRAN"]),
        ("initial", "al-Shabaab", "al-Shabaab AL-SHABAAB", ["al-Shabaab", "AL-SHABAAB"]),
        ("initial", "Київ", "Київ київ", ["Київ"]),
        ("any", "power grid", "Power Grid, power grid", ["Power Grid", "power grid"]),
    ],
)
def test_each_case_policy_takes_what_it_says(case: Case, name: str, text: str, expected: list[str]) -> None:
    assert said(text, alias(name, case)) == expected


def test_an_all_capitals_headline_makes_no_acronym_of_a_common_word() -> None:
    assert said("TALKS WITH US AND WHO", alias("US", "exact"), alias("WHO", "exact")) == []
    assert said("TALKS WITH HUR", alias("HUR", "exact")) == ["HUR"]


def test_quotes_dashes_and_spaces_are_straightened_one_for_one() -> None:
    text = "“Ukraine\u2019s\u00a0military—intelligence”"

    assert said(text, alias("Ukraine's military-intelligence")) == ["Ukraine\u2019s\u00a0military—intelligence"]
    assert len(folded(text)) == len(text)


@pytest.mark.parametrize("text", ["İstanbul and Kyiv", "ẞ Kyiv", "ΟΔΟΣ Kyiv", "👩‍🚀 Kyiv", "\u202eabc\u202c Kyiv"])
def test_offsets_count_code_points_of_the_original(text: str) -> None:
    (found,) = Matcher([alias("Kyiv")]).mentions(text)

    assert text[found.start : found.end] == "Kyiv"
    assert len(lowered(text)) == len(text)


def test_an_empty_matcher_finds_nothing() -> None:
    assert Matcher([]).mentions("anything") == []


def test_no_mentions_are_no_mentions() -> None:
    assert longest([]) == []


@pytest.mark.parametrize("piece", ["Ukraine ", "Ukraine", "a b ", "A\u0301", "🇺🇦", "\u202e", "İ"])
def test_time_grows_with_the_text_and_no_faster(piece: str) -> None:
    matcher = Matcher([alias("Ukraine"), alias("a b a", "any"), alias("b a b", "any"), alias("A")])

    def seconds(times: int) -> float:
        text = piece * times
        started = time.process_time()
        longest(matcher.mentions(text))
        return time.process_time() - started

    seconds(1_000)
    small, large = (min(seconds(times) for _ in range(2)) for times in (1_000, 10_000))
    assert large < 40 * max(small, 0.003)


def test_a_mention_says_where_and_what() -> None:
    kyiv = alias("Kyiv")

    assert Matcher([kyiv]).mentions("in Kyiv") == [Mention(3, 7, kyiv)]
