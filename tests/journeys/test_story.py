"""The acceptance story of the sample newsroom, part by part, from the drop folder to the feed and the webhook."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import orjson
import pytest
from lxml import etree
from standardwebhooks import Webhook

from shared.redis import Store
from tests.journeys.line import Line, a_line
from tests.receiver import Receiver
from tests.waiting import until

NEWSROOM = Path(__file__).parents[2] / "newsroom"
GUID = "kursk-casualties-1"
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8G"
NAMES = {
    "content": "http://purl.org/rss/1.0/modules/content/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "media": "http://search.yahoo.com/mrss/",
    "atom": "http://www.w3.org/2005/Atom",
    "podcast": "https://podcastindex.org/namespace/1.0",
}
TAGS = {"North Korea", "Russia", "Ukraine", "Kursk Oblast", "Pentagon", "HUR", "Patrick Ryder", "Akhmat"}


@pytest.fixture
async def line(store: Store, redis_url: str, tmp_path: Path, receiver: Receiver) -> AsyncIterator[Line]:
    """Start the line on an empty newsroom, subscribe, then give it the sample newsroom's stories."""
    newsroom = tmp_path / "newsroom"
    (newsroom / "drop").mkdir(parents=True)
    for name in ("authors.toml", "taxonomy.toml"):
        (newsroom / name).write_bytes((NEWSROOM / name).read_bytes())
    async with a_line(redis_url, tmp_path / "data", newsroom) as line:
        asked = {"url": receiver.url, "filter": "tag:kursk-oblast", "secret": SECRET}
        status, answer = await line.post("/api/v1/subscriptions", asked)
        assert status == 201, answer
        shutil.copytree(NEWSROOM / "drop", newsroom / "drop", dirs_exist_ok=True)
        yield line


def versions(receiver: Receiver) -> list[int]:
    return [d.event["data"]["article"]["version"] for d in receiver.calls if _guid(d.event) == GUID]


def _guid(event: dict[str, Any]) -> str:
    return str(event["data"]["article"]["guid"])


async def the_item(line: Line) -> etree._Element:
    root = etree.fromstring((await line.get("/feeds/all.rss")).body)
    (item,) = (i for i in root.iterfind("channel/item") if "kursk" in (i.findtext("link") or ""))
    return item


async def test_every_part_of_the_story_is_in_the_feed(line: Line, receiver: Receiver) -> None:
    await until(lambda: versions(receiver) == [1, 2])
    item = await the_item(line)
    body = item.findtext("content:encoded", namespaces=NAMES) or ""
    assert item.findtext("title") == "Pentagon: North Korean troops killed and wounded in Russia’s Kursk Oblast"
    assert item.findtext("dc:creator", namespaces=NAMES) == "Tim Zadorozhnyy"
    assert {c.text for c in item.iterfind("category")} >= TAGS
    assert "1 min read" in body
    assert "<figure>" in body
    assert "on Oct. 31, 2023." in body
    assert "(Kevin Dietsch/Getty Images)</figcaption>" in body
    assert item.findtext("media:content/media:credit", namespaces=NAMES) == "Kevin Dietsch/Getty Images"
    caption = item.findtext("media:content/media:description", namespaces=NAMES) or ""
    assert caption.endswith("Oct. 31, 2023.")
    assert "(Updated:" in body
    assert item.findtext("atom:updated", namespaces=NAMES) == "2024-12-16T20:05:00Z"
    assert "as reported by Reuters" in body
    assert "https://news.example.org/2024/12/15/friendly-fire-kursk" in body
    assert "Tim Zadorozhnyy" in body
    assert "Reporter" in body
    assert "television station in Odesa" in body
    assert "Read more" in body
    assert f'src="{line.url}/pictures/tim-zadorozhnyy.jpg"' in body
    person = item.find("podcast:person", NAMES)
    assert person is not None
    assert person.get("img") == f"{line.url}/pictures/tim-zadorozhnyy.jpg"


async def test_every_part_of_the_story_is_in_the_verified_webhook(line: Line, receiver: Receiver) -> None:
    await until(lambda: versions(receiver) == [1, 2])
    first, second = (d for d in receiver.calls if _guid(d.event) == GUID)
    for delivery in receiver.calls:
        assert Webhook(SECRET).verify(delivery.body, delivery.headers) is not None
        assert {tag["slug"] for tag in delivery.event["data"]["article"]["tags"]} >= {"kursk-oblast"}
    assert (first.event["type"], second.event["type"]) == ("article.published", "article.updated")
    assert set(second.event["data"]["changed"]) == {"headline", "body_html"}
    assert second.event["data"]["previous_seq"] is not None
    article = second.event["data"]["article"]
    (author,) = article["authors"]
    assert (author["id"], author["role"]) == ("tim-zadorozhnyy", "Reporter")
    assert author["bio"]
    assert author["avatar"]
    (image,) = article["images"]
    assert (image["credit"], image["lead"]) == ("Kevin Dietsch/Getty Images", True)
    assert image["caption"].endswith("Oct. 31, 2023.")
    assert {tag["name"] for tag in article["tags"]} >= TAGS
    assert {"Warsaw", "Odesa"}.isdisjoint(tag["name"] for tag in article["tags"])
    assert all(tag["evidence"] or tag["method"] == "source" for tag in article["tags"])
    assert article["reading_minutes"] == 1
    assert article["related"][0]["headline"].startswith("North Korean soldiers shot at")
    assert article["updated_at"] == "2024-12-16T20:05:00Z"


async def test_all_sample_stories_reach_the_ledger_once_and_a_second_start_repeats_nothing(
    line: Line, receiver: Receiver
) -> None:
    await until(lambda: versions(receiver) == [1, 2])
    await until(lambda: _settled(line))
    before = await line.events()
    assert len({event["data"]["article"]["id"] for event in before}) >= 8
    assert len({author["name"] for event in before for author in event["data"]["article"]["authors"]}) >= 4
    languages = {event["data"]["article"]["language"] for event in before}
    assert len(languages) > 1
    two = [event for event in before if len(event["data"]["article"]["authors"]) == 2]
    assert two
    ready = orjson.loads((await line.get("/readyz")).body)
    assert ready == {"status": "ready", "problems": [], "warnings": []}


async def _settled(line: Line) -> bool:
    return len(await line.events()) >= 9
