"""Spans as a collector gets them; one that is slow or away holds up nobody."""

from __future__ import annotations

import asyncio
import sys
import time
from hashlib import sha256

import pytest

from shared import otel
from shared.otel import tracing
from shared.tracing import Span
from tests.otlp import a_collector
from tests.receiver import Call, Reply
from tests.waiting import PATIENCE, until

TRACE = 0x0AF7651916CD43DD8448EB211C80319C
ROOT = 0x8448EB211C80319C
START = 1_800_000_000_000_000_000


def a_span(number: int = 1, trace: int = TRACE, *, first: bool = False) -> Span:
    attributes: dict[str, str | int] = {"wireroom.seq": number, "wireroom.service": "ingest"}
    id, parent = (ROOT, None) if first else (None, ROOT)
    return Span("article.ingested", trace, id, parent, START, START + 250_000_000, attributes, first)


async def test_a_collector_gets_them_with_ids_times_and_attributes(monkeypatch: pytest.MonkeyPatch) -> None:
    async with a_collector() as collector:
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", collector.endpoint)
        spans = tracing("wireroom-ingest")
        assert not isinstance(spans, str)
        spans.take(a_span(first=True))
        spans.take(a_span(2))
        await spans.stop()
        first, second = collector.spans
    assert (first.trace, first.id, first.parent) == (f"{TRACE:032x}", f"{ROOT:016x}", "")
    assert (second.trace, second.parent) == (f"{TRACE:032x}", f"{ROOT:016x}")
    assert second.id not in ("", first.id)
    assert (first.start, first.end) == (START, START + 250_000_000)
    assert first.attributes == {"wireroom.seq": 1, "wireroom.service": "ingest"}
    assert (first.failed, second.failed, first.service) == (True, False, "wireroom-ingest")


async def test_the_service_s_name_may_be_given(monkeypatch: pytest.MonkeyPatch) -> None:
    async with a_collector() as collector:
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", collector.endpoint)
        monkeypatch.setenv("OTEL_SERVICE_NAME", "desk")
        spans = tracing("wireroom")
        assert not isinstance(spans, str)
        spans.take(a_span())
        await spans.stop()
        assert [span.service for span in collector.spans] == ["desk"]


async def test_a_sampled_trace_is_sampled_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    async with a_collector() as collector:
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", collector.endpoint)
        monkeypatch.setenv("OTEL_TRACES_SAMPLER", "parentbased_traceidratio")
        monkeypatch.setenv("OTEL_TRACES_SAMPLER_ARG", "0.5")
        spans = tracing("wireroom")
        assert not isinstance(spans, str)
        traces = [int.from_bytes(sha256(str(number).encode()).digest()[:16]) for number in range(100)]
        for trace in traces:
            spans.take(a_span(1, trace, first=True))
            spans.take(a_span(2, trace))
        await spans.stop()
        seen = [span.trace for span in collector.spans]
    assert 20 < len(set(seen)) < 80
    assert all(seen.count(trace) == 2 for trace in seen)


@pytest.mark.parametrize("away", [True, False])
async def test_a_collector_that_hangs_or_is_away_holds_up_neither_line_nor_stop(
    monkeypatch: pytest.MonkeyPatch, away: bool
) -> None:
    async def hang(_call: Call) -> Reply:
        await asyncio.Event().wait()
        return Reply()

    monkeypatch.setattr(otel, "STOP_SECONDS", 0.2)
    monkeypatch.setenv("OTEL_BSP_MAX_QUEUE_SIZE", "512")
    monkeypatch.setenv("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", "64")
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_TIMEOUT", "1")
    async with a_collector(hang) as collector:
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:1" if away else collector.endpoint)
        spans = tracing("wireroom")
        assert not isinstance(spans, str)
        before = time.thread_time()
        for number in range(5_000):
            spans.take(a_span(number))
        assert time.thread_time() - before < 2.0
        if not away:
            await until(lambda: collector.receiver.calls)
        async with asyncio.timeout(PATIENCE):
            await spans.stop()


def test_without_the_extra_or_with_a_wrong_variable_it_says_why(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with monkeypatch.context() as without:
        without.setitem(sys.modules, "opentelemetry", None)
        assert "not installed" in str(tracing("wireroom"))
    pytest.importorskip("opentelemetry.sdk", reason="an extra: it is in requirements-dev.lock")
    monkeypatch.setenv("OTEL_BSP_MAX_QUEUE_SIZE", "-1")
    assert "wrong" in str(tracing("wireroom"))
