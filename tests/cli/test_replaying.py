"""`wireroom replay`: by range, date, article and failure, for one or all, and what it says of those it could not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import click
import pytest

from services.cli.replaying import asked_for, moment_of
from tests.cli.running import Running
from tests.cli.test_resources import partner, push
from tests.waiting import until

__all__ = ["partner"]

NOTHING = (None, None, None, None)


def today() -> str:
    return datetime.now(UTC).date().isoformat()


def queued(line: Running, *args: str) -> int:
    return int(line.json("replay", *args, "--json")["queued"])


async def test_a_range_a_date_and_an_article_are_sent_again(line: Running, partner: str) -> None:
    first = today()
    push(line, "cli-replaying", headline="Osprey over the quay")
    article = str(push(line, "cli-replaying-2", headline="Second osprey")["id"])
    sub = line.json("subscriptions", "add", partner, "-f", "osprey", "--from", "last:2")["id"]
    await until(lambda: line.json("subscriptions", "digest", sub)["confirmed"] == 2, step=0.2)
    newest = int(line.json("status", "--json")["latest_seq"])
    assert queued(line, sub, "--after", "0") == 2
    assert queued(line, sub, "--from", "1") == 2
    assert queued(line, sub, "--from", "1", "--to", str(newest)) == 2
    assert queued(line, sub, "--from", first) == 2
    assert queued(line, sub, "--from", first, "--to", today()) == 2
    empty = line.wireroom("replay", sub, "--from", "0", "--to", "2020-01-01")
    assert (empty.exit_code, empty.stderr) == (1, "nothing is in that range\n")
    assert queued(line, sub, "--article", article) == 1
    assert queued(line, sub, "--failed") == 0
    assert line.wireroom("replay", sub, "--article", article).stdout == f"{sub}: queued 1\n"
    everybody = line.json("replay", "--all", "--article", article, "--json")
    assert {"id": sub, "queued": 1, "next": None, "error": None} in everybody["subscriptions"]
    line.wireroom("subscriptions", "delete", sub)


def test_one_that_is_not_there_is_told_and_stops_nobody_else(line: Running, partner: str) -> None:
    sub = line.json("subscriptions", "add", partner, "-f", "no-such-word")["id"]
    result = line.wireroom("replay", "sub_gone", sub, "--after", "0")
    assert (result.exit_code, result.stdout) == (1, f"{sub}: queued 0\n")
    assert result.stderr == "sub_gone: there is no such subscription\n"
    ahead = line.wireroom("replay", sub, "--after", "99999999")
    assert (ahead.exit_code, "the ledger ends at" in ahead.stderr) == (1, True)
    line.wireroom("subscriptions", "delete", sub)


@pytest.mark.parametrize(
    "args",
    [
        (),
        ("--after", "0"),
        ("sub_a", "--all", "--after", "0"),
        ("sub_a",),
        ("sub_a", "--after", "0", "--article", "x"),
        ("sub_a", "--to", "3"),
        ("sub_a", "--from", "yesterday"),
        ("sub_a", "--failed", "--to", "3"),
    ],
)
def test_what_is_not_one_thing_is_wrong_usage(line: Running, args: tuple[str, ...]) -> None:
    assert line.wireroom("replay", *args).exit_code == 2


def test_what_failed_is_asked_for_since_a_moment_or_as_far_back_as_is_known() -> None:
    since = asked_for(None, "2026-11-22", None, None, failed=True)
    assert since == {"failed_since": "2026-11-22T00:00:00+00:00"}
    known = datetime.fromisoformat(asked_for(*NOTHING, failed=True)["failed_since"])
    assert timedelta(days=29) < datetime.now(UTC) - known < timedelta(days=31)


def test_a_date_begins_with_its_first_moment_and_ends_with_its_last() -> None:
    assert moment_of("2026-11-22", "--from").isoformat() == "2026-11-22T00:00:00+00:00"
    assert moment_of("2026-11-22", "--to", end_of_day=True).isoformat() == "2026-11-23T00:00:00+00:00"
    assert moment_of("2026-11-22T10:00:00+02:00", "--to", end_of_day=True).hour == 10
    with pytest.raises(click.BadParameter):
        moment_of("soon", "--from")
