"""What is found in a drop folder and what is read from it."""

from __future__ import annotations

import os
import re
from pathlib import Path

import orjson
import pytest

from services.ingest.drop.files import MAX_BYTES, Content, Found, Unreadable, load, look, read
from tests.builders import a_push
from tests.ingest.feeds import an_item, items, rss


def a_file(folder: Path, name: str, body: bytes = b"{}") -> Found:
    path = folder / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(body)
    return Found(name=name, path=path, stamp="s", age=60.0)


def content(folder: Path, name: str, body: bytes) -> Content:
    found = read(a_file(folder, name), body)
    assert isinstance(found, Content), found
    return found


def reason(folder: Path, name: str, body: bytes) -> str:
    found = read(a_file(folder, name), body)
    assert isinstance(found, Unreadable)
    return found.reason


def test_files_are_found_in_name_order_and_folders_among_them(tmp_path: Path) -> None:
    for name in ("b.json", "a.rss", "ap/2.json", "ap/1.json", "c.atom"):
        a_file(tmp_path, name)
    assert [file.name for file in look(tmp_path, 0.0)] == ["a.rss", "ap/1.json", "ap/2.json", "b.json", "c.atom"]


@pytest.mark.parametrize("name", [".hidden.json", "a.json.error.txt", "a.json.part", "a.json~", "a.tmp", ".git/a.json"])
def test_unfinished_hidden_and_reason_files_are_left_alone(tmp_path: Path, name: str) -> None:
    a_file(tmp_path, name)
    assert look(tmp_path, 0.0) == []


def test_a_missing_folder_is_an_empty_one(tmp_path: Path) -> None:
    assert look(tmp_path / "none", 0.0) == []


def test_an_article_as_json_is_read(tmp_path: Path) -> None:
    found = content(tmp_path, "a.json", orjson.dumps(a_push()))
    assert (found.source_id, found.submissions[0].headline) == ("desk", "Ferry service resumes across the bay")


def test_an_article_without_source_is_of_the_folder_it_lies_in(tmp_path: Path) -> None:
    plain = {"guid": "g", "headline": "h"}
    assert content(tmp_path, "a.json", orjson.dumps(plain)).source_id == "drop"
    assert content(tmp_path, "AP Wire/a.json", orjson.dumps(plain)).source_id == "ap-wire"


def test_a_feed_is_read_oldest_first(tmp_path: Path) -> None:
    found = content(tmp_path, "wire/f.xml", rss(*items([3, 1, 2])))
    assert [item.guid for item in found.submissions] == ["g1", "g2", "g3"]
    assert (found.source_id, found.title) == ("wire", "Bay Wire")


def test_undated_items_of_a_feed_keep_its_order_reversed(tmp_path: Path) -> None:
    body = rss(*(f"<item><title>{n}</title><guid>{n}</guid></item>" for n in "cba"))
    assert [item.guid for item in content(tmp_path, "f.rss", body).submissions] == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("name", "body", "words"),
    [
        ("a.json", b'{"headline": "x",\n "guid": }', "is not valid JSON: .* at line 2 column 1"),
        ("a.json", b"[]", "one JSON object"),
        ("a.json", b'{"guid": "g"}', "is not an article: headline: Field required"),
        ("a.json", b'{"guid": "g", "headline": "h", "autors": []}', "autors: Extra inputs"),
        ("a.json", b"\xff\xfe\x00", "is not valid JSON"),
        ("a.json", b'{"guid": "g", "headline": "\\ud800"}', "is not valid JSON"),
        ("a.xml", b"<html><body/></html>", "is not a feed: this is an HTML page"),
        ("a.docx", b"PK", "must end in"),
    ],
)
def test_what_cannot_be_taken_says_why(tmp_path: Path, name: str, body: bytes, words: str) -> None:
    assert re.search(words, reason(tmp_path, name, body))


def test_the_size_is_capped_before_it_is_held(tmp_path: Path) -> None:
    large = tmp_path / "a.json"
    with large.open("wb") as file:
        file.truncate(MAX_BYTES + 1)
    assert load(Found(name="a.json", path=large, stamp="s", age=9.0)) == Unreadable("is larger than 10 MiB")


def test_a_pipe_or_a_dangling_link_does_not_hold_us(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.json")
    (tmp_path / "b.json").symlink_to(tmp_path / "nowhere")
    found = look(tmp_path, 0.0)
    assert [load(file) for file in found] == [
        Unreadable("is not a regular file"),
        Unreadable("cannot be read: No such file or directory"),
    ]


def test_an_item_of_a_dropped_feed_needs_no_address_of_its_own(tmp_path: Path) -> None:
    body = rss(an_item()).replace(b"https://bay.example/1", b"/relative")
    assert content(tmp_path, "f.rss", body).submissions[0].url is None
