"""What a form says of headers, credentials and certificates: what is not written over stays, and no secret is shown."""

from __future__ import annotations

from typing import Any

import pytest

from services.syndication.portal.credentials import SECRET
from services.syndication.portal.filling import NEW, ON, changed, filled, new, shown_again

BASIC = {"type": "basic", "username": "ann", "password": " p "}
PEM = {"certificate": "-A\n-B", "private_key": "-K"}
KEPT: dict[str, Any] = {
    **NEW,
    "auth": {
        "type": "oauth2",
        "token_url": "https://id.example.org/token",
        "client_id": "desk",
        "scope": "push",
        "client_authentication": "body",
    },
}
GRANT = {**KEPT["auth"], "client_secret": "hush"}
TYPED = {f"auth.{name}": text for name, text in GRANT.items() if name != "type"}


@pytest.mark.parametrize(
    ("typed", "wanted"),
    [
        ({"headers": "X-One: 1\r\n\r\nX-Two:two: 2"}, {"headers": {"X-One": "1", "X-Two": "two: 2"}}),
        ({"headers.none": ON}, {"headers": None}),
        ({"auth": "none"}, {"auth": None}),
        ({"auth": "basic", "auth.username": "ann", "auth.password": " p "}, {"auth": BASIC}),
        ({"auth": "bearer", "auth.token": " t0k "}, {"auth": {"type": "bearer", "token": "t0k"}}),
        ({"auth": "oauth2", **TYPED}, {"auth": GRANT}),
        ({"auth": "oauth2"}, {"auth": {"type": "oauth2", "client_secret": ""}}),
        ({"auth.username": "filled in by the browser"}, {}),
        ({"client_certificate": "-A\r\n-B\r\n", "client_certificate.private_key": "-K"}, {"client_certificate": PEM}),
        ({"client_certificate.none": ON}, {"client_certificate": None}),
        ({"client_certificate": " ", "client_certificate.private_key": ""}, {}),
    ],
)
def test_what_was_written_is_asked_for_and_nothing_else(typed: dict[str, str], wanted: dict[str, Any]) -> None:
    assert changed(filled(NEW) | typed, NEW) == wanted
    assert new(typed).items() >= {name: value for name, value in wanted.items() if value is not None}.items()


def test_a_grant_that_nobody_wrote_over_stays() -> None:
    assert changed(filled(KEPT), KEPT) == {}
    assert "hush" not in filled(KEPT).values()


def test_a_grant_with_blanks_at_its_ends_counts_as_it_comes_back() -> None:
    kept = KEPT | {"auth": KEPT["auth"] | {"scope": " push ", "audience": " "}}
    assert changed(filled(kept), kept) == {}


@pytest.mark.parametrize("name", ["token_url", "client_id", "client_secret", "scope", "audience"])
def test_a_grant_that_is_written_over_is_asked_for_whole(name: str) -> None:
    given = changed(filled(KEPT) | {f"auth.{name}": "other"}, KEPT)
    assert given == {"auth": {**GRANT, "client_secret": "", name: "other"}}


def test_secrets_are_not_shown_again() -> None:
    typed = dict.fromkeys(SECRET, "hush") | {"url": "u", "client_certificate": "-A"}
    assert shown_again(typed) == {"url": "u", "client_certificate": "-A"}
