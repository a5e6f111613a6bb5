from __future__ import annotations

import os
import stat
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from shared.newsroom import Invalid, Refused
from shared.newsroom_edit import Edited, Value, add_table, add_to_list

FILE = """# Who writes.
[[author]]  # the first
id = "ann"  # [[author]] in a comment
name = "Ann"
aliases = ["A. W.", 'Ann "W"'] # two
bio = \"\"\"
[[author]]
aliases = ["no"]
\"\"\"

[[author]]
id = "bo"
name = "Bo"

[[author]]
id = "cy"
aliases = [
  "one", # why [
  "two",
]

# Desks, at last.
[[desk]]
id = "night"
aliases = []
"""


def taken(_: dict[str, Any]) -> None:
    """Take anything."""


def refused(document: dict[str, Any]) -> None:
    if len(document.get("author", ())) > 3:
        raise Invalid([(("author", 3, "name"), "there are too many")])


@pytest.fixture
def path(tmp_path: Path) -> Path:
    (tmp_path / "authors.toml").write_text(FILE, encoding="utf-8")
    return tmp_path / "authors.toml"


def test_a_table_goes_to_the_end_and_all_before_it_stays(path: Path) -> None:
    values: dict[str, Value] = {"id": "di", "name": 'Di "Quote"\\ \x7f\n', "aliases": ["Д", "d"], "old": True, "n": 3}

    done = add_table(path, "author", values, taken)

    text = path.read_text(encoding="utf-8")
    assert text.startswith(FILE)
    assert tomllib.loads(text)["author"][-1] == values
    assert done == Edited(path, FILE.count("\n") + 2)
    assert text.splitlines()[FILE.count("\n") + 1] == "[[author]]"


@pytest.mark.parametrize(
    ("table", "id", "aliases", "line"),
    [
        ("author", "ann", ["A. W.", 'Ann "W"', "Нова"], 'aliases = ["A. W.", \'Ann "W"\', "Нова"] # two'),
        ("author", "bo", ["Нова"], 'aliases = ["Нова"]'),
        ("author", "cy", ["one", "two", "Нова"], '  "two", "Нова"'),
        ("desk", "night", ["Нова"], 'aliases = ["Нова"]'),
    ],
)
def test_an_entry_of_a_list_is_added_in_its_place(
    path: Path, table: str, id: str, aliases: list[str], line: str
) -> None:
    done = add_to_list(path, table, id, "aliases", "Нова", taken)

    text = path.read_text(encoding="utf-8")
    entry = next(entry for entry in tomllib.loads(text)[table] if entry["id"] == id)
    assert entry["aliases"] == aliases
    assert isinstance(done, Edited)
    assert text.splitlines()[done.line - 1].startswith(line)
    assert text.count("#") == FILE.count("#")


def test_a_missing_file_is_made(tmp_path: Path) -> None:
    path = tmp_path / "authors.toml"

    assert add_table(path, "author", {"id": "ann"}, taken) == Edited(path, 1)
    assert path.read_text() == '[[author]]\nid = "ann"\n'
    assert stat.S_IMODE(path.stat().st_mode) == 0o644


def test_what_the_services_would_refuse_is_not_written_and_told_by_its_line(path: Path) -> None:
    found = add_table(path, "author", {"id": "di", "name": "Di"}, refused)

    assert found == Refused(path, f"authors.toml, line {FILE.count(chr(10)) + 4}: there are too many")
    assert path.read_text() == FILE
    assert [one.name for one in path.parent.iterdir()] == ["authors.toml"]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("[[author]\n", "line 1"),
        ("author = [{id = 'ann'}]\n", "cannot|Cannot"),
        (b"\xff", "not UTF-8"),
    ],
)
def test_a_file_that_cannot_be_added_to_is_left_alone(path: Path, content: str | bytes, reason: str) -> None:
    before = content if isinstance(content, bytes) else content.encode()
    path.write_bytes(before)

    found = add_table(path, "author", {"id": "di"}, taken)

    assert isinstance(found, Refused)
    assert any(one in found.reason for one in reason.split("|"))
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    "content",
    [
        'author = [{id = "ann", aliases = ["x"]}]\n',
        '[[author]]\nid = "ann"\n"aliases" = ["x"]\n',
        '[[ "author" ]]\nid = "ann"\naliases = ["x"]\n',
    ],
)
def test_what_is_written_in_an_unusual_way_is_left_to_a_hand(path: Path, content: str) -> None:
    path.write_text(content)

    assert isinstance(add_to_list(path, "author", "ann", "aliases", "y", taken), Refused)
    assert path.read_text() == content


def test_text_that_is_no_unicode_is_refused(path: Path) -> None:
    assert isinstance(add_table(path, "author", {"id": "\udcff"}, taken), Refused)
    assert path.read_text() == FILE


def test_an_unknown_id_and_a_repeated_entry_are_the_callers_mistakes(path: Path) -> None:
    with pytest.raises(KeyError, match="nobody"):
        add_to_list(path, "author", "nobody", "aliases", "x", taken)
    with pytest.raises(ValueError, match="already"):
        add_to_list(path, "author", "ann", "aliases", "A. W.", taken)


def test_line_ends_byte_order_mark_and_rights_stay(path: Path) -> None:
    path.write_bytes(b"\xef\xbb\xbf" + FILE.replace("\n", "\r\n").encode())
    path.chmod(0o640)

    add_table(path, "author", {"id": "di"}, taken)

    content = path.read_bytes()
    assert content.startswith(b"\xef\xbb\xbf#")
    assert content.count(b"\n") == content.count(b"\r\n")
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


def test_a_link_to_the_file_stays_a_link(path: Path, tmp_path: Path) -> None:
    link = tmp_path / "link.toml"
    link.symlink_to(path)

    add_table(link, "author", {"id": "di"}, taken)

    assert link.is_symlink()
    assert 'id = "di"' in path.read_text()


def edits_meanwhile(path: Path) -> Callable[[dict[str, Any]], None]:
    def parse(document: dict[str, Any]) -> None:
        if document:
            path.write_text("# another's\n")

    return parse


def test_anothers_edit_meanwhile_is_not_overwritten(path: Path) -> None:
    found = add_table(path, "author", {"id": "di"}, edits_meanwhile(path))

    assert isinstance(found, Refused)
    assert "meanwhile" in found.reason
    assert path.read_text() == "# another's\n"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_may_not_be_written_to_is_a_surprise(path: Path) -> None:
    path.parent.chmod(0o500)
    with pytest.raises(OSError, match="denied"):
        add_table(path, "author", {"id": "di"}, taken)
    path.parent.chmod(0o700)


@pytest.mark.parametrize("text", ["author = 3\n", '[author]\nid = "ann"\n', 'author = ["ann"]\n'])
def test_a_file_that_has_something_else_by_the_tables_name_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "authors.toml"
    path.write_text(text)
    told = Refused(path, "authors.toml: 'author' must be written as [[author]] there")
    assert add_table(path, "author", {"id": "bo"}, taken) == told
    assert add_to_list(path, "author", "ann", "aliases", "A.", taken) == told
    assert path.read_text() == text
