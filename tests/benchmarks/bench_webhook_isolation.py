"""What receivers that hang cost the others: how late the healthy ones are told, beside a run in which all are well."""

from __future__ import annotations

from statistics import median

from tests.benchmarks.bed import a_server
from tests.benchmarks.deliveries import a_bed
from tests.benchmarks.far_receiver import HANGING, FarReceiver, a_far_receiver
from tests.benchmarks.rows import Row, percentiles

RECEIVERS = 200
ILL = 20
SHARES = (0.5, 0.99)
WARM = 2.0
"""Seconds before what is counted, in which nobody hangs yet: receivers do well, and are sent much at once."""


async def run(rate: float = 5.0, seconds: float = 15.0, rounds: int = 2) -> list[Row]:
    """Publish articles at a steady rate to all receivers, in turn with all well and with one in ten hanging.

    An attempt at one that hangs is given up after 10 s: a run goes on until they are tried again.
    """
    well: list[list[float]] = []
    ill: list[list[float]] = []
    with a_server() as server, a_far_receiver() as receiver:
        for _ in range(rounds):
            for kept, hangs in ((well, False), (ill, True)):
                late = await _leg(server.url, receiver, rate, seconds, hangs=hangs)
                kept.append(percentiles(late, *SHARES))
    return [_row(at, well, ill, rate, seconds) for at in range(len(SHARES))]


async def _leg(redis: str, receiver: FarReceiver, rate: float, seconds: float, *, hangs: bool) -> list[float]:
    """Return how many ms after it was due each message came to one of those that are well in every run."""
    paths = [HANGING.decode() if number < ILL else "/well" for number in range(RECEIVERS)]
    urls = [f"{receiver.url}{path}/{number}" for number, path in enumerate(paths)]
    async with a_bed(redis, urls) as bed:
        await bed.start()
        await receiver.begin()
        await receiver.came(len(await bed.publish(rate, WARM)) * RECEIVERS)
        await receiver.begin(hangs=hangs)
        due = await bed.publish(rate, seconds)
        came = await receiver.came(len(due) * (RECEIVERS - ILL * hangs))
    return [(each.at - due[each.seq]) * 1000 for each in came if not each.path.startswith(HANGING)]


def _row(at: int, well: list[list[float]], ill: list[list[float]], rate: float, seconds: float) -> Row:
    ours = [leg[at] for leg in ill]
    ratio = median(one / other for one, other in zip(ours, [leg[at] for leg in well], strict=True))
    return Row(
        name=f"webhooks while {ILL} of {RECEIVERS} hang, others' p{100 * SHARES[at]:.0f}",
        value=median(ours),
        unit="ms",
        ceiling=median(ours) / ratio,
        target=1.1,
        note=f"{rate * RECEIVERS:,.0f} deliveries/s for {seconds:g} s, {len(ours)} times; beside all being well",
    )
