"""The newsroom's pictures are served, and nothing else that lies in or beside their folder."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from services.syndication.page import pictures
from services.syndication.page.pictures import Pictures
from tests.syndication.feeds.asking import ask
from tests.syndication.page.building import Newsroom

JPEG = b"\xff\xd8\xff\xe0 a picture"


@pytest.fixture
def newsroom(tmp_path: Path) -> Newsroom:
    (tmp_path / "pictures").mkdir()
    return Newsroom(pictures=tmp_path / "pictures")


async def test_a_picture_is_served_and_asked_for_again_in_vain(newsroom: Newsroom) -> None:
    (newsroom.pictures / "bridge.jpg").write_bytes(JPEG)
    answer = await ask(newsroom.app, "/pictures/bridge.jpg")
    assert (answer.status, answer.body, answer.headers["content-type"]) == (200, JPEG, "image/jpeg")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in answer.headers["content-security-policy"]
    again = await ask(newsroom.app, "/pictures/bridge.jpg", if_none_match=answer.headers["etag"])
    assert (again.status, again.body) == (304, b"")


async def test_what_is_no_picture_of_the_folder_is_not_there(newsroom: Newsroom) -> None:
    folder = newsroom.pictures
    (folder / "page.jpg").write_bytes(b"<script>")
    (folder / "notes.txt").write_bytes(JPEG)
    (folder.parent / "secret.jpg").write_bytes(JPEG)
    (folder / "link.jpg").symlink_to(folder.parent / "secret.jpg")
    (folder / "large.jpg").write_bytes(JPEG)
    os.truncate(folder / "large.jpg", 10 * 1024 * 1024 + 1)
    os.mkfifo(folder / "pipe.jpg")
    (folder / "folder.jpg").mkdir()
    names = ("page.jpg", "notes.txt", "..%2Fsecret.jpg", "link.jpg", "large.jpg", "pipe.jpg", "folder.jpg", "none.jpg")
    for name in names:
        assert (await ask(newsroom.app, f"/pictures/{name}")).status == 404, name


def test_all_who_ask_share_the_bytes_until_the_file_changes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "HELD_BYTES", 2 * len(JPEG))
    served = Pictures(tmp_path)
    for name in ("a.jpg", "b.jpg", "c.jpg"):
        (tmp_path / name).write_bytes(JPEG)
    first = served.read("a.jpg")
    assert first is not None
    assert served.read("b.jpg") is not first
    assert served.read("a.jpg") is first
    served.read("c.jpg")
    assert served.read("a.jpg") is first, "the one that nobody asked for longest is let go"
    (tmp_path / "a.jpg").write_bytes(JPEG + b", retouched")
    again = served.read("a.jpg")
    assert again is not None
    assert again.variants["identity"].body == JPEG + b", retouched"
    (tmp_path / "a.jpg").write_bytes(b"<script>")
    assert served.read("a.jpg") is None
