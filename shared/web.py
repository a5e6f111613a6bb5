"""The HTTP side of a process: routes behind one set of error answers, served on one port in our own loop."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Iterator, Sequence

import structlog
import uvicorn
from starlette.applications import Starlette
from starlette.routing import BaseRoute
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from shared.direct import Direct
from shared.error_answers import answers_to_errors

log = structlog.get_logger()

BACKLOG = 2048
GRACE_SECONDS = 10
HEAD_BYTES = 64 * 1024
HEAD_SECONDS = 20.0
HEARD_BYTES = 16 * 1024 * 1024
HEARD_SECONDS = 5.0
LINGER_BYTES = 64 * 1024 * 1024
LINGER_SECONDS = 10.0
"""What more is read of a body once it was refused: a client that sends on finds a reset in place of the answer."""
STALLED_SECONDS = 30.0
"""How long a peer may take nothing of what is sent to it."""


class PortInUseError(RuntimeError):
    """The address to listen on cannot be had; the message says which and why."""


def application(routes: Sequence[BaseRoute], *, lost: ASGIApp | None = None) -> ASGIApp:
    """Return the application whose every error is a problem document (RFC 9457), sent after the request was read.

    People in a browser who ask for what there is not are answered by `lost`.
    """
    app = Starlette(routes=list(routes), exception_handlers=answers_to_errors(routes, lost))
    return Direct(Hearing(app), routes)


class Hearing:
    """Reads what is left of a request's body, for nothing and within limits, before a refusal goes out.

    Answered while it is still being sent, a request breaks off, and its answer may be lost on the way: by a reset
    of the connection (RFC 9112 section 9.6), or by a gateway that gives up on it.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request as an ASGI application."""
        if scope["type"] != "http" or scope["method"] in {"GET", "HEAD"}:
            await self._app(scope, receive, send)
            return
        # Who waits to be told to send its body (RFC 9110 section 10.1.1) has sent nothing of it yet.
        whole, waits, refused = False, (b"expect", b"100-continue") in scope["headers"], False

        async def heard() -> Message:
            nonlocal whole, waits
            waits = False
            message = await receive()
            whole = whole or message["type"] != "http.request" or not message.get("more_body", False)
            return message

        async def hear_out(left: int, seconds: float) -> None:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    while not whole and not waits and left > 0:
                        left -= len((await heard()).get("body", b""))

        async def answer(message: Message) -> None:
            nonlocal refused
            if message["type"] == "http.response.start":
                refused = message["status"] >= 400
                if refused and waits:  # what comes next would be taken for the body
                    message = {**message, "headers": [*message.get("headers", ()), (b"connection", b"close")]}
                elif refused:
                    await hear_out(HEARD_BYTES, HEARD_SECONDS)
            elif refused and not whole and not waits and not message.get("more_body", False):
                await send({**message, "more_body": True})
                await hear_out(LINGER_BYTES, LINGER_SECONDS)
                message = {"type": "http.response.body"}
            await send(message)

        await self._app(scope, heard, answer)


def listen(host: str, port: int) -> socket.socket:
    """Return a bound socket. Raises PortInUseError that names the address."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # Named, for asyncio turns Nagle's pauses off (40 ms an answer) for sockets of this protocol alone.
    bound = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((host, port))
    except OSError as error:
        bound.close()
        raise PortInUseError(f"cannot listen on {host}:{port}: {error.strerror or error}") from None
    return bound


class Bounded(HttpToolsProtocol):
    """uvicorn's protocol with bounds it has none of: on heads, bodies past their answer, peers that do not read."""

    _head = 0
    _late: asyncio.TimerHandle | None = None
    _rest: asyncio.TimerHandle | None = None
    _left = 0
    _stalled: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn's own
        """Give the first head its time."""
        super().connection_made(transport)
        self._late = self.loop.call_later(HEAD_SECONDS, transport.close)

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the times."""
        self._in_time()
        self._ended()
        self._flowing()
        super().connection_lost(exc)

    def pause_writing(self) -> None:
        """Give the peer time to read on: what waits for it is held here, and closing would wait for it too."""
        super().pause_writing()
        self._watch()

    def resume_writing(self) -> None:
        """Forget the time."""
        self._flowing()
        super().resume_writing()

    def _watch(self) -> None:
        self._left = self.transport.get_write_buffer_size()
        self._stalled = self.loop.call_later(STALLED_SECONDS, self._judge)

    def _judge(self) -> None:
        if self.transport.get_write_buffer_size() < self._left:
            self._watch()
        else:
            self.transport.abort()

    def _flowing(self) -> None:
        if self._stalled is not None:
            self._stalled.cancel()
            self._stalled = None

    def data_received(self, data: bytes) -> None:
        """Refuse a head that has become too large."""
        super().data_received(data)
        if self._head < 0:
            return
        self._head += len(data)
        if self._head > HEAD_BYTES and not self.transport.is_closing():
            self.send_400_response("The head of the request is too large.")

    def on_message_begin(self) -> None:
        """Give the next head of a kept connection its time."""
        self._head = 0
        if self._late is None:
            self._late = self.loop.call_later(HEAD_SECONDS, self.transport.close)
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """Count no further: what comes now is the body."""
        self._in_time()
        self._head = -1
        super().on_headers_complete()

    def on_response_complete(self) -> None:
        """Give what is still sent of a body its time: each byte would put off the end of an idle connection."""
        super().on_response_complete()
        unended = self.cycle.response_complete and self.cycle.more_body
        if unended and self._rest is None and not self.transport.is_closing():
            self._rest = self.loop.call_later(LINGER_SECONDS, self.transport.close)

    def on_message_complete(self) -> None:
        """Forget that time."""
        self._ended()
        super().on_message_complete()

    def _ended(self) -> None:
        if self._rest is not None:
            self._rest.cancel()
            self._rest = None

    def _in_time(self) -> None:
        if self._late is not None:
            self._late.cancel()
            self._late = None


class _Quiet(uvicorn.Server):
    """A uvicorn server that leaves the signals to the process it is part of."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.ready.set()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


class Serving:
    """One uvicorn server on a socket that is already bound."""

    def __init__(self, app: ASGIApp, bound: socket.socket) -> None:
        config = uvicorn.Config(
            app,
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            backlog=BACKLOG,
            timeout_graceful_shutdown=GRACE_SECONDS,
            timeout_keep_alive=75,
            http=Bounded,
        )
        self._server = _Quiet(config)
        self._bound = bound
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Serve; returns once connections are accepted."""
        self._task = asyncio.create_task(self._server.serve(sockets=[self._bound]))
        ready = asyncio.create_task(self._server.ready.wait())
        await asyncio.wait((ready, self._task), return_when=asyncio.FIRST_COMPLETED)
        ready.cancel()

    async def stop(self) -> None:
        """Stop accepting, let requests under way finish within the grace period."""
        self._server.should_exit = True
        if self._task is not None:
            await self._task
        self._bound.close()
