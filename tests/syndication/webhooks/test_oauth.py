"""What a token endpoint is asked, and what each of its answers means."""

from __future__ import annotations

from base64 import b64decode
from typing import Any
from urllib.parse import parse_qs

import orjson
import pytest

from services.syndication.webhooks.oauth import KEPT, UNTOLD_SECONDS, Grant, NoToken, Token, read
from shared.http_client import Answer, NoAnswer

NOW = 1_800_000_000.0
GRANT = Grant(token_url="https://login.example/token", client_id="desk:1", client_secret="hush & hush", scope="a b")


def said(content: Any, status: int = 200, **headers: str) -> Token | NoToken:
    body = content if isinstance(content, bytes) else orjson.dumps(content)
    return read(Answer(status, headers, body, 1.0), NOW)


def test_the_secret_goes_in_the_header_form_encoded_first_or_in_the_body() -> None:
    assert parse_qs(GRANT.body.decode()) == {"grant_type": ["client_credentials"], "scope": ["a b"]}
    shown = b64decode(GRANT.headers["authorization"].removeprefix("Basic ")).decode()
    assert shown == "desk%3A1:hush+%26+hush"
    within = Grant(**{**GRANT.given(), "client_authentication": "body", "audience": "https://api.example"})
    assert "authorization" not in within.headers
    assert parse_qs(within.body.decode()) == {
        "grant_type": ["client_credentials"],
        "scope": ["a b"],
        "audience": ["https://api.example"],
        "client_id": ["desk:1"],
        "client_secret": ["hush & hush"],
    }


def test_the_secret_is_neither_shown_nor_printed() -> None:
    for text in (str(GRANT.public()), repr(GRANT), repr(Token("hush", 1.0))):
        assert "hush" not in text


@pytest.mark.parametrize(
    ("expires_in", "seconds"),
    [(3600, 3540.0), ("100", 90.0), (100.0, 90.0), (0, 1.0), (-5, 1.0), (10**9, 86_340.0)]
    + [(other, UNTOLD_SECONDS) for other in (None, True, "soon", [1], "9" * 40)],
)
def test_a_token_is_used_until_a_little_before_it_ends(expires_in: Any, seconds: float) -> None:
    answer = {"access_token": "t.0-k", "token_type": "bearer", "expires_in": expires_in}
    assert said(answer) == Token("t.0-k", seconds)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<html>",
        b"[]",
        b'"token"',
        b"{}",
        {"access_token": 5, "token_type": "Bearer"},
        {"access_token": "", "token_type": "Bearer"},
        {"access_token": "a\r\nx-more: 1", "token_type": "Bearer"},
        {"access_token": "two words", "token_type": "Bearer"},
        {"access_token": "ü", "token_type": "Bearer"},
        {"access_token": "x" * 8193, "token_type": "Bearer"},
        {"access_token": "x"},
        {"access_token": "x", "token_type": "mac"},
        {"access_token": "x", "token_type": ["Bearer"]},
        {"access_token": "x", "token_type": "Bearer", "more": "x" * KEPT},
    ],
)
def test_what_is_no_token_is_said_in_words(content: Any) -> None:
    told = said(content if isinstance(content, bytes) else orjson.dumps(content)[:KEPT])
    assert isinstance(told, NoToken)
    assert told.reason.startswith("no access token: ")


def test_an_error_is_named_when_it_is_one_of_the_standard_s() -> None:
    refused = said({"error": "invalid_client", "error_description": "hush is wrong"}, 401)
    assert isinstance(refused, NoToken)
    assert refused.reason == "no access token: the token endpoint answered 401 (invalid_client)"
    for other in ({"error": "hush"}, {"error": ["invalid_client"]}, b"hush"):
        told = said(other, 400)
        assert isinstance(told, NoToken)
        assert told.reason == "no access token: the token endpoint answered 400"


def test_retry_after_is_kept_and_no_answer_has_its_reason() -> None:
    busy = said({}, 503, **{"retry-after": "90"})
    assert isinstance(busy, NoToken)
    assert busy.after == 90.0
    assert read(NoAnswer("could not connect", 2.0), NOW) == NoToken("no access token: could not connect", 2.0)
