"""Generated feeds read by us and by feedparser: where both know a field, they agree."""

from __future__ import annotations

import calendar
import random
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from io import BytesIO
from xml.sax.saxutils import escape

import feedparser
import pytest

from services.ingest.document import Document
from services.ingest.parse import parse
from tests.ingest.feeds import rss

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
URL = "https://bay.example/feed"
WORDS = "ferry harbour council & <b>bold</b> “quoted” Їжак été 5 vote – budget R&amp;D &eacute; naïve 東京".split()


def an_item(chance: random.Random, number: int) -> str:
    title = escape(" ".join(chance.choices(WORDS, k=5)))
    told = escape(" ".join(chance.choices(WORDS, k=9)))
    moment = NOW - timedelta(hours=chance.randrange(9000), seconds=chance.randrange(3600))
    dates = [
        f"<pubDate>{format_datetime(moment)}</pubDate>",
        f"<dc:date>{moment.isoformat()}</dc:date>",
        f"<pubDate>{moment:%a, %d %b %y %H:%M:%S} EST</pubDate>",
        "",
    ]
    parts = [
        f"<title>{title}</title>",
        f"<link>https://bay.example/{number}</link>",
        f"<guid isPermaLink='false'>g{number}</guid>",
        chance.choice(
            [f"<description>{told}</description>", f"<description><![CDATA[<p>{number}</p>]]></description>"]
        ),
        chance.choice(dates),
        "".join(f"<category>{escape(word)}</category>" for word in chance.sample(("Bay", "Sea", "R&D"), k=2)),
        chance.choice(["<dc:creator>Ann Writer</dc:creator>", "<author>ann@bay.org (Ann Writer)</author>", ""]),
        chance.choice(["<enclosure url='https://bay.example/a.mp3' type='audio/mpeg' length='7'/>", ""]),
        chance.choice(["<content:encoded>&lt;p&gt;Long &amp;amp; wide.&lt;/p&gt;</content:encoded>", ""]),
    ]
    chance.shuffle(parts)
    return f"<item>{''.join(parts)}</item>"


@pytest.mark.parametrize("seed", range(12))
def test_rss_is_read_as_feedparser_reads_it(seed: int) -> None:
    chance = random.Random(seed)
    body = rss(*(an_item(chance, number) for number in range(20)), channel="<language>en</language>")
    ours = parse(body, url=URL, content_type="application/rss+xml", source_id="bay", now=NOW)
    assert isinstance(ours, Document)
    theirs = feedparser.parse(BytesIO(body), sanitize_html=False)
    assert (ours.title, ours.home, ours.quality) == (theirs.feed.title, theirs.feed.link, "strict")
    assert len(ours.submissions) == len(theirs.entries)
    for item, entry in zip(ours.submissions, theirs.entries, strict=True):
        assert (item.guid, item.url) == (entry.id, entry.link)
        stamp = entry.get("published_parsed") or entry.get("updated_parsed")
        assert (item.published_at.timestamp() if item.published_at else None) == (stamp and calendar.timegm(stamp))
        assert [tag.term for tag in item.categories] == [tag.term for tag in entry.tags]
        assert [one.name for one in item.authors] == [one.name for one in entry.get("authors", []) if one.get("name")]
        assert [(one.url, one.type) for one in item.enclosures] == [(one.href, one.type) for one in entry.enclosures]
        if contents := entry.get("content"):
            assert item.body_html == contents[0].value
        seen, said = item.headline.replace(" ", ""), entry.title.replace(" ", "")
        assert said.replace("<b>", "").replace("</b>", "").replace("&amp;", "&").replace("&eacute;", "é") == seen
