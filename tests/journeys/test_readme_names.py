"""What README.md and docs/ name is there: settings, addresses, events, folders, links, verbs and commands."""

from __future__ import annotations

import re

import click

from services.cli import main
from services.documents import openapi
from services.syndication.webhooks.early.notes import KINDS
from shared import settings
from shared.metrics import REGISTRY
from shared.streams import STREAMS
from tests.journeys.readme import PAGES, ROOT, TEXT, addresses, anchors, blocks, links, spans

METHODS = {"get", "put", "post", "patch", "delete"}


def test_every_setting_is_in_the_table_and_every_one_in_the_table_is_a_setting() -> None:
    rows = [text.split("|")[1] for text in TEXT.splitlines() if text.startswith("| `WIREROOM_")]
    named = [name for row in rows for name in re.findall(r"`(WIREROOM_\w+)`", row)]
    known = {settings.PREFIX + name.upper() for name in settings.PARSERS} | settings.ELSEWHERE
    assert sorted(named) == sorted(known)


def test_every_setting_named_anywhere_is_one() -> None:
    known = {settings.PREFIX + name.upper() for name in settings.PARSERS} | settings.ELSEWHERE
    assert set(re.findall(r"\bWIREROOM_\w+", TEXT)) <= known


def test_every_address_is_in_the_table_with_its_methods_and_whether_it_takes_a_key() -> None:
    paths = openapi("http://localhost")["paths"]
    served = {
        (method.upper(), path, "none" if told.get("security") == [] else "yes")
        for path, operations in paths.items()
        for method, told in operations.items()
        if method in METHODS and not path.startswith(("/portal/", "/console/"))
    }
    assert served | {("GET", path, "none") for path in ("/docs", "/openapi.json", "/asyncapi")} == set(addresses())


def test_every_stream_is_named_and_every_event_named_exists() -> None:
    streams = {stream.name for stream in STREAMS}
    named = set(re.findall(r"(?<![\w.])article\.[a-z]+\b(?!\()", TEXT))
    public = {"article.published", "article.updated", "article.corrected", "article.retracted", *KINDS}
    assert streams <= named <= streams | public


def test_every_metric_that_is_named_is_one() -> None:
    known = {sample.name for metric in REGISTRY.collect() for sample in metric.samples}
    known |= {f"{metric.name}{'_total' * (metric.type == 'counter')}" for metric in REGISTRY.collect()}
    named = set(re.findall(r"`(wireroom_[a-z_]+)`", TEXT))
    assert named
    assert named <= known


def test_every_folder_in_the_tree_exists_and_no_source_folder_is_left_out() -> None:
    (tree,) = (text for text in blocks("") if "services/ingest/" in text)
    named = [text.split()[0] for text in tree.splitlines()]
    assert all((ROOT / name).is_dir() for name in named)
    there = {path.parent.name for path in (ROOT / "services").glob("*/__init__.py")}
    assert {f"services/{name}/" for name in there} <= set(named)
    for name in re.findall(r"`?((?:newsroom|services|shared|tests|docs)/[\w./-]*)", TEXT):
        assert (ROOT / name).exists(), name


def test_every_local_link_leads_somewhere() -> None:
    for place, anchor in links():
        assert place.exists(), place
        assert not anchor or anchor in anchors(place), f"{place}#{anchor}"


def test_every_page_of_docs_is_reached_from_the_readme() -> None:
    readme = PAGES[ROOT / "README.md"]
    assert not [path.name for path in PAGES if path.parent.name == "docs" and f"(docs/{path.name})" not in readme]


def test_every_verb_of_make_that_is_named_exists() -> None:
    verbs = set(re.findall(r"^([a-z-]+):.*## ", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = {span.split()[1] for span in spans() if re.fullmatch(r"make [a-z-]+", span)}
    assert named <= verbs
    assert {"run", "help", "chaos", "bench"} <= named


def test_every_command_that_is_named_exists() -> None:
    for span in (span for span in spans() if span.startswith("wireroom ")):
        group: click.Command = main
        for word in span.split()[1:]:
            if not isinstance(group, click.Group) or word.startswith("-"):
                break
            assert word in group.commands, span
            group = group.commands[word]
