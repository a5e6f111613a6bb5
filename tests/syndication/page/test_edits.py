"""What pages show otherwise than it was sent: each edit of a body's tree by itself."""

from __future__ import annotations

import pytest
from lxml import etree, html

from services.syndication.page import edits

LEAD = "https://img.example.org/lead.jpg"


def tree(markup: str) -> etree._Element:
    root: etree._Element = html.fragment_fromstring(markup, create_parent="div")
    return root


def test_film_is_a_link_and_its_text_stays() -> None:
    root = tree('<p>See <iframe src="https://tube.example/1"></iframe> now <video src="/own.mp4"></video>here</p>')
    edits.link_media(root)
    assert [(link.get("href"), link.text) for link in root.iter("a")] == [
        ("https://tube.example/1", "Video at tube.example")
    ]
    assert html.tostring(root, method="text", encoding="unicode") == "See Video at tube.example now here"


def test_sound_is_found_in_its_source_element() -> None:
    root = tree('<audio controls><source src="https://pod.example/1.mp3"></audio>')
    edits.link_media(root)
    assert root[0].text == "Audio at pod.example"


def test_the_lead_picture_goes_with_its_figure() -> None:
    root = tree(f'<figure><img src="{LEAD}"><figcaption>Again</figcaption></figure><p>Story</p>')
    edits.box_pictures(root, LEAD)
    assert [element.tag for element in root] == ["p"]


def test_a_figure_of_several_loses_the_lead_alone() -> None:
    root = tree(f'<figure><img src="{LEAD}"><img src="https://img.example.org/2.jpg"></figure>')
    edits.box_pictures(root, LEAD)
    assert [image.get("src") for image in root.iter("img")] == ["https://img.example.org/2.jpg"]


@pytest.mark.parametrize("size", ['width="1" height="1"', 'width="0"', 'height="2"'])
def test_pictures_that_count_readers_are_dropped(size: str) -> None:
    root = tree(f'<p>text<img src="https://count.example/p.gif" {size}>more</p>')
    edits.box_pictures(root, None)
    assert html.tostring(root, encoding="unicode") == "<div><p>textmore</p></div>"


def test_a_picture_without_a_whole_size_gets_a_box_of_usual_shape() -> None:
    root = tree('<img src="https://a.example/1.jpg" width="640"><img src="https://a.example/2.jpg" width=4 height=3>')
    edits.box_pictures(root, None)
    one, other = root.iter("img")
    assert (one.get("class"), one.get("width"), one.get("alt")) == ("unsized", None, "")
    assert (other.get("class"), other.get("width")) == (None, "4")


def test_headings_leave_no_level_out() -> None:
    root = tree("<h1>One</h1><h4>Two</h4><h5>Three</h5><h3> </h3><h2>Four</h2>")
    edits.order_headings(root, 2)
    assert [(element.tag, element.text) for element in root] == [
        ("h3", "One"),
        ("h4", "Two"),
        ("h5", "Three"),
        ("h3", "Four"),
    ]


def test_landmarks_are_plain() -> None:
    root = tree("<main>a</main><aside>b</aside><nav>c</nav>")
    edits.unmark(root)
    assert [(element.tag, element.get("class")) for element in root] == [("div", None), ("div", "aside"), ("div", None)]


def test_links_have_words() -> None:
    root = tree(
        '<a href="/empty"></a><a href="https://a.example/x"><img src="y"></a><a href="/z"><img alt="A map"></a>'
    )
    edits.name_links(root)
    assert [link.get("aria-label") for link in root.iter("a")] == ["Picture at a.example", None]


def test_what_is_wide_scrolls_in_a_box_that_keys_reach() -> None:
    root = tree("<table><tr><td><pre>in</pre></td></tr></table>tail<pre>out</pre>")
    edits.box_wide(root)
    boxes = list(root.iter("div"))[1:]
    assert [(box.get("aria-label"), box.get("tabindex")) for box in boxes] == [
        ("Table", "0"),
        ("Preformatted text", "0"),
    ]
    assert boxes[0].tail == "tail"
