"""Which of our own addresses a hub may be given."""

from __future__ import annotations

from ipaddress import ip_network

import pytest

from services.ingest.websub.reachable import reachable


@pytest.mark.parametrize(
    ("url", "may"),
    [
        ("https://wire.news.org", True),
        ("https://wire.news.org:8443/base", True),
        ("https://93.184.216.34", True),
        ("http://wire.news.org", False),
        ("https://localhost", False),
        ("https://gateway:8000", False),
        ("https://wire.local", False),
        ("https://wire.example", False),
        ("https://192.168.1.5", False),
        ("https://[::1]", False),
        ("http://127.0.0.1:8000", False),
        ("http://10.1.2.3:8000", True),
    ],
)
def test_only_an_address_that_hubs_can_reach_counts(url: str, may: bool) -> None:
    assert reachable(url, (ip_network("10.0.0.0/8"),)) is may
