"""What the lanes keep of what was assigned, through everything that may become of it, and what is counted."""

from __future__ import annotations

import pytest

from services.syndication.webhooks.figures import slot_of, upper
from services.syndication.webhooks.lane_replies import Delivery, State
from services.syndication.webhooks.lane_sent import KEPT_SECONDS
from services.syndication.webhooks.lanes import Lanes, Record, Turn, Wanted, pack
from services.syndication.webhooks.sent import Sent, Standing, told
from services.syndication.webhooks.store import NOTICES_FROM
from shared.redis import Store
from tests.syndication.webhooks.bed import subscribe

NOW = 1_800_000_000_000


@pytest.fixture
async def id(store: Store) -> str:
    return (await subscribe(store, "http://127.0.0.1:1/")).id


def wanted(seq: int, article: str = "a", version: int = 1, matched: bytes = b"[]") -> Wanted:
    return Wanted(seq, article, pack("article.published", article, version, matched))


async def put(store: Store, id: str, *entries: Wanted) -> list[Delivery]:
    [state] = await Lanes(store).enqueue(NOW, [(id, entries, 10)])
    assert isinstance(state, State)
    return state.claimed


async def end(store: Store, delivery: Delivery, verdict: str, took: float = 0.04) -> None:
    kinds = {"delivered": "done", "retry": "retry", "gave_up": "gave_up", "dropped": "dropped"}
    what = told(verdict, NOW / 1000, NOW / 1000 - took, delivery.failures + 1)
    record = Record(delivery, kinds[verdict], NOW, told=what)  # type: ignore[arg-type]  # one of the kinds
    await Lanes(store).step(NOW, [Turn(subscription=delivery.subscription, records=[record])])


async def standings(store: Store, id: str) -> dict[int, str]:
    return {each.seq: each.state async for part in Sent(store).between(id, 1, 10_000) for each in part}


async def test_each_entry_is_kept_with_what_became_of_it(store: Store, id: str) -> None:
    one, two, three, _ = await put(store, id, wanted(1, "a"), wanted(2, "b"), wanted(105, "c"), wanted(9_999, "d"))
    await end(store, one, "delivered")
    await end(store, two, "gave_up")
    await end(store, three, "dropped")
    assert await standings(store, id) == {1: "confirmed", 2: "given_up", 105: "no_longer_kept", 9_999: "waiting"}
    assert (await Sent(store).of(id, [1, 3]))[1] == Standing(1, "confirmed", at=NOW, ms=40, attempts=1)
    assert 0 < await store.do("TTL", f"{{s:{id}}}:sent:0") <= KEPT_SECONDS


async def test_a_version_replaced_while_it_waits_is_superseded(store: Store, id: str) -> None:
    await put(store, id, wanted(1, "a"))
    await put(store, id, wanted(2, "a", 2), wanted(3, "a", 3))
    assert await standings(store, id) == {1: "waiting", 2: "superseded", 3: "waiting"}


async def test_what_was_confirmed_stays_so_when_it_is_sent_again(store: Store, id: str) -> None:
    [first] = await put(store, id, wanted(1))
    await end(store, first, "delivered")
    lanes = Lanes(store)
    await lanes.requeue(NOW, id, [wanted(1)])
    [state] = await lanes.step(NOW, [Turn(subscription=id, limit=1)])
    assert isinstance(state, State)
    await end(store, state.claimed[0], "gave_up")
    assert await standings(store, id) == {1: "confirmed"}


async def test_what_was_given_up_and_is_sent_again_waits_and_may_be_confirmed(store: Store, id: str) -> None:
    [first] = await put(store, id, wanted(1))
    await end(store, first, "gave_up")
    lanes = Lanes(store)
    await lanes.requeue(NOW, id, [wanted(1), wanted(7, "z")])
    assert await standings(store, id) == {1: "waiting", 7: "waiting"}
    [state] = await lanes.step(NOW, [Turn(subscription=id, limit=1)])
    assert isinstance(state, State)
    await end(store, state.claimed[0], "delivered", took=9_000)
    assert await standings(store, id) == {1: "confirmed", 7: "waiting"}
    day = (await Sent(store).figures(id, NOW))["last_24h"]
    assert (day["delivered"], day["given_up"], day["publish_to_ack_ms"]["p99"]) == (1, 1, None)


async def test_exit_notices_are_marked_and_what_is_not_of_the_ledger_is_not_kept(store: Store, id: str) -> None:
    await put(store, id, wanted(4, "a", matched=b'[],"exit":true'))
    await Lanes(store).requeue(NOW, id, [wanted(NOTICES_FROM + 1, "notice")])
    assert await standings(store, id) == {4: "waiting"}
    assert (await Sent(store).of(id, [4]))[4].exit


async def test_figures_tell_rates_and_percentiles_of_day_and_week(store: Store, id: str) -> None:
    for seq in range(1, 101):
        [delivery] = await put(store, id, wanted(seq, f"a{seq}"))
        if seq % 10 == 0:
            await end(store, delivery, "retry")
            [state] = await Lanes(store).step(NOW, [Turn(subscription=id, limit=1)])
            assert isinstance(state, State)
            delivery = state.claimed[0]
        await end(store, delivery, "gave_up" if seq == 100 else "delivered", took=seq / 1000)
    found = await Sent(store).figures(id, NOW)
    assert found["last_24h"] == found["last_7d"]
    assert (found["last_7d"]["attempts"], found["last_7d"]["delivered"]) == (110, 99)
    assert found["last_7d"]["success_rate"] == 0.99
    assert found["last_7d"]["attempt_success_rate"] == 0.9
    times = found["last_7d"]["publish_to_ack_ms"]
    for share, exact in ((50, 50), (95, 95), (99, 99)):
        assert exact <= times[f"p{share}"] <= exact * 1.16
    later = await Sent(store).figures(id, NOW + 25 * 3_600_000)
    assert (later["last_24h"]["attempts"], later["last_7d"]["attempts"]) == (0, 110)
    assert later["last_24h"]["success_rate"] is None


async def test_an_attempt_whose_lease_was_lost_changes_and_counts_nothing(store: Store, id: str) -> None:
    [delivery] = await put(store, id, wanted(1))
    await end(store, delivery._replace(fence=delivery.fence - 1), "delivered")
    assert await standings(store, id) == {1: "waiting"}
    assert (await Sent(store).figures(id, NOW))["last_24h"]["attempts"] == 0


@pytest.mark.parametrize("ms", [0, 0.4, 1, 1.1, 40, 999, 86_400_000, 10**12])
def test_a_slot_holds_the_times_up_to_its_end(ms: float) -> None:
    slot = slot_of(ms)
    assert upper(slot) >= min(ms, upper(150))
    assert slot in {0, 150} or upper(slot - 1) < ms
