"""Sources are told of when somebody looks: those that are not well first, secrets never."""

from __future__ import annotations

import orjson

from services.ingest.health import Health
from services.ingest.source import Settings, Source
from services.ingest.store import DUE
from services.ingest.telling import MOST, Telling, told
from shared.glance import Glance
from shared.redis import Store
from tests.ingest.parts import NOON, Bench

SECRETS = {"key": "a-key-nobody-sees", "secret": "a-secret-nobody-sees", "authorization": "Bearer of-news"}


def a_feed(id: str, **over: object) -> Source:
    health = {name: over.pop(name) for name in ("failures", "gone", "error") if name in over}
    return Source(Settings(id=id, url=f"https://{id}.example/rss", **over), Health(**health))  # type: ignore[arg-type]


async def test_what_is_told_is_what_there_is_when_somebody_looks(store: Store) -> None:
    bench = Bench(store)
    await bench.sources.add(a_feed("bay", **SECRETS).settings)
    telling = Telling(bench.sources, Glance(store), bench.clock, lambda: None)
    await telling.tick()
    assert await Glance(store).told() is None
    await Glance(store).ask()
    await telling.tick()
    found = await Glance(store).told()
    assert found is not None
    assert (found["at"], found["counts"]) == ("2026-11-22T12:00:00Z", {"active": 1})
    assert (found["sources"][0]["id"], found["sources"][0]["status"]) == ("bay", "active")


async def test_a_source_that_somebody_wants_polled_is_due_at_once_and_wakes_the_poller(store: Store) -> None:
    bench, woken = Bench(store), list[int]()
    for id, over in (("bay", {}), ("off", {"active": False})):
        await bench.sources.add(a_feed(id, **over).settings)
        await store.do("ZREM", DUE, id)
    telling = Telling(bench.sources, Glance(store), bench.clock, lambda: woken.append(1))
    for id in ("bay", "off", "none"):
        assert await Glance(store).wish(id)
    await telling.tick()
    assert (await store.do("ZRANGE", DUE, 0, -1), len(woken)) == ([b"bay"], 1)
    await telling.tick()
    assert len(woken) == 1
    assert [row["polled"] for row in told([a_feed("bay"), a_feed("off", active=False)], NOON)["sources"]] == [
        False,
        True,
    ]


def test_those_that_are_not_well_stand_first_and_the_others_are_counted() -> None:
    many = [a_feed(f"s{number}") for number in range(MOST)]
    ill = [a_feed("gone", gone=True), a_feed("once", failures=1), a_feed("ill", failures=9, error="no route")]
    found = told([*many, a_feed("off", active=False), *ill], NOON)
    assert [row["id"] for row in found["sources"][:5]] == ["ill", "gone", "off", "once", "s0"]
    assert found["sources"][0]["error"] == "no route"
    assert len(found["sources"]) == MOST
    assert found["counts"] == {"active": MOST + 1, "stopped": 1, "gone": 1, "failing": 1}


def test_no_secret_is_told() -> None:
    text = orjson.dumps(told([a_feed("bay", **SECRETS)], NOON)).decode()
    assert not any(secret in text for secret in SECRETS.values())
