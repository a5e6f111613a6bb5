"""How a source stands."""

from __future__ import annotations

from services.ingest.health import Health
from services.ingest.source import Settings, Source, shown
from tests.ingest.parts import NOON


def test_the_status_says_in_a_word_how_it_stands() -> None:
    settings = Settings(id="a", url="https://e.org/")
    assert Source(settings).status == "active"
    assert Source(settings, Health(failures=2)).status == "active"
    assert Source(settings, Health(failures=3)).status == "failing"
    assert Source(settings, Health(gone=True)).status == "gone"
    assert Source(settings.model_copy(update={"active": False})).status == "stopped"


def test_only_active_feeds_are_polled() -> None:
    assert Source(Settings(id="a")).polled
    assert not Source(Settings(id="a", kind="push")).polled
    assert not Source(Settings(id="a"), Health(gone=True)).polled


def test_stored_health_reads_back_and_empty_means_none() -> None:
    health = Health.read({"etag": "", "error": "timed out", "failures": "3", "gone": "1"})
    assert health == Health(error="timed out", failures=3, gone=True)


def test_the_feeds_own_title_stands_in_for_a_name() -> None:
    assert shown(Source(Settings(id="a"), Health(title="A Feed")), NOON)["name"] == "A Feed"
    assert shown(Source(Settings(id="a", name="Ours"), Health(title="A Feed")), NOON)["name"] == "Ours"
