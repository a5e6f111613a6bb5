"""What a form shows comes back as it was, and what is touched, and that alone, is asked of the API."""

from __future__ import annotations

from typing import Any

import pytest

from services.syndication.portal.filling import NEW, ON, asked, changed, filled, new, seen
from services.syndication.webhooks.inputs import ChangedSubscription

CHOSEN: dict[str, Any] = {
    **NEW,
    "url": "https://example.org/hook",
    "filter": "tag:energy\nAND lang:en",
    "types": ["article.retracted", "subscription.*"],
    "schedule": [5, 300, 0.25, 5400, 86_400],
    "rate_limit": 2.5,
    "digest": {"items": 20, "seconds": 60.0},
    "fields": ["headline", "tags"],
    "exit_notices": False,
    "headers": ["X-Team"],
}


@pytest.mark.parametrize("one", [NEW, CHOSEN])
def test_what_nobody_touched_is_not_asked_for(one: dict[str, Any]) -> None:
    assert changed(filled(one), one) == {}
    assert changed({name: f" {text}\r\n" for name, text in filled(one).items()}, one) == {}


@pytest.mark.parametrize(
    ("typed", "wanted"),
    [
        ({"description": "Desk"}, {"description": "Desk"}),
        ({"filter": ""}, {"filter": ""}),
        ({"schedule": "10s, 2m 1h"}, {"schedule": [10, 120, 3600]}),
        ({"schedule": "soon 5"}, {"schedule": ["soon", 5]}),
        ({"schedule": ""}, {"schedule": None}),
        ({"rate_limit": ""}, {"rate_limit": None}),
        ({"digest.items": "", "digest.seconds": ""}, {"digest": None}),
        ({"digest.items": "5"}, {"digest": {"items": "5", "seconds": "60"}}),
        ({"types.article.retracted": ""}, {"types": ["subscription.*"]}),
        ({"types.article.retracted": "", "types.subscription.*": ""}, {"types": None}),
        ({"fields.summary": ON}, {"fields": ["headline", "summary", "tags"]}),
        ({"exit_notices": ON}, {"exit_notices": True}),
        ({"delivery": "at-most-once", "embargoed": ON}, {"delivery": "at-most-once", "embargoed": True}),
        ({"payload": "thin"}, {"payload": "thin"}),
        ({"mark": "0", "once": "1", "unknown": "x"}, {}),
    ],
)
def test_what_was_touched_is_asked_for_and_nothing_else(typed: dict[str, str], wanted: dict[str, Any]) -> None:
    assert changed(filled(CHOSEN) | typed, CHOSEN) == wanted


@pytest.mark.parametrize("name", ["url", "format"])
def test_consent_is_asked_with_what_needs_it(name: str) -> None:
    assert changed(filled(CHOSEN) | {name: "other"}, CHOSEN) == {name: "other", "handshake": False}
    assert changed(filled(CHOSEN) | {name: "other", "handshake": ON}, CHOSEN)["handshake"] is True


@pytest.mark.parametrize(
    ("typed", "start"),
    [
        ({}, "now"),
        ({"from": "now", "from.last": "10"}, "now"),
        ({"from": "last", "from.last": "10"}, {"last": 10}),
        ({"from": "seq", "from.seq": " 7 "}, {"seq": 7}),
        ({"from": "seq", "from.seq": "seven"}, {"seq": "seven"}),
        ({"from": "last", "from.last": "9" * 40}, {"last": "9" * 40}),
        ({"from": "date", "from.date": "2026-11-22"}, {"date": "2026-11-22"}),
        ({"from": "elsewhere"}, "now"),
    ],
)
def test_a_new_one_begins_where_it_is_told(typed: dict[str, str], start: Any) -> None:
    assert new({"url": "https://example.org", **typed})["from"] == start


def test_a_new_one_asks_for_what_was_chosen_alone() -> None:
    assert new({"verify": "test"}) == {
        "url": "",
        "verify": "test",
        "from": "now",
        "handshake": False,
        "exit_notices": False,
        "embargoed": False,
    }
    assert "digest" in asked(filled(NEW))


def test_another_setting_has_another_mark() -> None:
    assert seen(NEW) == seen({**NEW, "status": "paused", "reason": "x"})
    assert seen(NEW) != seen({**NEW, "rate_limit": 1})
    assert seen(NEW) != seen({**NEW, "headers": ["X-Team"]})


def test_all_that_the_api_takes_is_in_the_form_but_what_has_a_button() -> None:
    everything = asked({"headers.none": ON, "auth": "none", "client_certificate.none": ON})
    assert ChangedSubscription.model_fields.keys() - everything.keys() == {"status", "handshake"}
    assert everything.keys() <= ChangedSubscription.model_fields.keys()
