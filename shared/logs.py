"""Structured logs: one JSON object a line on stdout, or short coloured lines on a terminal."""

from __future__ import annotations

import logging
import sys
from collections.abc import Mapping, Sequence
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

import orjson
import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

LIBRARIES = ("uvicorn", "uvicorn.error", "aiohttp", "faststream", "asyncio")
"""Loggers of libraries whose warnings an operator needs; their chatter below that stays out."""

log = structlog.get_logger()

_NOTHING: Mapping[str, object] = {}
_service: ContextVar[str | None] = ContextVar("wireroom_service", default=None)
_about: ContextVar[Mapping[str, object]] = ContextVar("wireroom_about", default=_NOTHING)


def speak_as(service: str) -> None:
    """Have the current task, and every task it starts, log as this service of the process."""
    _service.set(service)


def about(fields: Mapping[str, object]) -> None:
    """Put these fields on every line that the current task logs from now on, in place of those it had before.

    Costs one assignment, where binding each to a context variable of its own costs some microseconds an event.
    """
    _about.set(fields)


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
        else [_short, structlog.dev.ConsoleRenderer(colors=sys.stdout.isatty(), pad_event_to=0)]
    )
    number = logging.getLevelNamesMapping()[level.upper()]
    structlog.configure(
        processors=[*first, *last],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.BytesLoggerFactory() if as_json else structlog.PrintLoggerFactory(),
        cache_logger_on_first_use=False,
    )
    _json.configure(render if as_json else None, service, heard=number <= logging.INFO)
    for name in LIBRARIES:
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
        out = sys.stdout.buffer
        out.write(b"".join([orjson.dumps({**first, **line, **last}, default=str, option=_LINE) for line in lines]))
        out.flush()


_LINE = orjson.OPT_APPEND_NEWLINE
_json = _Json()


def _merge_about(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    for name, value in _about.get().items():
        event.setdefault(name, value)
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
        line = structlog.get_logger()
        line.log(
            record.levelno,
            "library.warned",
            library=record.name,
            message=record.getMessage(),
            exc_info=record.exc_info or None,
        )


UNSAID: Mapping[str, Sequence[object]] = {"level": ("info",), "tries": (1,), "changed": ((), []), "cursor": (0,)}
"""Values that go without saying on a terminal."""

DETAILS = ("correlation_id", "service", "host", "port", "partition", "digest")


def _short(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Leave what a person at a terminal can do without; the JSON lines have it all."""
    short = {name: value for name, value in event.items() if name not in DETAILS and value not in UNSAID.get(name, ())}
    short["timestamp"] = str(event.get("timestamp", ""))[11:19]
    return short


def _dumps(event: EventDict, **_: Any) -> bytes:
    return orjson.dumps(event, default=str)
