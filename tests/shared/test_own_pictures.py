"""A dropped file may name the newsroom's own pictures; nothing else in it changes."""

from __future__ import annotations

import pytest

from shared.own_pictures import homed

SITE = b"https://wire.example.org"


@pytest.mark.parametrize(
    "body",
    [
        b'{"url": "/pictures/a.jpg"}',
        b'{"body_html": "<img src=\\"/pictures/a.jpg\\">"}',
        b"<media:content url='/pictures/a.jpg'/>",
        b"<url>/pictures/a.jpg</url>",
        b"&lt;img src=&quot;/pictures/a.jpg&quot;&gt;",
    ],
)
def test_a_picture_s_name_becomes_its_address(body: bytes) -> None:
    assert homed(body, SITE) == body.replace(b"/pictures/", SITE + b"/pictures/")


@pytest.mark.parametrize(
    "body",
    [
        b'{"url": "https://elsewhere.example/pictures/a.jpg"}',
        b'{"url": "/pictures/../a.jpg"}',
        b'{"url": "/pictures/a/b.jpg"}',
        b"<p>It lies in /pictures/a.jpg now.</p>",
        b'{"url": "/pictures/"}',
    ],
)
def test_all_else_stays(body: bytes) -> None:
    assert homed(body, SITE) == body
