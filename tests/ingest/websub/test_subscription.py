"""Leases, renewals and what a subscription is stored as."""

from __future__ import annotations

import pytest

from services.ingest.websub.signature import is_signed
from services.ingest.websub.subscription import LEASE_SECONDS, Leased, Subscription, healthy_until, leased, verifies


def a_subscription(**over: object) -> Subscription:
    plain = {"hubs": ("https://hub.example/",), "topic": "https://bay.example/feed", "token": "t", "secret": "s"}
    return Subscription(**plain | over)  # type: ignore[arg-type]  # a table of fields


@pytest.mark.parametrize(
    ("told", "until", "renew_at"),
    [
        ("86400", 86_400, 43_200),
        ("60", 60, 300),
        ("0", 0, 300),
        ("99999999999", 60 * 86_400, 30 * 86_400),
        ("999999999999999999", LEASE_SECONDS, LEASE_SECONDS / 2),
        (None, LEASE_SECONDS, LEASE_SECONDS / 2),
        ("soon", LEASE_SECONDS, LEASE_SECONDS / 2),
        ("-5", LEASE_SECONDS, LEASE_SECONDS / 2),
        ("²", LEASE_SECONDS, LEASE_SECONDS / 2),
    ],
)
def test_a_lease_is_renewed_at_its_half_within_bounds(told: str | None, until: float, renew_at: float) -> None:
    assert leased(told, 1_000) == Leased(1_000 + until, 1_000 + renew_at)


def test_pushes_are_counted_on_for_a_day_and_no_longer_than_the_lease() -> None:
    assert healthy_until(a_subscription(lease_until=10_000), 1_000) == 10_000
    assert healthy_until(a_subscription(lease_until=10_000_000), 1_000) == 87_400
    assert healthy_until(a_subscription(lease_until=999), 1_000) == 0
    assert healthy_until(a_subscription(), 1_000) == 0


def test_a_subscription_reads_as_it_was_written() -> None:
    made = a_subscription(hubs=("https://a.example/", "https://b.example/"))
    assert Subscription.read(made.write()) == made
    assert Subscription.read({}) is None
    assert Subscription.read(made.write() | {"hubs": "[]"}) is None


def test_the_hubs_are_asked_by_turns() -> None:
    hubs = ("https://a.example/", "https://b.example/")
    assert [a_subscription(hubs=hubs, at=at).hub for at in range(3)] == [*hubs, hubs[0]]


def test_a_denied_subscription_confirms_nothing() -> None:
    denied = a_subscription(state="denied", asked_at=1_000)
    assert not verifies(denied, "subscribe", denied.topic, 1_001)


def test_a_fixed_signature_holds() -> None:
    # RFC 4231 test case 2, and RFC 2202 test case 2 for SHA-1.
    body = b"what do ya want for nothing?"
    assert is_signed("Jefe", body, "sha256=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")
    assert is_signed("Jefe", body, "sha1=effcdf6ae5eb2fa2d27416d5f184df9c259a7c79")
    assert not is_signed("Jefe", body, "sha1=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")
