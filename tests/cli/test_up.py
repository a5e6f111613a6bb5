"""The greeting, the token and the check of the newsroom's files; starting and stopping is in journeys/test_up.py."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from services import NAMES
from services.cli.up import _when_seen, up
from shared.settings import Settings
from tests.cli.running import TOKEN, Running


def test_every_service_can_be_started_alone() -> None:
    which, _ = up.params
    assert list(getattr(which.type, "choices", ())) == ["all", *NAMES]


def test_the_greeting_names_the_addresses_and_never_the_token(line: Running) -> None:
    (said,) = (entry for entry in line.logged if entry["event"] == "services.ready")
    names = ("page", "feeds", "events", "console", "portal", "api", "health")
    assert [said[name] for name in names] == [
        f"{line.url}/",
        f"{line.url}/feeds/all.rss",
        f"{line.url}/events/stream",
        f"{line.url}/console",
        f"{line.url}/portal",
        f"{line.url}/api/v1",
        f"{line.url}/readyz",
    ]
    assert TOKEN not in str(said)


def test_a_program_that_reads_the_log_gets_nothing_but_json(line: Running) -> None:
    assert (line.home / "said").read_bytes() == b""
    assert all(isinstance(entry, dict) for entry in line.logged)


def test_a_person_is_greeted_in_words(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    chosen = Settings(data_dir=tmp_path, log_format="console", public_url="http://127.0.0.1:1")
    _when_seen(chosen, "all", "a token that was made")
    said = capsys.readouterr().err
    assert "Wireroom is up; Ctrl-C stops it." in said
    assert "  page     http://127.0.0.1:1/" in said
    assert "  token    export WIREROOM_ADMIN_TOKEN=$(wireroom token)\n" in said
    assert f"An admin token was made and is kept in {tmp_path / 'admin-token'}" in said
    assert "a token that was made" not in said


def test_a_token_is_made_once_and_not_shown_where_it_would_be_kept(bare: Running) -> None:
    kept = (bare.home / "data" / "admin-token").read_text().strip()
    assert len(kept) >= 32
    (said,) = (entry for entry in bare.logged if entry["event"] == "token.made")
    assert said["kept"] == str(bare.home / "data" / "admin-token")
    assert kept not in (bare.home / "said").read_text()
    assert kept not in (bare.home / "log").read_text()
    assert bare.wireroom("token").stdout == kept + "\n"


def test_token_prints_the_one_that_is_set(line: Running) -> None:
    assert line.wireroom("token").stdout == TOKEN + "\n"


def test_token_tells_programs_the_same(line: Running) -> None:
    assert line.json("token", "--json") == {"token": TOKEN}


def test_token_makes_none_where_none_is_kept(line: Running, tmp_path: Path) -> None:
    result = line.wireroom("token", WIREROOM_ADMIN_TOKEN=None, WIREROOM_DATA_DIR=str(tmp_path / "data"))
    assert (result.exit_code, result.stdout) == (1, "")
    assert f"no token is kept in {tmp_path / 'data'}" in result.stderr
    assert not (tmp_path / "data").exists()


def test_check_names_the_files_that_are_in_order(line: Running) -> None:
    result = line.wireroom("check")
    assert result.stdout == f"{line.home / 'newsroom'}: authors.toml, taxonomy.toml, sources.toml, site.toml in order\n"


def test_check_refuses_a_folder_that_is_no_newsroom(line: Running, tmp_path: Path) -> None:
    result = line.wireroom("check", WIREROOM_NEWSROOM=str(tmp_path))
    assert result.exit_code == 1
    assert result.stderr.startswith(f"{tmp_path}: there is no authors.toml")


@pytest.mark.parametrize("name", ["authors.toml", "taxonomy.toml", "sources.toml"])
def test_check_names_the_wrong_file_and_line(line: Running, tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("\nid = \n")
    result = line.wireroom("check", WIREROOM_NEWSROOM=str(tmp_path))
    assert result.exit_code == 1
    assert name in result.stderr
    assert "line 2" in result.stderr


def test_a_wrong_setting_is_named(line: Running) -> None:
    result = line.wireroom("up", WIREROOM_PARTITIONS="0")
    assert result.exit_code == 1
    assert result.stderr.startswith("WIREROOM_PARTITIONS: ")


def test_one_service_alone_needs_the_redis_it_shares(line: Running) -> None:
    result = line.wireroom("up", "ingest")
    assert result.exit_code == 1
    assert result.stderr.startswith("WIREROOM_REDIS_URL: ")


def test_check_tells_programs_the_same(line: Running, tmp_path: Path) -> None:
    assert line.json("check", "--json")["wrong"] == []
    (tmp_path / "site.toml").write_text("name = 3\n")
    result = line.wireroom("check", "--json", WIREROOM_NEWSROOM=str(tmp_path))
    found = json.loads(result.stdout)
    assert (result.exit_code, found["files"], len(found["wrong"])) == (1, ["site.toml"], 1)


def test_check_tells_programs_of_each_mistake_and_of_a_folder_that_is_no_newsroom(
    line: Running, tmp_path: Path
) -> None:
    (tmp_path / "site.toml").write_text("name = 3\nnam = 1\n")
    wrong = json.loads(line.wireroom("check", "--json", WIREROOM_NEWSROOM=str(tmp_path)).stdout)["wrong"]
    assert [reason.partition(":")[0] for reason in wrong] == ["site.toml, line 1", "site.toml, line 2"]
    result = line.wireroom("check", "--json", WIREROOM_NEWSROOM=str(tmp_path / "none"))
    assert (result.exit_code, json.loads(result.stdout)["files"]) == (1, [])
    assert "there is no authors.toml" in json.loads(result.stdout)["wrong"][0]
