from __future__ import annotations

import json
from pathlib import Path

import pytest

from services.enrichment.taxonomy_files import TaxonomyFiles
from shared.newsroom import Loaded, Refused

TOPIC = {"qcode": "medtop:20000056", "prefLabel": {"en-GB": "war"}}
MAPPED = '[[source_map]]\ncategory = "War"\nadd = ["medtop:20000056"]\n'


def refused(files: TaxonomyFiles) -> str:
    return "\n".join(outcome.reason for outcome in files.refresh() if isinstance(outcome, Refused))


def test_terms_may_stand_in_json_lines_beside_the_file(tmp_path: Path) -> None:
    (tmp_path / "taxonomy.toml").write_text('[[term]]\nid = "a"\nname = "Aaa"\nimplies = ["b"]\n')
    lines = [{"id": "b", "name": "Bbb", "aliases": ["Bbbb"]}, {"id": "c", "name": "Ccc", "implies": ["a"]}]
    (tmp_path / "taxonomy.jsonl").write_text("\n\n".join(map(json.dumps, lines)))
    files = TaxonomyFiles(tmp_path)

    assert [type(outcome) for outcome in files.refresh()] == [Loaded, Loaded]
    assert set(files.current.terms) == {"a", "b", "c"}
    assert files.current.terms["c"].implies == ("a", "b")


def test_a_vocabulary_beside_the_file_is_taken_in_whichever_comes_first(tmp_path: Path) -> None:
    (tmp_path / "taxonomy.toml").write_text(MAPPED)
    files = TaxonomyFiles(tmp_path)
    assert "unknown term 'medtop:20000056'" in refused(files)
    assert files.refusals

    (tmp_path / "mediatopics.json").write_text(json.dumps({"conceptSet": [TOPIC]}))
    before = files.digest
    files.refresh()

    assert files.refusals == ()
    assert files.current.term("medtop:20000056").name == "War"
    assert files.digest != before


def test_a_vocabulary_that_goes_is_missed_and_the_last_good_taxonomy_stays(tmp_path: Path) -> None:
    (tmp_path / "taxonomy.toml").write_text(MAPPED)
    (tmp_path / "mediatopics.json").write_text(json.dumps({"conceptSet": [TOPIC]}))
    files = TaxonomyFiles(tmp_path)
    files.refresh()

    (tmp_path / "mediatopics.json").unlink()
    files.refresh()
    reason = refused(files)

    assert "unknown term" in reason
    assert files.current.term("medtop:20000056").name == "War"


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("mediatopics.json", "{", "mediatopics.json, line 1: it is no JSON"),
        ("mediatopics.json", "[]", "mediatopics.json, line 1: it is no JSON object"),
        ("mediatopics.json", "{}\n{", "mediatopics.json, line 2"),
        ("mediatopics.json", '{"a": 1}', "no IPTC vocabulary"),
        ("mediatopics.json", "[" * 100_000, "mediatopics.json, line 1: it is no JSON"),
        ("taxonomy.jsonl", '{"id": "a", "name": "Aaa"}\n\nno', "taxonomy.jsonl, line 3: it is no JSON"),
        ("taxonomy.jsonl", '\n{"id": "a"}', "taxonomy.jsonl, line 2: name: is missing"),
        ("taxonomy.jsonl", '\n{"id": "a", "name": "It", "kind": "org"}', "taxonomy.jsonl, line 2: 'It' is too short"),
        ("taxonomy.jsonl", "7", "taxonomy.jsonl, line 1: the line:"),
        ("taxonomy.toml", '[[term]]\nid = "a"\nname = "It"\nkind = "org"', "taxonomy.toml, line 1: 'It' is too short"),
    ],
)
def test_a_file_with_an_error_is_refused_with_its_line(tmp_path: Path, name: str, content: str, reason: str) -> None:
    files = TaxonomyFiles(tmp_path)
    (tmp_path / name).write_text(content)

    assert reason in refused(files)
    assert files.refusals
    assert dict(files.current.terms) == {}


def test_warnings_name_file_and_line(tmp_path: Path) -> None:
    (tmp_path / "taxonomy.toml").write_text('\n[[term]]\nid = "a"\nname = "Police"\nkind = "org"\n')
    (tmp_path / "taxonomy.jsonl").write_text('{"id": "b", "name": "March", "kind": "org"}')
    files = TaxonomyFiles(tmp_path)
    files.refresh()

    first, second = files.warnings()
    assert first.startswith("taxonomy.toml, line 2: 'Police' is a common word")
    assert "taxonomy.jsonl, line 1: 'March' is a common word" in second


def test_equal_files_have_equal_digests_and_each_file_counts(tmp_path: Path) -> None:
    digests = set()
    for name in ("", "taxonomy.toml", "taxonomy.jsonl", "mediatopics.json"):
        folder = tmp_path / f"with-{name}"
        folder.mkdir()
        if name:
            (folder / name).write_text("# x\n" if name.endswith("toml") else "{}" if name.endswith("json") else " \n")
        one, two = TaxonomyFiles(folder), TaxonomyFiles(folder)
        one.refresh()
        two.refresh()
        assert one.digest == two.digest
        digests.add(one.digest)

    assert len(digests) == 4
