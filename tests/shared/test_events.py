from __future__ import annotations

from datetime import UTC, datetime

import orjson
import pytest
from pydantic import ValidationError

from shared.events import READER_VISIBLE, Article, ArticleEnriched, ArticleIngested, Author, Source, to_json

MOMENT = datetime(2026, 11, 22, 10, tzinfo=UTC)


def _article(**fields: object) -> Article:
    plain: dict[str, object] = {
        "id": "desk-1",
        "source": {"id": "desk"},
        "guid": "1",
        "headline": "The river rose",
        "published_at": "2026-11-22T12:00:00+02:00",
        "ingested_at": MOMENT,
    }
    return Article.model_validate(plain | fields)


def test_moments_are_kept_in_utc_and_written_with_a_z() -> None:
    article = _article()
    assert article.published_at == MOMENT
    assert orjson.loads(to_json(article))["published_at"] == "2026-11-22T10:00:00Z"
    assert orjson.loads(to_json({"at": MOMENT}))["at"] == "2026-11-22T10:00:00Z"


@pytest.mark.parametrize("moment", ["2026-11-22T10:00:00", "0001-01-01T00:00:00+01:00", "soon"])
def test_a_moment_without_a_zone_or_outside_of_time_is_refused(moment: str) -> None:
    with pytest.raises(ValidationError):
        _article(published_at=moment)


@pytest.mark.parametrize("event_type", [ArticleIngested, ArticleEnriched])
def test_an_event_comes_back_from_its_json_as_it_was(event_type: type[ArticleIngested | ArticleEnriched]) -> None:
    article = _article(authors=({"name": "Ann Writer"},), embargoed_until=MOMENT, body_text="Żółw 🐢")
    event = event_type(occurred_at=MOMENT, correlation_id="c", article=article)
    assert event_type.model_validate_json(to_json(event)) == event
    assert event.key == "desk-1"


def test_an_event_is_not_taken_for_another() -> None:
    event = ArticleIngested(occurred_at=MOMENT, correlation_id="c", article=_article())
    with pytest.raises(ValidationError):
        ArticleEnriched.model_validate_json(to_json(event))


def test_an_older_reader_survives_a_newer_writers_fields() -> None:
    article = _article(mood="glum")
    assert "mood" not in orjson.loads(to_json(article))


def test_values_are_frozen() -> None:
    with pytest.raises(ValidationError):
        _article().headline = "Another"


def test_models_within_plain_values_are_written_too() -> None:
    assert orjson.loads(to_json([Author(name="Ann"), {"s": Source(id="desk")}]))[0]["name"] == "Ann"
    with pytest.raises(TypeError):
        to_json(object())


def test_every_field_that_a_reader_sees_is_a_field_of_the_article() -> None:
    assert set(READER_VISIBLE) <= set(Article.model_fields)
    assert "updated_at" not in READER_VISIBLE
