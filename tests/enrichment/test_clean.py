from __future__ import annotations

from time import process_time

import pytest

from services.enrichment.clean import cleaned, plain, web_address

URL = "https://news.example.org/a/b"


def safe(markup: str) -> str:
    return cleaned(markup, URL).html


def text(markup: str) -> str:
    return cleaned(markup, URL).text


@pytest.mark.parametrize(
    "markup",
    [
        "<p>a <em>b</em> <strong>c</strong> <code>d</code> <sub>1</sub><sup>2</sup></p>",
        "<h2>a</h2><ul><li>b</li></ul><ol><li>c</li></ol>",
        "<blockquote><p>a</p></blockquote><aside>b</aside><q>c</q><cite>d</cite>",
        '<p><time datetime="2026-01-01">a</time></p>',
        '<table><tbody><tr><td colspan="2">a</td></tr></tbody></table>',
        '<figure><img src="https://e.org/a.jpg" alt="x" width="1" height="2"><figcaption>a</figcaption></figure>',
        '<picture><source srcset="https://e.org/a.webp 2x"><img src="https://e.org/a.jpg"></picture>',
    ],
)
def test_what_a_story_is_made_of_is_kept_as_it_is(markup: str) -> None:
    assert sorted(safe(markup)) == sorted(markup)


@pytest.mark.parametrize(
    "markup",
    [
        "<script>alert(1)</script>",
        "<style>p{position:fixed}</style>",
        '<p onclick="alert(1)" style="position:fixed" class="x" id="y">a</p>',
        '<a href="javascript:alert(1)">a</a>',
        '<img src="data:image/svg+xml,x" srcset="javascript:alert(1) 1x">',
        '<video poster="javascript:alert(1)"></video>',
        "<svg><script>alert(1)</script></svg>",
        '<form action="/x"><input></form>',
        "<math><mtext><style><img src=x onerror=alert(1)></style></mtext></math>",
    ],
)
def test_nothing_that_runs_or_places_itself_is_left(markup: str) -> None:
    shown = safe(markup)

    for bad in ("script", "alert", "style", "onclick", "onerror", "position", "data:", "form", "class", "id="):
        assert bad not in shown


def test_addresses_become_absolute_against_the_article() -> None:
    shown = safe('<a href="../c">x</a><img src="/i.jpg" srcset="i.jpg 1x, //cdn.example.org/j.jpg 2x">')

    assert 'href="https://news.example.org/c"' in shown
    assert 'src="https://news.example.org/i.jpg"' in shown
    assert 'srcset="https://news.example.org/a/i.jpg 1x, https://cdn.example.org/j.jpg 2x"' in shown


@pytest.mark.parametrize("url", [None, "not an address", "https://", "http://[", "ftp://e.org/"])
def test_relative_addresses_are_dropped_when_there_is_nothing_to_take_them_against(url: str | None) -> None:
    shown = cleaned('<a href="/c">x</a><a href="mailto:a@e.org">y</a><img srcset="//[ 1x" alt="z">', url).html

    assert shown == '<a>x</a><a href="mailto:a@e.org">y</a><img alt="z">'


def test_a_frame_becomes_a_link_to_what_it_shows() -> None:
    shown = safe('<p>a</p><iframe width="3" src="//video.example.org/embed/1?x=1&amp;y=2">b</iframe>')

    assert shown == ('<p>a</p><a href="https://video.example.org/embed/1?x=1&amp;y=2">video.example.org/embed/1</a>')


def test_a_frame_to_a_script_is_no_link() -> None:
    assert "javascript" not in safe('<iframe src="javascript:alert(1)"></iframe>').replace(">javascript", ">")


def test_pictures_are_told_with_alt_and_caption_but_not_the_dots_that_count_readers() -> None:
    pictures = cleaned(
        '<figure><img src="/i.jpg" alt="A pier"><figcaption>The <b>pier</b>.</figcaption></figure>'
        '<img src="/p.gif" width="1" height="1"><img src="/j.jpg">',
        URL,
    ).pictures

    assert [(picture.url, picture.alt, picture.caption) for picture in pictures] == [
        ("https://news.example.org/i.jpg", "A pier", "The pier."),
        ("https://news.example.org/j.jpg", None, None),
    ]


@pytest.mark.parametrize("markup", ["", "  \n", "<!-- nothing -->", "<script></script>"])
def test_an_empty_body_is_empty(markup: str) -> None:
    assert cleaned(markup, URL).text == ""


@pytest.mark.parametrize(
    "markup",
    [
        '<p>a &amp; b &lt;c&gt;<img src="/x.jpg" alt="&quot;"></p><iframe src="/f"></iframe>',
        '<p title="a&#13;b">a&#13;&#10;b&#xD;c</p>',
    ],
)
def test_cleaning_twice_changes_nothing(markup: str) -> None:
    assert safe(safe(markup)) == safe(markup)


@pytest.mark.parametrize("reference", ["&#1;", "&#x1f;", "&#xFFFE;", "\x0b", "\x7f"])
def test_what_no_feed_may_hold_is_dropped(reference: str) -> None:
    body = cleaned(f'<p title="{reference}">a{reference}b</p><a href="java{reference}script:x">c</a>', URL)

    assert body.text.startswith("ab")
    assert body.html.isprintable()
    assert "javascript:" not in body.html
    assert plain(f"a{reference}b") in ("ab", "a b", "a\x7fb")


def test_a_lone_surrogate_does_not_stop_the_line() -> None:
    assert "a" in text("<p>a &#xD800; b</p>")


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("Q&A with <b>Ann</b>", "Q&A with Ann"),
        ("a &amp; b", "a & b"),
        ("  two\n words ", "two words"),
        ("<script>x</script>", ""),
        ("1 < 2", "1 < 2"),
    ],
)
def test_plain_is_the_text_of_what_may_hold_markup(given: str, shown: str) -> None:
    assert plain(given) == shown


@pytest.mark.parametrize("url", ["javascript:x", "data:x", "/x", "", None])
def test_only_http_and_https_are_web_addresses(url: str | None) -> None:
    assert web_address(url) is None
    assert web_address("HTTPS://e.org/") == "HTTPS://e.org/"


@pytest.mark.parametrize(
    "markup",
    [
        f"<figure>{'<img src=https://e.org/a.jpg>' * 4000}<figcaption>{'word ' * 30_000}</figcaption></figure>",
        "<i></b>" * 60_000,
        "&" * 200_000,
        f'<img src="https://e.org/a.jpg" srcset="{"a 1x, " * 60_000}">',
        f"<p {' '.join(f'a{number}=1' for number in range(40_000))}>text</p>",
        "<div>" * 40_000,
    ],
    ids=["figure of thousands", "closing tags", "ampersands", "srcset", "attributes", "nesting"],
)
def test_a_body_made_to_be_slow_is_not(markup: str) -> None:
    started = process_time()
    cleaned(markup, URL)
    assert process_time() - started < 3  # each took from 5 to 150 s before it was bounded


def test_pictures_of_one_figure_share_its_caption() -> None:
    body = cleaned(
        "<figure><img src='https://e.org/a.jpg'><img src='https://e.org/b.jpg'><figcaption>Both</figcaption></figure>",
        URL,
    )
    assert [(picture.url, picture.caption) for picture in body.pictures] == [
        ("https://e.org/a.jpg", "Both"),
        ("https://e.org/b.jpg", "Both"),
    ]
