from __future__ import annotations

from pathlib import Path

from services.enrichment.newsroom import Newsroom
from shared.newsroom import Loaded, Refused

SAMPLE = Path(__file__).parents[2] / "newsroom"


def test_the_sample_newsroom_is_taken_whole() -> None:
    newsroom = Newsroom(SAMPLE)

    assert [type(outcome) for outcome in newsroom.refresh()] == [Loaded, Loaded]
    assert newsroom.refusals == ()
    assert "place/north-korea" in newsroom.current.taxonomy.terms
    assert "tim-zadorozhnyy" in newsroom.current.authors.by_id


def test_an_empty_folder_is_an_empty_newsroom(tmp_path: Path) -> None:
    newsroom = Newsroom(tmp_path)

    assert newsroom.refresh() == ()
    assert dict(newsroom.current.taxonomy.terms) == {}


def test_an_edit_puts_a_new_edition_with_a_new_digest_in_force(tmp_path: Path) -> None:
    newsroom = Newsroom(tmp_path)
    before = newsroom.current

    (tmp_path / "taxonomy.toml").write_text('[[term]]\nid = "a"\nname = "Aaa"\n')
    newsroom.refresh()

    assert set(newsroom.current.taxonomy.terms) == {"a"}
    assert newsroom.current.authors is before.authors
    assert newsroom.current.digest != before.digest
    assert len(newsroom.current.digest) == 16


def test_equal_files_have_equal_digests(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "authors.toml").write_text('[[author]]\nid = "a"\nname = "Ann B"\n')
    one, two = Newsroom(tmp_path / "one"), Newsroom(tmp_path / "two")
    one.refresh()
    two.refresh()

    assert one.current.digest == two.current.digest


def test_a_refused_file_leaves_the_edition_in_force_while_the_other_is_taken(tmp_path: Path) -> None:
    newsroom = Newsroom(tmp_path)
    (tmp_path / "authors.toml").write_text('[[author]]\nid = "a"\n')
    (tmp_path / "taxonomy.toml").write_text('[[term]]\nid = "a"\nname = "Aaa"\n')

    refused, loaded = newsroom.refresh()

    assert isinstance(refused, Refused)
    assert refused.reason == "authors.toml, line 1: author.name: is missing"
    assert isinstance(loaded, Loaded)
    assert newsroom.refusals == (refused.reason,)
    assert set(newsroom.current.taxonomy.terms) == {"a"}
