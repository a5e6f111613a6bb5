"""The client credentials grant (RFC 6749 section 4.4): what a token endpoint is asked and says; sends nothing."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal
from urllib.parse import quote_plus, urlencode

import orjson

from shared.http_client import USER_AGENT, Answer, NoAnswer
from shared.retry import DAY, retry_after_seconds

KEPT = 65_536
"""Bytes read of a token endpoint's answer: a longer one is none."""

UNTOLD_SECONDS = 600.0
"""For so long a token is used when its endpoint does not say how long it holds."""

EARLY_SECONDS = 60.0
EARLY = 0.1
"""A token is replaced so long before it ends, or with a tenth of its time left, which is shorter."""

LEAST_SECONDS = 1.0
"""However short a token holds, those who wait for one together use the same."""

ERRORS = frozenset(
    (
        "invalid_request",
        "invalid_client",
        "invalid_grant",
        "unauthorized_client",
        "unsupported_grant_type",
        "invalid_scope",
    )
)
"""RFC 6749 section 5.2. What else an endpoint says is not passed on: it might repeat the secret."""

_TOKEN = re.compile(r"[\x21-\x7e]{1,8192}")
_DIGITS = re.compile(r"[0-9]{1,12}")

ClientAuthentication = Literal["basic", "body"]
"""How the client shows its secret to the token endpoint (RFC 6749 section 2.3.1)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """What a token is asked for with."""

    token_url: str
    client_id: str
    client_secret: str = field(repr=False)
    scope: str | None = None
    audience: str | None = None
    client_authentication: ClientAuthentication = "basic"
    type: Literal["oauth2"] = "oauth2"

    def public(self) -> dict[str, Any]:
        """Return what may be shown."""
        return {name: value for name, value in asdict(self).items() if name != "client_secret" and value is not None}

    def given(self) -> dict[str, Any]:
        """Return it in the form in which it was given."""
        return {**self.public(), "client_secret": self.client_secret}

    @property
    def body(self) -> bytes:
        """The form that is posted."""
        form = {"grant_type": "client_credentials", "scope": self.scope, "audience": self.audience}
        if self.client_authentication == "body":
            form |= {"client_id": self.client_id, "client_secret": self.client_secret}
        return urlencode({name: value for name, value in form.items() if value is not None}).encode()

    @property
    def headers(self) -> dict[str, str]:
        """The headers that go with it."""
        headers = {
            "accept": "application/json",
            "content-type": "application/x-www-form-urlencoded",
            "user-agent": USER_AGENT,
        }
        if self.client_authentication == "basic":
            shown = f"{quote_plus(self.client_id)}:{quote_plus(self.client_secret)}"
            headers["authorization"] = f"Basic {b64encode(shown.encode()).decode()}"
        return headers


@dataclass(frozen=True, slots=True)
class Token:
    """A bearer token, and for how many seconds it may be used."""

    text: str = field(repr=False)
    seconds: float


@dataclass(frozen=True, slots=True)
class NoToken:
    """There is none, and why; `after` is what the endpoint asked for by Retry-After, in seconds."""

    reason: str
    ms: float
    after: float | None = None


def read(answer: Answer | NoAnswer, now: float) -> Token | NoToken:
    """Return what a token endpoint's answer means; `now` is Unix time, for dates in Retry-After."""
    if isinstance(answer, NoAnswer):
        return NoToken(f"no access token: {answer.reason}", answer.ms)
    content = _object(answer.body_start)
    if answer.status != 200:
        error = content.get("error")
        said = f" ({error})" if isinstance(error, str) and error in ERRORS else ""
        after = retry_after_seconds(answer.headers.get("retry-after"), datetime.fromtimestamp(now, UTC))
        return NoToken(f"no access token: the token endpoint answered {answer.status}{said}", answer.ms, after)
    token, kind = content.get("access_token"), content.get("token_type")
    if not isinstance(token, str) or not _TOKEN.fullmatch(token):
        return NoToken("no access token: the token endpoint's answer holds none", answer.ms)
    if not isinstance(kind, str) or kind.lower() != "bearer":
        return NoToken("no access token: the token endpoint gives tokens of another type than Bearer", answer.ms)
    return Token(token, _usable(content.get("expires_in")))


def _object(body: bytes) -> Mapping[str, Any]:
    if len(body) >= KEPT:
        return {}
    try:
        content = orjson.loads(body)
    except orjson.JSONDecodeError:
        return {}
    return content if isinstance(content, dict) else {}


def _usable(expires_in: Any) -> float:
    """Return for how long a token is used that ends in so many seconds, which some endpoints give as a string."""
    if isinstance(expires_in, str) and _DIGITS.fullmatch(expires_in):
        expires_in = int(expires_in)
    if isinstance(expires_in, bool) or not isinstance(expires_in, int | float):
        return UNTOLD_SECONDS
    life = min(max(float(expires_in), 0.0), DAY)
    return max(LEAST_SECONDS, life - min(EARLY_SECONDS, life * EARLY))
