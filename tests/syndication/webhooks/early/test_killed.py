"""Killed between any two steps, early delivery is finished by whoever comes next: nothing is lost, ids are equal."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from services.syndication.webhooks.sign import webhook_id
from shared.redis import RedisError, Store
from tests.receiver import Receiver
from tests.syndication.webhooks.bed import a_replica
from tests.syndication.webhooks.early.newsdesk import ID, Newsdesk, told
from tests.waiting import until

E, W = "article.embargoed", "article.withdrawn"


class Dying(Store):
    """Once `mortal`, runs so many more commands, and then no more: as a process that is killed."""

    def __init__(self, store: Store, commands: int) -> None:
        super().__init__(store.client)
        self._left, self.mortal = commands, False

    def ask(self, *command: Any) -> asyncio.Future[Any]:
        if self.mortal:
            self._left -= 1
            if self._left < 0:
                raise RedisError("killed")
        return super().ask(*command)

    def beside(self) -> Store:
        return self


async def _killed(desk: Newsdesk, commands: int) -> None:
    """Have a replica that does nothing else look at what changed, until it dies."""
    dying = Dying(desk.store, commands)
    async with a_replica(dying, desk.library, started=False) as replica:  # type: ignore[arg-type]  # the real one
        await replica.early.work()  # it knows its subscriptions
        await desk.store.do("ZADD", "{ledger}:untold", 0, ID)
        dying.mortal = True
        await asyncio.gather(replica.early.work(), return_exceptions=True)
        dying.mortal = False


@pytest.mark.parametrize("commands", range(14))
async def test_who_puts_it_in_a_lane_may_die_anywhere(desk: Newsdesk, receiver: Receiver, commands: int) -> None:
    partner = await desk.partner(receiver)
    await desk.on(1)
    await _killed(desk, commands)
    await desk.store.do("ZADD", "{ledger}:untold", "XX", 0, ID)  # its lease runs out
    async with desk.replica():
        await until(lambda: receiver.calls)
        await until(desk.settled)
    assert {call.id for call in receiver.calls} == {webhook_id(partner.id, ID, 1, E)}
    assert await desk.store.do("EXISTS", f"{{s:{partner.id}}}:items", f"{{s:{partner.id}}}:queue") == 0


@pytest.mark.parametrize("commands", range(14))
async def test_who_tells_of_a_withdrawal_may_die_anywhere(desk: Newsdesk, receiver: Receiver, commands: int) -> None:
    partner = await desk.partner(receiver)
    async with desk.replica():
        await desk.on(1)
        await until(lambda: receiver.calls)
        await until(desk.settled)
    await desk.retract(2)
    await _killed(desk, commands)
    await desk.store.do("ZADD", "{ledger}:untold", "XX", 0, ID)
    async with desk.replica():
        await until(lambda: len(receiver.calls) > 1)
        await until(desk.settled)
    assert [call.id for call in receiver.calls] == [
        webhook_id(partner.id, ID, 1, E),
        webhook_id(partner.id, ID, 2, W),
    ]
    assert told(receiver) == [(E, 1), (W, 1)]


async def test_what_one_replica_holds_while_it_stalls_goes_out_no_more_once_another_is_ahead(
    desk: Newsdesk, receiver: Receiver
) -> None:
    partner = await desk.partner(receiver, status="paused")
    async with desk.replica() as replica:
        await desk.on(1)
        await until(desk.settled)
        [seq] = await desk.store.do("HKEYS", f"{{s:{partner.id}}}:items")
        kept = await desk.store.do("HGET", f"{{s:{partner.id}}}:items", seq)
        await desk.on(2, headline="New")
        await until(desk.settled)
        await replica.api.lanes.hint([await replica.api.lanes.activate(partner.id)])
        replica.engine.look()
        await until(lambda: receiver.calls)
        await until(lambda: _empty(desk, partner.id))
        await desk.store.do("HSET", f"{{s:{partner.id}}}:items", seq, kept)  # put in only now
        await desk.store.do("HSET", f"{{s:{partner.id}}}:lanes", ID, seq)
        await desk.store.do("ZADD", f"{{s:{partner.id}}}:queue", 0, seq)
        await replica.api.lanes.hint([await replica.api.lanes.activate(partner.id)])
        replica.engine.look()
        await until(lambda: _empty(desk, partner.id))
    assert told(receiver) == [(E, 2)]


async def _empty(desk: Newsdesk, id: str) -> bool:
    return not await desk.store.do("EXISTS", f"{{s:{id}}}:items")
