"""A collector on loopback that takes spans over OTLP/HTTP, and reads the protobuf that came."""

from __future__ import annotations

import contextlib
import gzip
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.receiver import Call, Receiver, Reply, a_receiver, fine


@dataclass(frozen=True, slots=True)
class Seen:
    """A span as it came: ids in hex, times in ns."""

    name: str
    trace: str
    id: str
    parent: str
    start: int
    end: int
    attributes: dict[str, str | int]
    failed: bool
    service: str


@dataclass(slots=True)
class Collector:
    """What came, as it came."""

    receiver: Receiver = field(default_factory=Receiver)

    @property
    def endpoint(self) -> str:
        return self.receiver.url.removesuffix("/hook")

    @property
    def spans(self) -> list[Seen]:
        return [span for call in self.receiver.calls for span in _spans(call)]


@contextlib.asynccontextmanager
async def a_collector(answer: Callable[[Call], Awaitable[Reply]] = fine) -> AsyncIterator[Collector]:
    """Run a collector on a free port; skips the test where OpenTelemetry, an extra, is not installed."""
    pytest.importorskip("opentelemetry.exporter.otlp.proto.http", reason="an extra: it is in requirements-dev.lock")

    async def taken(call: Call) -> Reply:
        reply = await answer(call)
        return Reply(200, reply.headers) if reply.status == 204 else reply

    async with a_receiver(taken) as receiver:
        yield Collector(receiver)


def _spans(call: Call) -> list[Seen]:
    from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (  # noqa: PLC0415  # an extra
        ExportTraceServiceRequest,
    )

    assert call.path == "/v1/traces"
    assert call.headers["content-type"] == "application/x-protobuf"
    packed = call.headers.get("content-encoding") == "gzip"
    request: Any = ExportTraceServiceRequest()
    request.ParseFromString(gzip.decompress(call.body) if packed else call.body)
    found = []
    for resource in request.resource_spans:
        [service] = [each.value.string_value for each in resource.resource.attributes if each.key == "service.name"]
        for scope in resource.scope_spans:
            found += [_seen(span, service) for span in scope.spans]
    return found


def _seen(span: Any, service: str) -> Seen:
    attributes = {each.key: each.value.string_value or each.value.int_value for each in span.attributes}
    ids = span.trace_id.hex(), span.span_id.hex(), span.parent_span_id.hex()
    times = span.start_time_unix_nano, span.end_time_unix_nano
    return Seen(span.name, *ids, *times, attributes, span.status.code == 2, service)
