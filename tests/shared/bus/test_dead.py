"""What a line about a dead event says of its article, whatever the event is."""

from __future__ import annotations

import pytest

from shared.bus.dead import about

WHOLE = b'{"article": {"id": "desk-1", "version": 2, "source": {"id": "desk"}}}'


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (WHOLE, {"article_id": "desk-1", "version": 2, "source": "desk"}),
        (b'{"article": {"id": "desk-1", "version": "two", "source": "desk"}}', {"article_id": "desk-1"}),
        (b'{"article": {"id": {}, "version": true, "source": {"id": null}}}', {}),
        (b'{"article": []}', {}),
        (b'"article"', {}),
        (b"[" * 100_000, {}),
        (WHOLE[:-1], {}),
        (b"\xff", {}),
        (b"", {}),
    ],
)
def test_an_article_is_named_as_far_as_it_can_be_read(body: bytes, said: dict[str, object]) -> None:
    assert about(body) == said
