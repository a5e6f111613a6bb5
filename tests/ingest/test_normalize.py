"""What a submission becomes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from services.ingest.changes import remembered
from services.ingest.health import Health
from services.ingest.normalize import event_of, name_of, retraction_of
from services.ingest.source import Settings, Source
from shared.events import Category, Retraction
from tests.ingest.parts import NOON, a_source, a_submission


def test_times_become_utc() -> None:
    event = event_of(a_submission(published_at="2026-11-22T12:00:00+02:00"), a_source(), None, NOON, "c")
    assert event.article.published_at == datetime(2026, 11, 22, 10, tzinfo=UTC)
    assert event.article.published_at.tzinfo is UTC


def test_the_first_date_of_publication_holds_for_later_versions_without_one() -> None:
    first = event_of(a_submission(published_at=None), a_source(), None, NOON, "c")
    known, later = remembered(first, None), NOON + timedelta(hours=3)
    second = event_of(a_submission(published_at=None, headline="New"), a_source(), known, later, "c")
    assert first.article.published_at == second.article.published_at == NOON
    assert (second.article.version, second.article.updated_at, second.article.ingested_at) == (2, later, later)


def test_the_source_fills_in_what_the_submission_leaves_open() -> None:
    settings = Settings(id="desk", section="World", language="uk", reuse="headline", home="https://e.org/")
    source = Source(settings, Health(title="The Desk"))
    article = event_of(a_submission(), source, None, NOON, "c").article
    assert (article.section, article.language, article.reuse) == ("World", "uk", "headline")
    assert (article.source.name, article.source.url) == ("The Desk", "https://e.org/")
    own = event_of(a_submission(section="Bay", language="en", reuse="full"), source, None, NOON, "c").article
    assert (own.section, own.language, own.reuse) == ("Bay", "en", "full")


def test_an_address_is_taken_without_what_only_tells_where_its_reader_came_from() -> None:
    tracked = "https://e.org/a?utm_source=rss&id=5&fbclid=x#top"
    article = event_of(a_submission(url=tracked, canonical_url=tracked), a_source(), None, NOON, "c").article
    assert article.url == article.canonical_url == "https://e.org/a?id=5#top"


def test_an_article_that_goes_by_its_address_is_one_however_it_is_tracked() -> None:
    names = {
        name_of(a_submission(guid=None, url=url))
        for url in ("https://e.org/a", "https://e.org/a?utm_source=newsletter")
    }
    assert len(names) == 1


def test_byline_and_categories_travel_beside_the_article() -> None:
    given = a_submission(byline="By A and B", categories=["Bay"], correction={"note": "n"})
    event = event_of(given, a_source(), None, NOON, "c-9")
    assert (event.byline, event.categories, event.correlation_id) == ("By A and B", (Category(term="Bay"),), "c-9")
    assert event.correction is not None


def test_a_retraction_names_the_article_and_has_no_body() -> None:
    known = remembered(event_of(a_submission(), a_source(), None, NOON, "c"), None)
    event = retraction_of("desk-x", known, a_source(), Retraction(reason="Wrong"), NOON, "c")
    article = event.article
    assert (article.status, article.version, article.guid, article.body_html) == ("canceled", 2, "story-1", "")
    assert article.headline == "Ferry service resumes across the bay"


def test_what_is_under_an_embargo_is_published_when_that_ends() -> None:
    until = "2026-11-22T13:00:00Z"
    event = event_of(a_submission(embargoed_until=until, published_at=None), a_source(), None, NOON, "c")
    assert event.article.published_at == event.article.embargoed_until == NOON + timedelta(hours=1)
    known = remembered(event, None)
    moved = a_submission(embargoed_until="2026-11-22T14:00:00Z", published_at=None)
    assert event_of(moved, a_source(), known, NOON, "c").article.published_at == NOON + timedelta(hours=2)
    free = a_submission(published_at=None)
    assert event_of(free, a_source(), known, NOON, "c").article.published_at == NOON
    after = event_of(free, a_source(), known, NOON + timedelta(hours=3), "c")
    assert after.article.published_at == NOON + timedelta(hours=1)
