"""JSON-LD as pages write it, broken ones included."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from lxml import html

from services.ingest.pages.jsonld import mended, nodes


def read(*scripts: str, kind: str = "application/ld+json") -> list[dict[str, Any]]:
    return nodes(html.fromstring("<html>" + "".join(f'<script type="{kind}">{one}</script>' for one in scripts)))


@pytest.mark.parametrize(
    "script",
    [
        '{"@type":"Article","headline":"A // b, }"}',
        '{"@type":"Article","headline":"A // b, }",}',
        '{/* a comment */"@type":"Article", // another\n"headline":"A // b, }"}',
        '//<![CDATA[\n{"@type":"Article","headline":"A // b, }"}\n//]]>',
        '/* <![CDATA[ */{"@type":"Article","headline":"A // b, }"}/* ]]> */',
        '<!-- {"@type":"Article","headline":"A // b, }"} -->',
        '{"@type":"Article","headline":"A // b, }"};',
        "{&quot;@type&quot;:&quot;Article&quot;,&quot;headline&quot;:&quot;A // b, }&quot;}",
        '[[{"@type":"Article","headline":"A // b, }"}]]',
        '{"@graph":[{"@type":"Article","headline":"A // b, }"}]}',
    ],
)
def test_articles_are_found_in_what_pages_write(script: str) -> None:
    assert [node["headline"] for node in read(script)] == ["A // b, }"]


def test_line_breaks_inside_texts_are_borne() -> None:
    assert read('{"@type":"Article","headline":"one\ntwo\tthree"}')[0]["headline"] == "one\ntwo\tthree"


def test_references_are_filled_in_with_what_they_name() -> None:
    article, person = read(
        '{"@graph":[{"@type":"Article","author":{"@id":"#ann"}},'
        '{"@type":"Person","@id":"#ann","name":"Ann Writer","image":{"url":"/a.jpg"}}]}'
    )
    assert article["author"]["name"] == person["name"] == "Ann Writer"


def test_a_reference_to_oneself_ends() -> None:
    (node,) = read('{"@type":"Article","@id":"#a","author":{"@id":"#a"}}')
    assert node["author"] == {"@id": "#a"}


def test_one_bad_script_does_not_hide_the_others() -> None:
    assert len(read("{not json", '{"@type":"Article"}', "null", '"text"', "[1, 2]")) == 1


def test_other_scripts_are_not_read() -> None:
    assert read('{"@type":"Article"}', kind="application/json") == []
    assert len(read('{"@type":"Article"}', kind="Application/LD+JSON; charset=utf-8")) == 1


@pytest.mark.parametrize(
    "script",
    [
        "[" * 100_000,
        '{"a":' * 50_000,
        '{"a":"' + '\\"' * 200_000,
        "{" + "/*" * 200_000,
        "{" + ";" * 400_000,
        "<!--" * 100_000,
        "," * 400_000,
        '{"@type":"Article","n":' + "9" * 200_000 + "}",
        json.dumps([{"@type": "Article", "@id": f"#{at}", "author": {"@id": f"#{at + 1}"}} for at in range(7_500)]),
    ],
)
def test_bombs_end_within_a_second(script: str) -> None:
    started = time.process_time()
    assert len(read(script)) <= 5_000
    assert time.process_time() - started < 2


def test_mending_leaves_what_is_right_as_it_is() -> None:
    text = '{"a": "b, ]", "c": ["//", "/* */"], "d": "\\",}"}'
    assert mended(text) == text
