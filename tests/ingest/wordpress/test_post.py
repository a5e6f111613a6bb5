"""A WordPress post becomes one submission, with the authors of whichever plugin the site has."""

from __future__ import annotations

from typing import Any

import pytest

from services.ingest.cms.passed import Passed
from services.ingest.source import Settings
from services.ingest.submission import LONGEST_BODY, Submission
from services.ingest.wordpress.post import submission_of
from tests.ingest.wordpress.posts import CONTENT, a_media, a_post, an_author

SITE = Settings(id="bay", kind="wordpress", url="https://bay.example/")


def taken(**over: Any) -> Submission:
    found = submission_of(a_post(**over), SITE, "en-GB")
    assert isinstance(found, Submission), found
    return found


def embedded(**over: Any) -> dict[str, Any]:
    plain: dict[str, Any] = a_post()["_embedded"]
    return plain | over


def test_every_zone_stands_in_its_place() -> None:
    post = taken()
    assert (post.guid, post.url) == ("https://bay.example/?p=7", "https://bay.example/2026/11/ferry-returns/")
    assert (post.headline, post.summary) == ("Ferry returns – after eleven years", "The night ferry is back.")
    assert post.body_html.startswith("<p>The night ferry")
    assert post.body_html.endswith("<p>Tickets are on sale.</p>")
    assert (post.section, post.language) == ("Harbour & Coast", "en-GB")
    assert [moment.isoformat() for moment in (post.published_at, post.updated_at) if moment] == [
        "2026-11-22T10:00:00+00:00",
        "2026-11-22T10:30:00+00:00",
    ]


def test_an_embedded_story_is_related_and_no_part_of_the_body() -> None:
    post = taken()
    assert [(story.url, story.headline) for story in post.related] == [
        ("https://bay.example/older/", "Why the ferry stopped")
    ]
    assert "Why the ferry stopped" not in post.body_html


def test_the_lead_image_and_those_of_the_body_have_captions_and_credits() -> None:
    lead, second = taken().images
    assert (lead.alt, lead.caption, lead.credit) == ("A white ferry", "The ferry & its crew.", "Bo Lens/Agency")
    assert (lead.width, lead.height, lead.bytes, lead.type, lead.lead) == (2000, 1333, 345_678, "image/jpeg", True)
    assert (second.alt, second.caption, second.lead) == ("The pier", "The pier at dawn. Photo: Bo Lens", False)


def test_a_featured_video_is_no_picture() -> None:
    assert not any(
        image.lead for image in taken(_embedded=embedded(**{"wp:featuredmedia": [a_media(media_type="file")]})).images
    )


def test_categories_and_tags_come_with_their_taxonomy() -> None:
    assert [category.model_dump() for category in taken().categories] == [
        {"term": "harbour", "scheme": "category", "label": "Harbour & Coast"},
        {"term": "ferries", "scheme": "post_tag", "label": "Ferries"},
    ]


def test_an_author_comes_with_the_largest_avatar() -> None:
    (ann,) = taken().authors
    assert (ann.name, ann.bio, ann.avatar) == ("Ann Writer", "Reports from the harbour.", "https://a.example/?s=96")
    assert (ann.url, ann.links) == ("https://bay.example/author/ann/", ("https://ann.example",))


@pytest.mark.parametrize(
    ("sizes", "chosen"),
    [
        ({"24": "https://a.example/24", "096": "https://a.example/96"}, "https://a.example/96"),
        ({"00": "https://a.example/0"}, "https://a.example/0"),
        ({"٤٨": "https://a.example/48", "24": "https://a.example/24"}, "https://a.example/48"),
        ({"²": "https://a.example/2", "wide": "https://a.example/w", "100000": "https://a.example/x"}, None),
    ],
)
def test_an_avatar_is_found_however_its_width_is_written(sizes: dict[str, str], chosen: str | None) -> None:
    assert taken(authors=[{"display_name": "Cy", "avatar_urls": sizes}]).authors[0].avatar == chosen


@pytest.mark.parametrize(
    "over",
    [
        {"coauthors": [{"display_name": "Cy One"}, {"display_name": "Di Two"}]},
        {"authors": [{"display_name": "Cy One", "user_email": "cy@private.example"}, {"display_name": "Di Two"}]},
        {"_embedded": embedded(author=[an_author(name="Cy One"), an_author(name="Di Two")])},
        {"coauthors": [12, 14], "_embedded": embedded(author=[an_author(name="Cy One"), an_author(name="Di Two")])},
    ],
)
def test_every_co_author_comes(over: dict[str, Any]) -> None:
    post = taken(**over)
    assert [author.name for author in post.authors] == ["Cy One", "Di Two"]
    assert "@private.example" not in post.model_dump_json()


def test_a_role_and_an_avatar_of_publishpress_are_kept() -> None:
    given = {
        "display_name": "Cy",
        "job_title": "Editor",
        "avatar_url": {"url": "https://a.example/1", "url2x": "https://a.example/2"},
    }
    (author,) = taken(authors=[given]).authors
    assert (author.role, author.avatar) == ("Editor", "https://a.example/2")


def test_an_author_the_site_hides_is_told_by_the_page_head() -> None:
    hidden = embedded(author=[{"code": "rest_user_invalid_id", "message": "Invalid user ID."}])
    assert taken(_embedded=hidden).authors == ()
    assert taken(_embedded=hidden, yoast_head_json={"author": "Ann Writer"}).authors[0].name == "Ann Writer"


@pytest.mark.parametrize(
    "excerpt",
    [
        "<p>The night ferry crosses the bay [&hellip;]</p>",
        "<p>The night ferry crosses &#8230; <a href='x'>Continue reading <span>Ferry</span></a></p>",
        "",
        "<p>The night ferry crosses the bay again. The pier at dawn. Photo: Bo Lens […]</p>",
    ],
)
def test_an_excerpt_made_of_the_first_words_is_no_summary(excerpt: str) -> None:
    assert taken(excerpt={"rendered": excerpt}).summary is None


@pytest.mark.parametrize(
    ("over", "says"),
    [
        ({"content": {"rendered": "", "protected": True}}, "it is behind a password"),
        ({"status": "future"}, "it is future"),
        ({"id": None}, "it has no id"),
        ({"guid": None, "link": None}, "it has no id"),
        ({"title": {"rendered": ""}}, "these of its fields cannot be taken: headline"),
        ({"content": {"rendered": "x" * (LONGEST_BODY + 1)}}, f"its body is longer than {LONGEST_BODY} characters"),
    ],
)
def test_what_is_not_for_everyone_is_passed_over(over: dict[str, Any], says: str) -> None:
    found = submission_of(a_post(**over), SITE)
    assert isinstance(found, Passed)
    assert found.reason == says


@pytest.mark.parametrize("odd", [None, 7, [], {}, "x", [7, None, "x"], [[7]], {"rendered": 7}])
@pytest.mark.parametrize(
    "field", ["_embedded", "authors", "coauthors", "yoast_head_json", "guid", "title", "content", "excerpt", "date_gmt"]
)
def test_odd_values_never_break(field: str, odd: Any) -> None:
    assert isinstance(submission_of(a_post(**{field: odd}), SITE), Submission | Passed)


def test_the_content_of_the_sample_is_whole() -> None:
    assert CONTENT.count("<p>") == taken().body_html.count("<p>")
