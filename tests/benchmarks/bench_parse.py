"""Reading a feed of 250 KB and 50 items as Ghost writes it, beside the raw XML parser and sanitiser on its bytes."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from statistics import median

import nh3
from lxml import etree

from services.ingest.document import Document
from services.ingest.parse import parse
from shared.collector import calm
from tests.benchmarks.rows import Row

SEED = 11
ITEMS = 50
ROUNDS = 15
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
SPACES = (
    'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:content="http://purl.org/rss/1.0/modules/content/" '
    'xmlns:atom="http://www.w3.org/2005/Atom" xmlns:media="http://search.yahoo.com/mrss/"'
)
WORDS = (
    "the a river ferry council said that on of in new plan for by with after bridge harbour – vote “budget” year"
).split()
CLEANER = nh3.Cleaner()


async def run(rounds: int = ROUNDS) -> list[Row]:
    """Measure CPU time for each document in turn, so that a busy machine slows all alike."""
    body = ghost_like()
    _read(body)
    calm()  # as every process of ours does once it is wired
    ours, raw, both, ceiling = [], [], [], []
    for _ in range(rounds):
        ours.append(_cpu(lambda: _read(body)))
        raw.append(_cpu(lambda: etree.fromstring(body)))
        both.append(_cpu(lambda: _sanitised(_read(body))))
        ceiling.append(_cpu(lambda: _bare(body)))
    size = f"{len(body) / 1000:.0f} KB, {ITEMS} items"
    return [
        _row("parse", ours, raw, f"{size}; ceiling lxml alone"),
        _row("parse and sanitise", both, ceiling, f"{size}; ceiling lxml and nh3; 150/s wanted"),
    ]


def ghost_like(items: int = ITEMS) -> bytes:
    """Return a feed in the manner of Ghost's, with two authors and a credited picture for each item."""
    chance = random.Random(SEED)
    head = "<title>Bay Wire</title><link>https://bay.example/</link><ttl>60</ttl>"
    told = "".join(_item(number, chance) for number in range(items))
    channel = f"<channel>{head}{told}</channel>"
    return f'<?xml version="1.0" encoding="UTF-8"?><rss version="2.0" {SPACES}>{channel}</rss>'.encode()


def _item(number: int, chance: random.Random) -> str:
    moment = format_datetime(NOW - timedelta(hours=number), usegmt=True)
    picture = f"https://bay.example/content/images/{number}.jpg"
    blocks = "".join(_block(chance, linked=at % 3 == 0) for at in range(15))
    return f"""<item><title><![CDATA[{_line(chance, 9)}]]></title>
    <description><![CDATA[{_line(chance, 25)}]]></description>
    <link>https://bay.example/story-{number}/</link><guid isPermaLink="false">{chance.getrandbits(96):024x}</guid>
    <category><![CDATA[Bay]]></category><category><![CDATA[Transport]]></category>
    <dc:creator><![CDATA[Ann Writer]]></dc:creator><dc:creator><![CDATA[Bo Editor]]></dc:creator>
    <pubDate>{moment}</pubDate>
    <media:content url="{picture}" medium="image"><media:credit role="photographer">Cy Lens</media:credit>
    <media:description>{_line(chance, 12)}</media:description></media:content>
    <content:encoded><![CDATA[<img src="{picture}" alt="Story">{blocks}]]></content:encoded></item>"""


def _block(chance: random.Random, *, linked: bool) -> str:
    link = f'<a href="https://other.example/{chance.randrange(10_000)}?ref=bay.example">{_line(chance, 3)}</a>'
    return f"<p>{_line(chance, 28)} {link if linked else _line(chance, 8)} {_line(chance, 15)}</p>"


def _line(chance: random.Random, words: int) -> str:
    return " ".join(chance.choices(WORDS, k=words)).capitalize()


def _read(body: bytes) -> Document:
    document = parse(body, url="https://bay.example/rss/", content_type="text/xml", source_id="bay", now=NOW)
    if not isinstance(document, Document) or len(document.submissions) != ITEMS:
        raise TypeError("the benchmark's own feed was not read")
    return document


def _sanitised(document: Document) -> None:
    for item in document.submissions:
        CLEANER.clean(item.body_html)


def _bare(body: bytes) -> None:
    for element in etree.fromstring(body).iter("{http://purl.org/rss/1.0/modules/content/}encoded"):
        CLEANER.clean(element.text or "")


def _cpu(work: Callable[[], object]) -> float:
    started = time.process_time()
    work()
    return time.process_time() - started


def _row(name: str, ours: list[float], raw: list[float], note: str) -> Row:
    return Row(name=name, value=1 / median(ours), unit="documents/s", ceiling=1 / median(raw), note=note)
