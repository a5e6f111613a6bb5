"""The line on a Redis Cluster: all of it at work on three nodes; a master dies, a slot moves, and the line follows."""

from __future__ import annotations

import asyncio
import os
import signal
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

import orjson
from lxml import etree

from shared.redis.slots import slot_of_key
from shared.streams import STREAMS
from tests.builders import a_push
from tests.clusters import ACluster, a_cluster
from tests.journeys.line import Line, a_line
from tests.receiver import Receiver
from tests.waiting import until

COUNT = 24
REASON = "The ferry does not sail after all."


@asynccontextmanager
async def a_line_on(cluster: ACluster, folder: Path) -> AsyncIterator[Line]:
    (folder / "newsroom").mkdir()
    async with a_line(cluster.url, folder / "data", folder / "newsroom", partitions=4) as line:
        await until(line.ready)
        yield line


async def _pushed(line: Line, guid: str) -> str | None:
    """Push an article and return its id, None when it was not taken."""
    status, answer = await line.post("/api/v1/articles", a_push(guid=guid, headline=f"Ferry {guid}"))
    return str(answer["id"]) if status in {200, 202} else None


def _ids(receiver: Receiver) -> int:
    return len({call.id for call in receiver.calls})


async def _in_feed(line: Line, feed: str) -> list[str]:
    shown = etree.fromstring((await line.get(f"/feeds/{feed}.rss")).body)
    return [item.findtext("title") or "" for item in shown.iterfind("channel/item")]


async def test_the_whole_line_runs_on_three_nodes(tmp_path: Path, receiver: Receiver) -> None:
    async with a_cluster(tmp_path / "cluster") as cluster, a_line_on(cluster, tmp_path) as line:
        status, made = await line.post("/api/v1/subscriptions", {"url": receiver.url, "filter": "source:desk"})
        assert status == 201
        articles = await asyncio.gather(*(_pushed(line, f"story-{number}") for number in range(COUNT)))
        await until(lambda: _ids(receiver) == COUNT)
        assert Counter(call.version for call in receiver.calls) == Counter((article, 1) for article in articles)
        assert sorted(await _in_feed(line, "all")) == sorted(f"Ferry story-{number}" for number in range(COUNT))

        retract = f"/api/v1/articles/{articles[0]}/retract"
        assert (await line.post(retract, {"reason": REASON}))[0] == 202
        await until(lambda: _ids(receiver) == COUNT + 1)
        assert receiver.calls[-1].event["type"] == "article.retracted"
        await until(lambda: _in_feed_is(line, "sources/desk", "Retracted: Ferry story-0"))

        before = len(receiver.calls)
        replay = f"/api/v1/subscriptions/{made['id']}/replay"
        # What was taken back since is followed by that; which number the retracted one has is the partitions' to say.
        first = next(call.seq for call in receiver.calls if call.version == (articles[0], 1))
        again = 4 + (2 <= first <= 5)
        assert (await line.post(replay, {"from_seq": 2, "to_seq": 5}))[1]["queued"] == again
        await until(lambda: len(receiver.calls) == before + again)
        assert [event["data"]["seq"] for event in await line.events()] == list(range(1, COUNT + 2))
        assert orjson.loads((await line.get("/api/v1/dead-letters")).body)["count"] == 0
        await _see_all_at_work(cluster)


async def _in_feed_is(line: Line, feed: str, title: str) -> bool:
    return title in await _in_feed(line, feed)


async def _see_all_at_work(cluster: ACluster) -> None:
    """See that every node has some of it, and streams of several partitions are on several nodes."""
    assert all([await node.ask("DBSIZE") for node in cluster.masters])
    holders = {(await cluster.holder(slot_of_key(STREAMS[0].key(part)))).port for part in range(4)}
    assert len(holders) > 1


async def test_the_line_follows_to_the_replica_of_a_master_that_dies(tmp_path: Path, receiver: Receiver) -> None:
    async with a_cluster(tmp_path / "cluster", replicas=True) as cluster, a_line_on(cluster, tmp_path) as line:
        assert (await line.post("/api/v1/subscriptions", {"url": receiver.url}))[0] == 201
        for number in range(4):
            assert await _pushed(line, f"before-{number}")
        await until(lambda: _ids(receiver) == 4)
        ledger = await cluster.holder(slot_of_key("{ledger}:events"))
        assert await ledger.ask("WAIT", 1, 5_000) == 1
        os.kill(ledger.process.pid, signal.SIGKILL)
        for number in range(4):
            await until(partial(_pushed, line, f"after-{number}"), step=0.1)
        await until(lambda: _ids(receiver) == 8)
        await until(line.ready)
        told = [event["data"]["article"]["guid"] for event in await line.events()]
        assert sorted(told) == sorted(f"{when}-{number}" for when in ("before", "after") for number in range(4))


async def test_slots_move_to_another_node_while_the_line_uses_them(tmp_path: Path, receiver: Receiver) -> None:
    async with a_cluster(tmp_path / "cluster") as cluster, a_line_on(cluster, tmp_path) as line:
        assert (await line.post("/api/v1/subscriptions", {"url": receiver.url}))[0] == 201
        pusher = Pusher(line)
        pushing = asyncio.create_task(pusher.push_until_told())
        for key in ("{nd2}", "{ledger}:events", "{subscriptions}:ids", *(STREAMS[0].key(part) for part in range(4))):
            await pusher.some()
            await _move(cluster, slot_of_key(key), pusher)
        pusher.told = True
        await pushing
        await until(lambda: _ids(receiver) == len(pusher.pushed))
        events = await line.events()
        assert Counter(event["data"]["article"]["id"] for event in events) == Counter(pusher.pushed)
        assert [event["data"]["seq"] for event in events] == list(range(1, len(events) + 1))


class Pusher:
    """Pushes one article after the other; who is refused comes again."""

    def __init__(self, line: Line) -> None:
        self._line, self.pushed, self.told = line, set[str](), False

    async def push_until_told(self) -> None:
        while not self.told:
            if (id := await _pushed(self._line, f"story-{len(self.pushed)}")) is not None:
                self.pushed.add(id)

    async def some(self) -> None:
        """Wait until some more are in."""
        wanted = len(self.pushed) + 3
        await until(lambda: len(self.pushed) >= wanted)


async def _move(cluster: ACluster, slot: int, pusher: Pusher) -> None:
    """Move a slot key by key, as `redis-cli --cluster reshard` does, while articles come in."""
    source, target = await cluster.begin_to_move(slot)
    await pusher.some()
    while await cluster.move_keys(slot, source, target):
        await pusher.some()
    await cluster.end_move(slot, source, target)
