"""`wireroom authors`: what a running line has not matched, and edits of a copy of its file."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from services.cli import main
from services.newsroom_check import findings
from tests.builders import a_push
from tests.cli.running import Running
from tests.waiting import until

NEWSROOM = Path(__file__).parents[2] / "newsroom"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(NEWSROOM, tmp_path / "newsroom"))


def wireroom(folder: Path, *args: str) -> Result:
    return CliRunner(env={"WIREROOM_NEWSROOM": str(folder)}).invoke(main, ["authors", *args])


async def test_names_without_a_profile_are_listed_with_who_is_like_them(line: Running) -> None:
    for guid in ("cli-unmatched-1", "cli-unmatched-2"):
        pushed = a_push(guid=guid, authors=[{"name": "Olena Marchukk"}, {"name": "David Lindqvist"}])
        line.json("articles", "push", "-", given=json.dumps(pushed))
    found: list[dict[str, object]] = []

    def both() -> bool:
        found[:] = line.json("authors", "unmatched", "--json", "--since", "1d")["unmatched"]
        return any(one["name"] == "Olena Marchukk" and one["count"] == 2 for one in found)

    await until(both)
    (olena,) = (one for one in found if one["name"] == "Olena Marchukk")
    assert [one["id"] for one in olena["like"]] == ["olena-marchuk"]  # type: ignore[attr-defined]
    assert not any(one["name"] == "David Lindqvist" for one in found)
    table = line.wireroom("authors", "unmatched").stdout
    assert "olena-marchuk (9" in table


def test_a_new_profile_is_added_and_the_rest_of_the_file_stays(folder: Path) -> None:
    before = (folder / "authors.toml").read_text()

    result = wireroom(folder, "add", "Mira Okafor", "--role", "Purser", "--source", "desk", "--source", "beta")

    after = (folder / "authors.toml").read_text()
    assert result.exit_code == 0
    assert "Mira Okafor has a profile mira-okafor" in result.stdout
    assert after.startswith(before)
    assert after.removeprefix(before).split("\n") == [
        "",
        "[[author]]",
        'id = "mira-okafor"',
        'name = "Mira Okafor"',
        'role = "Purser"',
        'sources = ["desk", "beta"]',
        "",
    ]
    assert findings(folder).wrong == ()


@pytest.mark.parametrize(
    ("args", "line"),
    [
        (("Sample Agency", "--kind", "agency"), 'name = "Sample Agency"'),
        (("Late desk", "--kind", "desk", "--id", "late", "--source", "desk"), 'match = ["Late desk"]'),
        (("T. Zadorozhny", "--alias-of", "tim-zadorozhnyy"), '"Tim Zadorozhny", "T. Zadorozhny"]'),
        (("Thomson-Reuters", "--alias-of", "reuters"), '"Thomson-Reuters"]'),
        (("Late shift", "--alias-of", "sample-news-desk"), '"Late shift"]'),
    ],
)
def test_agencies_desks_and_aliases_are_added_too(folder: Path, args: tuple[str, ...], line: str) -> None:
    result = wireroom(folder, "add", *args)

    assert result.exit_code == 0, result.stderr
    assert line in (folder / "authors.toml").read_text()
    assert findings(folder).wrong == ()


@pytest.mark.parametrize(
    ("args", "code", "reason"),
    [
        (("Olena Marchuk",), 1, "there are two entries 'olena-marchuk'"),
        (("Олена Марчук", "--id", "om"), 1, "no byline leads here"),
        (("Staff",), 1, "a common word"),
        (("Mira Okafor", "--alias-of", "nobody"), 1, "there is no profile 'nobody'"),
        (("Tim Zadorozhny", "--alias-of", "tim-zadorozhnyy"), 1, "already"),
        (("Mira", "--alias-of", "reuters", "--role", "x"), 2, "--alias-of"),
        (("Late", "--kind", "desk", "--source", "a", "--source", "b"), 2, "--source"),
    ],
)
def test_what_would_be_refused_is_told_and_not_written(
    folder: Path, args: tuple[str, ...], code: int, reason: str
) -> None:
    before = (folder / "authors.toml").read_text()

    result = wireroom(folder, "add", *args)

    assert result.exit_code == code
    assert reason in result.stderr
    assert (folder / "authors.toml").read_text() == before


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    result = wireroom(tmp_path / "none", "add", "Mira Okafor")

    assert result.exit_code == 1
    assert "cannot write" in result.stderr


@pytest.mark.parametrize("since", ["soon", ""])
def test_a_span_that_is_none_is_wrong_usage(folder: Path, since: str) -> None:
    assert wireroom(folder, "unmatched", "--since", since).exit_code == 2


def test_what_is_added_is_told_programs(folder: Path) -> None:
    found = json.loads(wireroom(folder, "add", "Mira Okafor", "--json").stdout)
    assert (found["file"], found["id"]) == ("authors.toml", "mira-okafor")
    assert (folder / "authors.toml").read_text().splitlines()[found["line"] - 1] == "[[author]]"
    alias = json.loads(wireroom(folder, "add", "M. Okafor", "--alias-of", "mira-okafor", "--json").stdout)
    assert alias["id"] == "mira-okafor"
