"""What is kept and shown of consumers."""

from __future__ import annotations

from services.syndication.consumers import new_consumer, shown
from shared.times import now


def test_a_consumer_from_before_there_were_terms_is_shown_with_them() -> None:
    made = new_consumer("Partner", now())
    assert shown(made.id, made.kept()) == {
        "id": made.id,
        "name": "Partner",
        "created_at": made.created_at,
        "query": "",
        "reuse": "full",
    }


def test_terms_are_shown_and_the_key_is_not() -> None:
    made = new_consumer("Partner", now(), {"query": "lang:en", "reuse": "summary", "embargo": "early"})
    told = shown(made.id, made.kept())
    assert (told["query"], told["reuse"], told["embargo"], "key" in told) == ("lang:en", "summary", "early", False)
