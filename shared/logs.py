"""Structured logs: one JSON object a line on stdout, or short coloured lines on a terminal."""

from __future__ import annotations

import logging
import re
import sys
import threading
from collections.abc import Mapping, Sequence
from contextvars import ContextVar
from datetime import UTC, datetime
from types import TracebackType
from typing import TYPE_CHECKING, Any, BinaryIO, TextIO, cast

import orjson
import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from shared.log_out import BYTES, TEXT

if TYPE_CHECKING:
    from shared.events import Article

LIBRARIES = ("uvicorn", "uvicorn.error", "aiohttp", "faststream", "asyncio")
"""Loggers of libraries whose warnings an operator needs; their chatter below that stays out."""

log = structlog.get_logger()

_NOTHING: Mapping[str, object] = {}
_service: ContextVar[str | None] = ContextVar("wireroom_service", default=None)
_actor: ContextVar[str | None] = ContextVar("wireroom_actor", default=None)
_about: ContextVar[Mapping[str, object]] = ContextVar("wireroom_about", default=_NOTHING)


def speak_as(service: str) -> None:
    """Have the current task, and every task it starts, log as this service of the process."""
    _service.set(service)


def act_as(actor: str) -> None:
    """Put who has this done on every line that the current task, and every task it starts, logs from now on."""
    _actor.set(actor)


def about(fields: Mapping[str, object]) -> None:
    """Put these fields on every line that the current task logs from now on, in place of those it had before.

    Costs one assignment, where binding each to a context variable of its own costs some microseconds an event.
    """
    _about.set(fields)


def of(article: Article) -> dict[str, object]:
    """Return the fields of a line about this version of an article."""
    return {"article_id": article.id, "version": article.version, "source": article.source.id}


def tell(lines: Sequence[Mapping[str, object]]) -> None:
    """Log lines at info, each a mapping with its `event`, at once; the fields of `about` are not added.

    With the JSON format they are rendered straight to stdout, in the shape the processors give: at thousands of
    events a second the general way would cost more than handling them.
    """
    if _json.active():
        _json.write(lines)
        return
    for line in lines:
        fields = dict(line)
        log.info(fields.pop("event"), **fields)


def configure(log_format: str, level: str, *, service: str) -> None:
    """Send structlog's and the libraries' lines to stdout as `json` or `console`, from `level` up.

    Every line carries timestamp (UTC), level, event and service.
    """
    first: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        _merge_about,
        structlog.processors.add_log_level,
        _Service(service),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    as_json = log_format == "json"
    render = structlog.processors.JSONRenderer(serializer=_dumps)
    last: list[Processor] = (
        [structlog.processors.format_exc_info, render]
        if as_json
        else [_short, structlog.dev.ConsoleRenderer(colors=sys.stdout.isatty(), pad_event_to=0, sort_keys=False)]
    )
    number = logging.getLevelNamesMapping()[level.upper()]
    structlog.configure(
        processors=[*first, *last],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=_factory(as_json=as_json),
        cache_logger_on_first_use=False,
    )
    _json.configure(render if as_json else None, service, heard=number <= logging.INFO)
    for name in LIBRARIES:
        _forward(name)


def _factory(*, as_json: bool) -> structlog.BytesLoggerFactory | structlog.PrintLoggerFactory:
    """Return what makes loggers; they ask no more of a file than to be written to and flushed."""
    if as_json:
        return structlog.BytesLoggerFactory(cast("BinaryIO", BYTES))
    return structlog.PrintLoggerFactory(cast("TextIO", TEXT))


def catch_all() -> None:
    """Have everything that Python would print by itself logged as well: a JSON log has no other lines."""
    logging.captureWarnings(capture=True)
    _forward(None)
    sys.excepthook = _uncaught
    sys.unraisablehook = lambda left: _died(left.exc_value, where=f"{left.err_msg or 'in'} {left.object!r}"[:200])
    threading.excepthook = lambda left: _died(left.exc_value, where=getattr(left.thread, "name", None))


def _forward(name: str | None) -> None:
    library = logging.getLogger(name)
    library.handlers = [_Forward()]
    library.propagate = False
    library.setLevel(logging.WARNING)


class _Json:
    """Renders info lines as the configured JSON processors would."""

    def __init__(self) -> None:
        self._render: Processor | None = None
        self._service = ""
        self._heard = True

    def configure(self, render: Processor | None, service: str, *, heard: bool) -> None:
        self._render, self._service, self._heard = render, service, heard

    def active(self) -> bool:
        """Tell whether structlog is still set up as `configure` left it; a test may have put itself in between."""
        return self._render is not None and structlog.get_config()["processors"][-1] is self._render

    def write(self, lines: Sequence[Mapping[str, object]]) -> None:
        if not self._heard:
            return
        first = {"service": _service.get() or self._service}
        last = {"level": "info", "timestamp": datetime.now(UTC).isoformat().replace("+00:00", "Z")}
        BYTES.write(b"".join([_dumps({**first, **line, **last}) + b"\n" for line in lines]))
        BYTES.flush()


_json = _Json()


def _merge_about(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    for name, value in _about.get().items():
        event.setdefault(name, value)
    if (actor := _actor.get()) is not None:
        event.setdefault("actor", actor)
    return event


class _Service:
    def __init__(self, name: str) -> None:
        self.name = name

    def __call__(self, _logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
        event.setdefault("service", _service.get() or self.name)
        return event


class _Forward(logging.Handler):
    """Hands a library's record to structlog, so that every line on stdout has one shape."""

    def emit(self, record: logging.LogRecord) -> None:
        try:
            message = record.getMessage()
        except Exception:  # noqa: BLE001  # a library's own mistake, which is not to become ours
            message = str(record.msg)
        line = structlog.get_logger()
        line.log(
            record.levelno,
            "library.warned",
            library=record.name,
            message=message,
            exc_info=record.exc_info or None,
        )


def _uncaught(type: type[BaseException], error: BaseException, _trace: TracebackType | None) -> None:
    if issubclass(type, KeyboardInterrupt):
        return
    _died(error, where="main")


def _died(error: BaseException | None, where: str | None) -> None:
    """Say what nobody handled; Python would print a traceback of many lines."""
    structlog.get_logger().error("process.faulted", where=where, exc_info=error)


UNSAID: Mapping[str, Sequence[object]] = {"level": ("info",), "tries": (1,), "changed": ((), []), "cursor": (0,)}
"""Values that go without saying on a terminal."""

DETAILS = ("correlation_id", "service", "host", "port", "partition", "digest")

FIRST = ("outcome", "status", "reason", "error", "file", "line", "changed", "seq", "attempt")
LAST = ("source", "article_id", "version", "subscription")
"""What a line begins and ends with on a terminal: a narrow one breaks it among the ids."""

_PLACES = {name: place for place, name in enumerate(FIRST, -len(FIRST))} | {
    name: place for place, name in enumerate(LAST, 1)
}


def _short(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Leave what a person at a terminal can do without, and put first what matters; the JSON lines have it all."""
    said = [
        (name, value)
        for name, value in event.items()
        if name not in DETAILS and value is not None and value not in UNSAID.get(name, ())
    ]
    short = dict(sorted(said, key=lambda each: (_PLACES.get(each[0], 0), each[0])))
    short["timestamp"] = str(event.get("timestamp", ""))[11:19]
    return short


_BREAKS = re.compile(rb"\xc2[\x80-\x9f]|\xe2\x80[\xa8\xa9]")
"""What JSON lets stand as it is and others take for the end of a line, or a terminal for a command."""


def _dumps(event: EventDict, **_: Any) -> bytes:
    try:
        line = orjson.dumps(event, default=str)
    except TypeError:  # half a character (a lone surrogate), a number past 64 bits, a key that is no text
        line = orjson.dumps(_plain(event), default=str)
    return line if line.isascii() else _BREAKS.sub(_escaped, line)


def _escaped(found: re.Match[bytes]) -> bytes:
    return b"\\u%04x" % ord(found[0].decode())


def _plain(value: object) -> object:
    """Return what can be written as JSON of anything."""
    if isinstance(value, Mapping):
        return {str(_plain(str(name))): _plain(each) for name, each in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(each) for each in value]
    if value is None or isinstance(value, bool | float):
        return value
    return str(value).encode("utf-8", "backslashreplace").decode()
