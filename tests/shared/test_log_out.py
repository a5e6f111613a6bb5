"""A log that nobody reads, or that has no room, harms nothing but itself."""

from __future__ import annotations

import io
import os
from pathlib import Path

from shared.log_out import Out
from shared.metrics import REGISTRY


def failed() -> float:
    return REGISTRY.get_sample_value("wireroom_log_writes_failed_total") or 0.0


def test_a_line_for_which_the_disk_has_no_room_is_counted_and_the_next_is_tried() -> None:
    before, full = failed(), Path("/dev/full").open("wb", buffering=0)  # noqa: SIM115
    now: io.IOBase = full
    out, there = Out(lambda: now), io.BytesIO()
    out.write(b"one")
    assert failed() == before + 1
    now = there
    out.write(b"two")
    out.flush()
    assert (there.getvalue(), failed()) == (b"two", before + 1)
    full.close()


def test_after_its_reader_has_gone_nothing_is_left_that_could_not_be_written_at_the_end() -> None:
    reader, writer = os.pipe()
    os.close(reader)
    stream = os.fdopen(writer, "wb")
    before, out = failed(), Out(lambda: stream)
    out.write(b"one")
    out.flush()
    assert failed() == before + 1
    out.write(b"two")
    out.flush()
    stream.close()
    assert failed() == before + 1


def test_a_stream_that_was_closed_is_no_fault() -> None:
    stream = io.BytesIO()
    stream.close()
    before = failed()
    Out(lambda: stream).write(b"one")
    assert failed() == before + 1
