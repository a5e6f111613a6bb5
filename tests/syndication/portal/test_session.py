"""Sessions that cannot be made, changed or prolonged, and hold no key."""

from __future__ import annotations

import base64

from services.syndication.portal.session import SECONDS, begun, form_mark, opened, sealed
from shared.auth import Admin, Consumer

KEY = b"a key for the tests of sessions"
PARTNER = Consumer("partner-1234")


def test_a_session_comes_back_as_it_was() -> None:
    session = begun(PARTNER, "0123", 1000)
    assert opened(sealed(session, KEY), KEY, 1001) == session
    assert session.who == PARTNER
    assert begun(Admin(), "0123", 1000).who == Admin()


def test_it_ends() -> None:
    value = sealed(begun(PARTNER, "0123", 1000), KEY)
    assert opened(value, KEY, 1000 + SECONDS - 1) is not None
    assert opened(value, KEY, 1000 + SECONDS) is None


def test_nobody_else_can_make_one() -> None:
    value = sealed(begun(PARTNER, "0123", 1000), KEY)
    packed, _, signature = value.partition(".")
    other = base64.urlsafe_b64encode(b'[null,"0123","nonce",99999999999]').rstrip(b"=").decode()
    for forged in (
        f"{other}.{signature}",
        f"{packed}.{'0' * 64}",
        packed,
        "",
        "." + signature,
        f"{packed}x.{signature}",
    ):
        assert opened(forged, KEY, 1001) is None
    assert opened(value, b"another key", 1001) is None
    assert opened("é" * 50 + "." + signature, KEY, 1001) is None


def test_forms_of_one_session_are_not_those_of_another() -> None:
    one, other = begun(PARTNER, "0123", 1000), begun(PARTNER, "0123", 1000)
    assert form_mark(one, KEY) == form_mark(one, KEY)
    assert form_mark(one, KEY) != form_mark(other, KEY)
    assert form_mark(one, KEY) not in sealed(one, KEY)
