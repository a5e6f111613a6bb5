"""Turns what a form says of headers, credentials and certificates into what the API takes; nothing secret is shown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Fields = Mapping[str, str]

GRANT = ("token_url", "client_id", "scope", "audience", "client_authentication")
"""What is shown of OAuth 2 client credentials; the secret beside it never is."""

SECRET = ("headers", "auth.password", "auth.token", "auth.client_secret", "client_certificate.private_key")
"""What is written into a form is not shown again when it is refused, where it is secret."""


def shown(one: Mapping[str, Any]) -> dict[str, str]:
    """Return the fields of a form that show the credentials there are, as a browser sends them back untouched."""
    auth = one["auth"] or {}
    if auth.get("type") != "oauth2":
        return {}
    return {f"auth.{name}": text for name in GRANT if (text := (auth.get(name) or "").strip())}


def asked(fields: Fields, one: Mapping[str, Any]) -> dict[str, Any]:
    """Return those that a form says something of; what it says nothing of stays as it is in the settings `one`."""
    return {**_headers(fields), **_auth(fields, shown(one)), **_certificate(fields)}


def _headers(fields: Fields) -> dict[str, Any]:
    lines = [line for line in fields.get("headers", "").splitlines() if line.strip()]
    if lines:
        pairs = (line.partition(":") for line in lines)
        return {"headers": {name.strip(): value.strip() for name, _, value in pairs}}
    return {"headers": None} if fields.get("headers.none") else {}


def _auth(fields: Fields, before: Fields) -> dict[str, Any]:
    kind = fields.get("auth", "")
    if kind == "none":
        return {"auth": None}
    if kind == "basic":
        name, password = fields.get("auth.username", ""), fields.get("auth.password", "")
        return {"auth": {"type": "basic", "username": name, "password": password}}
    if kind == "bearer":
        return {"auth": {"type": "bearer", "token": fields.get("auth.token", "").strip()}}
    if kind == "oauth2" or _touched(fields, before):
        return {"auth": _grant(fields)}
    return {}


def _touched(fields: Fields, before: Fields) -> bool:
    """Tell whether a grant that is kept was written over: it is not to be left silently as it was."""
    if not before:
        return False
    names = [f"auth.{name}" for name in GRANT if f"auth.{name}" in fields]
    return bool(fields.get("auth.client_secret")) or any(fields[name].strip() != before.get(name, "") for name in names)


def _grant(fields: Fields) -> dict[str, Any]:
    given = {name: text for name in GRANT if (text := fields.get(f"auth.{name}", "").strip())}
    return {"type": "oauth2", **given, "client_secret": fields.get("auth.client_secret", "")}


def _certificate(fields: Fields) -> dict[str, Any]:
    chain, key = (
        "\n".join(fields.get(name, "").split("\r\n")).strip()
        for name in ("client_certificate", "client_certificate.private_key")
    )
    if chain or key:
        return {"client_certificate": {"certificate": chain, "private_key": key}}
    return {"client_certificate": None} if fields.get("client_certificate.none") else {}
