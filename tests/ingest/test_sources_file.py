"""sources.toml and the registered sources in step."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from services.ingest.source import Options, Settings
from services.ingest.sources_file import SourcesFile, parse_sources
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
    told = [line["reason"] for line in lines if (line["event"], line["log_level"]) == ("sources_file.refused", "error")]
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


async def test_a_new_setting_of_its_items_has_the_document_read_again(filing: Filing) -> None:
    await filing.write(ONE)
    await filing.sources.note("bay", {"etag": '"x"', "body_hash": "y", "read_at": "2026-11-22T10:00:00Z"})
    await filing.write(ONE + 'reuse = "headline"\n')
    bay = await filing.sources.get("bay")
    assert bay is not None
    assert (bay.health.etag, bay.health.body_hash, bay.health.new) == (None, None, False)


async def test_every_setting_can_stand_in_the_file(filing: Filing) -> None:
    await filing.write(
        ONE + 'shortest_minutes = 3\nlongest_minutes = 60\nfull_text = true\ntimezone = "Europe/Kyiv"\n'
        'authorization = "Bearer x"\nfirst_items = 5\n[source.selectors]\nbody = "div.text"\nremove = ".ad"\n'
    )
    bay = await filing.sources.get("bay")
    assert bay is not None
    assert bay.settings.selectors is not None
    assert (bay.settings.selectors.body, bay.settings.selectors.remove) == ("div.text", ".ad")
    assert (bay.settings.longest_minutes, bay.settings.full_text, bay.settings.first_items) == (60, True, 5)


def test_the_pages_of_a_listing_in_the_file_are_read_unless_it_says_otherwise() -> None:
    listing = ONE + 'kind = "page"\n'
    read = [
        parse_sources(tomllib.loads(text))["bay"].full_text for text in (listing, listing + "full_text = false\n", ONE)
    ]
    assert read == [True, False, False]


async def test_a_mass_of_new_sources_is_spread_over_the_interval(filing: Filing) -> None:
    entries = (f'[[source]]\nid = "s{n}"\nurl = "https://h{n}.example/rss"\n' for n in range(300))
    await filing.write("".join(entries))
    assert len(await filing.sources.claim(filing.clock.seconds(), 0.0, 500)) == 1
    assert len(await filing.sources.claim(filing.clock.seconds() + 450, 0.0, 500)) in range(145, 155)


async def test_the_sample_says_of_every_setting_how_it_is_written() -> None:
    sample = (Path(__file__).parents[2] / "newsroom" / "sources.toml").read_text()
    said = {line.lstrip("# ").split(" ")[0] for line in sample.splitlines() if " = " in line}
    assert set(Options.model_fields) - {"selectors"} <= said
    assert "[source.selectors]" in sample
    active = "\n".join(line.removeprefix("# ") for line in sample[sample.index("# [[source]]") :].splitlines())
    (source,) = parse_sources(tomllib.loads(active)).values()
    assert source.interval_minutes == 15
