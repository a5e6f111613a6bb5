"""What is printed: aligned for people, whole for programs, and harmless to a terminal."""

from __future__ import annotations

import json
from collections.abc import Iterator
from importlib.metadata import version

import click
import pytest
from click.testing import CliRunner

from services.cli.main import main
from services.cli.output import hint, print_json, print_table, printable, safe_json


def test_a_table_is_aligned_and_numbers_stand_to_the_right(capsys: pytest.CaptureFixture[str]) -> None:
    rows = [{"id": "a", "seq": 7, "reason": None}, {"id": "longer", "seq": 1200, "reason": "x"}]
    print_table(rows, ("id", "seq", "reason"))
    assert capsys.readouterr().out.splitlines() == ["ID       SEQ  REASON", "a          7  -", "longer  1200  x"]


def test_a_table_without_rows_says_none(capsys: pytest.CaptureFixture[str]) -> None:
    print_table([], ("id",))
    assert capsys.readouterr().out == "none\n"


def test_a_long_cell_is_cut_with_a_sign(capsys: pytest.CaptureFixture[str]) -> None:
    print_table([{"error": "e" * 200}], ("error",))
    assert capsys.readouterr().out.splitlines()[1] == "e" * 59 + "…"


def test_a_terminal_shows_each_row_on_a_line(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", "20")
    print_table([{"id": "a", "error": "e" * 40}], ("id", "error"))
    assert capsys.readouterr().out.splitlines() == ["ID  ERROR", "a   eeeeeeeeeeeeeee…"]


def test_a_hint_is_for_people_alone(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    hint("do this")
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    hint("do that")
    assert capsys.readouterr().err == "do that\n"


def test_the_version_is_told() -> None:
    assert CliRunner().invoke(main, ["--version"], prog_name="wireroom").output == f"wireroom {version('wireroom')}\n"


@pytest.mark.parametrize("sly", ["\x1b]0;owned\x07", "\x9b31m", "\r", "\u202e", "\x7f"])
def test_text_cannot_steer_the_terminal(sly: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert printable(f"head{sly}line").isprintable()
    print_table([{"error": sly}], ("error",))
    print_json({"error": sly})
    assert not {"\x1b", "\x9b", "\x07", "\x7f", "\r"} & set(capsys.readouterr().out)


def test_json_stays_the_same_when_it_is_made_safe() -> None:
    value = {"a": "x\x9b\x7fУ Києві"}
    assert json.loads(safe_json(json.dumps(value, ensure_ascii=False))) == value


def named(group: click.Group, before: str = "") -> Iterator[tuple[str, click.Command]]:
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from named(command, f"{before}{name} ")
        else:
            yield f"{before}{name}", command


def test_every_command_takes_json() -> None:
    assert [
        name for name, command in named(main) if not any("--json" in option.opts for option in command.params)
    ] == []
