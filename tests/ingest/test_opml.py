"""Feeds to OPML and back: nothing is lost on the way, and each line is sorted to where it belongs."""

from __future__ import annotations

import time

import pytest
from lxml import etree

from services.ingest.health import Health
from services.ingest.opml import fault, key, sort, written
from services.ingest.parse import Outline, read_opml
from services.ingest.source import Settings, Source
from tests.ingest.parts import NOON


def a_feed(id: str, **over: object) -> Source:
    return Source(Settings.model_validate({"id": id, "url": f"https://{id}.example/rss"} | over))


def test_what_is_written_is_read_again_with_folders_as_sections() -> None:
    sources = [
        a_feed("bay", section="World/Asia", name="Bay & Coast <news>", home="https://bay.example/"),
        a_feed("ann"),
        a_feed("hill", section="World/Asia"),
        a_feed("shop", kind="page"),
        Source(Settings(id="desk", kind="push")),
    ]
    body = written(sources, NOON)
    outlines = read_opml(body)
    assert isinstance(outlines, list)
    assert sorted(outlines, key=lambda one: one.url) == [
        Outline(url="https://ann.example/rss", title="ann"),
        Outline(
            url="https://bay.example/rss", title="Bay & Coast <news>", home="https://bay.example/", folder="World/Asia"
        ),
        Outline(url="https://hill.example/rss", title="hill", folder="World/Asia"),
    ]
    root = etree.fromstring(body)
    assert (root.get("version"), root.findtext("head/dateCreated")) == ("2.0", "Sun, 22 Nov 2026 12:00:00 GMT")


def test_a_source_without_a_name_goes_by_what_its_feed_calls_itself() -> None:
    source = Source(
        Settings(id="a", url="https://a.example/rss"), Health(title="The A\x00 Paper", home="https://a.example/")
    )
    assert read_opml(written([source], NOON)) == [
        Outline(url="https://a.example/rss", title="The A Paper", home="https://a.example/")
    ]


def test_feeds_are_new_known_or_refused() -> None:
    outlines = [
        Outline(url="https://www.bay.example/rss/", title="Known"),
        Outline(url="https://new.example/rss", title="New", folder="World"),
        Outline(url="http://new.example/rss/", title="The same again"),
        Outline(url="https://user:word@new.example/rss", title="With a password"),
        Outline(url="https://new.example/other", title="Another"),
        Outline(url="https://mail.example:25/rss", title="No web port"),
    ]
    found = sort(outlines, {key("http://bay.example/rss"): "bay"}, {"bay", "new-example"})
    assert [(one.id, one.name, one.section) for one in found.new] == [
        ("new-example-2", "New", "World"),
        ("new-example-3", "Another", None),
    ]
    assert [(one.title, one.id) for one in found.known] == [("Known", "bay")]
    assert [one.title for one in found.refused] == ["With a password", "No web port"]
    assert "word" not in str(found.refused[0].reason).replace("password", "")


@pytest.mark.parametrize("url", ["https://0x7f.1/rss", "ftp://e.org/", "https://[::1%25lo]/rss"])
def test_odd_addresses_are_refused_in_words(url: str) -> None:
    assert str(fault(url)).startswith("the address ")


def test_many_feeds_of_one_host_get_ids_in_good_time() -> None:
    outlines = [Outline(url=f"https://one.example/{at}") for at in range(3_000)]
    started = time.process_time()
    found = sort(outlines, {}, {"one-example-7"})
    assert len({one.id for one in found.new} - {"one-example-7"}) == 3_000
    assert time.process_time() - started < 5
