"""One trace shows a story's whole way, from the push to the last delivery; with a collector away all goes on."""

from __future__ import annotations

import pytest

from services import NAMES
from shared import tracing
from shared.otel import tracing as begin
from tests.journeys.line import Line
from tests.otlp import a_collector
from tests.receiver import Receiver
from tests.waiting import until


async def test_a_push_is_one_trace_down_to_its_delivery(
    line: Line, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with a_collector() as collector:
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", collector.endpoint)
        spans = begin("wireroom")
        assert not isinstance(spans, str)
        tracing.collect(spans)
        try:
            asked = {"url": f"{receiver.url}?key=hush", "headers": {"x-key": "hush"}}
            assert (await line.post("/api/v1/subscriptions", asked))[0] == 201
            article = await line.push()
            await until(lambda: receiver.calls)
            await line.events()
        finally:
            tracing.collect(None)
            await spans.stop()
        seen = sorted(collector.spans, key=lambda span: span.end)
        bodies = b"".join(call.body for call in collector.receiver.calls)
    assert [span.name for span in seen] == [
        "article.ingested",
        "article.enriched",
        "article.published",
        "delivery.attempted",
    ]
    assert len({span.trace for span in seen}) == 1
    assert [span.parent for span in seen] == ["", *[seen[0].id] * 3]
    assert [span.attributes["wireroom.service"] for span in seen] == [*NAMES, "syndication"]
    assert {span.attributes["wireroom.article_id"] for span in seen} == {article["id"]}
    assert {span.attributes["wireroom.source"] for span in seen} == {"desk"}
    assert seen[3].attributes["wireroom.seq"] == seen[2].attributes["wireroom.seq"] == 1
    assert (seen[3].attributes["wireroom.outcome"], seen[3].attributes["wireroom.status"]) == ("delivered", 204)
    assert b"hush" not in bodies
    assert b"ferry" not in bodies.lower()
