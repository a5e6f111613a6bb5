"""The newsroom's picture: its own folder, its kind checked by its bytes."""

from __future__ import annotations

from pathlib import Path

import pytest

from services.syndication.page.logo import MAX_BYTES, read_logo

PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x20\0\0\0\x10\x08\x06\0\0\0"


def test_a_picture_is_read_with_its_size(tmp_path: Path) -> None:
    (tmp_path / "logo.png").write_bytes(PNG)
    logo = read_logo(tmp_path, "logo.png")
    assert (logo.media_type, logo.ending, logo.width, logo.height) == ("image/png", "png", 32, 16)


@pytest.mark.parametrize("name", ["../secret.png", "/etc/passwd", "logo.html", ".png", "a/b.png", "none.png", ""])
def test_only_a_picture_beside_the_file_is_taken(tmp_path: Path, name: str) -> None:
    with pytest.raises(ValueError, match=r"must be|there is no"):
        read_logo(tmp_path, name)


@pytest.mark.parametrize(
    ("name", "body", "reason"),
    [
        ("a.png", b"<svg/>", "no image/png"),
        ("a.svg", b"<html>", "no image/svg"),
        ("a.png", PNG + bytes(MAX_BYTES), "larger"),
    ],
)
def test_what_is_no_picture_is_refused(tmp_path: Path, name: str, body: bytes, reason: str) -> None:
    (tmp_path / name).write_bytes(body)
    with pytest.raises(ValueError, match=reason):
        read_logo(tmp_path, name)
