"""What is new in a drop folder, and what it costs to know."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any

import pytest

from services.ingest.drop.listing import CHECKED, TRUST_SECONDS, Listing
from tests.ingest.drop.parts import a_file

LATER = 3600.0


def names(listing: Listing, now: float | None = None) -> list[str]:
    return [file.name for file in listing.look(time.time() + LATER if now is None else now)]


def settle(listing: Listing, now: float) -> None:
    for file in listing.look(now):
        listing.done(file)


def test_files_are_found_in_name_order_and_folders_among_them(tmp_path: Path) -> None:
    for name in ("b.json", "a.rss", "ap/2.json", "ap/1.json", "ap/10.json", "c.atom"):
        a_file(tmp_path, name)
    assert names(Listing(tmp_path)) == ["a.rss", "ap/1.json", "ap/2.json", "ap/10.json", "b.json", "c.atom"]


def test_what_is_set_aside_hidden_or_too_deep_is_left_alone(tmp_path: Path) -> None:
    for name in ("rejected/a.json", "ap/rejected/a.json", ".git/a.json", "ap/deep/a.json", "a.json.part"):
        a_file(tmp_path, name)
    listing = Listing(tmp_path)
    assert names(listing) == []
    assert listing.faults == {"ap/deep": "lies too deep: only folders in the folder count"}


def test_a_missing_folder_is_an_empty_one_and_one_that_comes_is_seen(tmp_path: Path) -> None:
    listing = Listing(tmp_path / "drop")
    assert names(listing) == []
    a_file(tmp_path / "drop", "a.json")
    assert names(listing) == ["a.json"]


def test_a_link_to_a_folder_is_a_file_to_be_refused_and_never_looked_into(tmp_path: Path) -> None:
    a_file(tmp_path, "elsewhere/a.json")
    (tmp_path / "drop").mkdir()
    (tmp_path / "drop" / "ap.json").symlink_to(tmp_path / "elsewhere")
    assert names(Listing(tmp_path / "drop")) == ["ap.json"]


def test_a_folder_that_cannot_be_listed_is_told_and_stops_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_file(tmp_path, "ap/a.json")
    a_file(tmp_path, "b.json")
    whole = os.scandir

    def closed(path: Path) -> Any:
        if path.name == "ap":
            raise PermissionError(13, "Permission denied")
        return whole(path)

    monkeypatch.setattr(os, "scandir", closed)
    listing = Listing(tmp_path)
    assert names(listing) == ["b.json"]
    assert listing.faults == {"ap": "cannot be listed: Permission denied"}
    monkeypatch.undo()
    assert names(listing) == ["ap/a.json", "b.json"]


def test_a_folder_that_goes_takes_its_files_with_it(tmp_path: Path) -> None:
    file = a_file(tmp_path, "ap/a.json")
    listing = Listing(tmp_path)
    settle(listing, time.time() + LATER)
    (tmp_path / file.name).unlink()
    (tmp_path / "ap").rmdir()
    assert names(listing) == []
    a_file(tmp_path, "ap/a.json")
    assert names(listing) == ["ap/a.json"]


def test_what_is_done_with_is_new_again_when_it_changes_in_place(tmp_path: Path) -> None:
    file = a_file(tmp_path, "a.json", b"{}")
    listing = Listing(tmp_path)
    now = time.time() + LATER
    settle(listing, now)
    assert names(listing, now) == []
    (tmp_path / file.raw).write_bytes(b"{ }")
    assert names(listing, now) == ["a.json"]


def test_a_file_that_went_and_came_back_is_new(tmp_path: Path) -> None:
    a_file(tmp_path, "a.json")
    listing = Listing(tmp_path)
    settle(listing, time.time() + LATER)
    (tmp_path / "a.json").rename(tmp_path.parent / "away.json")
    assert names(listing) == []
    (tmp_path.parent / "away.json").rename(tmp_path / "a.json")
    assert names(listing) == ["a.json"]


def test_a_file_that_looks_as_before_is_settled_even_when_it_is_young(tmp_path: Path) -> None:
    a_file(tmp_path, "a.json")
    listing = Listing(tmp_path)
    now = (tmp_path / "a.json").stat().st_ctime
    assert [file.settled for file in listing.look(now)] == [False]
    assert [file.settled for file in listing.look(now)] == [True]


def test_many_files_that_are_done_with_cost_little_and_changes_are_still_seen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(3 * CHECKED):
        (tmp_path / f"{number}.json").touch()
    listing = Listing(tmp_path)
    now = time.time() + LATER
    settle(listing, now)
    looked: list[str] = []
    whole = os.lstat

    def counted(path: str) -> os.stat_result:
        looked.append(path)
        return whole(path)

    monkeypatch.setattr(os, "lstat", counted)
    monkeypatch.setattr(os, "scandir", lambda _: pytest.fail("a folder that did not change was listed"))
    (tmp_path / "7.json").write_text("{}")
    seen = [names(listing, now) for _ in range(4)]
    assert seen.count(["7.json"]) >= 1
    assert len(looked) <= 4 * (CHECKED + 1)


def test_a_file_system_that_keeps_no_times_of_folders_is_listed_now_and_then(tmp_path: Path) -> None:
    a_file(tmp_path, "a.json")
    listing = Listing(tmp_path)
    now = time.time() + LATER
    stamp = tmp_path.stat()
    settle(listing, now)
    a_file(tmp_path, "b.json")
    os.utime(tmp_path, ns=(stamp.st_atime_ns, stamp.st_mtime_ns))
    assert names(listing, now + 1) == []
    assert names(listing, now + TRUST_SECONDS) == ["b.json"]
