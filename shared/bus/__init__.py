"""The line between services: typed events over Redis streams, at least once, in order per article.

This package is the only place that knows FastStream's consumers and message format. What it promises, and
where: `reader` handles and retries; `lanes` keeps order; `settle` acknowledges and emits as one step; `reclaim`
takes over from the dead; `dead` keeps what was given up; `trim` forgets what every group has done;
`subscription` heals.
"""

from shared.bus.bus import Bus, consumer_name
from shared.bus.dead import DeadLetter, DeadLetters
from shared.bus.groups import Groups, GroupState, Standing
from shared.bus.outcome import Done, Later, Limits

__all__ = [
    "Bus",
    "DeadLetter",
    "DeadLetters",
    "Done",
    "GroupState",
    "Groups",
    "Later",
    "Limits",
    "Standing",
    "consumer_name",
]
