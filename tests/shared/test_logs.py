from __future__ import annotations

import asyncio
import logging
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import orjson
import pytest
import structlog

from shared import logs

Capture = pytest.CaptureFixture[bytes]


@pytest.fixture(autouse=True)
def _undone() -> Iterator[None]:
    yield
    structlog.reset_defaults()
    logs.about({})
    for name in logs.LIBRARIES:
        logging.getLogger(name).handlers = []
        logging.getLogger(name).propagate = True
        logging.getLogger(name).setLevel(logging.NOTSET)


def _lines(capture: Capture) -> list[dict[str, Any]]:
    return [orjson.loads(line) for line in capture.readouterr().out.splitlines()]


def test_a_line_is_one_json_object_with_time_level_event_and_service(capsysbinary: Capture) -> None:
    logs.configure("json", "info", service="ingest")
    structlog.get_logger().info("article.ingested", article_id="desk-1", headline="Żółw\nrising")
    (line,) = _lines(capsysbinary)
    assert line.pop("timestamp").endswith("Z")
    assert line == {
        "level": "info",
        "event": "article.ingested",
        "service": "ingest",
        "article_id": "desk-1",
        "headline": "Żółw\nrising",
    }


def test_the_quick_way_writes_what_the_processors_write(capsysbinary: Capture) -> None:
    logs.configure("json", "info", service="ingest")
    fields: dict[str, Any] = {"version": 2, "what": {1, 2}.__class__, "at": None, "service": "enrichment"}
    structlog.get_logger().info("article.ingested", **fields)
    logs.tell([{"event": "article.ingested", **fields}])
    slow, quick = _lines(capsysbinary)
    assert slow.keys() == quick.keys()
    assert len(slow.pop("timestamp")) == len(quick.pop("timestamp"))
    assert slow == quick


def test_many_lines_told_at_once_are_as_many_lines(capsysbinary: Capture) -> None:
    logs.configure("json", "info", service="ingest")
    logs.tell([{"event": "a"}, {"event": "b"}])
    assert [line["event"] for line in _lines(capsysbinary)] == ["a", "b"]


@pytest.mark.parametrize("way", ["json", "console"])
def test_what_is_below_the_level_is_not_written(capsysbinary: Capture, way: str) -> None:
    logs.configure(way, "warning", service="ingest")
    structlog.get_logger().info("article.ingested")
    logs.tell([{"event": "article.ingested"}])
    assert capsysbinary.readouterr().out == b""


def test_a_terminal_gets_short_lines_without_ids_of_machines(capsysbinary: Capture) -> None:
    logs.configure("console", "info", service="ingest")
    logs.tell([{"event": "article.ingested", "correlation_id": "c-1", "version": 3}])
    out = capsysbinary.readouterr().out.decode()
    assert "article.ingested" in out
    assert "version=3" in out
    assert "c-1" not in out


def test_a_terminals_line_begins_with_what_came_of_it_and_ends_with_ids(capsysbinary: Capture) -> None:
    logs.configure("console", "info", service="syndication")
    told = {"article_id": "desk-1", "attempt": 2, "ms": 0.5, "outcome": "retry", "reason": "could not connect"}
    structlog.get_logger().warning("delivery.attempted", **told, seq=5, status=None, subscription="sub_1", version=1)
    [line] = capsysbinary.readouterr().out.decode().splitlines()
    assert line.partition("delivery.attempted ")[2] == (
        "outcome=retry reason='could not connect' seq=5 attempt=2 ms=0.5 article_id=desk-1 version=1 subscription=sub_1"
    )


def test_tests_that_capture_lines_get_those_told_at_once_too() -> None:
    logs.configure("json", "info", service="ingest")
    with structlog.testing.capture_logs() as lines:
        logs.tell([{"event": "article.ingested", "version": 3}])
    assert lines == [{"event": "article.ingested", "version": 3, "log_level": "info"}]


async def test_what_a_task_is_about_is_on_its_lines_and_on_no_other_tasks(capsysbinary: Capture) -> None:
    logs.configure("json", "info", service="ingest")

    async def work(number: int) -> None:
        logs.about({"article_id": f"desk-{number}"})
        await asyncio.sleep(0)
        structlog.get_logger().info("looked", number=number)

    await asyncio.gather(*(work(number) for number in range(5)))
    structlog.get_logger().info("looked", number=5)
    lines = _lines(capsysbinary)
    assert [line.get("article_id") for line in lines] == [*(f"desk-{number}" for number in range(5)), None]


def test_a_librarys_warning_has_the_same_shape_and_its_chatter_stays_out(capsysbinary: Capture) -> None:
    logs.configure("json", "debug", service="ingest")
    library = logging.getLogger("aiohttp")
    library.info("chatter")
    library.warning("slow %s", "host")
    (line,) = _lines(capsysbinary)
    assert (line["event"], line["library"], line["message"]) == ("library.warned", "aiohttp", "slow host")
    assert (line["level"], line["service"]) == ("warning", "ingest")


def test_an_error_is_logged_with_its_traceback_in_one_line(capsysbinary: Capture) -> None:
    logs.configure("json", "info", service="ingest")
    try:
        int("no")
    except ValueError:
        structlog.get_logger().exception("article.failed")
    (line,) = _lines(capsysbinary)
    assert "ValueError: invalid literal" in line["exception"]


@pytest.mark.parametrize("way", ["slow", "quick"])
@pytest.mark.parametrize(
    "hostile",
    ["a\u2028b\u2029c\x85d", "\x9b31mred", "a\r\nb\x00\x1b[2J\x1c", "half \ud83d", 1 << 70, {1: "\udc80"}, [1 << 70]],
)
def test_nothing_makes_a_line_two_or_none(capsysbinary: Capture, way: str, hostile: object) -> None:
    logs.configure("json", "info", service="ingest")
    if way == "slow":
        structlog.get_logger().info("article.ingested", headline=hostile)
    else:
        logs.tell([{"event": "article.ingested", "headline": hostile}])
    written = capsysbinary.readouterr().out.decode()
    (line,) = written.splitlines()
    assert written.isprintable() or written[:-1].isprintable()
    read = orjson.loads(line)["headline"]
    assert read == hostile or "\\ud" in str(read) or "\\udc80" in str(read) or str(1 << 70) in str(read)


SPEAKS = """
import logging, sys, threading, warnings
from shared import logs

class Leaves:
    def __del__(self):
        raise ValueError("left\\nbehind")

logs.configure("json", "info", service="test")
logs.catch_all()
warnings.warn("of an\\nold way")
logging.getLogger("some.library").warning("%s went wrong", "this\\nthing")
logging.getLogger("some.library").warning("%d went wrong", "this")
Leaves()
thread = threading.Thread(target=lambda: {}["missing\\nkey"])
thread.start()
thread.join()
raise RuntimeError("the\\nend")
"""


def test_what_python_itself_would_print_is_a_line_of_the_log_too() -> None:
    done = subprocess.run([sys.executable, "-c", SPEAKS], capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (1, b"")
    lines = [orjson.loads(line) for line in done.stdout.splitlines()]
    assert [line["event"] for line in lines] == ["library.warned"] * 3 + ["process.faulted"] * 3
    said = [str(line.get("message", "") + line.get("exception", "")) for line in lines]
    for part, text in zip(("old way", "thing", "%d", "behind", "missing", "end"), said, strict=True):
        assert part in text
