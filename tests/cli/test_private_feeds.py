"""Private feeds from the command line, against a line that runs."""

from __future__ import annotations

from urllib.error import HTTPError
from urllib.request import urlopen

import pytest

from tests.cli.running import Running


def test_a_private_feed_is_made_listed_and_revoked(line: Running) -> None:
    consumer = line.json("consumers", "add", "Reader", "--query", "lang:en", "--reuse", "summary")
    assert (consumer["query"], consumer["reuse"]) == ("lang:en", "summary")
    made = line.json("private-feeds", "add", consumer["id"], "--query", "ferry", "--name", "Ferries")
    url = f"{line.url}/feeds/private/{made['urls']['json'].rpartition('/')[2]}"
    with urlopen(url) as answer:  # noqa: S310  # a line of our own
        assert answer.headers["cache-control"] == "private, no-store"
    rows = line.wireroom("private-feeds", "list").stdout.splitlines()
    assert [row.split()[1:4] for row in rows if row.startswith(made["id"])] == [[consumer["id"], "Ferries", "full"]]
    assert line.wireroom("private-feeds", "delete", made["id"]).stdout == f"delete: {made['id']}\n"
    with pytest.raises(HTTPError, match="404"):
        urlopen(url)  # noqa: S310  # the same


def test_a_consumer_is_meant_by_id_or_by_name_unless_two_have_it(line: Running) -> None:
    one = line.json("consumers", "add", "Only One")["id"]
    twins = [line.json("consumers", "add", "A Twin")["id"] for _ in range(2)]
    made = line.json("private-feeds", "add", "Only One", "--query", "ferry")
    assert made["consumer"] == one
    [trusted] = line.json("consumers", "trust", "Only One", "--json")["done"]
    assert trusted["id"] == one
    assert line.wireroom("consumers", "distrust", "Only One").stdout == "distrust: Only One\n"
    doubt = line.wireroom("private-feeds", "add", "A Twin")
    assert doubt.exit_code == 1
    assert doubt.stderr.startswith("2 consumers are called 'A Twin'; give one's id: ")
    assert all(twin in doubt.stderr for twin in twins)
    nobody = line.wireroom("consumers", "delete", "Nobody")
    assert (nobody.exit_code, "no consumer has the id or the name 'Nobody'" in nobody.stderr) == (1, True)
    assert line.json("consumers", "delete", *twins, "Only One", "--json") == {
        "done": [{"id": twins[0]}, {"id": twins[1]}, {"id": one}]
    }
    assert line.wireroom("consumers", "delete", "Only One").exit_code == 1
