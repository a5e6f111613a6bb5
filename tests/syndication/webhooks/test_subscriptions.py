"""What a subscription keeps through storage and rotation."""

from __future__ import annotations

from dataclasses import replace

import orjson
import pytest

from services.syndication.webhooks.credentials import Credentials
from services.syndication.webhooks.sending import Sending
from services.syndication.webhooks.sign import key_of, secret_of
from services.syndication.webhooks.subscriptions import OVERLAP_SECONDS, Secret, Subscription, is_whole, pack, unpack
from shared.sealing import Sealer, SealError
from tests.syndication.webhooks.bed import SEALER

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
    credentials=Credentials(headers=(("x-a", "hush"),)),
    sending=Sending(signing="both"),
    schedule=(1.0, 2.5),
    status="disabled",
    reason="the receiver answered 410 Gone",
)


def stored(subscription: Subscription) -> dict[bytes, bytes]:
    packed = pack(subscription, SEALER)
    return {name.encode(): value if isinstance(value, bytes) else value.encode() for name, value in packed.items()}


def after(subscription: Subscription, secret: str, now: float, overlap: float = OVERLAP_SECONDS) -> Subscription:
    secrets = subscription.rotated(secret, now, overlap)
    assert secrets is not None
    return replace(subscription, secrets=secrets)


def test_storage_keeps_every_field() -> None:
    assert unpack("sub_1", stored(WHOLE), SEALER) == WHOLE


def test_storage_shows_neither_secrets_nor_the_values_of_headers() -> None:
    kept = b"".join(stored(WHOLE).values())
    assert OLD.removeprefix("whsec_").encode() not in kept
    assert b"hush" not in kept


def test_what_was_stored_before_anything_was_sealed_is_read() -> None:
    fields = stored(WHOLE)
    del fields[b"credentials"]
    settings = orjson.loads(fields[b"settings"])
    del settings["sending"]
    fields[b"settings"] = orjson.dumps({**settings, "headers": [["x-a", "hush"]]})
    fields[b"secrets"] = orjson.dumps([[OLD, None]])
    assert not is_whole(fields)
    assert unpack("sub_1", fields, SEALER) == replace(WHOLE, sending=Sending())
    assert is_whole(stored(WHOLE))


def test_secrets_sealed_under_another_key_or_for_another_shut_the_subscription_and_lose_nothing_else() -> None:
    other = Sealer(("another sealing key, as long as it must be",))
    for shut in (unpack("sub_1", stored(WHOLE), other), unpack("sub_2", stored(WHOLE), SEALER)):
        assert (shut.url, shut.filter, shut.status) == (WHOLE.url, WHOLE.filter, WHOLE.status)
        with pytest.raises(SealError, match="the secrets of sub_"):
            shut.keys(0)


def test_a_rotated_secret_signs_beside_the_new_one_for_a_day() -> None:
    rotated = after(WHOLE, NEW, 1000.0)
    assert rotated.keys(1000.0 + OVERLAP_SECONDS - 1) == [key_of(NEW), key_of(OLD)]
    assert rotated.keys(1000.0 + OVERLAP_SECONDS) == [key_of(NEW)]
    assert after(rotated, NEWER, 2000.0).keys(2001.0) == [key_of(NEWER), key_of(NEW), key_of(OLD)]


def test_without_overlap_the_old_secret_signs_no_more() -> None:
    assert after(WHOLE, NEW, 1000.0, 0).secrets == (Secret(NEW),)


def test_ten_old_secrets_sign_and_an_eleventh_is_refused() -> None:
    rotated = WHOLE
    for number in range(10):
        rotated = after(rotated, secret_of(bytes([number + 10]) * 32), 1000.0)
    assert len(rotated.keys(1001.0)) == 11
    assert rotated.rotated(NEW, 1001.0) is None
    assert rotated.rotated(NEW, 1000.0 + OVERLAP_SECONDS) is not None


def test_neither_secret_nor_header_values_are_shown() -> None:
    assert "secret" not in WHOLE.public()
    assert WHOLE.public()["headers"] == ["x-a"]
    assert WHOLE.public(secret=True)["secret"] == OLD


def test_since_when_nothing_but_failures_came_is_what_the_lanes_keep() -> None:
    def since(trouble: dict[str, int], status: bytes = b"active") -> object:
        fields = {**stored(WHOLE), b"trouble": orjson.dumps(trouble), b"status": status}
        return unpack("sub_1", fields, SEALER).public()["failing_since"]

    assert unpack("sub_1", stored(WHOLE), SEALER).failing_since is None
    assert since({"since": 0, "streak": 0}) is None
    assert since({"since": 1_800_000_000_500, "streak": 3}) == "2027-01-15T08:00:00.500000Z"
    assert since({"since": 1_800_000_000_500, "streak": 0}) is None  # a new address, at which nothing was tried yet
    assert since({"since": 1_800_000_000_500, "streak": 0}, b"disabled") == "2027-01-15T08:00:00.500000Z"
