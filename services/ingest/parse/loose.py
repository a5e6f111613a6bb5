"""The last resort for a broken feed: feedparser, in a process that cannot hang us; other means are tried before it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import orjson

from services.ingest.document import Document
from services.ingest.parse.channel import Channel
from services.ingest.parse.draft import Draft, submissions_of
from services.ingest.parse.gathered import document_of
from services.ingest.parse.people import person
from services.ingest.parse.text import plain
from services.ingest.parse.urls import address, cleaned, host_of
from services.ingest.parse.values import Fields, category, each_category_once, language

MOST_BYTES = 2 * 1024 * 1024
SECONDS_PER_MIB = 2
CHILD = Path(__file__).with_name("loose_child.py")
ITEM = re.compile(rb"<(?:[A-Za-z]{1,10}:)?(?:item|entry)[\s>]", re.IGNORECASE)


def has_items(body: bytes) -> bool:
    """Tell whether bytes look like they hold items of a feed, whatever else they are."""
    return ITEM.search(body) is not None


def read_loosely(body: bytes, channel: Channel) -> Document | None:
    """Return what feedparser finds in a document of at most 2 MiB; None when that is nothing, or takes too long."""
    if len(body) > MOST_BYTES:
        return None
    told = _told(body)
    if not told or not told["entries"]:
        return None
    about = told["feed"]
    home = address(about["link"], channel.url)
    channel.base = home or channel.url
    channel.hosts = frozenset(filter(None, (host_of(channel.url), host_of(home))))
    channel.language, channel.rights = language(about["language"]), plain(about["rights"])
    found = submissions_of([_draft(entry, channel) for entry in told["entries"]], channel)
    return document_of(
        found, told["count"], channel, title=plain(about["title"]), home=home, relations=[], quality="loose"
    )


def _told(body: bytes) -> Fields | None:
    """Ask feedparser in a process of its own: it has no bounds, and some documents take it minutes."""
    seconds = SECONDS_PER_MIB * (1 + len(body) // 1024 // 1024)
    # -P: its own folder must not hide the standard library. Without our environment, which holds secrets.
    command = [sys.executable, "-P", str(CHILD), str(seconds)]
    paths = {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    try:
        done = subprocess.run(command, input=body, capture_output=True, timeout=seconds + 2, check=True, env=paths)
        told: Any = orjson.loads(done.stdout)
    except (subprocess.SubprocessError, OSError, ValueError):
        return None
    return told if isinstance(told, dict) else None


def _draft(entry: Fields, channel: Channel) -> Draft:
    url = address(entry["link"], channel.base)
    names = [person(name) for name in entry["authors"]]
    pictures, files = _media(entry["enclosures"], channel.base)
    return Draft(
        guid=entry["id"],
        url=cleaned(url, channel.hosts) if url else None,
        base=url or channel.base,
        headline=plain(entry["title"]),
        described=entry["summary"],
        bodies=entry["contents"],
        authors=[author for author in names or [person(entry["author"])] if author],
        categories=each_category_once([category(tag["term"], tag["scheme"], tag["label"]) for tag in entry["tags"]]),
        images=pictures,
        enclosures=files,
        rights=plain(entry["rights"]),
        language=language(entry["language"]),
        published=channel.moment(entry["published"], entry["created"]),
        updated=channel.moment(entry["updated"]),
    )


def _media(links: list[Fields], base: str) -> tuple[list[Fields], list[Fields]]:
    pictures: list[Fields] = []
    files: list[Fields] = []
    for link in links:
        if (url := address(link["href"], base)) is not None:
            kind = link["type"].lower()
            (pictures if kind.startswith("image/") else files).append({"url": url, "type": kind[:300]})
    return pictures, files
