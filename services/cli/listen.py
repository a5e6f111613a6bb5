"""`wireroom listen`: a receiver on this machine that verifies what it is sent and prints it."""

from __future__ import annotations

import base64
import json
import os
import secrets
import signal
import sys
import threading
import time
from collections.abc import Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import click

from services.cli.client import REFUSED, address, call, end, told
from services.cli.output import printable, safe_json
from services.cli.verifying import PREFIX, Check, VerificationError, by_public_keys, by_secret, verify
from shared.numbers import whole

LARGEST = 16 * 1024 * 1024
LOCAL = "127.0.0.1"
PATIENCE = 5
"""Seconds a stop waits for a delivery that is being printed and answered."""


def _published() -> list[str]:
    return [str(key["whpk"]) for key in call("GET", "/.well-known/jwks.json")["keys"]]


def _key(_context: click.Context, _parameter: click.Parameter, secret: str | None) -> bytes:
    if secret is None:
        return secrets.token_bytes(32)
    try:
        key = base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except ValueError:
        key = b""
    if not key:
        raise click.BadParameter(f"is {PREFIX} and base64, as the subscription's answer showed it")
    return key


@click.command()
@click.option("--port", default=9000, show_default=True, type=click.IntRange(1, 65535), metavar="PORT")
@click.option("--host", default=LOCAL, show_default=True, help="The address to listen on.")
@click.option("--url", help="How Wireroom reaches this receiver, where that is not by host and port.")
@click.option(
    "--secret",
    "key",
    callback=_key,
    metavar="WHSEC",
    help="The secret of a subscription that exists; one is made when not given.",
)
@click.option(
    "--filter", "-f", "query", metavar="QUERY", help="Subscribe at once with this query ('' for all), until Ctrl-C."
)
@click.option(
    "--signing",
    type=click.Choice(["v1", "v1a", "both"]),
    default="v1",
    show_default=True,
    help="What must fit: the secret, the publisher's ed25519 key, or both.",
)
@click.option("--json", "as_json", is_flag=True, help="Print whole bodies.")
def listen(port: int, host: str, url: str | None, key: bytes, query: str | None, signing: str, as_json: bool) -> None:
    """Receive webhooks here, verify and print them."""
    checks = [by_secret(key)] if signing != "v1a" else []
    checks += [by_public_keys(_published)] if signing != "v1" else []
    # Held while a delivery is printed and answered. The server's threads are daemons, so that a sender's idle
    # connection holds up no stop; the interpreter aborts when it ends while one of them prints.
    telling = threading.Lock()
    try:
        server = ThreadingHTTPServer((host, port), _receiver(checks, telling, as_json=as_json))
    except OSError as error:
        end(REFUSED, f"cannot listen on {host}:{port}: {error.strerror}")
    # A stop by SIGTERM takes the subscription back too, as Ctrl-C does.
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    url, made = url or f"http://{host}:{port}/", None
    try:
        secret = PREFIX + base64.b64encode(key).decode()
        if query is None:
            _explain(url, secret, signing)
        else:
            made = _subscribe(url, query, secret, signing)
        server.serve_forever()
    except KeyboardInterrupt:
        click.echo("", err=True)
    finally:
        signal.signal(signal.SIGTERM, before)
        server.server_close()
        told_all = telling.acquire(timeout=PATIENCE)
        if made is not None:
            call("DELETE", f"/api/v1/subscriptions/{made}")
        if not told_all:
            os._exit(0)


def _subscribe(url: str, query: str, secret: str, signing: str) -> str:
    asked = {"url": url, "filter": query, "secret": secret, "signing": signing}
    answer = call("POST", "/api/v1/subscriptions", asked, accept=(422,))
    if "id" not in answer:
        click.echo(told(answer), err=True)
        if any(one["field"] == "url" for one in answer.get("errors", ())):
            click.echo(
                "Wireroom sends to private addresses only when it is started with WIREROOM_ALLOW_NETWORKS, "
                "for this machine 127.0.0.0/8",
                err=True,
            )
        sys.exit(REFUSED)
    made = str(answer["id"])
    click.echo(f"listening on {url} as subscription {made}; Ctrl-C ends both", err=True)
    return made


def _explain(url: str, secret: str, signing: str) -> None:
    told = {"url": url, "filter": "", "secret": secret} | ({} if signing == "v1" else {"signing": signing})
    body = json.dumps(told)
    click.echo(
        f"listening on {url}; subscribe it from another terminal, with a query in filter to have less:", err=True
    )
    click.echo(f'\n  curl {address()}/api/v1/subscriptions -H "Authorization: Bearer $(wireroom token)" \\', err=True)
    click.echo(f"    -d '{body}'\n", err=True)


def _receiver(checks: Sequence[Check], telling: threading.Lock, *, as_json: bool) -> type[BaseHTTPRequestHandler]:
    class Receiver(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        timeout = 60

        def do_POST(self) -> None:
            size = whole(self.headers.get("content-length", ""), LARGEST)
            if size is None:
                self._answer(413)
                return
            body = self.rfile.read(size)
            headers = {name.lower(): value for name, value in self.headers.items()}
            with telling:
                self._answer(self._told(headers, body))

        def _told(self, headers: dict[str, str], body: bytes) -> int:
            try:
                verify(checks, headers, body, time.time())
            except VerificationError as error:
                click.echo(f"REFUSED   {error}", err=True)
                return 401
            click.echo(safe_json(body.decode()) if as_json else line(headers["webhook-id"], json.loads(body)))
            return 204

        def _answer(self, status: int) -> None:
            self.send_response(status)
            self.send_header("content-length", "0")
            if status == 413:
                self.send_header("connection", "close")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            """Say nothing: what matters is printed."""

    return Receiver


def line(message: str, event: dict[str, Any]) -> str:
    """Return a verified event as one line for people; `message` is its webhook-id."""
    data = event["data"]
    article = data.get("article")
    if article is None:
        return f"verified  {event['type']:<18} {message}"
    changed = f" changed={','.join(data['changed'])}" if data.get("changed") else ""
    about = printable(article.get("headline") or article["id"])
    place = f"seq={data['seq']}" if "seq" in data else _early(data)
    return f"verified  {event['type']:<18} {place} v{article['version']}{changed}  {about}  {message}"


def _early(data: dict[str, Any]) -> str:
    """Return what stands for the number of what is not in the ledger: until when it is not to be published."""
    return f"until={printable(str(data['embargoed_until']))}" if "embargoed_until" in data else "early"
