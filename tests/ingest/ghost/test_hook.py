"""Ghost's signature on fixed vectors, and what a hook says by its shape."""

from __future__ import annotations

import hmac
from datetime import UTC, datetime
from typing import Any

import pytest

from services.ingest.ghost.hook import Hidden, Other, Shown, refusal, sent_at, told
from tests.ingest.ghost.posts import a_hook, a_post

SECRET, BODY, AT = "a-made-up-secret", b'{"post":{"current":{},"previous":{}}}', 1_795_000_000
SIGNED = "sha256=ec0a742e7616448decb8e5f0b979531eacd6b7e27d803599bcb284cd17648004, t=1795000000000"


def signed(body: bytes = BODY, secret: str = SECRET, at: str = f"{AT}000") -> str:
    return f"sha256={hmac.new(secret.encode(), body + at.encode(), 'sha256').hexdigest()}, t={at}"


def test_the_signature_covers_the_body_and_the_time_behind_it() -> None:
    assert refusal(SECRET, BODY, SIGNED, AT) is None
    assert signed() == SIGNED


def test_a_hook_tells_when_it_was_sent() -> None:
    assert sent_at(SIGNED) == datetime.fromtimestamp(AT, UTC)
    assert sent_at("") is None


@pytest.mark.parametrize("late", [-299.0, 0.0, 299.0])
def test_clocks_may_differ_a_little(late: float) -> None:
    assert refusal(SECRET, BODY, signed(), AT + late) is None


@pytest.mark.parametrize("late", [-301.0, 301.0, 86_400.0])
def test_an_old_hook_and_one_from_the_future_are_refused(late: float) -> None:
    wrong = refusal(SECRET, BODY, signed(), AT + late)
    assert wrong is not None
    assert "clocks" in wrong.reason


@pytest.mark.parametrize(
    "header",
    [
        "",
        "sha256=",
        "t=1795000000000",
        SIGNED.replace("t=17", "t=18"),
        SIGNED.replace("sha256=e", "sha256=0"),
        signed(b"other"),
        signed(secret="other"),
        f"sha256={hmac.new(SECRET.encode(), BODY, 'sha256').hexdigest()}",
        f"{SIGNED}, t=1",
        "sha256=" + "é" * 64 + ", t=1",
    ],
)
def test_what_is_not_signed_so_is_refused(header: str) -> None:
    assert refusal(SECRET, BODY, header, AT) is not None


def test_a_published_post_is_shown() -> None:
    found = told(a_hook())
    assert isinstance(found, Shown)
    assert not found.again


@pytest.mark.parametrize("before", ["draft", "scheduled"])
def test_a_post_published_just_now_says_so(before: str) -> None:
    found = told(a_hook(previous={"status": before}))
    assert isinstance(found, Shown)
    assert found.again


@pytest.mark.parametrize("status", ["draft", "scheduled", "sent"])
def test_a_post_of_any_other_status_is_hidden(status: str) -> None:
    at = datetime.fromisoformat(a_post()["updated_at"])
    assert told(a_hook(a_post(status=status), {"status": "published"})) == Hidden(a_post()["id"], deleted=False, at=at)


def test_an_empty_current_is_a_deletion() -> None:
    assert told(a_hook({}, a_post())) == Hidden(a_post()["id"], deleted=True)


@pytest.mark.parametrize(
    "payload",
    [
        {},
        {"page": {"current": a_post(), "previous": {}}},
        {"member": {"current": {"email": "m@private.example"}}},
        {"post": None},
        {"post": {"current": {}, "previous": {}}},
        {"post": {"current": {"title": "x"}, "previous": {}}},
        {"post": {"current": [], "previous": 7}},
    ],
)
def test_everything_else_is_no_business_of_ours(payload: dict[str, Any]) -> None:
    assert isinstance(told(payload), Other)
