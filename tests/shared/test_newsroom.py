from __future__ import annotations

import os
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel, ConfigDict

from shared.metrics import REGISTRY
from shared.newsroom import Invalid, Loaded, Refused, Unchanged, Watched


class Entry(BaseModel):
    model_config = ConfigDict(extra="forbid")

    id: str
    weight: int = 1


class File(BaseModel):
    term: list[Entry] = []


def parse(document: dict[str, Any]) -> list[str]:
    file = File.model_validate(document)
    names = [entry.id for entry in file.term]
    twice = [at for at, name in enumerate(names) if name in names[:at]]
    if twice:
        raise Invalid([(("term", at, "id"), f"{names[at]!r} stands there twice") for at in twice])
    return names


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "terms.toml"


def watched(path: Path, text: str) -> Watched[list[str]]:
    path.write_text(text, encoding="utf-8")
    file = Watched(path, parse)
    assert isinstance(file.refresh(), Loaded)
    return file


def refused(file: Watched[list[str]]) -> str:
    outcome = file.refresh()
    assert isinstance(outcome, Refused)
    return outcome.reason


def test_a_missing_file_is_an_empty_one(path: Path) -> None:
    file = Watched(path, parse)

    assert isinstance(file.refresh(), Unchanged)
    assert file.current == []
    assert file.digest == sha256(b"").hexdigest()


def test_a_file_is_loaded_once_and_known_by_the_hash_of_its_bytes(path: Path) -> None:
    path.write_bytes(b'[[term]]\nid = "a"\n')
    file = Watched(path, parse)

    assert file.refresh() == Loaded(path, sha256(path.read_bytes()).hexdigest())
    assert isinstance(file.refresh(), Unchanged)
    assert file.current == ["a"]


def test_an_edit_is_taken_in_on_the_next_look(path: Path) -> None:
    file = watched(path, '[[term]]\nid = "a"\n')

    path.write_text('[[term]]\nid = "b and more"\n')

    assert isinstance(file.refresh(), Loaded)
    assert file.current == ["b and more"]


def test_a_touched_file_with_the_same_bytes_is_unchanged(path: Path) -> None:
    file = watched(path, '[[term]]\nid = "a"\n')

    os.utime(path, (1, 1))

    assert isinstance(file.refresh(), Unchanged)


def test_a_syntax_error_is_told_with_its_line_and_the_last_good_reading_stays(path: Path) -> None:
    file = watched(path, '[[term]]\nid = "a"\n')
    good = file.digest

    path.write_text('[[term]]\nid = "b"\n\n[[term]]\nid = = "c"\n')

    assert refused(file) == "terms.toml, line 5: Invalid value"
    assert (file.current, file.digest) == (["a"], good)
    assert file.refusal == "terms.toml, line 5: Invalid value"


def test_a_refused_file_is_counted_until_it_is_mended(tmp_path: Path) -> None:
    path = tmp_path / "counted.toml"  # a name of its own: the figures are those of the process
    file = watched(path, "# terms\n")

    def figure() -> float | None:
        return REGISTRY.get_sample_value("wireroom_newsroom_file_refused", {"file": "counted.toml"})

    assert figure() == 0
    path.write_text("[[term]\n")
    assert refused(file)
    assert isinstance(file.refresh(), Unchanged)
    assert figure() == 1
    path.write_text("# terms, and well again\n")
    assert isinstance(file.refresh(), Loaded)
    assert figure() == 0


def test_a_file_cut_off_in_a_string_is_told_with_its_last_line(path: Path) -> None:
    file = watched(path, "# terms\n")

    path.write_text('[[term]]\nid = """never\nclosed\n')

    assert refused(file).startswith("terms.toml, line 3: ")


def test_a_broken_rule_is_told_with_the_line_of_its_key(path: Path) -> None:
    file = watched(path, "# terms\n")

    path.write_text('# two\n[[term]]\nid = "a"\n\n[[term]]\nweight = 2\nid = "a"\n')

    assert refused(file) == "terms.toml, line 7: 'a' stands there twice"


def test_every_error_of_a_model_is_told_on_its_own_line(path: Path) -> None:
    file = watched(path, "# terms\n")

    path.write_text('[[term]]\nid = "a"\nwieght = 2\n\n[[term]]\nid = "b"\nweight = "x"\n')

    first, second = refused(file).split("\n")
    assert first == "terms.toml, line 3: term.wieght: there is no such setting"
    assert second.startswith("terms.toml, line 7: term.weight: must be a whole number")


def test_a_missing_key_is_told_with_the_line_of_its_table(path: Path) -> None:
    file = watched(path, "# terms\n")

    path.write_text('[[term]]\nid = "a"\n\n[[term]]\nweight = 3\n')

    assert refused(file) == "terms.toml, line 4: term.id: is missing"


def test_a_header_inside_a_long_string_is_not_taken_for_a_table(path: Path) -> None:
    file = watched(path, "# terms\n")

    path.write_text('[[term]]\nid = """\n[[term]]\nid = 1\n"""\n[[term]]\nid = 7\n')

    assert refused(file).startswith("terms.toml, line 7: term.id: ")


def test_bytes_that_are_not_utf8_are_told_with_their_line(path: Path) -> None:
    file = watched(path, "# terms\n")

    path.write_bytes(b'[[term]]\nid = "caf\xe9"\n')

    assert refused(file) == "terms.toml, line 2: byte 0xe9 is not UTF-8"


def test_nesting_without_end_is_refused(path: Path) -> None:
    file = watched(path, "# terms\n")

    path.write_text("term = " + "[" * 100_000)

    assert "nested too deeply" in refused(file)


def test_a_reason_is_one_line_whatever_a_key_is_called(path: Path) -> None:
    def parsed(document: dict[str, Any]) -> list[str]:
        if document:
            raise Invalid([(("", 2), f"{next(iter(document))}: there is no such field")])
        return []

    path.write_text('\n"no\\nsuch\\u001b" = 1\n')

    outcome = Watched(path, parsed).refresh()
    assert isinstance(outcome, Refused)
    assert outcome.reason == "terms.toml, line 2: no such : there is no such field"


def test_a_number_without_end_is_refused_with_its_line(path: Path) -> None:
    file = watched(path, "# terms\n")

    path.write_text(f'[[term]]\nid = "a"\nscore = {"9" * 5_000}\n')

    assert refused(file) == "terms.toml, line 3: it has a number with too many digits"


def test_a_file_that_cannot_be_read_is_refused_once(path: Path) -> None:
    file = watched(path, '[[term]]\nid = "a"\n')

    path.unlink()
    path.mkdir()

    assert refused(file) == "terms.toml: cannot be read: Is a directory"
    assert isinstance(file.refresh(), Unchanged)
    assert file.current == ["a"]


def test_a_refusal_is_told_once_and_ends_when_the_old_text_is_back(path: Path) -> None:
    file = watched(path, '[[term]]\nid = "a"\n')
    path.write_text("broken")
    refused(file)

    assert isinstance(file.refresh(), Unchanged)
    path.write_text('[[term]]\nid = "a"\n')

    assert isinstance(file.refresh(), Loaded)
    assert file.refusal is None


def test_a_file_gone_for_one_look_keeps_its_reading_and_gone_for_two_is_empty(path: Path) -> None:
    file = watched(path, '[[term]]\nid = "a"\n')
    path.unlink()

    assert isinstance(file.refresh(), Unchanged)
    assert file.current == ["a"]
    assert isinstance(file.refresh(), Loaded)
    assert file.current == []


def test_a_file_emptied_just_before_it_is_written_is_never_seen_empty(path: Path) -> None:
    file = watched(path, '[[term]]\nid = "a"\n')

    path.write_text("")
    file.refresh()
    path.write_text('[[term]]\nid = "b"\n')

    assert isinstance(file.refresh(), Loaded)
    assert file.current == ["b"]


def test_a_file_is_parsed_again_when_what_is_read_beside_it_has_changed(path: Path) -> None:
    beside = ["a"]
    path.write_text('[[term]]\nid = "b"\n', encoding="utf-8")
    file = Watched(path, lambda document: [*beside, *parse(document)])
    file.refresh()
    beside[0] = "c"
    assert isinstance(file.refresh(), Unchanged)

    file.again()

    assert isinstance(file.refresh(), Loaded)
    assert file.current == ["c", "b"]
    assert isinstance(file.refresh(), Unchanged)


def test_a_file_may_be_read_otherwise_than_as_toml(path: Path) -> None:
    path.write_bytes(b"7\n8")

    def read(content: bytes) -> dict[str, Any]:
        lines = content.split(b"\n")
        if b"" in lines:
            raise Invalid([(("", 2), "it is empty")])
        return {"term": [{"id": line.decode()} for line in lines]}

    file = Watched(path, parse, read)
    file.refresh()
    assert file.current == ["7", "8"]
    path.write_bytes(b"7\n")

    assert refused(file) == "terms.toml, line 2: it is empty"


def test_what_is_doubtful_is_told_with_its_line_while_the_file_is_in_force(path: Path) -> None:
    file = watched(path, '# first\n[[term]]\nid = "a"\n')

    assert file.told([(("term", 0, "id"), "an odd id")]) == ["terms.toml, line 3: an odd id"]
    path.unlink()
    assert file.told([(("term", 0), "an odd id")]) == ["terms.toml, line 1: an odd id"]
