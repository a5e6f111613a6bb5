"""sources.toml and the registered sources in step."""

from __future__ import annotations

from pathlib import Path

import pytest
from structlog.testing import capture_logs

from services.ingest.source import Settings
from services.ingest.sources_file import SourcesFile
from shared.redis import Store
from tests.ingest.parts import Bench

ONE = '[[source]]\nid = "bay"\nurl = "https://bay.example/rss"\nname = "Bay Wire"\ninterval_minutes = 5\n'
TWO = ONE + '[[source]]\nid = "hill"\nurl = "https://hill.example/rss"\nreuse = "headline"\n'


class Filing(Bench):
    def __init__(self, store: Store, path: Path) -> None:
        super().__init__(store)
        self.path = path
        self.file = self.restarted()

    def restarted(self) -> SourcesFile:
        return SourcesFile(self.path, self.sources, self.clock)

    async def write(self, text: str) -> None:
        self.path.write_text(text)
        await self.file.tick()

    async def states(self) -> dict[str, str]:
        return {source.settings.id: source.status for source in await self.sources.all()}

    async def due(self) -> list[str]:
        return await self.sources.claim(self.clock.seconds(), 0.0, 10)


@pytest.fixture
def filing(store: Store, tmp_path: Path) -> Filing:
    return Filing(store, tmp_path / "sources.toml")


async def test_sources_of_the_file_are_registered_and_due_at_once(filing: Filing) -> None:
    await filing.write(TWO)
    assert await filing.states() == {"bay": "active", "hill": "active"}
    assert sorted(await filing.due()) == ["bay", "hill"]
    bay = await filing.sources.get("bay")
    assert bay is not None
    assert (bay.settings.interval_minutes, bay.settings.origin, bay.settings.name) == (5, "file", "Bay Wire")


async def test_a_source_that_left_the_file_is_stopped_and_starts_again_when_it_is_back(filing: Filing) -> None:
    await filing.write(TWO)
    await filing.write(ONE)
    assert await filing.states() == {"bay": "active", "hill": "stopped"}
    assert await filing.due() == ["bay"]
    await filing.write(TWO)
    assert sorted(await filing.due()) == ["bay", "hill"]


async def test_a_start_with_the_file_unchanged_changes_no_due_time(filing: Filing) -> None:
    await filing.write(ONE)
    await filing.sources.due("bay", filing.clock.seconds() + 500)
    await filing.restarted().tick()
    assert await filing.due() == []


async def test_sources_added_by_the_api_are_none_of_the_files_business(filing: Filing) -> None:
    await filing.sources.add(Settings(id="mine", url="https://mine.example/rss"))
    await filing.write(ONE)
    assert (await filing.states())["mine"] == "active"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (ONE + ONE, "line 7: bay stands twice"),
        (ONE + '[[source]]\nid = "x"\n', "the feed x needs a url"),
        ('[[source]]\nid = "X Y"\nurl = "https://e.org/"\n', "line 2"),
        ('[[source]]\nid = "x"\nurl = "gopher://e.org/"\n', "line 3"),
        ('[[source]]\nid = "x"\nurl = "https://e.org/"\nintervall = 5\n', "intervall: there is no such setting"),
        ("[[source]\n", "line 1"),
    ],
)
async def test_a_file_with_an_error_is_refused_whole_with_line_and_reason(
    filing: Filing, text: str, reason: str
) -> None:
    await filing.write(TWO)
    with capture_logs() as lines:
        await filing.write(text)
        await filing.file.tick()
    told = [line["reason"] for line in lines if line["event"] == "sources_file.refused"]
    assert len(told) == 1
    assert reason in told[0]
    assert await filing.states() == {"bay": "active", "hill": "active"}


async def test_a_new_address_is_asked_without_the_old_validators(filing: Filing) -> None:
    await filing.write(ONE)
    await filing.sources.note("bay", {"etag": '"x"', "body_hash": "y"})
    await filing.write(ONE.replace("/rss", "/atom"))
    bay = await filing.sources.get("bay")
    assert bay is not None
    assert (bay.health.etag, bay.health.body_hash) == (None, None)
