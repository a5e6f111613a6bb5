"""An article's page, zone by zone: the acceptance story first, then what other front ends do."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from services.ingest.pages import PageArticle, article
from services.ingest.source import Selectors
from tests.ingest.pages.samples import BIO, CAPTION, CARD, PARAGRAPHS, PHOTO, SUMMARY, TITLE, URL, graph, linked, seed


def read(page: str | bytes, **over: Any) -> PageArticle:
    body = page.encode() if isinstance(page, str) else page
    found = article(body, **{"url": URL, "content_type": "text/html; charset=utf-8"} | over)
    assert isinstance(found, PageArticle), found
    return found


def around(text: str, head: str = "") -> str:
    return f"<html><head>{head}</head><body><main><article><h1>{TITLE}</h1>{text}</article></main></body></html>"


def content(text: str) -> str:
    return around(f'<div class="entry-content">{text}<p>{PARAGRAPHS[0]}</p></div>')


class TestTheAcceptanceStory:
    said = read(seed(linked(graph())))

    def test_its_headline_is_without_the_sites_name(self) -> None:
        assert self.said.headline == TITLE

    def test_its_lead_image_is_unwrapped_and_has_its_caption_and_no_alt_that_repeats_the_headline(self) -> None:
        (image,) = self.said.images
        assert (image.url, image.caption, image.alt, image.lead) == (PHOTO, CAPTION, None, True)
        assert (image.width, image.height) == (1200, 800)

    def test_its_body_is_all_paragraphs_and_nothing_else(self) -> None:
        assert [part for part in self.said.body_html.split("<p>") if part.strip()] == [
            f"{text}</p>" if at in (0, 1, 2, 4) else f"{text}</p>\n  \n  " for at, text in enumerate(PARAGRAPHS)
        ]

    def test_its_related_card_is_told_apart(self) -> None:
        (card,) = self.said.related
        assert (card.headline, card.url) == (CARD, "https://paper.example/hur-friendly-fire/?ref=paper")
        assert card.summary == SUMMARY

    def test_its_author_has_role_bio_and_avatar(self) -> None:
        (author,) = self.said.authors
        assert (author.name, author.role, author.bio) == ("Tim Zadorozhnyy", "Reporter", BIO)
        assert author.avatar == "https://paper.example/content/images/tim.jpg"
        assert author.url == "https://paper.example/author/tim/"

    def test_its_dates_are_whole_and_the_next_items_stamp_is_not_its_own(self) -> None:
        assert self.said.published_at == datetime(2024, 12, 16, 21, 14, 5, tzinfo=UTC)
        assert self.said.updated_at == datetime(2024, 12, 16, 21, 40, tzinfo=UTC)
        assert read(seed()).updated_at is None

    def test_a_stamp_above_its_text_is_when_it_was_updated(self) -> None:
        said = read(seed(stamp="<span>(Updated: Dec. 16, 2024 11:40 pm)</span>"), timezone="Europe/Kyiv")
        assert said.updated_at == datetime(2024, 12, 16, 21, 40, tzinfo=UTC)

    def test_an_empty_stamp_is_none(self) -> None:
        assert read(seed(stamp="<span>(Updated:  )</span>")).updated_at is None

    def test_its_tags_site_and_language_are_told(self) -> None:
        assert [tag.term for tag in self.said.tags] == ["North Korea", "Kursk Oblast", "Russia"]
        assert (self.said.site, self.said.language) == ("The Kyiv Independent", "en")

    def test_without_marks_for_its_text_the_text_is_found_by_its_shape_and_the_zones_stay_apart(self) -> None:
        said = read(seed(linked(graph())).replace("c-content", "x1"))
        assert all(text[:40] in said.body_html for text in PARAGRAPHS)
        for other in (BIO[:30], CARD, "Around 200 Russian soldiers", "Show More", "Another Writer"):
            assert other not in said.body_html
        assert [author.role for author in said.authors] == ["Reporter"]


def test_authors_and_contributors_of_ghost_are_all_told() -> None:
    several = graph(contributor=[{"@type": "Person", "name": "Olga Second", "sameAs": ["https://social.example/olga"]}])
    tim, olga = read(seed(linked(several))).authors
    assert (tim.name, olga.name, olga.links) == ("Tim Zadorozhnyy", "Olga Second", ("https://social.example/olga",))


def test_a_person_goes_before_the_house() -> None:
    both = graph(author=[{"@type": "Organization", "name": "The Paper"}, {"@type": "Person", "name": "Ann Writer"}])
    assert [author.name for author in read(around("", linked(both))).authors] == ["Ann Writer"]
    house = graph(author={"@type": "Organization", "name": "The Paper"})
    assert [author.name for author in read(around("", linked(house))).authors] == ["The Paper"]


def test_every_article_tag_and_author_of_the_head_is_told() -> None:
    head = "".join(f'<meta property="article:tag" content="{tag}">' for tag in ("One", "Two", "Three"))
    head += '<meta property="article:author" content="Ann Writer"><meta property="article:author" content="Bo Second">'
    head += '<meta property="article:author" content="https://social.example/ann">'
    said = read(around("", head))
    assert [tag.term for tag in said.tags] == ["One", "Two", "Three"]
    assert [author.name for author in said.authors] == ["Ann Writer", "Bo Second"]


def test_json_ld_is_believed_before_opengraph_and_that_before_selectors() -> None:
    head = '<meta property="article:published_time" content="2024-01-02T03:04:05Z">'
    page = around('<span class="when">2023-01-01 10:00</span>', head)
    chosen = Selectors(published=".when", updated=".when")
    said = read(page, selectors=chosen)
    assert said.published_at == datetime(2024, 1, 2, 3, 4, 5, tzinfo=UTC)
    assert said.updated_at == datetime(2023, 1, 1, 10, tzinfo=UTC)
    first = read(page.replace("</head>", f"{linked(graph())}</head>"), selectors=chosen)
    assert first.published_at == datetime(2024, 12, 16, 21, 14, 5, tzinfo=UTC)


def test_the_sources_selectors_say_where_the_zones_are() -> None:
    page = around(
        f"""<div class=x><p>{PARAGRAPHS[0]}</p><div class=promo>Buy our mug</div>
        <div class=pic><img src=/a.jpg><i>The strait at dawn</i><b>Ann Lens</b></div></div>
        <div class=who><img src=/ann.jpg><u>Ann Writer</u><em>Correspondent</em><q>She covers the sea.</q></div>
        <div class=also><a href=/other>The other story of the day</a></div><span class=t>Sea</span>"""
    )
    chosen = Selectors(
        body=".x", remove=".promo", caption="i", credit="b", author=".who", author_name="u", author_role="em",
        author_bio="q", author_avatar="img", related=".also", tag=".t",
    )  # fmt: skip
    said = read(page, selectors=chosen)
    assert "Buy our mug" not in said.body_html
    assert (said.images[0].caption, said.images[0].credit) == ("The strait at dawn", "Ann Lens")
    (ann,) = said.authors
    assert (ann.name, ann.role, ann.bio, ann.avatar) == (
        "Ann Writer", "Correspondent", "She covers the sea.", "https://paper.example/ann.jpg",
    )  # fmt: skip
    assert [one.headline for one in said.related] == ["The other story of the day"]
    assert [one.term for one in said.tags] == ["Sea"]


def test_each_picture_keeps_its_own_caption_and_credit() -> None:
    said = read(
        content(
            "<figure><img src=/a.jpg><figcaption>The first <span class=credit>Ann Lens/Agency</span></figcaption>"
            "</figure><p>Between.</p><figure><picture><source srcset='/b.webp 800w'>"
            "<img data-src=/b.jpg src=data:image/gif;base64,R0>"
            "</picture><figcaption>The second</figcaption></figure><img src=/c.jpg width=1 height=1>"
        )
    )
    shown = [(one.url.rpartition("/")[2], one.caption, one.credit) for one in said.images]
    assert shown == [("a.jpg", "The first", "Ann Lens/Agency"), ("b.jpg", "The second", None)]


def test_the_lead_is_not_said_twice_when_its_sizes_differ() -> None:
    photo = "https://paper.example/content/images/size/w1200/2024/12/pentagon.jpg"
    text = f'<figure><img src="{photo}"><figcaption>Above</figcaption></figure><p>{PARAGRAPHS[0]}</p>'
    said = read(content(text).replace("<head>", f"<head>{linked(graph(image=photo.replace('/size/w1200', '')))}"))
    (image,) = said.images
    assert (image.url, image.caption, image.lead) == (photo, "Above", True)
    assert "<img" not in said.body_html


def test_a_social_card_gives_way_to_the_picture_above_the_text() -> None:
    head = '<meta property="og:image" content="/card.png">'
    shown = read(around("<figure><img src=/photo.jpg><figcaption>Seen</figcaption></figure><p>x</p>", head))
    assert [image.url for image in shown.images] == ["https://paper.example/photo.jpg"]
    assert [image.url for image in read(around("<p>x</p>", head)).images] == ["https://paper.example/card.png"]


@pytest.mark.parametrize(
    "card",
    [
        '<div class="related-article"><a href="/o"><h4>Other news of the day</h4></a></div>',
        '<p><strong>Read also:</strong> <a href="/o">Other news of the day</a></p>',
        '<p>Читайте також: <a href="/o">Other news of the day</a></p>',
        '<blockquote class="wp-embedded-content"><p><a href="/o">Other news of the day</a></p></blockquote>',
        '<a href="/o"><h3>Other news of the day</h3><p>What it is about.</p></a>',
    ],
)
def test_cards_and_lines_that_lead_elsewhere_are_not_the_storys_text(card: str) -> None:
    said = read(content(card))
    assert [(one.headline, one.url) for one in said.related] == [("Other news of the day", "https://paper.example/o")]
    assert "Other news" not in said.body_html
    assert PARAGRAPHS[0] in said.body_html


def test_a_link_within_a_sentence_stays_text() -> None:
    said = read(content('<p>Read also what <a href="/o">the ministry</a> wrote in spring about it.</p>'))
    assert said.related == ()
    assert "the ministry" in said.body_html


@pytest.mark.parametrize(
    "box",
    [
        (
            '<ul class="author-list"><li class="author-list-item"><a class="author-avatar" href="/author/ann/"><img '
            'class="author-profile-image" src="/ann.jpg"></a><h4 class="author-name">Ann Writer</h4></li></ul>'
        ),
        (
            '<div class="gh-article-author-image"><a href="/author/ann/"><img src="/ann.jpg"></a>'
            '<h4 class="gh-article-author-name">Ann Writer</h4></div>'
        ),
        (
            '<div itemprop="author" itemscope itemtype="https://schema.org/Person"><img src="/ann.jpg">'
            '<a rel="author" href="/author/ann/"><span itemprop="name">Ann Writer</span></a></div>'
        ),
    ],
)
def test_author_boxes_of_themes_are_known(box: str) -> None:
    (ann,) = read(content("") + box.join(("<main>", "</main>"))).authors or read(around(box)).authors
    assert (ann.name, ann.avatar, ann.url) == (
        "Ann Writer",
        "https://paper.example/ann.jpg",
        "https://paper.example/author/ann/",
    )


def test_an_author_box_inside_the_text_is_taken_out_of_it() -> None:
    box = f"<div class='author-box'><img src=/t.jpg><h4>Tim Zadorozhnyy</h4><p>Reporter</p><p>{BIO}</p></div>"
    said = read(content(box))
    assert [(one.name, one.role, one.bio) for one in said.authors] == [("Tim Zadorozhnyy", "Reporter", BIO)]
    assert "Zadorozhnyy" not in said.body_html


def test_an_article_whose_class_names_its_author_is_no_author_box() -> None:
    page = content("<p>More of it.</p>").replace("<article>", "<article class='post author-admin'>")
    assert PARAGRAPHS[0] in read(page).body_html


def test_a_byline_is_told_where_no_author_is() -> None:
    assert read(around(f'<p class="byline">By Ann Writer and Bo Second</p><p>{PARAGRAPHS[0]}</p>')).byline == (
        "By Ann Writer and Bo Second"
    )


@pytest.mark.parametrize(
    ("line", "byline"),
    [
        ('<span class="author">By Ann Writer</span>', "By Ann Writer"),
        ('<p class="post-author">Ann Writer</p>', "Ann Writer"),
        ('<a rel="author" href="/ann">Ann Writer</a>', "Ann Writer"),
        ('<div class="meta">By <a href="/ann">Ann Writer</a> | Dec. 17, 2024</div>', "By Ann Writer"),
        ('<div class="author-name">Автор: Іван Франко</div>', "Автор: Іван Франко"),
        ("<p>Von Karl Huber und Eva Meier</p>", "Von Karl Huber und Eva Meier"),
        ("<p>By the river the town sleeps</p>", None),
        ("<p>By Monday everything had changed</p>", None),
        ('<p class="author">—</p>', None),
        ('<p class="reporter-note">The reporter was held at the border for an hour and then let go.</p>', None),
    ],
)
def test_a_line_between_heading_and_text_names_the_author(line: str, byline: str | None) -> None:
    text = "".join(f"<p>{one}</p>" for one in PARAGRAPHS)
    others = '<nav class="author">Our authors</nav>'
    menu = '<aside><div class="author">By Bo Other</div></aside>'
    page = f"{others}<main><article><h1>A title</h1>{line}<div class=article-body>{text}</div></article>{menu}</main>"
    said = article(page.encode(), url="https://paper.example/a", content_type="text/html")
    assert isinstance(said, PageArticle)
    assert (said.authors, said.byline) == ((), byline)


def test_both_dates_in_one_line_are_read_and_leave_the_text() -> None:
    line = "<p>Dec. 16, 2024 10:00 am (Updated: Dec. 17, 2024 1:05 pm)</p>"
    said = read(around(f"<h1>A title</h1>{line}<p>{PARAGRAPHS[0]}</p>"))
    assert (said.published_at, said.updated_at) == (
        datetime(2024, 12, 16, 10, tzinfo=UTC),
        datetime(2024, 12, 17, 13, 5, tzinfo=UTC),
    )


def test_text_that_scripts_write_comes_from_json_ld() -> None:
    whole = "\n\n".join(PARAGRAPHS)
    said = read(around("<div id=root></div>", linked(graph(articleBody=whole))))
    assert said.body_html == "".join(f"<p>{text}</p>" for text in PARAGRAPHS)


def test_what_is_for_members_only_says_so() -> None:
    assert read(around("", linked(graph(isAccessibleForFree="False")))).free is False
    assert read(around("", linked(graph(isAccessibleForFree=True)))).free is True
    assert read(around("")).free is None


def test_no_address_but_a_web_address_is_told() -> None:
    bad = graph(
        image="javascript:alert(1)",
        author={"@type": "Person", "name": "Ann Writer", "url": "file:///etc/passwd", "image": "data:image/png,x"},
        mainEntityOfPage="ftp://paper.example/",
        url="javascript:alert(2)",
    )
    said = read(
        around('<figure><img src="file:///etc/passwd"></figure><a href="javascript:x"><h3>A card of some sort</h3></a>')
        .replace("<head>", f"<head>{linked(bad)}")
    )  # fmt: skip
    assert (said.images, said.related, said.canonical_url) == ((), (), None)
    (ann,) = said.authors
    assert (ann.url, ann.avatar) == (None, None)


def test_addresses_are_taken_against_the_base_element() -> None:
    said = read(content('<p><a href="more">on</a></p>').replace("<head>", '<head><base href="https://cdn.example/x/">'))
    assert 'href="https://cdn.example/x/more"' in said.body_html


def test_controls_and_adverts_are_not_text() -> None:
    said = read(
        content(
            '<script>x()</script><div class="share-buttons">Share this</div><form><input></form><button>Go</button>'
            '<div class="newsletter-signup">Join us</div><p hidden>Not shown</p><h1>Again</h1>'
            '<p style="color:red" onclick="x()" data-a="b">Kept</p>'
        )
    )
    for noise in ("x()", "Share this", "input", "Go", "Join us", "Not shown", "Again", "style", "data-a"):
        assert noise not in said.body_html
    assert "<p>Kept</p>" in said.body_html


def test_a_text_found_by_its_shape_does_not_begin_with_how_long_it_takes() -> None:
    paragraphs = "".join(f"<p>{text}</p>" for text in PARAGRAPHS)
    said = read(around(f"<article><h1>{TITLE}</h1><p>1 min read</p><div class=x1>{paragraphs}</div></article>"))
    assert PARAGRAPHS[0][:40] in said.body_html
    assert "min read" not in said.body_html


@pytest.mark.parametrize("told", ["1 min read", "12-minute read", "3 mins read"])
def test_how_long_a_story_takes_to_read_is_not_its_text(told: str) -> None:
    said = read(content(f"<p class=meta><span>{told}</span></p><p>A 5 min read of the treaty is enough.</p>"))
    assert told not in said.body_html
    assert "A 5 min read of the treaty" in said.body_html


@pytest.mark.parametrize(
    "around_it",
    [
        '<body class="single has-sidebar no-comments"><div id="__next">{}</div></body>',
        '<body><div class="layout-with-sidebar next-page"><main class="related-open">{}</main></div></body>',
        '<body><div id="comments-off">{}</div></body>',
    ],
)
def test_words_in_the_classes_of_the_whole_page_do_not_hide_the_story(around_it: str) -> None:
    story = f'<article><h1>{TITLE}</h1><div class="entry-content"><p>{PARAGRAPHS[0]}</p><p>{PARAGRAPHS[2]}</p></div>'
    box = f'<footer><div class="author-box"><h4>Ann Writer</h4><p>{BIO}</p></div></footer></article>'
    said = read(around_it.format(story + box))
    assert said.body_html == f"<p>{PARAGRAPHS[0]}</p><p>{PARAGRAPHS[2]}</p>"
    assert [(one.name, one.bio) for one in said.authors] == [("Ann Writer", BIO)]


def test_a_wrapper_that_is_called_like_noise_or_a_card_does_not_take_the_story_with_it() -> None:
    whole = "".join(f"<p>{text}</p>" for text in PARAGRAPHS * 4)
    for name in ("print-content", "related-content", "post-by-author"):
        said = read(
            around(f'<div class="entry-content"><div class="{name}">{whole}<p><a href="/x">x</a></p></div></div>')
        )
        assert said.body_html.count("<p>") == 21, name


def test_stories_beside_and_below_lend_nothing() -> None:
    others = "".join(
        f'<article><a href="/{at}"><img src="/{at}.jpg"><h3>Another story, number {at}</h3></a>'
        f'<div class="author-card"><h4>Writer {at}</h4><p>Editor</p></div><p class="byline">By Nobody</p></article>'
        for at in range(5)
    )
    page = (
        f'<main>{content("")}<section class="latest">{others}</section><aside class="sidebar">{others}</aside></main>'
    )
    said = read(page)
    assert (said.authors, said.related, said.images, said.byline) == ((), (), (), None)
    assert "Another story" not in said.body_html
