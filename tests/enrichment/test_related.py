"""Related stories are of one thread as often as was measured on the labelled set."""

from __future__ import annotations

from shared.redis import Store
from tests.enrichment.quality import beside


async def test_the_labelled_threads_are_found_as_often_as_measured(store: Store) -> None:
    found = await beside(store)

    assert found.precision(1) >= 0.8
    assert found.precision(5) >= 0.7
    assert found.recall >= 0.8
    assert found.given[0] >= 30
