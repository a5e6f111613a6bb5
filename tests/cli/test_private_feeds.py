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
    assert line.wireroom("private-feeds", "revoke", made["id"]).stdout == f"revoke: {made['id']}\n"
    with pytest.raises(HTTPError, match="404"):
        urlopen(url)  # noqa: S310  # the same
