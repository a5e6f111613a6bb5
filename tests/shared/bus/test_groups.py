"""How far groups are, looked at without a change; of all partitions together."""

from __future__ import annotations

from shared.bus.groups import Groups, GroupState
from shared.redis import Store
from shared.streams import ARTICLE_INGESTED


async def test_every_group_is_told_of_whether_it_reads_or_not(store: Store) -> None:
    for partition, read in enumerate((1, 3)):
        key = ARTICLE_INGESTED.key(partition)
        await store.do("XGROUP", "CREATE", key, "enrichment", "0", "MKSTREAM")
        await store.do("XGROUP", "CREATE", key, "a stranger", "0")
        for number in range(1, 5):
            await store.do("XADD", key, f"{number}-0", "n", number)
        await store.do("XREADGROUP", "GROUP", "enrichment", "c", "COUNT", read, "STREAMS", key, ">")
    await store.do("XACK", ARTICLE_INGESTED.key(1), "enrichment", "1-0")
    first, *rest = await Groups(store, 2).all()
    assert (first.stream, first.group) == ("article.ingested", "enrichment")
    assert first.state == GroupState("enrichment", 4, 3, first.state.oldest if first.state else 0)
    assert first.state.oldest > 1_000_000_000
    assert [each.state for each in rest] == [None, None, None]
    assert await store.do("XLEN", ARTICLE_INGESTED.key(0)) == 4
