"""No number is given twice, whatever the server forgets and whoever asks it next."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from services.syndication.ledger import EVENTS, SEQ, Appended, Entry, Ledger
from services.syndication.ledger.highwater import ALONE_LOOKS, FILE, HIGHEST, HighWater, Written, read, write
from services.syndication.ledger.numbering import MARGIN, SERVER
from shared.metrics import REGISTRY
from shared.redis import ResponseError, Store, connect


@dataclass
class Replica:
    """One process: its own connection, and what it writes down in a folder that it may share."""

    store: Store
    ledger: Ledger
    high_water: HighWater

    @classmethod
    async def begun(cls, url: str, folder: Path, replicas: list[Replica]) -> Replica:
        async def engines() -> int:
            return len(replicas)

        store = Store(connect(url))
        ledger = Ledger(store)
        made = cls(store, ledger, HighWater(folder, ledger, engines))
        await made.high_water.start()
        await made.high_water.tick.stop()
        return made

    async def look(self) -> None:
        """Let a second go by."""
        await self.high_water.tick.work()

    async def end(self) -> None:
        await self.high_water.stop()
        await self.store.close()


@dataclass
class World:
    """Replicas, and a server of which older states are kept, as its files would be."""

    store: Store
    url: str
    folder: Path
    replicas: list[Replica] = field(default_factory=list)
    states: list[dict[bytes, bytes]] = field(default_factory=list)
    given: list[int] = field(default_factory=list)
    runs: int = 0
    articles: int = 0

    async def begin(self) -> Replica:
        self.replicas.append(await Replica.begun(self.url, self.folder, self.replicas))
        return self.replicas[-1]

    async def give(self, replica: Replica) -> int:
        self.articles += 1
        outcome = await replica.ledger.append(an_entry(f"desk-{self.articles}"), ["all"], ms=1)
        assert isinstance(outcome, Appended)
        self.given.append(outcome.seq)
        return outcome.seq

    async def keep(self) -> None:
        """Remember what the server holds now."""
        keys = await self.store.do("KEYS", "{ledger}:*")
        self.states.append({key: await self.store.do("DUMP", key) for key in keys})

    async def restart(self, state: dict[bytes, bytes]) -> None:
        """Have the server come back as another run of itself, with an older state: every connection breaks."""
        await self.store.do("FLUSHALL")
        for key, dump in state.items():
            await self.store.do("RESTORE", key, 0, dump)
        if SERVER.encode() in state:
            self.runs += 1
            await self.store.do("SET", SERVER, f"before-{self.runs}")
        await self.store.do("CLIENT", "KILL", "TYPE", "normal")

    async def close(self) -> None:
        for replica in self.replicas:
            await replica.store.close()


def an_entry(article: str) -> Entry:
    return Entry(
        type="article.published",
        article_id=article,
        version=1,
        timestamp="2026-11-22T10:00:00Z",
        correlation_id="c",
    )


@pytest.fixture
async def world(store: Store, redis_url: str, tmp_path: Path) -> AsyncIterator[World]:
    world = World(store, redis_url, tmp_path)
    yield world
    await world.close()


@pytest.mark.parametrize("seed", range(12))
async def test_no_number_is_given_twice_whatever_happens(world: World, seed: int) -> None:
    chance = random.Random(seed)
    await world.begin()
    for _ in range(80):
        await _something(world, chance)
        if not world.replicas:
            await world.begin()
    assert len(world.given) == len(set(world.given))
    assert max(world.given) > 2 * MARGIN


async def _something(world: World, chance: random.Random) -> None:
    """Have one thing happen; whoever lives looks around within a second of it."""
    match chance.choices(
        ("give", "keep", "lose", "flush", "begin", "end", "crash", "look"), (60, 20, 6, 2, 4, 3, 3, 10)
    )[0]:
        case "give":
            await world.give(chance.choice(world.replicas))
        case "keep":
            await world.keep()
        case "lose" if world.states:
            # The last seconds, or more: what was kept after an older copy is of a time that is no more.
            del world.states[chance.randint(max(0, len(world.states) - 4), len(world.states)) + 1 :]
            await world.restart(world.states[-1])
            for _ in range(2):
                await world.give(chance.choice(world.replicas))
            await _look(world)
        case "flush":
            await _look(world)
            await world.store.do("FLUSHALL")
            world.states.clear()
        case "begin" if len(world.replicas) < 3:
            await world.begin()
            await _look(world)
        case "end" | "crash" as how:
            replica = world.replicas.pop(chance.randrange(len(world.replicas)))
            await (replica.end() if how == "end" else replica.store.close())
        case _:
            for _ in range(ALONE_LOOKS):
                await _look(world)


async def _look(world: World) -> None:
    for replica in world.replicas:
        await replica.look()


async def test_numbers_that_another_replica_gave_and_the_server_lost_are_not_given_again(world: World) -> None:
    """What this one knows is in the ledger still: only that the server is another run tells that there may be more."""
    one, other = await world.begin(), await world.begin()
    await world.give(one)
    await other.look()
    await world.keep()
    await world.give(one)
    await world.restart(world.states[-1])
    with capture_logs() as lines:
        assert await world.give(other) == 2 * MARGIN + 1
    assert [(line["event"], line["latest"]) for line in lines if "latest" in line] == [("ledger.went_on", 1)]
    assert await world.give(one) == 2 * MARGIN + 2


async def test_after_a_flush_the_first_number_is_beyond_all_that_were_given(world: World) -> None:
    one = await world.begin()
    for _ in range(3):
        await world.give(one)
    await world.store.do("FLUSHALL")
    counted = REGISTRY.get_sample_value("wireroom_ledger_went_back_total") or 0
    with capture_logs() as lines:
        assert [await world.give(one), await world.give(one)] == [2 * MARGIN + 1, 2 * MARGIN + 2]
    told = {"event": "ledger.went_back", "log_level": "warning", "latest": 0, "known": 3, "next": 2 * MARGIN + 1}
    assert lines == [told]
    assert REGISTRY.get_sample_value("wireroom_ledger_went_back_total") == counted + 1


async def test_a_flush_is_noticed_before_anything_comes(world: World) -> None:
    one = await world.begin()
    await world.give(one)
    await world.store.do("FLUSHALL")
    await one.look()
    assert await one.ledger.latest() == 2 * MARGIN


async def test_a_restart_after_a_clean_stop_leaves_no_gap(world: World) -> None:
    one = await world.begin()
    await world.give(one)
    await world.keep()
    world.replicas.clear()
    await one.end()
    await world.restart(world.states[-1])
    assert await world.give(await world.begin()) == 2


async def test_who_gave_numbers_alone_knows_whether_the_server_has_them_all_after_its_restart(world: World) -> None:
    one = await world.begin()
    for _ in range(ALONE_LOOKS):
        await one.look()
    await world.give(one)
    await world.keep()
    await world.restart(world.states[-1])
    assert await world.give(one) == 2
    await world.restart(world.states[-1])
    assert await world.give(one) == 2 * MARGIN + 1


async def test_who_was_alone_vouches_for_nothing_once_another_is_there(world: World) -> None:
    one = await world.begin()
    for _ in range(ALONE_LOOKS):
        await one.look()
    await world.give(one)
    await world.keep()
    await world.give(await world.begin())
    await one.look()
    await world.restart(world.states[-1])
    assert await world.give(one) == 2 * MARGIN + 1


async def test_who_stops_while_another_gives_numbers_vouches_for_none(world: World) -> None:
    one, other = await world.begin(), await world.begin()
    await world.give(one)
    await world.keep()
    world.replicas.remove(one)
    await one.end()
    await world.give(other)
    await world.restart(world.states[-1])
    world.replicas.clear()
    await other.store.close()
    assert await world.give(await world.begin()) == 2 * MARGIN + 1


async def test_a_server_that_is_the_same_run_leaves_no_gap_when_connections_break(world: World) -> None:
    one = await world.begin()
    await world.give(one)
    await world.store.do("CLIENT", "KILL", "TYPE", "normal")
    assert await world.give(one) == 2


async def test_what_a_killed_process_wrote_down_holds_for_an_older_copy(world: World) -> None:
    one = await world.begin()
    await world.give(one)
    await world.keep()
    for _ in range(4):
        await world.give(one)
    await one.look()
    world.replicas.clear()
    await one.store.close()
    await world.restart(world.states[-1])
    assert await world.give(await world.begin()) == 2 * MARGIN + 1


async def test_without_the_folder_only_the_server_tells(world: World, tmp_path: Path) -> None:
    one = await world.begin()
    await world.give(one)
    await one.look()
    world.replicas.clear()
    await one.store.close()
    (tmp_path / FILE).unlink()
    await world.store.do("FLUSHALL")
    assert await world.give(await world.begin()) == 1


@pytest.mark.parametrize(
    "text", [b"", b"{", b'{"seq": -1}', b'{"seq": "4"}', b'{"seq": %d}' % (HIGHEST + 1), b"[1]", b"\x00" * 64]
)
async def test_a_file_that_makes_no_sense_is_told_of_and_written_anew(
    world: World, tmp_path: Path, text: bytes
) -> None:
    (tmp_path / FILE).write_bytes(text)
    with capture_logs() as lines:
        one = await world.begin()
    assert [line["event"] for line in lines] == ["ledger.high_water_refused"]
    assert await world.give(one) == 1
    await one.look()
    assert read(tmp_path / FILE) == Written(seq=1)


async def test_a_folder_that_cannot_be_written_to_stops_nothing(world: World, tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file where the folder should be")
    world.folder = tmp_path / "data"
    with capture_logs() as lines:
        one = await world.begin()
        assert await world.give(one) == 1
        await one.look()
        await one.look()
    assert [line["event"] for line in lines].count("ledger.high_water_unwritten") == 1


def test_a_lower_number_does_not_take_the_place_of_a_higher(tmp_path: Path) -> None:
    write(tmp_path / FILE, Written(seq=9))
    assert write(tmp_path / FILE, Written(seq=7, final=True)) == Written(seq=9)
    assert read(tmp_path / FILE) == Written(seq=9)
    assert [path.name for path in tmp_path.iterdir()] == [FILE]


async def test_the_number_is_written_when_it_has_grown_and_only_then(world: World, tmp_path: Path) -> None:
    one = await world.begin()
    await world.give(one)
    await one.look()
    (tmp_path / FILE).unlink()
    await one.look()
    assert not (tmp_path / FILE).exists()
    await world.give(one)
    await one.look()
    assert read(tmp_path / FILE) == Written(seq=2)


async def test_a_server_that_takes_nothing_for_a_while_lets_nothing_slip_through(world: World) -> None:
    """As after a failover: while no replica is near, it refuses also what is asked first on a connection."""
    one, other = await world.begin(), await world.begin()
    await world.give(one)
    await other.look()
    await world.keep()
    await world.give(one)
    await world.restart(world.states[-1])
    await world.store.do("CONFIG", "SET", "min-replicas-to-write", 1)
    try:
        with pytest.raises(ResponseError, match="NOREPLICAS"):
            await world.give(other)
        assert await other.ledger.latest() == 1
    finally:
        await world.store.do("CONFIG", "SET", "min-replicas-to-write", 0)
    assert await world.give(other) == 2 * MARGIN + 1


async def test_entries_below_a_number_are_read_across_numbers_that_were_passed_over(world: World) -> None:
    one = await world.begin()
    await world.give(one)
    await world.store.do("SET", SEQ, 500)
    await world.give(one)
    assert [entry.seq for entry in await one.ledger.read_back(10_000, 5)] == [1, 501]
    assert [entry.seq for entry in await one.ledger.read_back(501, 5)] == [1]
    assert await world.store.do("XLEN", EVENTS) == 2
