"""Keeps Python's garbage collector out of the way: while a process is put together, and once it runs."""

from __future__ import annotations

import gc

NEW_OBJECTS = 50_000
"""More than all that is under way at once: 256 deliveries are some 20,000 objects."""


def hold() -> None:
    """Collect nothing until `calm`: of what loading makes nothing is garbage, and to look takes a tenth of its time."""
    gc.disable()


def calm() -> None:
    """Leave what start-up made (modules, models, routes) out of every later collection.

    A full collection walks all that is alive. With some 200,000 objects of libraries that takes tens of
    milliseconds, every few thousand events; frozen, they cost nothing. And look for cycles after 50,000 new objects
    instead of 700: an event in hand is some 30 of them, a delivery under way 70, all alive at once, and without cycles.
    """
    gc.collect()
    gc.freeze()
    gc.enable()
    gc.set_threshold(NEW_OBJECTS, 10, 10)
