from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from shared import embedded
from shared.embedded import LONGEST_SOCKET_PATH, EmbeddedError, EmbeddedServer
from tests.waiting import PATIENCE, until

PARENT = """
import sys, time
from pathlib import Path
from shared import embedded
from shared.embedded import EmbeddedServer
server = EmbeddedServer(Path(sys.argv[1]))
server.start()
print(server.pid, flush=True)
time.sleep(60)
"""


def _ask(server: EmbeddedServer, command: bytes) -> bytes:
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(PATIENCE)
        connection.connect(str(server.socket))
        connection.sendall(command + b"\r\n")
        return connection.recv(4096)


def _gone(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True


def test_it_answers_on_its_socket_which_nobody_else_may_open(short_dir: Path) -> None:
    server = EmbeddedServer(short_dir)
    server.start()
    try:
        assert server.url == f"unix://{short_dir}/redis.sock"
        assert _ask(server, b"PING") == b"+PONG\r\n"
        assert server.socket.stat().st_mode & 0o077 == 0
    finally:
        server.stop()
    assert server.pid is None
    assert not server.socket.exists()


def test_what_was_written_is_there_after_a_kill(short_dir: Path) -> None:
    server = EmbeddedServer(short_dir)
    server.start()
    try:
        assert _ask(server, b"SET a 1") == b"+OK\r\n"
        assert server.pid is not None
        os.kill(server.pid, signal.SIGKILL)
        server.stop()
        server.start()
        assert _ask(server, b"GET a") == b"$1\r\n1\r\n"
    finally:
        server.stop()


def test_a_second_one_on_the_folder_is_refused_in_plain_words(short_dir: Path) -> None:
    first = EmbeddedServer(short_dir)
    first.start()
    try:
        with pytest.raises(EmbeddedError, match="is in use by another wireroom"):
            EmbeddedServer(short_dir).start()
        assert _ask(first, b"PING") == b"+PONG\r\n"
    finally:
        first.stop()


def test_a_server_that_cannot_start_says_why(short_dir: Path) -> None:
    server = EmbeddedServer(short_dir, maxmemory="much")
    with pytest.raises(EmbeddedError, match=r"ended at once: .*maxmemory"):
        server.start()
    assert server.pid is None
    EmbeddedServer(short_dir).stop()


class Clock:
    """Seven seconds go by at each sleep."""

    def __init__(self) -> None:
        self.moment = 0.0

    def monotonic(self) -> float:
        return self.moment

    def sleep(self, _seconds: float) -> None:
        self.moment += 7


@pytest.mark.parametrize("said", [b"-LOADING Valkey", b""])
def test_a_server_is_waited_for_while_it_loads_its_file_and_not_while_it_is_silent(
    short_dir: Path, monkeypatch: pytest.MonkeyPatch, said: bytes
) -> None:
    answers = iter([b"", *[said] * 9, b"+PONG"])
    monkeypatch.setattr(embedded, "_answer", lambda _path: next(answers))
    monkeypatch.setattr(embedded, "time", Clock())
    server = EmbeddedServer(short_dir)
    try:
        if said:
            server.start(seconds=10)
        else:
            with pytest.raises(EmbeddedError, match="did not answer within 10 s"):
                server.start(seconds=10)
        assert (server.pid is not None) is bool(said)
    finally:
        server.stop()


def test_a_folder_with_a_long_path_gets_a_socket_elsewhere(short_dir: Path) -> None:
    server = EmbeddedServer(short_dir / ("long" * 30))
    assert len(os.fsencode(server.socket)) <= LONGEST_SOCKET_PATH
    server.start()
    try:
        assert _ask(server, b"PING") == b"+PONG\r\n"
    finally:
        server.stop()


@pytest.mark.skipif(sys.platform != "linux", reason="PR_SET_PDEATHSIG is Linux's")
async def test_it_goes_with_a_parent_that_is_killed_and_the_next_start_finds_the_data(short_dir: Path) -> None:
    with subprocess.Popen(  # noqa: ASYNC220  # a parent to kill, started at once
        [sys.executable, "-c", PARENT, str(short_dir)], stdout=subprocess.PIPE
    ) as parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        other = EmbeddedServer(short_dir)
        assert _ask(other, b"SET a 1") == b"+OK\r\n"
        parent.kill()
    await until(lambda: _gone(pid))
    other.start()
    try:
        assert _ask(other, b"GET a") == b"$1\r\n1\r\n"
    finally:
        other.stop()


@pytest.mark.skipif(sys.platform != "linux", reason="an orphan is known by /proc")
def test_an_orphan_on_the_folder_is_ended_first(short_dir: Path) -> None:
    first = EmbeddedServer(short_dir)
    first.start()
    orphan = first.pid
    assert orphan is not None
    # The lock goes with its parent, as the orphan's has.
    (short_dir / "lock").unlink()
    second = EmbeddedServer(short_dir)
    second.start()
    try:
        assert _gone(orphan)
        assert _ask(second, b"PING") == b"+PONG\r\n"
    finally:
        second.stop()
        first.stop()
