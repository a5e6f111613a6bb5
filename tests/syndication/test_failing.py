"""What passes by itself is told in a line, a fault of ours with where it happened."""

from __future__ import annotations

from redis.exceptions import ConnectionError as RedisConnectionError
from structlog.testing import capture_logs

from services.syndication.failing import tell


def test_a_server_that_is_away_leaves_no_traceback_and_a_fault_of_ours_does() -> None:
    fault = ValueError("a fault")
    with capture_logs() as lines:
        tell("feed.shelf.failed", RedisConnectionError("Timeout reading"), feed="/feeds/all")
        tell("feed.shelf.failed", fault, feed="/feeds/all")
    passing, ours = lines
    assert passing == {
        "event": "feed.shelf.failed",
        "log_level": "warning",
        "error": "ConnectionError: Timeout reading",
        "feed": "/feeds/all",
    }
    assert (ours["log_level"], ours["exc_info"]) == ("error", fault)
