from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from services.cli import tags
from services.cli.explain import marked
from services.enrichment import name_model
from services.enrichment.suggest import Opinion, Place
from services.enrichment.taxonomy_files import TaxonomyFiles
from tests.builders import a_push
from tests.cli.running import Running
from tests.enrichment.test_classifier import samples
from tests.waiting import until

BODY = (
    "<p>The harbour board said on Sunday that Ann Overgaard will lead it. Pokrovsk and Kenya sent greetings.</p>"
    "<p>Nobody but Ann Overgaard had asked. Pokrovsk\x07 is far, and Pokrovsk, Pokrovsk, Pokrovsk, Pokrovsk too.</p>"
)


def push(line: Running, guid: str, headline: str) -> str:
    given = json.dumps(a_push(guid=guid, url=f"https://example.org/{guid}", headline=headline, body_html=BODY))
    article = str(line.json("articles", "push", "-", given=given)["id"])
    asyncio.run(until(lambda: line.wireroom("articles", "show", article).exit_code == 0))
    return article


@pytest.fixture(scope="module")
def article(line: Running) -> str:
    push(line, "overgaard-2", "A second day")
    return push(line, "overgaard-1", "Pokrovsk writes to the harbour")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "taxonomy.toml").write_text(
        '# ours\n[[term]]\nid = "place/pokrovsk"\nname = "Pokrovsk"\nkind = "place"\n[gazetteer]\nenabled = false\n'
    )
    return tmp_path


def test_explain_marks_what_the_article_keeps_and_says_when_there_is_more(line: Running, article: str) -> None:
    result = line.wireroom("tags", "explain", article)

    assert result.exit_code == 0, result.output
    assert "  [Pokrovsk](place/pokrovsk name, place/ukraine implied) writes to the harbour" in result.stdout
    assert "[Kenya](geo/ke name) sent greetings" in result.stdout
    assert "\x07" not in result.stdout
    rows = {line.split()[0]: line.split() for line in result.stdout.splitlines() if "/" in line and "[" not in line}
    assert rows["place/pokrovsk"][1:6] == ["9.0", "yes", "dictionary", "0.95", "7"]
    assert rows["geo/ke"][2:5] == ["-", "gazetteer", "0.7"]
    assert "--newsroom DIR marks all" in result.stderr


def test_explain_matches_anew_by_a_folder_that_may_not_be_in_force(line: Running, article: str, folder: Path) -> None:
    found = line.json("tags", "explain", article, "--newsroom", str(folder), "--json")
    zones = {zone["zone"]: zone for zone in found["zones"]}
    body = zones["body"]

    assert found["article"] == article
    assert [body["text"][mark["start"] : mark["end"]] for mark in body["marks"]] == ["Pokrovsk"] * 6
    assert {mark["tag"] for mark in body["marks"]} == {"place/pokrovsk"}


def test_explain_refuses_what_is_not_there(line: Running, folder: Path) -> None:
    assert line.wireroom("tags", "explain", "desk-nothing").exit_code == 1
    (folder / "taxonomy.toml").write_text("[[term]]\nid = \n")
    assert line.wireroom("tags", "suggest", "--newsroom", str(folder)).stderr.startswith("taxonomy.toml, line 2")


def test_marks_are_colours_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    mark = {"start": 3, "end": 8, "tag": "geo/ke", "how": "name", "kind": "place"}

    shown = marked("In Kenya\x1b[2J.\nEnd", [mark])

    assert shown.startswith("In \x1b[32m")
    assert "\x1b[2J" not in shown
    assert shown.endswith(".\nEnd")


def test_suggest_shows_unknown_names_with_counts_and_examples(line: Running, article: str) -> None:
    names = {row["name"]: row for row in line.json("tags", "suggest", "--limit", "50", "--json")["names"]}
    row = names["Ann Overgaard"]

    assert (row["articles"], row["mentions"]) == (2, 4)
    assert {example["article"] for example in row["examples"]} >= {article}
    assert "Kenya" not in names
    assert "Ann Overgaard" in line.wireroom("tags", "suggest", "--limit", "50").stdout


def test_suggest_says_what_it_looked_at_in_vain(line: Running, article: str) -> None:
    rare = ("tags", "suggest", "--least", "1000")
    seen = line.json(*rare, "--json")["articles"]
    assert seen > 1
    assert line.wireroom(*rare).stdout == (
        f"none: in {seen} articles of the last 7 days no name that the taxonomy lacks stands in 1000 or more; "
        "--days looks further back, --least 999 at rarer names\n"
    )


def test_suggest_shows_the_kind_a_model_guesses_unless_told_not_to(
    line: Running, article: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def judge(places: Sequence[Place]) -> list[Opinion]:
        names = [place.text[place.start : place.end] for place in places]
        return [Opinion(is_name=True, kind="person" if name == "Ann Overgaard" else None) for name in names]

    monkeypatch.setattr(name_model, "judge_of_names", lambda: judge)
    options = ("tags", "suggest", "--limit", "50")
    rows = {row["name"]: row for row in line.json(*options, "--json")["names"]}

    assert (rows["Ann Overgaard"]["kind"], rows["Ann Overgaard"]["how"]) == ("person", "model")
    assert [name for name, row in rows.items() if "kind" in row] == ["Ann Overgaard"]
    assert "KIND" in line.wireroom(*options).stdout
    assert "KIND" not in line.wireroom(*options, "--no-model").stdout


def test_suggest_adds_one_by_its_number(line: Running, article: str, folder: Path) -> None:
    result = line.wireroom("tags", "suggest", "--newsroom", str(folder), "--add", "1", "--kind", "org")
    assert result.stdout.startswith("taxonomy.toml, line 9: org/")


def test_suggest_adds_one_by_its_name(line: Running, article: str, folder: Path) -> None:
    options = ("tags", "suggest", "--limit", "50", "--newsroom", str(folder))

    assert line.wireroom(*options, "--add", "Ann Overgaard").exit_code == 2
    assert line.wireroom(*options, "--add", "999", "--kind", "org").exit_code == 2
    result = line.wireroom(*options, "--add", "Ann Overgaard", "--kind", "person")

    assert result.stdout == "taxonomy.toml, line 9: person/ann-overgaard\n"
    assert '[[term]]\nid = "person/ann-overgaard"\nname = "Ann Overgaard"\nkind = "person"\n' in _text(folder)
    assert "Ann Overgaard" not in {row["name"] for row in line.json(*options, "--json")["names"]}


def _text(folder: Path) -> str:
    return (folder / "taxonomy.toml").read_text()


def test_add_writes_one_term_that_is_in_order(line: Running, folder: Path) -> None:
    options = ("--kind", "org", "--alias", "HB of Fjord", "--same-as", "wikidata:Q1", "--implies", "place/pokrovsk")
    result = line.wireroom("tags", "add", "Harbour Board", *options, "--newsroom", str(folder))

    assert result.stdout == "taxonomy.toml, line 9: org/harbour-board\n"
    assert _text(folder).startswith("# ours\n")
    assert 'same_as = ["wikidata:Q1"]\nimplies = ["place/pokrovsk"]\naliases = ["HB of Fjord"]\n' in _text(folder)
    more = line.json("tags", "add", "Quay Board", "--kind", "org", "--newsroom", str(folder), "--json")
    assert (more["file"], more["id"]) == ("taxonomy.toml", "org/quay-board")
    assert _text(folder).splitlines()[more["line"] - 1] == "[[term]]"


@pytest.mark.parametrize(
    ("options", "code", "reason"),
    [
        (("Pokrovsk", "--kind", "org"), 1, "is a spelling of 'place/pokrovsk' too"),
        (("It", "--kind", "org"), 1, "too short"),
        (("Harbour Board",), 2, "--kind person|org|place|topic|event"),
        (("Harbour Board", "--kind", "ship"), 2, "'ship' is not one of"),
    ],
)
def test_add_refuses_what_would_not_be_in_order(
    line: Running, folder: Path, options: tuple[str, ...], code: int, reason: str
) -> None:
    before = _text(folder)
    result = line.wireroom("tags", "add", *options, "--newsroom", str(folder))

    assert (result.exit_code, result.stdout) == (code, "")
    assert reason in result.stderr
    assert _text(folder) == before


def test_check_tells_what_is_doubtful_and_takes_it(line: Running, tmp_path: Path) -> None:
    (tmp_path / "taxonomy.toml").write_text('[[term]]\nid = "topic/police"\nname = "Police"\n')
    result = line.wireroom("check", WIREROOM_NEWSROOM=str(tmp_path))

    assert (result.exit_code, result.stdout) == (0, f"{tmp_path}: taxonomy.toml in order\n")
    assert result.stderr.startswith("warning: taxonomy.toml, line 1: 'Police' is a common word")


def test_train_writes_what_it_learnt_from_stories_whose_source_named_a_topic(
    line: Running, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tag = {"id": "", "method": "source", "kind": "topic"}
    events = [
        {
            "type": "article.published",
            "data": {
                "article": {
                    "id": one.id,
                    "headline": "",
                    "body_text": one.text,
                    "tags": [tag | {"id": topic} for topic in one.topics],
                }
            },
        }
        for one in samples()
    ]
    monkeypatch.setattr(tags, "since", lambda _moment: iter(events))
    found = line.json("tags", "train", "--newsroom", str(folder), "--json")
    files = TaxonomyFiles(folder)
    files.refresh()

    assert found["stories"] == len(events)
    assert {row["topic"] for row in found["topics"]} == {"medtop:02000000", "medtop:15000000"}
    assert files.refusals == ()
    assert files.current.classifier.guesses("The referee gave a penalty and the striker a goal")
    assert {path.name for path in folder.iterdir()} == {"taxonomy.toml", "topics.model.json"}


def test_train_says_when_there_is_too_little_to_learn_from(line: Running, folder: Path) -> None:
    result = line.wireroom("tags", "train", "--newsroom", str(folder))

    assert result.exit_code == 1
    assert "too few" in result.stderr
    assert not (folder / "topics.model.json").exists()
