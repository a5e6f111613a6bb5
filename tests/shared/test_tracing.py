"""What is told of a line's work, and to which trace it belongs; nothing where nobody collects."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from shared import tracing
from shared.tracing import Span, told, trace_of

CORRELATION = "0af7651916cd43dd8448eb211c80319c"


class Kept(list[Span]):
    def take(self, span: Span) -> None:
        self.append(span)


@pytest.fixture
def kept() -> Iterator[Kept]:
    kept = Kept()
    tracing.collect(kept)
    yield kept
    tracing.collect(None)


def test_nothing_is_made_where_nobody_collects(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tracing, "_span", lambda *_: pytest.fail("a span was made"))
    told({"event": "article.enriched", "correlation_id": CORRELATION, "ms": 1.0})


def test_the_correlation_id_is_the_trace_and_all_hangs_on_the_first(kept: Kept) -> None:
    before = time.time_ns()
    told({"event": "source.polled", "correlation_id": CORRELATION, "ms": 250.0}, service="ingest", first=True)
    told({"event": "article.enriched", "correlation_id": CORRELATION, "ms": 1.5, "tries": 1}, failed=True)
    first, second = kept
    assert (first.trace, second.trace) == (int(CORRELATION, 16),) * 2
    assert (first.parent, second.parent, second.id) == (None, first.id, None)
    assert first.end - first.start == 250_000_000
    assert before <= first.end <= second.end
    assert first.attributes == {"wireroom.service": "ingest"}
    assert (second.attributes, second.failed) == ({"wireroom.tries": 1}, True)


def test_only_what_is_named_is_told(kept: Kept) -> None:
    line = {"event": "delivery.attempted", "correlation_id": CORRELATION, "ms": 1, "seq": 4, "status": None}
    told({**line, "url": "https://partner.example/?key=hush", "reason": "hush", "body": "hush"})
    assert kept[0].attributes == {"wireroom.seq": 4}


@pytest.mark.parametrize(
    "line", [{}, {"correlation_id": None}, {"correlation_id": ""}, {"correlation_id": CORRELATION}]
)
def test_what_has_no_trace_or_no_length_is_not_told(kept: Kept, line: dict[str, object]) -> None:
    told({"event": "delivery.attempted", **({} if line.get("correlation_id") else {"ms": 1}), **line})
    assert kept == []


@pytest.mark.parametrize("correlation", ["-", "c-1", "0" * 32, "z" * 32, "ü", CORRELATION[:-1]])
def test_other_correlation_ids_have_a_trace_that_is_always_the_same(correlation: str) -> None:
    assert 0 < trace_of(correlation) < 1 << 128
    assert trace_of(correlation) == trace_of(correlation) != trace_of(correlation + "x")
