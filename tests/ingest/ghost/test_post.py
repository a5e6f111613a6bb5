"""A Ghost post becomes one submission: every zone in its place, and nothing that is not for readers."""

from __future__ import annotations

from typing import Any

import pytest

from services.ingest.cms.passed import Passed
from services.ingest.ghost.post import submission_of
from services.ingest.source import Settings
from services.ingest.submission import LONGEST_BODY, Submission
from tests.ingest.ghost.posts import a_post, a_tag, an_author

SITE = Settings(id="bay", kind="ghost", url="https://bay.example/", key="k" * 26)


def taken(settings: Settings = SITE, **over: Any) -> Submission:
    found = submission_of(a_post(**over), settings)
    assert isinstance(found, Submission), found
    return found


def passed(settings: Settings = SITE, **over: Any) -> str:
    found = submission_of(a_post(**over), settings)
    assert isinstance(found, Passed), found
    return found.reason


def test_every_zone_stands_in_its_place() -> None:
    post = taken()
    assert (post.guid, post.url) == ("63a1f0c2b4d5e6f708192a3b", "https://bay.example/ferry-returns/")
    assert (post.headline, post.summary) == ("Ferry returns after eleven years", "The night ferry is back.")
    assert post.body_html.startswith("<p>KURSK, Russia — The night")
    assert post.body_html.endswith("<p>Tickets are on sale.</p>")
    assert post.section == "Ferries"
    assert [moment.isoformat() for moment in (post.published_at, post.updated_at) if moment] == [
        "2026-11-22T12:00:00+02:00",
        "2026-11-22T12:30:00+02:00",
    ]


def test_a_bookmark_card_is_a_related_story_and_no_part_of_the_body() -> None:
    post = taken()
    assert "kg-bookmark" not in post.body_html
    assert [story.model_dump() for story in post.related] == [
        {
            "url": "https://bay.example/older-story/",
            "headline": "Why the ferry stopped",
            "summary": "Eleven years & three owners.",
        }
    ]


def test_text_after_a_card_stays() -> None:
    card = '<figure class="kg-card kg-bookmark-card"><a href="https://x.example/">More</a></figure>'
    assert taken(html=f"<p>a</p>{card} tail words<p>z</p>").body_html == "<p>a</p> tail words<p>z</p>"


def test_sign_up_forms_are_no_part_of_the_body() -> None:
    html = '<p>a</p><div class="kg-card kg-signup-card"><form>Join us</form></div><p>z</p>'
    assert taken(html=html).body_html == "<p>a</p><p>z</p>"


def test_a_body_too_deep_to_be_read_whole_stays_whole() -> None:
    html = "<div>" * 400 + '<figure class="kg-bookmark-card"></figure>end' + "</div>" * 400
    assert taken(html=html).body_html == html


def test_a_body_that_closes_the_page_loses_nothing() -> None:
    html = '<p>a</p></body></html><p>b</p><div class="kg-signup-card"></div>'
    assert taken(html=html).body_html == "<p>a</p><p>b</p>"


def test_every_author_comes_with_what_ghost_knows_and_no_address_of_theirs() -> None:
    post = taken(authors=[an_author(), an_author(name="Bo Second", twitter=None, website="mailto:bo@x.example")])
    ann, bo = post.authors
    assert (ann.name, ann.bio, ann.role) == ("Ann Writer", "Reports from the harbour.", None)
    assert (ann.avatar, ann.url) == (
        "https://bay.example/content/images/ann.jpg",
        "https://bay.example/author/ann/",
    )
    assert ann.links == (
        "https://ann.example",
        "https://www.facebook.com/annwriter",
        "https://x.com/annwriter",
        "https://bsky.app/profile/ann.bay.example",
        "https://social.example/@ann",
    )
    assert bo.name == "Bo Second"
    assert "@private.example" not in post.model_dump_json()
    assert "bo@x.example" not in post.model_dump_json()


def test_an_author_called_by_an_e_mail_address_is_left_out() -> None:
    assert taken(authors=[an_author(name="ann@private.example")]).authors == ()


@pytest.mark.parametrize(
    ("given", "leads"),
    [
        ("https://social.example/@ann", "https://social.example/@ann"),
        ("social.example/@ann", "https://social.example/@ann"),
        ("ann", None),
    ],
)
def test_mastodon_names_come_in_many_forms(given: str, leads: str | None) -> None:
    links = taken(authors=[{"name": "Ann", "mastodon": given}]).authors[0].links
    assert links == ((leads,) if leads else ())


def test_only_public_tags_are_taken_with_their_scheme() -> None:
    tags = [a_tag(), a_tag("#wide"), a_tag("Hidden", visibility="internal")]
    post = taken(tags=tags, primary_tag=a_tag("#wide"))
    assert [tag.model_dump() for tag in post.categories] == [{"term": "ferries", "scheme": "tag", "label": "Ferries"}]
    assert post.section is None


def test_the_lead_image_has_alt_and_caption_in_words() -> None:
    (lead,) = taken().images
    assert (lead.alt, lead.caption, lead.lead) == (
        "A white ferry at a pier",
        "The ferry. Photo: Bo Lens & Co",
        True,
    )


def test_an_alternative_text_that_repeats_the_title_is_dropped() -> None:
    assert taken(feature_image_alt="Ferry returns  after eleven years").images[0].alt is None


@pytest.mark.parametrize("visibility", ["members", "paid", "tiers", "filter", None])
def test_posts_that_are_not_public_are_refused_unless_wanted(visibility: str | None) -> None:
    assert passed(visibility=visibility) == "it is for members only"
    wanted = SITE.model_copy(update={"members_only": True})
    assert taken(wanted, visibility=visibility).headline == "Ferry returns after eleven years"
    assert passed(wanted, visibility=visibility, access=False) == "its text is held back from who is no member"


def test_a_draft_is_refused() -> None:
    assert passed(status="draft") == "it is draft"


def test_code_injection_never_shows() -> None:
    assert "track()" not in taken().model_dump_json()


def test_a_page_that_is_not_there_yet_is_no_address() -> None:
    assert taken(url="https://bay.example/404/").url is None


def test_the_language_of_the_post_goes_before_the_sites() -> None:
    assert taken(locale="uk_UA").language == "uk-UA"
    site = submission_of(a_post(), SITE, "de")
    assert isinstance(site, Submission)
    assert site.language == "de"


@pytest.mark.parametrize(
    "over",
    [
        {"title": None},
        {"title": "  "},
        {"id": None},
        {"html": "x" * (LONGEST_BODY + 1)},
    ],
)
def test_what_cannot_be_taken_is_passed_over_with_a_reason(over: dict[str, Any]) -> None:
    assert passed(**over)


@pytest.mark.parametrize("odd", [None, 7, [], {}, "x", [7, None, "x"], {"name": 7}])
@pytest.mark.parametrize(
    "field",
    ["authors", "tags", "primary_tag", "feature_image", "custom_excerpt", "published_at", "html", "url", "locale"],
)
def test_odd_values_never_break(field: str, odd: Any) -> None:
    assert isinstance(submission_of(a_post(**{field: odd}), SITE), Submission | Passed)


@pytest.mark.parametrize(
    ("field", "over", "role", "bio"),
    [
        (None, {"location": "News Editor"}, None, "Reports from the harbour."),
        ("location", {"location": " News  Editor "}, "News Editor", "Reports from the harbour."),
        ("meta_title", {"meta_title": None}, None, "Reports from the harbour."),
        ("bio", {"bio": "News Editor\n\nReports from the harbour."}, "News Editor", "Reports from the harbour."),
        ("bio", {"bio": "News Editor"}, "News Editor", None),
        ("bio", {"bio": "Reports " * 20}, None, ("Reports " * 20).strip()),
        ("bio", {"bio": None}, None, None),
    ],
)
def test_a_site_keeps_roles_where_it_says(
    field: str | None, over: dict[str, Any], role: str | None, bio: str | None
) -> None:
    made = submission_of(a_post(authors=[an_author(**over)]), SITE.model_copy(update={"author_role": field}))
    assert isinstance(made, Submission)
    assert (made.authors[0].role, made.authors[0].bio) == (role, bio)
