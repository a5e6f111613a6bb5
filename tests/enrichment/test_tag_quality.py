"""How good the tags are on the labelled stories beside this file: the floors stand just below what was measured."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from services.enrichment.tags import tags
from services.enrichment.taxonomy_files import TaxonomyFiles
from shared.events import Tag

HERE = Path(__file__).parent
STORIES: list[dict[str, Any]] = tomllib.loads((HERE / "labelled" / "tags.toml").read_text(encoding="utf-8"))["story"]


@pytest.fixture(scope="module")
def tagged() -> list[tuple[dict[str, Any], tuple[Tag, ...]]]:
    files = TaxonomyFiles(HERE.parents[1] / "newsroom")
    files.refresh()
    zones = [{"headline": story["headline"], "body": story["body"]} for story in STORIES]
    return [(story, tags(zone, [], "desk", files.current)) for story, zone in zip(STORIES, zones, strict=True)]


def precision_and_recall(pairs: list[tuple[set[str], set[str]]]) -> tuple[float, float]:
    right = sum(len(wanted & got) for wanted, got in pairs)
    return right / sum(len(got) for _, got in pairs), right / sum(len(wanted) for wanted, _ in pairs)


def test_the_terms_of_a_story_are_found_and_few_others(tagged: list[tuple[dict[str, Any], tuple[Tag, ...]]]) -> None:
    precision, recall = precision_and_recall([(set(s["about"]), {tag.id for tag in got}) for s, got in tagged])

    assert precision >= 0.95, precision
    assert recall >= 0.95, recall


def test_what_a_story_is_about_is_primary(tagged: list[tuple[dict[str, Any], tuple[Tag, ...]]]) -> None:
    pairs = [(set(s["primary"]), {tag.id for tag in got if tag.primary}) for s, got in tagged]
    precision, recall = precision_and_recall(pairs)

    assert precision >= 0.8, precision
    assert recall >= 0.9, recall
