"""A hub's secret is sealed; one that cannot be opened makes no subscription, so that the hub is asked anew."""

from __future__ import annotations

from services.ingest.websub.store import SubscriptionStore
from services.ingest.websub.subscription import Subscription
from shared.redis import Store
from shared.sealing import Sealer
from tests.builders import SEALS
from tests.ingest.websub.hub import a_newsroom

OTHER = Sealer(["another key that is long enough"])
HUB = Subscription(hubs=("https://hub.example/",), topic="https://bay.example/feed", token="t", secret="a-secret")


async def test_a_secret_is_sealed_and_read_again(store: Store) -> None:
    hubs = SubscriptionStore(store, SEALS)
    await hubs.put("bay", HUB)
    assert await hubs.get("bay") == HUB
    assert b"a-secret" not in b"".join(await store.do("HVALS", "{src:bay}:websub"))


async def test_a_change_leaves_it_sealed(store: Store) -> None:
    hubs = SubscriptionStore(store, SEALS)
    await hubs.put("bay", HUB)
    assert await hubs.change("bay", "t", {"state": "active"})
    assert not await hubs.seal("bay")
    changed = await hubs.get("bay")
    assert changed is not None
    assert (changed.secret, changed.state) == ("a-secret", "active")


async def test_one_sealed_under_another_key_is_none_and_is_asked_for_anew(store: Store) -> None:
    async with a_newsroom(store) as newsroom:
        await newsroom.subscribed()
        await SubscriptionStore(store, OTHER).put("bay", HUB)
        assert await newsroom.subscription() is None
        assert (await newsroom.push(b"<rss/>")).status == 404
        await newsroom.polled()
        await newsroom.subscriber.tick()
        new = await newsroom.subscription()
        assert new is not None
        assert newsroom.hub.last["hub.secret"] == new.secret != HUB.secret
        assert (await newsroom.verify()).status == 200
