"""The calls of the reference are commands that a shell takes apart as they are meant."""

from __future__ import annotations

import json
import shlex

from services.reference.calls import call_of
from services.reference.completing import operations
from tests.reference.checking import SITE, the_document

CALLS = {
    f"{method} {path}": shlex.split(call_of(method, path, operation, SITE))
    for path, method, operation in operations(the_document())
    if operation["tags"] not in (["Pages"], ["Hooks"])
}


def test_every_call_is_one_of_curl_with_nothing_left_to_fill_in() -> None:
    for name, words in CALLS.items():
        assert words[0] == "curl", name
        [address] = [word for word in words if word.startswith(SITE)]
        assert "{" not in address


def test_the_key_is_sent_where_it_is_needed() -> None:
    assert "Authorization: Bearer $WIREROOM_ADMIN_TOKEN" in CALLS["get /api/v1/events"]
    assert not any("Bearer" in word for word in CALLS["get /feeds/all.rss"])


def test_bodies_are_sent_as_what_they_are() -> None:
    push = CALLS["post /api/v1/articles"]
    assert json.loads(push[push.index("-d") + 1])["guid"] == "kursk-1"
    assert "-X" not in push
    assert CALLS["patch /api/v1/sources/{id}"][2:4] == ["-X", "PATCH"]
    assert CALLS["post /api/v1/subscriptions/{id}/test"][2:4] == ["-X", "POST"]
    assert "hub.mode=subscribe" in CALLS["post /websub"]
    assert "Content-Type: text/x-opml" in CALLS["post /api/v1/sources/opml"]
