"""What the command line takes for a genuine webhook."""

from __future__ import annotations

import base64

import pytest

from services.cli.verifying import VerificationError, by_public_keys, by_secret, verify

STRANGE = f"whpk_{base64.b64encode(bytes(31) + b'x').decode()}"
# The fixed vector of the Standard Webhooks libraries' own tests.
KEY = base64.b64decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
BODY = b'{"test": 2432232314}'
SENT = 1614265330
SIGNATURE = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
HEADERS = {
    "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
    "webhook-timestamp": str(SENT),
    "webhook-signature": SIGNATURE,
}
V1A = "v1a,hnO3f9T8Ytu9HwrXslvumlUpqtNVqkhqw/enGzPCXe5BdqzCInXqYXFymVJaA7AZdpXwVLPo3mNl8EM+m7TBAg=="


def refused(headers: dict[str, str], *, key: bytes = KEY, body: bytes = BODY, now: float = SENT) -> str:
    with pytest.raises(VerificationError) as raised:
        verify([by_secret(key)], headers, body, now)
    return str(raised.value)


def test_the_fixed_vector_of_the_specification_is_genuine() -> None:
    verify([by_secret(KEY)], HEADERS, BODY, SENT)


@pytest.mark.parametrize("others", [f"v1,AAAA {SIGNATURE}", f"{V1A} {SIGNATURE}", f"nonsense {SIGNATURE} v2,x"])
def test_one_fitting_signature_among_others_is_enough(others: str) -> None:
    verify([by_secret(KEY)], HEADERS | {"webhook-signature": others}, BODY, SENT)


def test_a_wrong_secret_or_a_changed_part_is_refused() -> None:
    assert refused(HEADERS, key=b"x" * 24) == "no signature fits the secret"
    assert refused(HEADERS, body=BODY + b" ") == "no signature fits the secret"
    for name, other in (("id", "msg_other"), ("timestamp", str(SENT + 1)), ("signature", "v1,AAAA")):
        assert refused(HEADERS | {f"webhook-{name}": other}) == "no signature fits the secret"


def test_a_signature_of_another_kind_alone_is_refused() -> None:
    assert refused(HEADERS | {"webhook-signature": V1A}) == "no signature fits the secret"
    assert refused(HEADERS | {"webhook-signature": SIGNATURE.replace("v1,", "v2,")}) == "no signature fits the secret"


@pytest.mark.parametrize("off", [-301, 301])
def test_a_time_more_than_five_minutes_off_is_refused(off: int) -> None:
    assert refused(HEADERS, now=SENT + off) == "the timestamp is more than five minutes off"
    verify([by_secret(KEY)], HEADERS, BODY, SENT + off * 300 / 301)


@pytest.mark.parametrize("name", HEADERS)
def test_a_missing_header_is_refused(name: str) -> None:
    without = {given: value for given, value in HEADERS.items() if given != name}
    assert refused(without) == "the webhook-… headers are missing or malformed"


@pytest.mark.parametrize("stamp", ["", "soon", "1e9", "9" * 5000])
def test_a_malformed_timestamp_is_refused(stamp: str) -> None:
    assert refused(HEADERS | {"webhook-timestamp": stamp}) == "the webhook-… headers are missing or malformed"


# The public half of the fixed vector's key.
PUBLIC = "whpk_1SiA4o9hyqTCpIqC5V9HUakiiaeACeqfZTInDBbOir4="


def test_the_fixed_vector_of_asymmetric_signatures_is_genuine() -> None:
    verify(
        [by_public_keys(lambda: [STRANGE, PUBLIC])], HEADERS | {"webhook-signature": f"{SIGNATURE} {V1A}"}, BODY, SENT
    )


def test_keys_are_asked_for_again_when_none_fits_and_not_when_one_does() -> None:
    asked: list[str] = []

    def published() -> list[str]:
        asked.append(PUBLIC if asked else STRANGE)
        return asked[-1:]

    check = by_public_keys(published)
    headers = HEADERS | {"webhook-signature": V1A}
    with pytest.raises(VerificationError, match="no signature fits the publisher's keys"):
        verify([check], headers, BODY, SENT)
    for _ in range(2):
        verify([check], headers, BODY, SENT)
    assert asked == [STRANGE, PUBLIC]


def test_who_asks_for_both_gets_neither_alone() -> None:
    checks = [by_secret(KEY), by_public_keys(lambda: [PUBLIC])]
    verify(checks, HEADERS | {"webhook-signature": f"{SIGNATURE} {V1A}"}, BODY, SENT)
    for alone in (SIGNATURE, V1A):
        with pytest.raises(VerificationError):
            verify(checks, HEADERS | {"webhook-signature": alone}, BODY, SENT)


@pytest.mark.parametrize("spoilt", ["v1a,", "v1a,!", "v1a,AAAA", f"{V1A[:-8]}AAAAAA==", V1A.replace("v1a", "v1b")])
def test_what_is_no_signature_of_the_publisher_is_refused(spoilt: str) -> None:
    with pytest.raises(VerificationError):
        verify([by_public_keys(lambda: [PUBLIC])], HEADERS | {"webhook-signature": spoilt}, BODY, SENT)
