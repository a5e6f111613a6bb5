"""Files that cannot be taken: out of the way, with their reason, and never through a link."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from services.ingest.drop.aside import forget_reasons, set_aside, tell_beside
from tests.ingest.drop.parts import a_file, found


def test_a_file_is_moved_into_rejected_beside_it_with_its_reason(tmp_path: Path) -> None:
    assert set_aside(tmp_path, a_file(tmp_path, "ap/a.json", b"{"), "is not JSON") == "ap/rejected/a.json"
    assert (tmp_path / "ap/rejected/a.json").read_bytes() == b"{"
    assert (tmp_path / "ap/rejected/a.json.error.txt").read_text() == "a.json is not JSON\n"
    assert not (tmp_path / "ap/a.json").exists()


def test_a_name_that_is_taken_gets_a_number(tmp_path: Path) -> None:
    places = [set_aside(tmp_path, a_file(tmp_path, "a.json", body), "is bad") for body in (b"1", b"2", b"3")]
    assert places == ["rejected/a.json", "rejected/a.2.json", "rejected/a.3.json"]
    assert (tmp_path / "rejected/a.2.json").read_bytes() == b"2"


def test_a_file_that_was_replaced_meanwhile_stays(tmp_path: Path) -> None:
    bad = a_file(tmp_path, "a.json", b"{")
    a_file(tmp_path, "a.json", b"{} ")
    assert set_aside(tmp_path, bad, "is bad") is None
    assert (tmp_path / "a.json").exists()


def test_a_link_is_moved_itself_and_what_it_leads_to_is_untouched(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("untouched")
    (tmp_path / "drop").mkdir()
    (tmp_path / "drop/a.json").symlink_to(tmp_path / "secret")
    set_aside(tmp_path / "drop", found(tmp_path / "drop", "a.json"), "is a link")
    assert (tmp_path / "drop/rejected/a.json").is_symlink()
    assert (tmp_path / "secret").read_text() == "untouched"


def test_nothing_is_moved_through_a_rejected_folder_that_is_a_link(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "drop").mkdir()
    (tmp_path / "drop/rejected").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(OSError, match="Not a directory"):
        set_aside(tmp_path / "drop", a_file(tmp_path / "drop", "a.json"), "is bad")
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_a_reason_replaces_a_link_or_a_pipe_of_its_name(tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.write_text("untouched")
    (tmp_path / "010.json.error.txt").symlink_to(victim)
    os.mkfifo(tmp_path / "020.json.error.txt")
    for name in ("010.json", "020.json"):
        tell_beside(tmp_path, a_file(tmp_path, name), "is bad")
        assert (tmp_path / f"{name}.error.txt").read_text() == f"{name} is bad\n"
        assert not (tmp_path / f"{name}.error.txt").is_symlink()
    assert victim.read_text() == "untouched"


def test_a_very_long_name_still_has_room_for_its_reason(tmp_path: Path) -> None:
    place = set_aside(tmp_path, a_file(tmp_path, "x" * 250 + ".json"), "is bad")
    assert place == "rejected/" + "x" * 200
    assert (tmp_path / f"{place}.error.txt").read_text().endswith("is bad\n")


def test_reasons_go_once_the_file_is_taken_but_not_those_of_others(tmp_path: Path) -> None:
    set_aside(tmp_path, a_file(tmp_path, "a.json"), "is bad")
    (tmp_path / "rejected/a.json").rename(tmp_path / "a.json")
    set_aside(tmp_path, a_file(tmp_path, "b.json"), "is bad")
    for name in ("a.json", "b.json"):
        file = a_file(tmp_path, name)
        tell_beside(tmp_path, file, "is bad")
        forget_reasons(tmp_path, file)
    left = sorted(path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*.error.txt"))
    assert left == ["rejected/b.json.error.txt"]
