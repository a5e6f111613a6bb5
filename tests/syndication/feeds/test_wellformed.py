"""What the gate lets into a document and what it keeps out."""

from __future__ import annotations

import pytest

from services.syndication.feeds.wellformed import fault


def test_one_item_with_known_prefixes_passes() -> None:
    assert fault(b"<item><title>A</title><dc:creator>B</dc:creator></item>\n") is None


@pytest.mark.parametrize(
    "fragment",
    [
        pytest.param(b"<item><title>A</item>", id="unclosed"),
        pytest.param(b"<item><x:y/></item>", id="undeclared-prefix"),
        pytest.param(b"<item>\x00</item>", id="control-character"),
        pytest.param(b"<item>\xff</item>", id="not-utf-8"),
        pytest.param(b"<item>&nbsp;</item>", id="undefined-entity"),
        pytest.param(b"<item/><item/>", id="two-items"),
        pytest.param(b"<title/>", id="no-item"),
        pytest.param(b"", id="nothing"),
        pytest.param(b"</channel><channel><item/>", id="leaves-the-channel"),
    ],
)
def test_anything_else_is_refused_with_a_reason(fragment: bytes) -> None:
    assert fault(fragment)
