"""What one process refuses of the newsroom's files, all others tell; it ends when it is mended, or with the process."""

from __future__ import annotations

from shared.redis import Store
from shared.refusals import KEY, STALE_SECONDS, Refusal, Refusals

SOURCES = "sources.toml, line 7: source.url: is missing\nsources.toml: and 5 more"
SITE = "site.toml: cannot be read: Is a directory"


async def test_what_replicas_refuse_is_told_once_by_file_until_it_is_mended(store: Store) -> None:
    refusals = Refusals(store, lambda: 1_000.0)
    await refusals.tell("ingest-1", [SOURCES])
    await refusals.tell("ingest-2", [SOURCES])
    await refusals.tell("syndication-1", [SITE])
    assert await refusals.all() == [
        Refusal("site.toml", ("cannot be read: Is a directory",)),
        Refusal("sources.toml", ("line 7: source.url: is missing", "and 5 more")),
    ]
    for teller in ("ingest-1", "ingest-2"):
        await refusals.tell(teller, [])
    assert [one.file for one in await refusals.all()] == ["site.toml"]


async def test_what_a_process_refused_that_has_ended_is_forgotten(store: Store) -> None:
    await Refusals(store, lambda: 1_000.0).tell("ingest-1", [SOURCES])
    assert await Refusals(store, lambda: 1_000.0 + STALE_SECONDS).all() == []
    assert 0 < await store.do("TTL", KEY) <= 2 * STALE_SECONDS
