from __future__ import annotations

import gc
import weakref

from shared.collector import calm, hold


class _Node:
    me: object = None


def test_what_start_up_made_is_left_out_and_later_cycles_are_still_collected() -> None:
    thresholds = gc.get_threshold()
    try:
        hold()
        assert not gc.isenabled()
        calm()
        assert gc.isenabled()
        assert gc.get_freeze_count() > 10_000
        node = _Node()
        node.me = node
        gone = weakref.ref(node)
        del node
        gc.collect()
        assert gone() is None
    finally:
        gc.enable()
        gc.unfreeze()
        gc.set_threshold(*thresholds)
