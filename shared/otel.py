"""Sends spans to an OpenTelemetry collector (OTLP over HTTP), batch by batch from a thread; tells none itself.

Endpoint, headers, sampling and sizes of batches are the SDK's own OTEL_… variables.
"""

from __future__ import annotations

import asyncio
import threading
from typing import Any, Protocol

from shared.tracing import Span

STOP_SECONDS = 3.0
"""So long the last batch may take at the end."""


class Tracing(Protocol):
    """Spans on their way to a collector."""

    def take(self, span: Span) -> None:
        """Have a span sent some time later, or drop it."""

    async def stop(self) -> None:
        """Send what is left."""


def tracing(service: str) -> Tracing | str:
    """Begin to send spans as the service of a name, or return why that cannot be."""
    try:
        return _Tracing(service)
    except ImportError:
        return "OpenTelemetry is not installed; it is in requirements-otel.lock, and comes with wireroom[otel]"
    except ValueError as error:
        return f"one of OpenTelemetry's variables is wrong: {error}"


class _Ids:
    """Gives the ids that a span is to have; the SDK asks for them while it begins one."""

    def __init__(self, chance: Any) -> None:
        self._chance, self.trace, self.span = chance, 0, 0

    def generate_trace_id(self) -> int:
        return self.trace

    def generate_span_id(self) -> int:
        return self.span or int(self._chance.generate_span_id())

    def is_trace_id_random(self) -> bool:
        return True  # correlation ids are


class _Tracing:
    """Spans that find the SDK's queue full are dropped by it: the line never waits for a collector."""

    def __init__(self, service: str) -> None:
        from opentelemetry import context, trace  # noqa: PLC0415  # an extra, and slow to load
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter  # noqa: PLC0415  # likewise
        from opentelemetry.sdk.resources import OTELResourceDetector, Resource  # noqa: PLC0415  # likewise
        from opentelemetry.sdk.trace import TracerProvider, export, id_generator  # noqa: PLC0415  # likewise

        self._ids = _Ids(id_generator.RandomIdGenerator())
        named = Resource({"service.name": service}).merge(OTELResourceDetector().detect())
        generator: Any = self._ids  # a class of our own: without the extra there is none to be derived from
        self._provider = TracerProvider(resource=named, id_generator=generator, shutdown_on_exit=False)
        self._provider.add_span_processor(export.BatchSpanProcessor(OTLPSpanExporter()))
        self._tracer = self._provider.get_tracer("wireroom")
        self._trace, self._nothing = trace, context.Context()

    def take(self, span: Span) -> None:
        self._ids.trace, self._ids.span = span.trace, span.id or 0
        begun = self._tracer.start_span(
            span.name,
            context=self._nothing if span.parent is None else self._beneath(span.trace, span.parent),
            attributes=span.attributes,
            start_time=span.start,
        )
        if span.failed:
            begun.set_status(self._trace.StatusCode.ERROR)
        begun.end(span.end)

    def _beneath(self, trace: int, parent: int) -> Any:
        """Return the context of what another process may have begun, sampled just as it was there."""
        sampler: Any = self._provider.sampler  # its types are not whole
        decided = sampler.should_sample(None, trace, "").decision
        flags = self._trace.TraceFlags(int(decided.is_sampled()))
        above = self._trace.SpanContext(trace, parent, is_remote=True, trace_flags=flags)
        return self._trace.set_span_in_context(self._trace.NonRecordingSpan(above), self._nothing)

    async def stop(self) -> None:
        """Send what is left, within a few seconds."""
        ended, loop = asyncio.Event(), asyncio.get_running_loop()

        def shut() -> None:
            self._provider.shutdown()
            if not loop.is_closed():
                loop.call_soon_threadsafe(ended.set)

        # A thread that nobody joins: a collector that hangs keeps no process alive.
        threading.Thread(target=shut, daemon=True).start()
        try:
            await asyncio.wait_for(ended.wait(), STOP_SECONDS)
        except TimeoutError:
            return
