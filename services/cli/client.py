"""How commands talk to a running Wireroom: its API, with the admin token, and plain words when it fails."""

from __future__ import annotations

import json
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPException
from typing import Any, NoReturn

import click

from services.cli.output import printable
from shared import settings
from shared.settings import Settings, SettingsError

SECONDS = 30.0
"""Longer than the pause between two heartbeats of the event stream."""

UNAUTHORIZED = 401
REFUSED, UNUSABLE, NOBODY = 1, 2, 3
"""Exit codes: refused or failed, wrong usage, nobody answers."""


def end(code: int, reason: str) -> NoReturn:
    """End the command with a line that says why."""
    click.echo(reason, err=True)
    sys.exit(code)


def read_settings() -> Settings:
    """Return the settings, or end with the lines that say what is wrong with them."""
    try:
        return settings.read()
    except SettingsError as error:
        end(REFUSED, str(error))


def address() -> str:
    """Return where Wireroom is: WIREROOM_URL, or the host and port of the settings."""
    url, _ = settings.client()
    if url:
        if not url.startswith(("http://", "https://")):
            end(REFUSED, f"WIREROOM_URL: must be an http or https address, not {url!r}")
        return url.rstrip("/")
    chosen = read_settings()
    host = "127.0.0.1" if chosen.host in settings.ANYWHERE else chosen.host
    return f"http://{f'[{host}]' if ':' in host else host}:{chosen.port}"


def admin_token() -> str | None:
    """Return the token that is set, or the one that `wireroom up` keeps in the data folder; None without either."""
    _, given = settings.client()
    if given:
        return given
    from shared.auth import TOKEN_FILE  # noqa: PLC0415  # it brings the web server's modules, slow to load

    folder = read_settings().data_dir
    try:
        return (folder / TOKEN_FILE).read_text().strip()
    except FileNotFoundError:
        return None
    except OSError as error:
        end(REFUSED, f"cannot read the token in {folder}: {error.strerror}")


def call(method: str, path: str, body: object = None, *, accept: tuple[int, ...] = ()) -> Any:
    """Call the API and return its answer; ends the command with the reason when it is refused or nobody answers.

    Statuses in `accept` are answers, not refusals.
    """
    data = None if body is None else json.dumps(body).encode()
    with _answered():
        text = send(method, path, data, accept=accept)
        return json.loads(text) if text else None


def send(
    method: str,
    path: str,
    data: bytes | None = None,
    *,
    content_type: str = "application/json",
    accept: tuple[int, ...] = (),
) -> bytes:
    """Call the API with bytes and return those that it answers; ends the command as `call` does."""
    request = urllib.request.Request(f"{address()}{path}", data, method=method)  # noqa: S310  # http or https only
    request.add_header("content-type", content_type)
    token = admin_token()
    if token is not None:
        request.add_header("authorization", f"Bearer {token}")
    with _answered(keyless=token is None):
        try:
            with urllib.request.urlopen(request, timeout=SECONDS) as answer:  # noqa: S310  # as above
                return bytes(answer.read())
        except urllib.error.HTTPError as error:
            if error.code not in accept:
                raise
            with error:
                return error.read()


def all_of(path: str, field: str) -> dict[str, Any]:
    """Return the first page of a list with the rows of all further pages added to it."""
    whole: dict[str, Any] = call("GET", path)
    following = whole.pop("next", None)
    while following is not None:
        page = call("GET", f"{path}?after={following}")
        whole[field] += page[field]
        following = page.get("next")
    return whole


def lines(path: str) -> Iterator[bytes]:
    """Yield the lines of a public stream until it ends."""
    with _answered(), urllib.request.urlopen(f"{address()}{path}", timeout=SECONDS) as answer:  # noqa: S310  # as above
        yield from answer


@contextmanager
def _answered(*, keyless: bool = False) -> Iterator[None]:
    """Turn what may go wrong between here and there into the command's end; `keyless` when no token was sent."""
    try:
        yield
    except urllib.error.HTTPError as error:
        with error:
            reason = _reason(error)
        if error.code == UNAUTHORIZED:
            reason = _unknown(keyless=keyless)
        end(REFUSED, reason)
    except (OSError, HTTPException) as error:
        why = getattr(error, "reason", None) or error
        end(NOBODY, f"nobody answers at {address()}: {getattr(why, 'strerror', None) or why}")
    except ValueError:
        end(NOBODY, f"what answers at {address()} is not Wireroom")


def _unknown(*, keyless: bool) -> str:
    """Return why a token was not taken, and what to do about it."""
    if keyless:
        return "no admin token: set WIREROOM_ADMIN_TOKEN, or call from where `wireroom up` was started"
    _, given = settings.client()
    which = "the token in WIREROOM_ADMIN_TOKEN" if given else f"the token kept in {read_settings().data_dir}"
    return f"401: {which} is not one of the Wireroom at {address()}: `wireroom token` prints it where that was started"


def _reason(error: urllib.error.HTTPError) -> str:
    try:
        return told(json.loads(error.read()))
    except (ValueError, KeyError, TypeError):
        return f"{error.code} {error.reason}"


def told(problem: dict[str, Any]) -> str:
    """Return a problem document (RFC 9457) as lines for people; raises KeyError or TypeError when it is none."""
    detail = problem["detail"]
    wrong = [one for one in problem.get("errors", ()) if one["message"] not in detail]
    found = [f"{problem['status']}: {detail}", *(f"  {one['field']}: {one['message']}" for one in wrong)]
    return "\n".join(printable(one) for one in found)
