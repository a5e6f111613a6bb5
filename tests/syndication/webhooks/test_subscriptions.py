"""What a subscription keeps through storage and rotation."""

from __future__ import annotations

from dataclasses import replace

from services.syndication.webhooks.sign import key_of, secret_of
from services.syndication.webhooks.subscriptions import OVERLAP_SECONDS, Secret, Subscription, pack, unpack

OLD, NEW, NEWER = (secret_of(bytes([number]) * 32) for number in (1, 2, 3))
WHOLE = Subscription(
    id="sub_1",
    number=7,
    url="https://partner.example/hook",
    filter="lang:en",
    types=("article.updated",),
    description="desk",
    owner="north",
    created_at="2026-11-22T10:00:00Z",
    secrets=(Secret(OLD),),
    headers=(("x-a", "b"),),
    schedule=(1.0, 2.5),
    status="disabled",
    reason="the receiver answered 410 Gone",
)


def test_storage_keeps_every_field() -> None:
    stored = {
        name.encode(): value if isinstance(value, bytes) else value.encode() for name, value in pack(WHOLE).items()
    }
    assert unpack("sub_1", stored) == WHOLE


def test_a_rotated_secret_signs_beside_the_new_one_for_a_day() -> None:
    rotated = replace(WHOLE, secrets=WHOLE.rotated(NEW, 1000.0))
    assert rotated.keys(1000.0 + OVERLAP_SECONDS - 1) == [key_of(NEW), key_of(OLD)]
    assert rotated.keys(1000.0 + OVERLAP_SECONDS) == [key_of(NEW)]
    again = replace(rotated, secrets=rotated.rotated(NEWER, 2000.0))
    assert again.keys(2001.0) == [key_of(NEWER), key_of(NEW), key_of(OLD)]


def test_neither_secret_nor_header_values_are_shown() -> None:
    assert "secret" not in WHOLE.public()
    assert WHOLE.public()["headers"] == ["x-a"]
    assert WHOLE.public(secret=True)["secret"] == OLD
