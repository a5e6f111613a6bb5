"""What the scripts of the lanes reply, and the deliveries that they give out."""

from __future__ import annotations

from typing import Any, NamedTuple

from services.syndication.webhooks.lane_scripts import LOST


class Delivery(NamedTuple):
    """One ledger entry on its way to one subscription; `fence` tells this claim from later ones.

    `matched` is a JSON array; `previous_seq` is None for the first entry a subscription was ever sent. `supersedes`
    are the seqs of earlier versions that this one replaced before the receiver took them. `lost` when who had it before
    was never heard of again, and it may not be sent twice.
    """

    subscription: str
    seq: int
    fence: int
    failures: int
    previous_seq: int | None
    type: str
    article_id: str
    version: int
    matched: bytes
    supersedes: tuple[int, ...] = ()
    lost: bool = False


class State(NamedTuple):
    """What the lanes answered: when to look again (Unix ms, None: when something comes), and what was claimed.

    `kept` says of each record whether it counted; `gone` that there is no such subscription any more. `notice` is
    there when its health has changed, `exhausted` when deliveries were given up that are not told of; `missed_from` is
    the first seq that found the queue full and has not been fetched since; `waiting` counts what is not on its way.
    `peek` alone tells `pending`, which counts all, and `waiting_due`, when what waits is due, whatever is on its way.
    The last `bundle` of those claimed make one digest.
    """

    subscription: str
    due: int | None
    revision: int
    claimed: list[Delivery]
    kept: list[bool]
    status: str
    notice: str = ""
    missed_from: int | None = None
    waiting: int = 0
    pending: int = 0
    bundle: int = 0
    waiting_due: int | None = None
    exhausted: bool = False

    @property
    def gone(self) -> bool:
        """Tell whether the subscription has been deleted."""
        return self.revision < 0


def read_state(subscription: str, reply: Any) -> State:
    """Return what a script of the lanes replied."""
    due, revision, claimed, kept, status, notice, missed, waiting, bundle, exhausted, *pending = reply
    return State(
        subscription,
        None if int(due) < 0 else int(due),
        revision,
        [_delivery(subscription, *pair) for pair in zip(claimed[::2], claimed[1::2], strict=True)],
        [bool(each) for each in kept],
        status.decode(),
        notice.decode(),
        int(missed) if missed else None,
        waiting,
        pending[0] if pending else 0,
        bundle,
        int(pending[1]) if pending and int(pending[1]) >= 0 else None,
        bool(exhausted),
    )


def state_or_error(subscription: str, reply: Any) -> State | Exception:
    """Return one of many replies, each of which may be an error."""
    return reply if isinstance(reply, Exception) else read_state(subscription, reply)


def _delivery(subscription: str, seq: bytes, item: bytes) -> Delivery:
    fence, counted, previous, superseded, type, article_id, version, matched = item.split(b" ", 7)
    lost, failures = divmod(int(counted), LOST)
    return Delivery(
        subscription,
        int(seq),
        int(fence),
        failures,
        int(previous) or None,
        type.decode(),
        article_id.decode(),
        int(version),
        matched,
        () if superseded == b"-" else tuple(map(int, superseded.split(b","))),
        lost > 0,
    )
