"""Every path has its chapter."""

from __future__ import annotations

import pytest

from services.reference.groups import group_of


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/api/v1/articles/{id}/retract", "Articles"),
        ("/api/v1/signing-keys/rotate", "Subscriptions"),
        ("/feeds.opml", "Feeds"),
        ("/feeds/all.rss", "Feeds"),
        ("/feeds", "Pages"),
        ("/", "Pages"),
        ("/portal/new", "Pages"),
    ],
)
def test_a_path_belongs_to_a_chapter(path: str, name: str) -> None:
    assert group_of(path) == name
