"""What a file of the drop folder is, and reading it without being led or held by it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from services.ingest.document import Unreadable
from services.ingest.drop.files import MAX_BYTES, Found, Moving, Unopened, load, order, wanted
from tests.ingest.drop.parts import a_file, found


def named(name: str) -> Found:
    return Found(folder="", raw=name, name=name, stamp="", age=9.0)


def test_numbers_in_names_are_numbers_so_that_version_two_comes_before_ten() -> None:
    names = ["s-v10.xml", "s-v2.xml", "a.xml", "s-v2.json", "010.json", "9.json"]
    ordered = sorted((named(name) for name in names), key=order)
    assert [file.name for file in ordered] == ["9.json", "010.json", "a.xml", "s-v2.json", "s-v2.xml", "s-v10.xml"]


@pytest.mark.parametrize(
    "name",
    [
        *(".hidden.json", "a.json.error.txt", "a.json.part", "a.json~", "a.tmp", "a.xml.filepart", "A.XML.TMP"),
        *("~$a.json", "#a.json#", "Thumbs.db", ".in.a.xml."),
    ],
)
def test_unfinished_hidden_and_reason_files_are_not_for_us(name: str) -> None:
    assert not wanted(name)


def test_a_file_is_of_the_source_its_folder_is_called() -> None:
    assert named("a.json").source_id == "drop"
    assert Found(folder="AP Wire", raw="a", name="AP Wire/a", stamp="", age=0).source_id == "ap-wire"
    assert Found(folder="…", raw="a", name="…/a", stamp="", age=0).source_id == "drop"


def test_a_file_is_read_whole(tmp_path: Path) -> None:
    assert load(tmp_path, a_file(tmp_path, "ap/a.json", b"{1}")) == b"{1}"


def test_the_size_is_capped_before_it_is_held(tmp_path: Path) -> None:
    with (tmp_path / "a.json").open("wb") as file:
        file.truncate(MAX_BYTES + 1)
    assert load(tmp_path, found(tmp_path, "a.json")) == Unreadable("is larger than 10 MiB")


def test_a_link_is_refused_wherever_it_leads(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text('{"headline": "not yours"}')
    (tmp_path / "drop").mkdir()
    (tmp_path / "drop" / "a.json").symlink_to(tmp_path / "secret")
    (tmp_path / "drop" / "b.json").symlink_to(tmp_path / "nowhere")
    for name in ("a.json", "b.json"):
        outcome = load(tmp_path / "drop", found(tmp_path / "drop", name))
        assert outcome == Unreadable("is a link: files must lie in the folder themselves")


def test_a_folder_that_became_a_link_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "a.json").write_text("{}")
    (tmp_path / "drop").mkdir()
    (tmp_path / "drop" / "ap").symlink_to(tmp_path / "elsewhere")
    file = Found(folder="ap", raw="a.json", name="ap/a.json", stamp="s", age=9.0)
    assert isinstance(load(tmp_path / "drop", file), Unopened)


def test_a_pipe_or_a_device_does_not_hold_us(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.json")
    assert load(tmp_path, found(tmp_path, "a.json")) == Unreadable("is not a regular file")


def test_a_file_that_changes_while_it_is_read_is_not_taken_for_whole(tmp_path: Path) -> None:
    before = a_file(tmp_path, "a.json", b"{")
    a_file(tmp_path, "a.json", b"{}")
    assert load(tmp_path, before) == Moving()


def test_a_file_that_is_gone_says_so(tmp_path: Path) -> None:
    file = a_file(tmp_path, "a.json")
    (tmp_path / "a.json").unlink()
    assert load(tmp_path, file) == Unopened("cannot be read: No such file or directory")
