"""The verifiers of docs/verify in four languages, each given requests that were really sent and ones that were not."""

from __future__ import annotations

import shutil
import subprocess
import sys
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from services.syndication.webhooks.sign import secret_of, signatures
from shared.redis import Store
from shared.web import application
from tests.asgi import ask
from tests.receiver import a_receiver
from tests.syndication.webhooks.bed import KEY, TOKEN, MemoryLedger, a_replica, story
from tests.waiting import until

FOLDER = Path(__file__).parents[2] / "docs" / "verify"
SECRET = secret_of(KEY)
STRANGE_SECRET = secret_of(bytes(32))
STRANGE_KEY = f"whpk_{b64encode(Ed25519PrivateKey.generate().public_key().public_bytes_raw()).decode()}"


@dataclass(frozen=True)
class Sent:
    """A request as a receiver has it, and the key to verify it by."""

    key: str
    id: str
    timestamp: str
    signatures: str
    body: bytes


async def requests(store: Store) -> tuple[Sent, Sent]:
    """Have one request sent that is signed both ways; return it for either key."""
    ledger = MemoryLedger()
    async with a_receiver() as receiver, a_replica(store, ledger) as replica:
        app = application(replica.routes)

        async def known() -> bool:
            return (await ask(app, "GET", "/.well-known/jwks.json")).status == 200

        await until(known)
        [jwk] = (await ask(app, "GET", "/.well-known/jwks.json")).json()["keys"]
        asked = {"url": receiver.url, "secret": SECRET, "signing": "both"}
        await ask(app, "POST", "/api/v1/subscriptions", json=asked, token=TOKEN)
        ledger.publish(story(1, headline="Żółć, “quoted” \U0001f4f0"))
        await until(lambda: receiver.calls)
        headers, body = receiver.calls[0].headers, receiver.calls[0].body
    told = (headers["webhook-id"], headers["webhook-timestamp"], headers["webhook-signature"])
    return Sent(SECRET, *told, body), Sent(jwk["whpk"], *told, body)


def python(_folder: Path) -> list[str]:
    return [sys.executable, str(FOLDER / "verify.py")]


def node(_folder: Path) -> list[str]:
    return [_there("node"), str(FOLDER / "verify.mjs")]


def php(_folder: Path) -> list[str]:
    command = [_there("php"), str(FOLDER / "verify.php")]
    if b"sodium" not in subprocess.run([command[0], "-m"], capture_output=True, check=True).stdout:
        pytest.skip("this PHP has no sodium")
    return command


def go(folder: Path) -> list[str]:
    """Compile it: `go run` would for every request; plainly, for at first Go compiles its own library too."""
    quickly = ["-gcflags=all=-N -l -dwarf=false", "-ldflags=-s -w"]
    build = [_there("go"), "build", *quickly, "-o", str(folder / "verify"), str(FOLDER / "verify.go")]
    subprocess.run(build, check=True, cwd=folder)
    return [str(folder / "verify")]


def _there(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        pytest.skip(f"{name} is not on this machine")
    return found


@pytest.mark.timeout(300)  # Go compiles its own library the first time
@pytest.mark.parametrize("runtime", [python, node, php, go])
async def test_what_was_sent_is_verified_and_nothing_else(
    store: Store, tmp_path: Path, runtime: Callable[[Path], list[str]]
) -> None:
    command = runtime(tmp_path)

    def verified(sent: Sent) -> bool:
        told = [sent.key, sent.id, sent.timestamp, sent.signatures]
        done = subprocess.run([*command, *told], input=sent.body, capture_output=True, check=False)
        assert done.returncode in (0, 1), done.stderr
        assert not done.stderr, done.stderr
        return done.returncode == 0

    by_secret, by_public_key = await requests(store)
    for sent, strange in ((by_secret, STRANGE_SECRET), (by_public_key, STRANGE_KEY)):
        assert verified(sent)
        assert not verified(replace(sent, key=strange))
        assert not verified(replace(sent, body=sent.body[:-1] + b" }"))
        assert not verified(replace(sent, id="msg_other"))
    assert not verified(replace(by_secret, signatures="v1, v2,x v1a"))
    late = str(int(by_secret.timestamp) - 301)
    assert not verified(
        replace(by_secret, timestamp=late, signatures=signatures([KEY], by_secret.id, int(late), by_secret.body))
    )
    stranger = signatures([bytes(32)], by_secret.id, int(by_secret.timestamp), by_secret.body)
    assert verified(replace(by_secret, signatures=f"{stranger} {by_secret.signatures}"))
