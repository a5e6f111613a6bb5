"""The tags of the acceptance story: all of them, each with its evidence, and none from the author box."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from services.enrichment import clean
from services.enrichment.tags import tags, zones_of
from services.enrichment.taxonomy import Taxonomy
from services.enrichment.taxonomy_files import TaxonomyFiles
from shared.events import Article, Author, Category, Related, Tag
from tests.builders import an_article

ROOT = Path(__file__).parents[2]
SAMPLE = ROOT / "newsroom"
NEXT = Related(
    url="https://news.example.org/2025/12/20/pokrovsk",
    headline="Some 200 Russian soldiers are inside Pokrovsk",
    summary="They came in small groups, the General Staff reported, and fight Ukrainian troops street by street.",
)
BIO = "Tim writes on Ukraine and Russia. He lives in Warsaw, began in Odesa, and worked for the Belarusian NEXTA."


@pytest.fixture(scope="module")
def sample() -> Taxonomy:
    files = TaxonomyFiles(SAMPLE)
    files.refresh()
    assert files.refusals == ()
    assert files.warnings() == []
    return files.current


@pytest.fixture(scope="module")
def story() -> Article:
    given = json.loads((SAMPLE / "drop" / "010-kursk.json").read_text(encoding="utf-8"))
    fields = {name: given[name] for name in ("headline", "summary", "body_html", "images", "related")}
    article = an_article(**fields, authors=(Author(name="Tim Zadorozhnyy", bio=BIO),))
    text = clean.cleaned(article.body_html, None).text
    return article.model_copy(update={"body_text": text, "related": (*article.related, NEXT)})


@pytest.fixture(scope="module")
def found(story: Article, sample: Taxonomy) -> dict[str, Tag]:
    categories = [Category(term="Russia's war"), Category(term="News Feed")]
    return {tag.id: tag for tag in tags(zones_of(story), categories, "desk", sample)}


@pytest.mark.parametrize(
    ("term", "zone"),
    [
        ("place/north-korea", "headline"),
        ("place/russia", "headline"),
        ("place/kursk-oblast", "headline"),
        ("org/pentagon", "headline"),
        ("place/ukraine", "body"),
        ("org/hur", "body"),
        ("person/patrick-ryder", "body"),
        ("org/akhmat", "related"),
        ("place/pokrovsk", "related"),
        ("org/general-staff", "related"),
    ],
)
def test_each_tag_is_there_with_evidence_where_it_is_said(
    story: Article, found: dict[str, Tag], term: str, zone: str
) -> None:
    text = zones_of(story)[zone]
    reason = next(reason for reason in found[term].evidence if reason.zone == zone)

    assert text[reason.start : reason.end] == reason.text


def test_the_rest_is_what_the_story_names_too_and_nothing_of_the_author_box(found: dict[str, Tag]) -> None:
    others = {tag.name for tag in found.values()} - {
        *("North Korea", "Russia", "Kursk Oblast", "Pentagon", "Ukraine", "HUR", "Patrick Ryder", "Akhmat"),
        *("Pokrovsk", "General Staff"),
    }

    assert others == {"War", "News Feed", "Reuters", "United States", "Virginia"}


def test_what_only_stands_in_a_related_card_is_never_what_the_story_is_about(found: dict[str, Tag]) -> None:
    assert not any(found[term].primary for term in ("org/akhmat", "place/pokrovsk", "org/general-staff"))
    assert {"place/north-korea", "place/russia", "place/kursk-oblast", "org/pentagon"} <= {
        tag.id for tag in found.values() if tag.primary
    }


def test_all_reasons_are_counted_where_only_some_are_kept(found: dict[str, Tag]) -> None:
    tag = found["place/north-korea"]

    assert tag.evidence_count > len(tag.evidence) == 5


def test_cards_that_were_computed_are_no_evidence(story: Article, sample: Taxonomy) -> None:
    computed = tuple(card.model_copy(update={"kind": "computed"}) for card in story.related)
    zones = zones_of(story.model_copy(update={"related": computed}))

    assert zones["related"] == ""
    assert "org/akhmat" not in {tag.id for tag in tags(zones, [], "desk", sample)}


ONCE = """
import json, sys
from pathlib import Path
from services.enrichment.tags import tags
from services.enrichment.taxonomy_files import TaxonomyFiles
from shared.events import Category, to_json
files = TaxonomyFiles(Path(sys.argv[1]))
files.refresh()
zones, categories = json.loads(sys.argv[2]), [Category(term="News Feed"), Category(term="medtop:16000000")]
print(files.digest, *(to_json(tag).decode() for tag in tags(zones, categories, "desk", files.current)), sep="\\n")
"""


def test_the_same_input_and_files_give_the_same_bytes_in_every_process(story: Article) -> None:
    zones = json.dumps(zones_of(story))
    # Side by side: each takes a second to start.
    runs = [
        subprocess.Popen(
            [sys.executable, "-c", ONCE, str(SAMPLE), zones],
            cwd=ROOT,
            env={"PYTHONPATH": str(ROOT), "PYTHONHASHSEED": seed, "PATH": ""},
            stdout=subprocess.PIPE,
        )
        for seed in ("0", "42")
    ]
    said = {run.communicate()[0] for run in runs}

    assert len(said) == 1
    assert said.pop().count(b"\n") > 15
