"""What the subscriptions API takes about how messages are sent, checked field by field, and what it becomes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, model_validator

from services.syndication.webhooks.credentials import NONE, Auth, Credentials
from services.syndication.webhooks.cuts import FIELDS, Payload
from services.syndication.webhooks.formats import Format
from services.syndication.webhooks.oauth import ClientAuthentication, Grant
from services.syndication.webhooks.sending import PLAIN, SENT, Sending, Signing
from shared.events import Reuse
from shared.http_client import CertificateError, ClientCertificate
from shared.netguard import web_address
from shared.times import now

_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,64}")  # RFC 9110 section 5.6.2
_OURS = re.compile(
    r"(?i)(webhook|wireroom|ce|proxy|content)-.*|host|transfer-encoding|connection|keep-alive|upgrade|te|trailer"
    r"|expect|user-agent|accept-encoding"
)
_SHOWN = frozenset(("headers", "auth", "client_certificate"))
_STRICT = ConfigDict(extra="forbid", frozen=True)


def _headers(given: dict[str, str]) -> dict[str, str]:
    for name, value in given.items():
        if not _TOKEN.fullmatch(name):
            raise ValueError(f"{name[:64]!r} is not a header name")
        if _OURS.fullmatch(name.replace("_", "-")):  # CGI and its heirs take them for one
            raise ValueError(f"{name} is set by the sender")
        # CR, LF and NUL would let a value end its header and begin another (RFC 9110 section 5.5).
        if not (value.isascii() and value.isprintable() and len(value) <= 1024):
            raise ValueError(f"the value of {name} must be up to 1024 printable ASCII characters")
    if len({name.lower() for name in given}) < len(given):
        raise ValueError("a name stands there twice")
    return given


def _fields(given: list[str]) -> list[str]:
    unknown = [name for name in given if name not in FIELDS]
    if unknown:
        raise ValueError(f"{unknown[0][:64]!r} is none of {', '.join(FIELDS)}")
    return list(dict.fromkeys(given))


def _printable(text: str) -> str:
    if not text.isprintable():
        raise ValueError("must hold no control characters")
    return text


Word = Annotated[str, StringConstraints(min_length=1, max_length=1024), AfterValidator(_printable)]
Pem = Annotated[str, StringConstraints(min_length=1, max_length=24_576)]
Headers = Annotated[dict[str, str], Field(max_length=10), AfterValidator(_headers)]
Fields = Annotated[
    list[str],
    Field(max_length=len(FIELDS), json_schema_extra={"items": {"enum": list(FIELDS)}}),
    AfterValidator(_fields),
]


class BasicAuth(BaseModel):
    """A name and a password (RFC 7617)."""

    model_config = _STRICT
    type: Literal["basic"]
    username: Annotated[Word, StringConstraints(pattern="^[^:]+$")]
    password: Word


class BearerAuth(BaseModel):
    """A token (RFC 6750)."""

    model_config = _STRICT
    type: Literal["bearer"]
    token: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._~+/-]{1,4096}=*$")]


def _web(url: str) -> str:
    web_address(url)  # NotAWebAddress is a ValueError, in words
    return url


class OAuthInput(BaseModel):
    """An access token from a token endpoint, by the client credentials grant (RFC 6749 section 4.4)."""

    model_config = _STRICT
    type: Literal["oauth2"]
    token_url: Annotated[str, StringConstraints(min_length=1, max_length=2048), AfterValidator(_web)]
    client_id: Word
    client_secret: Word
    scope: Word | None = None
    audience: Word | None = None
    client_authentication: Annotated[
        ClientAuthentication, Field(description="how the endpoint is shown the secret: in a header, or in the body")
    ] = "basic"


class CertificateInput(BaseModel):
    """A certificate chain, the client's own first, and its private key without a password, both in PEM."""

    model_config = _STRICT
    certificate: Pem
    private_key: Pem

    @model_validator(mode="after")
    def _fits(self) -> CertificateInput:
        try:
            self.made().check(now())
        except CertificateError as error:
            raise ValueError(str(error)) from None
        return self

    def made(self) -> ClientCertificate:
        """Return it as it is used."""
        return ClientCertificate(self.certificate, self.private_key)


AuthInput = Annotated[BasicAuth | BearerAuth | OAuthInput, Field(discriminator="type")]


class SendingInput(BaseModel):
    """How messages are sent: every field may be left out, and null takes back what was chosen."""

    signing: Signing | None = None
    format: Format | None = None
    payload: Payload | None = None
    fields: Fields | None = None
    reuse: Reuse | None = None
    headers: Headers | None = None
    auth: AuthInput | None = None
    client_certificate: CertificateInput | None = None
    handshake: Annotated[bool, Field(description="CloudEvents only: whether the receiver is asked for consent")] = True

    @model_validator(mode="after")
    def _not_both(self) -> SendingInput:
        if self.payload == "thin" and self.fields is not None:
            raise ValueError("fields are chosen of full payloads; a thin one has identity and links")
        return self

    @property
    def token_url(self) -> str | None:
        """The token endpoint that was given."""
        return self.auth.token_url if isinstance(self.auth, OAuthInput) else None

    def sending(self, before: Sending = PLAIN) -> Sending:
        """Return what was asked for, the rest as before; fields and thin take each other back."""
        given = self._given(SENT)
        if given.get("payload") == "thin":
            given["fields"] = None
        elif given.get("fields") is not None:
            given["payload"] = "full"
        return before.changed(given)

    def credentials(self, before: Credentials = NONE) -> Credentials:
        """Return those that were given, the rest as before; the very same when none were."""
        made: dict[str, Any] = {}
        for name, value in self._given(_SHOWN).items():
            match name:
                case "headers":
                    made[name] = tuple(value.items()) if value else ()
                case "auth":
                    made[name] = value and _auth(value)
                case _:
                    made["certificate"] = value and value.made()
        return replace(before, **made) if made else before

    def _given(self, names: frozenset[str]) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.model_fields_set & names}


TOLD: Mapping[str, Any] = dict.fromkeys((*SENT, *_SHOWN, "handshake"))
"""The names of all these fields."""


def _auth(given: BasicAuth | BearerAuth | OAuthInput) -> Auth | Grant:
    if isinstance(given, OAuthInput):
        return Grant(**given.model_dump())
    if isinstance(given, BasicAuth):
        return Auth("basic", given.password, given.username)
    return Auth("bearer", given.token)
