"""The 64 documents of feed-rs against what its own parser finds in them, on every field that both know.

feed-rs (MIT OR Apache-2.0) is a feed parser in Rust; where we mean to differ, the reason stands beside the test.
"""

from __future__ import annotations

import html
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import nh3
import orjson
import pytest

from services.ingest.document import Document
from services.ingest.parse import parse
from services.ingest.parse.text import plain
from services.ingest.parse.urls import cleaned
from services.ingest.submission import Submission

DATA = Path(__file__).resolve().parents[4] / "shared" / "data" / "feed-rs"
EXPECTED = sorted(DATA.glob("*/*.serde.json"))
URL = "https://feed.example/documents/feed"
NOW = datetime(2030, 1, 1, tzinfo=UTC)
PROXIED = ("feedproxy.google.com", "feeds.feedburner.com")

pytestmark = pytest.mark.skipif(not EXPECTED, reason="the feed-rs documents are not beside this repository")


def pairs() -> list[Any]:
    return [pytest.param(path, id=path.name.removesuffix(".serde.json")) for path in EXPECTED]


def both(expected: Path) -> tuple[dict[str, Any], Document]:
    name = expected.name.removesuffix(".serde.json")
    (source,) = (path for path in expected.parent.glob(f"{name}.*") if not path.name.endswith(".serde.json"))
    found = parse(source.read_bytes(), url=URL, content_type="", source_id="feed-rs", now=NOW)
    assert isinstance(found, Document)
    return orjson.loads(expected.read_bytes()), found


def words(markup: str | None) -> str:
    return " ".join((plain(nh3.clean(markup or "")) or "").split())


def told(value: dict[str, Any] | None, key: str = "content") -> str | None:
    return value.get(key) if value else None


@pytest.mark.parametrize("expected", pairs())
def test_every_item_is_found_with_its_title_and_name(expected: Path) -> None:
    want, found = both(expected)
    assert len(found.submissions) == len(want["entries"])
    assert (found.skipped, found.cut) == (0, 0)
    assert all(Submission.model_validate(item.model_dump()) == item for item in found.submissions)
    if title := told(want["title"]):
        assert found.title == plain(title)
    for entry, item in zip(want["entries"], found.submissions, strict=True):
        if title := told(entry["title"]):
            assert item.headline == plain(title)
        # What has no id gets a random or hashed one there, and its URL or a hash of its words here.
        assert item.guid == entry["id"] or made_up(entry["id"])


def made_up(id: str) -> bool:
    return len(id.replace("-", "")) in (31, 32) and all(sign in "0123456789abcdef-" for sign in id)


@pytest.mark.parametrize("expected", pairs())
def test_every_item_has_its_link_authors_and_categories(expected: Path) -> None:
    want, found = both(expected)
    for entry, item in zip(want["entries"], found.submissions, strict=True):
        links = {cleaned(urljoin(URL, link["href"])).casefold().rstrip("/") for link in entry["links"]}
        if links and not any(host in link for host in PROXIED for link in links):  # we see through FeedBurner
            site = cleaned(
                urljoin(found.home or URL, entry["links"][0]["href"])
            ).casefold()  # RSS is relative to its site
            assert (item.url or "").casefold().rstrip("/") in {*links, site}
        names = {name for author in entry["authors"] if (name := known_name(author))}
        assert names <= {author.name for author in item.authors}
        pages = {author["uri"] for author in entry["authors"] if author["uri"]}
        assert pages <= {author.url for author in item.authors}
        terms = {(plain(one["term"]), one["scheme"], one["label"]) for one in entry["categories"]}
        assert terms <= {(tag.term, tag.scheme, tag.label) for tag in item.categories}


def known_name(author: dict[str, Any]) -> str:
    if author["name"] == "author":  # it puts "address (name)" into the address
        return str(author["email"]).partition("(")[2].rstrip(")")
    return str(author["name"]).partition(" (mailto:")[0]


@pytest.mark.parametrize("expected", pairs())
def test_every_date_is_kept(expected: Path) -> None:
    want, found = both(expected)
    for entry, item in zip(want["entries"], found.submissions, strict=True):
        for moment in (entry["published"], entry["updated"]):
            if moment:
                meant = datetime.fromisoformat(moment).replace(microsecond=0)
                assert meant in (item.published_at, item.updated_at)


@pytest.mark.parametrize("expected", pairs())
def test_every_word_of_body_and_summary_is_kept(expected: Path) -> None:
    want, found = both(expected)
    for entry, item in zip(want["entries"], found.submissions, strict=True):
        body, summary = words(item.body_html), item.summary or ""
        content = words(told(entry["content"], "body"))
        assert content in (body, summary) or not content
        described = words(told(entry["summary"]))
        # The same words are kept once: a description that is the whole story is the body.
        assert described in (summary, body, words(html.unescape(summary))) or not described


@pytest.mark.parametrize("expected", pairs())
def test_media_language_and_rights_are_kept(expected: Path) -> None:
    want, found = both(expected)
    for entry, item in zip(want["entries"], found.submissions, strict=True):
        for media in entry["media"]:
            check_media(media, item)
        language = entry["language"] or want["language"]
        if language and item.language:
            regional = item.language.casefold().replace("-", "_")
            assert regional == language.casefold().replace("-", "_") or entry["language"] is None
        rights = told(entry["rights"])
        assert rights is None or item.rights == plain(rights)


def check_media(media: dict[str, Any], item: Submission) -> None:
    """A group is one thing in several makings: the best of each kind stands for all. A player's page is no file."""
    images, files = (
        {image.url.rstrip("/"): image for image in item.images},
        {one.url.rstrip("/"): one for one in item.enclosures},
    )
    urls = [content["url"] for content in media["content"] if content["url"]]
    files_told = [url for url in urls if "/embed" not in url and "player." not in url]
    assert not files_told or any(url.rstrip("/") in images or url.rstrip("/") in files for url in files_told)
    for content in media["content"]:
        image = images.get((content["url"] or "").rstrip("/"))
        if image is not None:
            assert (content["width"] or image.width, content["height"] or image.height) == (image.width, image.height)
            assert (content["size"] or image.bytes) == image.bytes
            known = {image.credit, *(author.name for author in item.authors)}  # it takes itunes:author for a credit
            assert {credit["entity"] for credit in media["credits"]} <= known
            caption = told(media["description"])
            assert caption is None or plain(caption) in (image.caption, item.summary, words(item.body_html))
        file = files.get((content["url"] or "").rstrip("/"))
        if file is not None:
            assert (content["size"] or file.bytes) == file.bytes
            lasts = (content["duration"] or media["duration"] or {}).get("secs")
            assert lasts is None or (file.seconds or 0) >= lasts  # of 26:53 it keeps 26
