from __future__ import annotations

from pathlib import Path

import pytest

from services.enrichment.reading import image_count, minutes, shown_minutes, word_count

SEED = Path(__file__).parents[3] / "shared" / "reference" / "seed-story.txt"

# What @tryghost/helpers 1.1.108 itself answers: (HTML, words, images).
GOLDEN = [
    ("", 0, 0),
    ("<p></p>", 0, 0),
    ("<p>One two three.</p>", 3, 0),
    ("a&nbsp;b &amp; c", 5, 0),
    ('<img src="a.png" alt="a > b">word', 1, 1),
    ("x < y and z > w", 2, 0),
    ("Слава Україні, їжак ґедзь", 4, 0),
    ("Élan vital naïve œuvre", 4, 0),
    ("日本語の文章 with words", 8, 0),
    ("中文字符测试", 6, 0),
    ("한국어 단어", 5, 0),
    ("السلام عليكم يا عالم", 4, 0),
    ("שלום עולם", 2, 0),
    ("it's well-known e-mail", 6, 0),
    ("snake_case 3.14", 3, 0),
    ("<br><hr/>a<br/>b", 2, 0),
    ("<a title='x \"y\" z'>q</a>", 1, 0),
    ("ひらがな漢字", 1, 0),
    ("\U00020000\U00020001 a", 1, 0),
    ("\U0001d4b3 math", 1, 0),
    ("<img>", 0, 0),
    ("<img src=a>", 0, 1),
]


@pytest.mark.parametrize(
    ("markup", "words"),
    [
        ("<p>قال المتحدث باسم AFP إن القوات وصلت</p>", 7),
        ("word שלום", 2),
        ("सरकार ने नई योजना की घोषणा की।", 7),
        ("Zażółć gęślą jaźń, Škoda", 4),
        ("Քաղաքապետը ասաց", 2),
        ("მთავრობამ განაცხადა", 2),
        ("斯柯达Škoda汽车", 6),
        ("รัฐบาลไทยประกาศมาตรการใหม่เพื่อกระตุ้นเศรษฐกิจ", 9),
        ("— “Ş” –", 1),
    ],
)
def test_words_of_scripts_that_ghost_does_not_count_are_counted(markup: str, words: int) -> None:
    assert word_count(markup) == words


@pytest.mark.parametrize(("markup", "words", "images"), GOLDEN)
def test_words_and_images_are_counted_as_ghost_counts_them(markup: str, words: int, images: int) -> None:
    assert (word_count(markup), image_count(markup)) == (words, images)


@pytest.mark.skipif(not SEED.exists(), reason="the acceptance story lies beside the repository, not in it")
def test_the_acceptance_storys_body_takes_a_minute_and_its_whole_page_two() -> None:
    page = SEED.read_text(encoding="utf-8")
    body = page[page.index("North Korean troops have joined") : page.index("North Korean troops open fire")]

    assert minutes(word_count(body), 1) == 1
    assert minutes(word_count(page), 1) == 2


@pytest.mark.parametrize(
    ("words", "images", "expected"),
    [
        (0, 0, 0),
        (137, 0, 0),
        (138, 0, 1),
        (412, 0, 1),
        (413, 0, 2),
        (200, 1, 1),
        (0, 3, 1),
        (1000, 15, 5),
    ],
)
def test_minutes_go_by_275_words_and_a_ramp_of_images(words: int, images: int, expected: int) -> None:
    assert minutes(words, images) == expected


def test_half_a_minute_rounds_up_where_python_would_round_to_even() -> None:
    assert round(2.5) == 2
    assert minutes(330, 11) == 3  # 72 s + 78 s, as Ghost says


@pytest.mark.parametrize(("words", "images"), [(55, 2), (0, 34)])
def test_an_image_past_the_ninth_takes_three_seconds(words: int, images: int) -> None:
    seconds = words / 275 * 60 + sum(max(12 - k, 3) for k in range(images))
    assert minutes(words, images) == int(seconds / 60 + 0.5)


def test_a_reader_is_shown_one_minute_at_least_and_nothing_without_a_body() -> None:
    assert shown_minutes("<p>Short.</p>", 1) == 1
    assert shown_minutes("", 0, 1) == 0


def test_a_lead_image_beside_the_body_counts_like_one_in_it() -> None:
    markup = "<p>" + "word " * 400 + "</p>"

    assert shown_minutes(markup, 400) == 1
    assert shown_minutes(markup, 400, 1) == 2
    assert shown_minutes(markup + '<img src="a">', 400) == 2
