"""What proves a receiver."""

from __future__ import annotations

import orjson
import pytest

from services.syndication.webhooks.deliver import Delivered, RetryLater
from services.syndication.webhooks.verification import proof, repeats, verification_body, wait_after


@pytest.mark.parametrize(
    ("body", "proves"),
    [
        (b"token", True),
        (b" token\n", True),
        (b'{"challenge":"token"}', True),
        (b'{ "challenge" : "token", "ok": true }', True),
        (b"", False),
        (b"ok", False),
        (b"token2", False),
        (b"{", False),
        (b"{}", False),
        (b'{"challenge":null}', False),
        (b'{"challenge":["token"]}', False),
        (b'["token"]', False),
        (b"\xff\xfe", False),
    ],
)
def test_a_challenge_comes_back_as_text_or_json(body: bytes, proves: bool) -> None:
    assert repeats(body, "token") is proves
    assert proof("challenge", "token", Delivered(200, 1.0, body)).holds is proves
    assert proof("test", "token", Delivered(200, 1.0, body)).holds


def test_what_is_not_2xx_proves_nothing_though_it_repeats_the_challenge() -> None:
    assert not proof("challenge", "token", RetryLater("the receiver answered 400", 1.0, 400, None, b"token")).holds


def test_only_who_is_asked_to_repeat_it_is_told_the_challenge() -> None:
    assert orjson.loads(verification_body("s", "test", "token", "t"))["data"] == {"subscription": "s"}
    assert orjson.loads(verification_body("s", "challenge", "token", "t"))["data"]["challenge"] == "token"


def test_tries_end() -> None:
    waits = [wait_after(tries) for tries in range(10)]
    assert waits[0] is None
    assert waits[1:3] == [5.0, 30.0]
    assert waits[8:] == [None, None]
