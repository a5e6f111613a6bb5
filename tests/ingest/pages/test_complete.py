"""Completing an article by its page: over real HTTP on loopback, and joined field by field."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from services.ingest.pages.complete import Incomplete, Pages, joined
from services.ingest.pages.said import PageArticle
from services.ingest.source import Settings
from services.ingest.submission import AuthorInput, CategoryInput, ImageInput, Submission
from tests.ingest.pages.samples import CAPTION, PARAGRAPHS, TITLE, graph, linked, seed
from tests.ingest.pages.sites import a_site, moved, page
from tests.ingest.parts import a_submission
from tests.receiver import Reply

SETTINGS = Settings(id="paper", full_text=True)
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def now() -> float:
    return 0.0


def a_teaser(url: str, **over: Any) -> Submission:
    fields: dict[str, Any] = {
        "guid": "66f0", "url": url, "headline": "As the feed has it", "body_html": "", "summary": "A teaser.",
        "authors": [{"name": "Tim Zadorozhnyy"}], "published_at": "2024-12-16T21:00:00Z",
    }  # fmt: skip
    return a_submission(**fields | over)


async def test_a_teaser_is_completed_by_its_page_and_keeps_what_the_source_said() -> None:
    async with a_site(story=page(seed(linked(graph())))) as site:
        teaser = a_teaser(f"{site.url}/story")
        made = await Pages(now).completed(teaser, SETTINGS, site.ask)
        assert isinstance(made, Submission)
        assert site.asked == ["/robots.txt", "/story"]
    kept = ("guid", "url", "headline", "summary", "published_at", "source")
    assert {name: getattr(made, name) for name in kept} == {name: getattr(teaser, name) for name in kept}
    assert all(text in made.body_html for text in PARAGRAPHS)
    assert [(one.role, bool(one.bio), bool(one.avatar)) for one in made.authors] == [("Reporter", True, True)]
    assert [one.caption for one in made.images] == [CAPTION]
    assert made.updated_at == datetime(2024, 12, 16, 21, 40, tzinfo=UTC)
    assert (len(made.related), [one.term for one in made.categories][:1]) == (1, ["North Korea"])


@pytest.mark.parametrize(
    ("reply", "incomplete"),
    [
        (Reply(404), Incomplete("the server answered 404 Not Found")),
        (Reply(500), Incomplete("the server answered 500 Internal Server Error", later=True)),
        (Reply(503, {"retry-after": "9"}), Incomplete("the host asked to come back later", later=True)),
        (Reply(410), Incomplete("the page is gone for good (410)")),
        (page("%PDF", "application/pdf"), Incomplete("this is application/pdf, not a web page")),
        (page("<div>" * 10_000), Incomplete("the page nests more than 250 elements")),
    ],
)
async def test_a_page_that_does_not_come_or_is_none_is_said_in_words(reply: Reply, incomplete: Incomplete) -> None:
    async with a_site(story=reply) as site:
        assert await Pages(now).completed(a_teaser(f"{site.url}/story"), SETTINGS, site.ask) == incomplete


async def test_a_page_that_robots_forbid_is_not_asked_for() -> None:
    async with a_site(story=page("x")) as site:
        site.paths["/robots.txt"] = page("User-agent: Wireroom\nDisallow: /", "text/plain")
        made = await Pages(now).completed(a_teaser(f"{site.url}/story"), SETTINGS, site.ask)
        assert made == Incomplete("127.0.0.1's robots.txt does not allow it")
        assert site.asked == ["/robots.txt"]


async def test_a_redirect_to_a_private_address_is_refused() -> None:
    async with a_site(story=moved("http://10.0.0.1/latest/meta-data")) as site:
        made = await Pages(now).completed(a_teaser(f"{site.url}/story"), SETTINGS, site.ask)
        assert isinstance(made, Incomplete)
        assert "10.0.0.1 is a private address" in made.reason


async def test_an_item_without_address_is_not_asked_for() -> None:
    async with a_site() as site:
        made = await Pages(now).completed(a_submission(url=None), SETTINGS, site.ask)
        assert (made, site.asked) == (Incomplete("it has no address"), [])


def test_an_item_called_by_its_address_is_named_by_its_page() -> None:
    bare = a_submission(url="https://paper.example/a", headline="https://paper.example/a")
    made = joined(bare, PageArticle(headline=TITLE), members_only=False)
    assert isinstance(made, Submission)
    assert made.headline == TITLE
    assert joined(bare, PageArticle(body_html="<p>x"), members_only=False) == Incomplete("the page has no headline")


def test_the_teaser_of_a_page_for_members_is_not_taken_for_the_text() -> None:
    said, given = PageArticle(body_html="<p>Join to read on", free=False, section="World"), a_submission()
    made = joined(given, said, members_only=False)
    assert isinstance(made, Submission)
    assert (made.body_html, made.section) == (given.body_html, "World")
    allowed = joined(given, said, members_only=True)
    assert isinstance(allowed, Submission)
    assert allowed.body_html == "<p>Join to read on"


def test_a_page_that_says_nothing_changes_nothing() -> None:
    given = a_submission(images=[{"url": "https://paper.example/a.jpg", "lead": True}])
    assert joined(given, PageArticle(), members_only=False) == given


def test_further_authors_of_the_page_are_added_to_the_one_that_a_feed_can_name() -> None:
    said = PageArticle(authors=(AuthorInput(name="ANN WRITER", role="Reporter"), AuthorInput(name="Bo Second")))
    made = joined(a_submission(), said, members_only=False)
    assert isinstance(made, Submission)
    assert [(one.name, one.role) for one in made.authors] == [("Ann Writer", "Reporter"), ("Bo Second", None)]
    desk = joined(a_submission(authors=[{"name": "Night Desk"}]), said, members_only=False)
    assert isinstance(desk, Submission)
    assert [one.name for one in desk.authors] == ["Night Desk"]


def test_pictures_of_the_page_go_first_and_learn_from_the_sources() -> None:
    said = PageArticle(images=(ImageInput(url="https://e.org/a-300x200.jpg", caption="Seen", lead=True),))
    one = a_submission(images=[{"url": "https://e.org/a.jpg", "credit": "Ann Lens", "lead": True}])
    made = joined(one, said, members_only=False)
    assert isinstance(made, Submission)
    assert [(image.caption, image.credit, image.lead) for image in made.images] == [("Seen", "Ann Lens", True)]


def test_categories_are_joined_and_publishing_itself_is_no_update() -> None:
    said = PageArticle(
        tags=(CategoryInput(term="sea"), CategoryInput(term="Bay")), updated_at=NOON + timedelta(seconds=30)
    )
    made = joined(a_submission(categories=["Sea"], published_at=NOON), said, members_only=False)
    assert isinstance(made, Submission)
    assert [one.term for one in made.categories] == ["Sea", "Bay"]
    assert made.updated_at is None
