"""What changed under an embargo is looked at once by one, again when that one dies, and again when it changed since."""

from __future__ import annotations

from typing import Any

from services.syndication.embargo.untold import PART, Untold
from services.syndication.ledger import Ledger
from services.syndication.ledger.scripts import DUE
from shared.redis import Store


class Releasing(Store):
    """A store where a hundred articles are released whenever some that wait were read."""

    async def do(self, *command: Any) -> Any:
        reply = await super().do(*command)
        if DUE in command:
            await super().do("ZPOPMIN", DUE, 100)
        return reply


async def test_what_begins_moves_or_ends_is_to_be_told(store: Store) -> None:
    ledger, untold = Ledger(store), Untold(store)
    await ledger.hold("a", 1, 9_000)
    assert await untold.some(1, 5_000, 9) == (["a"], 5_000)
    await untold.told("a", 5_000)
    assert await untold.some(1, 5_000, 9) == ([], None)
    await ledger.hold("a", 2, 9_500)
    assert (await untold.some(2, 5_000, 9))[0] == ["a"]
    await untold.told("a", 5_000)
    await ledger.pass_over("a", 3, 0)
    assert (await untold.some(3, 5_000, 9))[0] == ["a"]


async def test_a_lease_keeps_others_off_until_it_ends_and_outlives_no_change(store: Store) -> None:
    ledger, untold = Ledger(store), Untold(store)
    await ledger.hold("a", 1, 9_000)
    await untold.some(1, 5_000, 9)
    assert await untold.some(2, 5_001, 9) == ([], 5_000)
    assert (await untold.some(5_000, 10_000, 9))[0] == ["a"]
    await untold.told("a", 5_000)  # by who lost its lease meanwhile
    assert await untold.some(5_001, 10_000, 9) == ([], 10_000)
    await ledger.hold("a", 2, 9_000)
    await untold.told("a", 10_000)  # of what was there before
    assert (await untold.some(5_002, 11_000, 9))[0] == ["a"]


async def test_it_is_looked_at_again_when_asked_and_all_that_waits_likewise(store: Store) -> None:
    ledger, untold = Ledger(store), Untold(store)
    for name in ("a", "b"):
        await ledger.hold(name, 1, 9_000)
    await untold.some(1, 5_000, 9)
    await untold.later("a", 5_000, 2_000)
    await untold.told("b", 5_000)
    assert await untold.some(1_999, 6_000, 9) == ([], 2_000)
    await untold.all_again()
    assert (await untold.some(2_000, 6_000, 9))[0] == ["b", "a"]
    await untold.told("b", 6_000)
    await untold.again("b")
    assert (await untold.some(2_001, 7_000, 9))[0] == ["b"]


async def test_none_that_still_waits_is_passed_over_when_others_are_released_meanwhile(store: Store) -> None:
    waiting = [part for number in range(3 * PART) for part in (number, f"a{number}")]
    await store.do("ZADD", DUE, *waiting)
    await Untold(Releasing(store.client)).all_again()
    still = set(await store.do("ZRANGE", DUE, 0, -1))
    assert still
    assert still <= set(await store.do("ZRANGE", "{ledger}:untold", 0, -1))
