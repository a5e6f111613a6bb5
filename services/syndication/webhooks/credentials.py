"""What a receiver asks a sender to show it: headers, a password or token, a certificate; kept sealed, never shown."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal, Self

from services.syndication.webhooks.oauth import Grant
from shared.http_client import ClientCertificate


@dataclass(frozen=True, slots=True)
class Auth:
    """HTTP authentication: Basic with a name (RFC 7617), or Bearer (RFC 6750)."""

    type: Literal["basic", "bearer"]
    secret: str = field(repr=False)
    username: str | None = None

    @property
    def header(self) -> str:
        """The value of `authorization`."""
        if self.type == "bearer":
            return f"Bearer {self.secret}"
        return f"Basic {b64encode(f'{self.username}:{self.secret}'.encode()).decode()}"

    def public(self) -> dict[str, str]:
        """Return what may be shown."""
        return {"type": self.type} if self.username is None else {"type": self.type, "username": self.username}


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """All of them; each may be missing."""

    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    auth: Auth | Grant | None = None
    certificate: ClientCertificate | None = None

    @classmethod
    def read(cls, stored: Mapping[str, Any]) -> Self:
        """Read them from their stored form."""
        auth, certificate = stored.get("auth"), stored.get("certificate")
        return cls(
            headers=tuple((name, value) for name, value in stored["headers"]),
            auth=_auth(auth) if auth else None,
            certificate=ClientCertificate(**certificate) if certificate else None,
        )

    def stored(self) -> dict[str, Any]:
        """Return them as they are to be sealed."""
        return asdict(self)

    @property
    def grant(self) -> Grant | None:
        """What an access token is asked for with, None when none is needed."""
        return self.auth if isinstance(self.auth, Grant) else None

    def sent(self, token: str | None = None) -> dict[str, str]:
        """Return the headers that go out with every request; authentication stands in for a header of that name.

        `token` is the access token where there is a grant.
        """
        if self.auth is None:
            return dict(self.headers)
        shown = f"Bearer {token}" if isinstance(self.auth, Grant) else self.auth.header
        others = {name: value for name, value in self.headers if name.lower() != "authorization"}
        return {**others, "authorization": shown}

    def hidden(self, shown: str) -> dict[str, str]:
        """Return what `sent` returns with `shown` in place of all that is secret."""
        kind = {"basic": "Basic "}.get(self.auth.type, "Bearer ") if self.auth else ""
        return {name: kind * (name == "authorization") + shown for name in self.sent("")}

    def given(self) -> dict[str, Any]:
        """Return those there are in the form in which they were given: for who asked for all that is secret."""
        made: dict[str, Any] = {"headers": dict(self.headers)} if self.headers else {}
        if isinstance(self.auth, Grant):
            made["auth"] = self.auth.given()
        elif self.auth is not None and self.auth.type == "basic":
            made["auth"] = {"type": "basic", "username": self.auth.username, "password": self.auth.secret}
        elif self.auth is not None:
            made["auth"] = {"type": "bearer", "token": self.auth.secret}
        if self.certificate is not None:
            made["client_certificate"] = {"certificate": self.certificate.chain, "private_key": self.certificate.key}
        return made

    def public(self) -> dict[str, Any]:
        """Return what the API shows: names, and whose certificate it is."""
        return {
            "headers": [name for name, _ in self.headers],
            "auth": self.auth and self.auth.public(),
            "client_certificate": self.certificate and self.certificate.about(),
        }


def _auth(stored: Mapping[str, Any]) -> Auth | Grant:
    return Grant(**stored) if stored["type"] == "oauth2" else Auth(**stored)


NONE = Credentials()
