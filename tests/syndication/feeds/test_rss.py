"""What an item says of an article, element by element, and that hostile text cannot break it."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from lxml import etree

from services.syndication.feeds.rss import item
from services.syndication.feeds.rss_channel import FOOT, NAMESPACES
from services.syndication.feeds.text import GAP
from services.syndication.feeds.wellformed import FRAME, fault
from shared.events import Article, Author, Enclosure, Image, Reuse, Tag
from tests.syndication.feeds.in_memory import CDN, MORNING, SITE, a_story

Node = Any


def parsed(article: Article) -> Node:
    fragment = item(article, SITE)
    assert fault(fragment) is None
    return etree.fromstring(FRAME.encode() + fragment + FOOT)[0][0]


def texts(node: Node, path: str) -> list[str]:
    return [found.text or "" for found in node.findall(path, NAMESPACES)]


def attributes(node: Node, path: str) -> list[dict[str, str]]:
    return [dict(found.attrib) for found in node.findall(path, NAMESPACES)]


def html(node: Node) -> str:
    [text] = texts(node, "content:encoded")
    return text


def test_the_elements_stand_in_the_order_of_the_reference() -> None:
    names = [etree.QName(child).localname for child in parsed(a_story())]
    assert (
        names
        == (
            "title link guid pubDate modified updated creator category category description encoded "
            "enclosure content person link rights language"
        ).split()
    )


def test_an_item_is_told_by_its_tag_uri_which_outlives_versions_and_dates() -> None:
    first, later = a_story(), a_story(version=4, published_at=MORNING.replace(year=2019), headline="New")
    expected = [{"isPermaLink": "false"}]
    assert attributes(parsed(first), "guid") == attributes(parsed(later), "guid") == expected
    assert texts(parsed(first), "guid") == texts(parsed(later), "guid")
    assert texts(parsed(first), "guid") == ["tag:news.example.org,2026:article:desk-aaaaaaaaaaaaaaaaaaaa"]


def test_moments_are_written_in_each_vocabulary() -> None:
    node = parsed(a_story())
    assert texts(node, "pubDate") == ["Tue, 17 Dec 2024 08:30:00 GMT"]
    assert texts(node, "dcterms:modified") == ["2024-12-17T16:05:00Z"]
    assert texts(node, "atom:updated") == ["2024-12-17T16:05:00Z"]


def test_the_headline_the_link_and_the_plain_abstract_stand_in_the_core_elements() -> None:
    story = a_story()
    node = parsed(story)
    assert texts(node, "title") == [story.headline]
    assert texts(node, "link") == [story.url]
    assert texts(node, "description") == [story.summary]


def test_every_author_is_a_creator_and_a_person_with_page_and_avatar() -> None:
    agency = Author(name="Reuters")
    node = parsed(a_story(authors=(*a_story().authors, agency)))
    assert texts(node, "dc:creator") == ["Tim Zadorozhnyy", "Reuters"]
    assert texts(node, "podcast:person") == ["Tim Zadorozhnyy", "Reuters"]
    assert attributes(node, "podcast:person") == [
        {
            "group": "writing",
            "role": "author",
            "img": f"{CDN}/tim.jpg",
            "href": "https://news.example.org/authors/tim-zadorozhnyy",
        },
        {"group": "writing", "role": "author"},
    ]


def test_applied_tags_are_categories_of_our_scheme_each_name_once() -> None:
    tags = (
        *a_story().tags,
        Tag(id="t3", slug="korea", name="North Korea"),
        Tag(id="t4", slug="guess", name="Guess", status="suggested"),
    )
    node = parsed(a_story(tags=tags))
    assert texts(node, "category") == ["North Korea", "Kursk Oblast"]
    assert attributes(node, "category") == [{"domain": "https://news.example.org/tags"}] * 2


def test_the_lead_picture_is_the_one_enclosure_with_its_real_length() -> None:
    assert attributes(parsed(a_story()), "enclosure") == [
        {"url": f"{CDN}/ryder.jpg", "length": "284120", "type": "image/jpeg"}
    ]


def test_every_picture_and_file_is_media_and_one_of_them_the_enclosure() -> None:
    more = Image(url=f"{CDN}/map.png", caption="A map", width=40)
    sound = Enclosure(url=f"{CDN}/a.mp3", bytes=99, seconds=12, title="Listen & learn")
    node = parsed(a_story(images=(more, *a_story().images, more), enclosures=(sound, sound)))
    assert [one["url"] for one in attributes(node, "enclosure")] == [f"{CDN}/ryder.jpg"]
    told = [(one["url"], one["medium"], one.get("isDefault")) for one in attributes(node, "media:content")]
    expected = [(f"{CDN}/ryder.jpg", "image", "true"), (more.url, "image", None), (sound.url, "audio", None)]
    assert told == expected
    assert attributes(node, "media:content")[2]["duration"] == "12"
    assert texts(node, "media:content/media:title") == ["Listen & learn"]


def test_a_story_without_picture_has_its_sound_for_an_enclosure() -> None:
    files = (Enclosure(url="ftp://x/y.mp3"), Enclosure(url=f"{CDN}/a.mp3"), Enclosure(url=f"{CDN}/b", type="<"))
    node = parsed(a_story(images=(), enclosures=files))
    assert attributes(node, "enclosure") == [{"url": f"{CDN}/a.mp3", "length": "0", "type": "audio/mpeg"}]
    assert attributes(node, "media:content")[1] == {"url": f"{CDN}/b", "type": "application/octet-stream", "lang": "en"}


def test_a_picture_of_unknown_size_has_length_nought_and_the_type_of_its_ending() -> None:
    picture = Image(url=f"{CDN}/map.webp?w=800")
    node = parsed(a_story(images=(picture,)))
    assert attributes(node, "enclosure") == [{"url": f"{CDN}/map.webp?w=800", "length": "0", "type": "image/webp"}]
    assert "fileSize" not in attributes(node, "media:content")[0]


def test_the_lead_picture_carries_caption_credit_and_holder() -> None:
    node = parsed(a_story())
    assert attributes(node, "media:content") == [
        {
            "url": f"{CDN}/ryder.jpg",
            "type": "image/jpeg",
            "medium": "image",
            "fileSize": "284120",
            "width": "1600",
            "height": "900",
            "isDefault": "true",
            "lang": "en",
        }
    ]
    assert texts(node, "media:content/media:description") == ["General Pat Ryder at the Pentagon on Oct. 31, 2023."]
    assert texts(node, "media:content/media:credit") == ["Kevin Dietsch/Getty Images"]
    assert attributes(node, "media:content/media:credit") == [{"role": "photographer", "scheme": "urn:ebu"}]
    assert texts(node, "media:content/media:copyright") == ["Getty Images"]


def test_related_stories_are_links_with_titles() -> None:
    assert attributes(parsed(a_story()), "atom:link") == [
        {
            "rel": "related",
            "type": "text/html",
            "href": "https://desk.example.org/friendly-fire",
            "title": "Unit fired on its own side, intelligence claims",
        }
    ]


def test_rights_are_the_articles_own_before_the_sites() -> None:
    assert texts(parsed(a_story()), "dc:rights") == ["© 2026 Example News"]
    assert texts(parsed(a_story(rights="© AP")), "dc:rights") == ["© AP"]


def test_a_language_that_is_no_tag_is_left_out() -> None:
    assert texts(parsed(a_story(language="uk-UA")), "dc:language") == ["uk-UA"]
    assert texts(parsed(a_story(language="English, I think")), "dc:language") == []


def test_a_summary_only_source_gives_the_abstract_without_body_and_pictures() -> None:
    node = parsed(a_story(reuse="summary"))
    assert texts(node, "description") == [a_story().summary]
    for path in ("content:encoded", "enclosure", "media:content"):
        assert node.find(path, NAMESPACES) is None


def test_a_headline_only_source_gives_no_word_of_the_story() -> None:
    node = parsed(a_story(reuse="headline"))
    assert texts(node, "title") == [a_story().headline]
    assert texts(node, "dc:creator") == ["Tim Zadorozhnyy"]
    for path in ("description", "content:encoded", "enclosure", "media:content"):
        assert node.find(path, NAMESPACES) is None


@pytest.mark.parametrize("reuse", ["summary", "headline"])
def test_the_body_is_nowhere_in_an_item_that_may_not_pass_it_on(reuse: Reuse) -> None:
    assert b"as Reuters reports" not in item(a_story(reuse=reuse), SITE)


def test_a_retraction_takes_the_place_of_the_story_under_the_same_guid() -> None:
    end = MORNING + timedelta(hours=9)
    story, kill = parsed(a_story()), parsed(a_story(version=2, status="canceled", updated_at=end))
    assert texts(kill, "guid") == texts(story, "guid")
    assert texts(kill, "pubDate") == texts(story, "pubDate")
    assert texts(kill, "title") == [f"Retracted: {a_story().headline}"]
    assert texts(kill, "dcterms:modified") == ["2024-12-17T17:30:00Z"]
    assert texts(kill, "dcterms:valid") == ["start=2024-12-17T08:30:00Z; end=2024-12-17T17:30:00Z; scheme=W3C-DTF"]
    assert texts(kill, "category") == ["canceled"]
    assert attributes(kill, "category") == [{"domain": "http://cv.iptc.org/newscodes/pubstatusg2/"}]
    assert texts(kill, "description") == ["This story has been withdrawn. Subscribers must remove all versions."]
    assert attributes(kill, "atom:link") == [
        {
            "rel": "https://news.example.org/rel/retraction",
            "type": "text/html",
            "href": f"https://news.example.org/articles/{a_story().id}",
        }
    ]


def test_a_retraction_passes_on_nothing_of_the_text_or_the_picture() -> None:
    fragment = item(a_story(status="canceled"), SITE)
    for withdrawn in (b"as Reuters reports", b"took losses", b"ryder.jpg", b"Zadorozhnyy"):
        assert withdrawn not in fragment


def test_a_bare_article_gives_a_valid_item() -> None:
    bare = a_story(url=None, summary=None, body_html="", body_text="", authors=(), tags=(), images=(), related=())
    node = parsed(bare)
    assert texts(node, "link") == [f"https://news.example.org/articles/{bare.id}"]
    assert texts(node, "description") == [bare.headline]


def test_the_description_stands_before_the_body_whatever_is_missing() -> None:
    node = parsed(a_story(summary=None, body_text="", body_html="<p><img src='https://x.example/' alt=''></p>"))
    assert texts(node, "description") == [a_story().headline]
    assert "x.example" in html(node)


def test_an_item_with_nothing_to_show_has_no_body() -> None:
    empty = a_story(body_html="", authors=(), images=(), related=(), dateline=None, updated_at=None, reading_minutes=0)
    assert parsed(empty).find("content:encoded", NAMESPACES) is None


def test_the_same_version_gives_the_same_bytes() -> None:
    assert item(a_story(), SITE) == item(a_story(), SITE)


HOSTILE = [
    pytest.param('</title><script>alert("x")</script>', id="markup"),
    pytest.param("one ]]> two ]]]]> three", id="end-of-cdata"),
    pytest.param("&amp; &lt;b&gt; &#x41; &bogus; &", id="entities"),
    pytest.param("family 👩‍👩‍👧‍👦 flag 🇺🇦", id="emoji"),
    pytest.param("مرحبا \u202eabc\u202c שלום", id="right-to-left"),
    pytest.param("' onload='x\" onerror=\"y", id="quotes"),
    pytest.param("<!DOCTYPE x [<!ENTITY y SYSTEM 'file:///etc/passwd'>]>&y;", id="doctype"),
]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_comes_back_letter_by_letter_and_as_no_markup(text: str) -> None:
    author = Author(name=text, role=text, bio=text)
    picture = Image(url=f"{CDN}/x.jpg", alt=text, caption=text, credit=text)
    tag = Tag(id="t", slug="t", name=text)
    story = a_story(headline=text, summary=text, body_html=text, authors=(author,), images=(picture,), tags=(tag,))
    node = parsed(story)
    paths = ("title", "dc:creator", "podcast:person", "category", "media:content/media:credit")
    for path in paths:
        [told] = texts(node, path)
        # A gap of no width is all that stands between the letters, so that no reader takes them for markup.
        assert told.replace(GAP, "") == text
        assert not re.search(r"<[a-z/!]|&(#|amp|lt)", told, re.IGNORECASE)
    [described] = texts(node, "description")
    assert unescape(described) == text
    assert not re.search(r"<[a-z/!]", described, re.IGNORECASE)
    assert text in html(node)


def test_characters_that_xml_cannot_carry_are_dropped_everywhere() -> None:
    bad = "a\x00b\x0bc\x1fd\x85e\ufffef"
    picture = Image(url=f"{CDN}/x.jpg", alt=bad, caption=bad)
    story = a_story(headline=bad, summary=bad, body_html=f"<p>{bad}</p>", images=(picture,))
    node = parsed(story)
    assert texts(node, "title") == texts(node, "description") == ["abcdef"]
    assert "<p>abcdef</p>" in html(node)


def test_a_body_of_a_megabyte_stays_whole() -> None:
    markup = "<p>" + "long ]]> story 📰 " * 70_000 + "</p>"
    assert len(markup.encode()) > 1_000_000
    assert markup in html(parsed(a_story(body_html=markup)))


def test_a_link_that_is_no_web_address_gives_way_to_the_next_one() -> None:
    story = a_story(url="javascript:alert(1)", canonical_url="https://desk.example.org/ü ñ?q=<b>")
    assert texts(parsed(story), "link") == ["https://desk.example.org/%C3%BC%20%C3%B1?q=%3Cb%3E"]
