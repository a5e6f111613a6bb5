"""Nobody finds out by asking what they may not read: one table of words and entitlements, for every channel."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from itertools import product
from typing import Any, NamedTuple
from urllib.parse import quote, urlsplit

import orjson
import pytest

from tests.asgi import ask
from tests.builders import a_push
from tests.journeys.line import TOKEN, Line
from tests.journeys.test_embargo import moment
from tests.receiver import Call, Receiver
from tests.waiting import until

LEVELS = ("headline", "summary", "full")
ZONES = ("headline", "summary", "body")
DONE = "section:done"
"""Finds the story that is told last, to everybody."""


class Who(NamedTuple):
    """Somebody who asks: how much of a story they may have, None for the newsroom's own; `kept_back` bounds them."""

    name: str
    most: str | None
    kept_back: str = ""

    def sees(self, story: str, zone: str) -> bool:
        """Tell whether they may read a zone of the story that its source lets go on so far."""
        if self.most is None:
            return True
        return ZONES.index(zone) <= min(LEVELS.index(self.most), LEVELS.index(story))

    def may_have(self, story: str) -> bool:
        return self.kept_back != word_of(story, "body")


OPERATOR = Who("operator", None)
ANYBODY = Who("anybody", "full")
CONSUMERS = (*(Who(level, level) for level in LEVELS), Who("bound", "headline", "bodyfull"))
"""The last may have nothing with a word that it cannot read: what a newsroom keeps back it keeps back by all of it."""


class Asked(NamedTuple):
    """A query for what has, or has not, a word that one zone of one story has alone."""

    story: str
    zone: str
    without: bool = False

    @property
    def word(self) -> str:
        return word_of(self.story, self.zone)

    @property
    def text(self) -> str:
        return f"NOT {self.word}" if self.without else self.word

    def finds(self, who: Who, *, gone: str = "") -> set[str]:
        """Return the stories that somebody is to find; `gone` is a word that stands in no story any more."""
        seen = who.sees(self.story, self.zone) and self.word != gone
        found = {each for each in LEVELS if (each == self.story and seen) is not self.without}
        return {each for each in found if who.may_have(each) or who.kept_back == gone}


ASKED = [Asked(*each) for each in product(LEVELS, ZONES)] + [Asked(level, "body", without=True) for level in LEVELS]


def word_of(story: str, zone: str) -> str:
    return f"{zone}{story}"


def pushed(story: str, **over: Any) -> dict[str, Any]:
    headline, summary, body = (word_of(story, zone) for zone in ZONES)
    told = {"full": "Ferry sails", "summary": "Bank lends", "headline": "Orchard blooms"}[story]
    return a_push(
        guid=story,
        url=f"https://example.org/{story}",
        headline=f"{told} {headline}",
        summary=f"{told} {summary} today.",
        body_html=f"<p>{told} {body} once more.</p>",
        authors=[],
        section="world",
        reuse=story,
        **over,
    )


@dataclass
class Desk:
    """A line with consumers; it knows which story has which id."""

    line: Line
    keys: dict[str, str] = field(default_factory=dict)
    ids: dict[str, str] = field(default_factory=dict)

    def bearer(self, who: Who) -> dict[str, str]:
        return {"authorization": f"Bearer {self.keys.get(who.name, TOKEN)}"}

    async def tell(self) -> None:
        """Publish the stories, and one that everybody finds after them."""
        for story in LEVELS:
            self.ids[(await self.line.push(**pushed(story)))["id"]] = story
            await until(lambda: self.out(len(self.ids)))
        await self.end("done")

    async def end(self, guid: str, **over: Any) -> None:
        """Publish a story that everybody who subscribed finds."""
        fields = {"guid": guid, "url": f"https://example.org/{quote(guid)}", "headline": guid, "section": "done"}
        self.ids[(await self.line.push(**fields, body_html="", authors=[], **over))["id"]] = guid

    async def out(self, count: int) -> bool:
        return len(await self.line.events()) == count

    def named(self, body: bytes) -> set[str]:
        """Return the stories whose ids are in an answer."""
        return {story for id, story in self.ids.items() if story in LEVELS and id.encode() in body}

    async def get(self, who: Who, path: str) -> bytes:
        page = await self.line.get(path, token=self.keys.get(who.name, TOKEN))
        assert page.status == 200, page
        return page.body

    async def post(self, who: Who, path: str, body: object) -> Any:
        status, answer = await self.line.post(path, body, **self.bearer(who))
        assert status < 300, answer
        return answer


@pytest.fixture
async def desk(line: Line) -> Desk:
    desk = Desk(line)
    for who in CONSUMERS:
        terms = {"name": who.name, "reuse": who.most, "embargo": "early"}
        terms |= {"query": f"NOT {who.kept_back}"} if who.kept_back else {}
        desk.keys[who.name] = (await desk.post(OPERATOR, "/api/v1/consumers", terms))["key"]
    return desk


def hidden_from(who: Who) -> list[bytes]:
    """Return the words that nothing which somebody is sent may have in it."""
    asked = (each for each in ASKED if not (who.sees(each.story, each.zone) and who.may_have(each.story)))
    return [each.word.encode() for each in asked]


Channel = Callable[[Desk, Who, Asked], Awaitable[set[str]]]


async def events(desk: Desk, who: Who, asked: Asked) -> set[str]:
    found = orjson.loads(await desk.get(who, f"/api/v1/events?q={quote(asked.text)}"))["events"]
    stories = {desk.ids[each["data"]["article"]["id"]]: each["data"]["matched"] for each in found}
    stories.pop("done", None)
    assert stories == dict.fromkeys(stories, [] if asked.without else [asked.word])
    return {*stories}


async def preview(desk: Desk, who: Who, asked: Asked) -> set[str]:
    told = await desk.post(who, "/api/v1/subscriptions/preview", {"filter": asked.text})
    found = {desk.ids[each["article_id"]]: each["matched"] for each in told["matched"]}
    assert told["count"] == len(found) == told["per_day"][0]["matched"]
    assert told["terms"] == ({asked.word: 1} if found and not asked.without else {})
    return {*found} - {"done"}


async def private_feed(desk: Desk, who: Who, asked: Asked) -> set[str]:
    made = await desk.post(who, "/api/v1/private-feeds", {"query": asked.text})
    formats = [made["urls"][ending].removeprefix(desk.line.url) for ending in ("json", "rss", "atom")]
    found = [desk.named(await desk.get(who, path)) for path in formats]
    assert found[0] == found[1] == found[2]
    return found[0]


async def search_feed(desk: Desk, who: Who, asked: Asked) -> set[str]:
    paths = [f"/feeds/search.{ending}?q={quote(asked.text)}" for ending in ("json", "rss", "atom")]
    found = [desk.named(await desk.get(who, path)) for path in paths]
    assert found[0] == found[1] == found[2]
    return found[0]


async def page(desk: Desk, who: Who, asked: Asked) -> set[str]:
    html = await desk.get(who, f"/search?q={quote(asked.text)}")
    return desk.named(b" ".join(re.findall(rb'data-id="[^"]+"', html)))  # beside them it lists the newest of all


async def stream(desk: Desk, _who: Who, asked: Asked) -> set[str]:
    url = urlsplit(desk.line.url)
    reader, writer = await asyncio.open_connection(url.hostname, url.port)
    query = quote(f"({asked.text}) OR {DONE}")
    writer.write(f"GET /events/stream?after=0&q={query} HTTP/1.1\r\nhost: line\r\n\r\n".encode())
    told = await reader.readuntil(b"\nid: 4\n")
    writer.close()
    return desk.named(told)


CHANNELS: Mapping[Channel, tuple[Who, ...]] = {
    events: (OPERATOR, *CONSUMERS),
    preview: (OPERATOR, *CONSUMERS),
    private_feed: CONSUMERS,
    search_feed: (ANYBODY,),
    page: (ANYBODY,),
    stream: (ANYBODY,),
}


async def test_who_asks_finds_what_has_the_word_in_what_they_may_read(desk: Desk) -> None:
    await desk.tell()
    await until(lambda: desk.out(len(LEVELS) + 1))
    table = [(channel, who, asked) for channel, whos in CHANNELS.items() for who in whos for asked in ASKED]
    found = {(channel.__name__, who.name, asked.text): await channel(desk, who, asked) for channel, who, asked in table}
    assert found == {(channel.__name__, who.name, asked.text): asked.finds(who) for channel, who, asked in table}


@dataclass
class Subscribed:
    """Subscriptions of everybody with every query, each with a path of its own at one receiver."""

    desk: Desk
    receiver: Receiver
    made: dict[tuple[str, Who, Asked], dict[str, Any]] = field(default_factory=dict)

    async def make(self, kind: str, **over: Any) -> None:
        for who, asked in product((OPERATOR, *CONSUMERS), ASKED):
            given = {"filter": f"({asked.text}) OR {DONE}", "exit_notices": True} | over
            given["url"] = f"{self.receiver.url}/{kind}/{who.name}/{quote(asked.text)}"
            self.made[kind, who, asked] = await self.desk.post(who, "/api/v1/subscriptions", given)

    def calls(self, kind: str, who: Who, asked: Asked) -> list[Call]:
        path = urlsplit(self.made[kind, who, asked]["url"]).path
        return [call for call in self.receiver.calls if call.path == path]

    def of(self, kind: str) -> dict[tuple[str, Who, Asked], dict[str, Any]]:
        return {key: made for key, made in self.made.items() if key[0] == kind}

    def over(self, kind: str, guid: str) -> bool:
        """Tell whether the story that is told last came to all of a kind."""
        last = next((id for id, story in self.desk.ids.items() if story == guid), None)
        return all(any(call.version[0] == last for call in self.calls(*key)) for key in self.of(kind))

    def check(self, kind: str, wanted: Callable[[Who, Asked], set[str]]) -> None:
        """Have each been sent what it was to find, told why by words that it may read, and no word that it may not."""
        for who, asked in product((OPERATOR, *CONSUMERS), ASKED):
            told = {
                self.desk.ids[call.version[0]]: call.event["data"]["matched"] for call in self.calls(kind, who, asked)
            }
            del told["done"]
            readable = ANYBODY.sees(asked.story, asked.zone) and not asked.without
            assert told == dict.fromkeys(wanted(who, asked), [asked.word] if readable else []), (kind, who, asked)
        for who in (OPERATOR, *CONSUMERS):
            sent = b"".join(call.body for asked in ASKED for call in self.calls(kind, who, asked))
            reader = ANYBODY if who is OPERATOR else who
            assert [word for word in hidden_from(reader) if word in sent] == [], (kind, who)


def wanted_again(key: tuple[str, Who, Asked]) -> int:
    """Return how much is sent of what was to be sent again: what is found, and twice the story that comes last."""
    _, who, asked = key
    return len(asked.finds(who)) + 2


async def test_a_subscription_is_sent_what_has_the_word_in_what_its_owner_may_read(
    desk: Desk, receiver: Receiver
) -> None:
    subscribed = Subscribed(desk, receiver)
    await subscribed.make("live")
    await desk.tell()
    await until(lambda: subscribed.over("live", "done"), 30)
    await subscribed.make("from", **{"from": {"seq": 1}})
    await subscribed.make("again", filter=DONE, **{"from": {"last": 1}})
    await until(lambda: subscribed.over("from", "done") and subscribed.over("again", "done"), 30)
    for (kind, who, asked), made in subscribed.made.items():
        if kind == "again":
            one = f"/api/v1/subscriptions/{made['id']}"
            changed = await ask(
                desk.line.process.app, "PATCH", one, json={"filter": asked.text}, headers=desk.bearer(who)
            )
            assert changed.status == 200
            told = await desk.post(who, f"{one}/replay", {"after_seq": 0})
            assert told["queued"] == len(asked.finds(who)) + 1, (who, asked)
    await until(lambda: all(len(subscribed.calls(*key)) == wanted_again(key) for key in subscribed.of("again")), 30)
    for kind in ("live", "from", "again"):
        subscribed.check(kind, lambda who, asked: asked.finds(who))
    for (_, who, asked), made in subscribed.of("live").items():
        assert desk.named(await desk.get(who, f"/api/v1/events?subscription={made['id']}")) == asked.finds(who)


async def test_a_subscription_starts_with_the_latest_that_has_the_word_in_what_its_owner_may_read(
    desk: Desk, receiver: Receiver
) -> None:
    await desk.tell()
    await until(lambda: desk.out(len(LEVELS) + 1))
    for who, asked in product((OPERATOR, *CONSUMERS), ASKED):
        given = {"url": receiver.url, "filter": f"{asked.text} section:world", "from": {"last": 1}}
        made = await desk.post(who, "/api/v1/subscriptions", given)
        found = [LEVELS.index(story) + 1 for story in asked.finds(who)]
        assert made["starts_at"] == max(found, default=len(LEVELS) + 2), (who, asked)


async def test_that_a_word_left_an_article_is_told_to_who_might_have_read_it(desk: Desk, receiver: Receiver) -> None:
    subscribed = Subscribed(desk, receiver)
    await subscribed.make("live")
    await desk.tell()
    await until(lambda: subscribed.over("live", "done"), 30)
    before = len(receiver.calls)
    await desk.line.push(**pushed("full") | {"body_html": "<p>Ferry sails empty.</p>"})
    await until(lambda: desk.out(len(LEVELS) + 2))
    await desk.end("done again")
    await until(lambda: subscribed.over("live", "done again"), 30)
    receiver.calls[:] = receiver.calls[before:]
    for who, asked in product((OPERATOR, *CONSUMERS), ASKED):
        had, has = asked.finds(who), asked.finds(who, gone="bodyfull")
        told = {desk.ids[call.version[0]]: call.event["data"] for call in subscribed.calls("live", who, asked)}
        assert told.keys() == {"done again"} | ({"full"} & (had | has)), (who, asked)
        assert told.get("full", {}).get("exit", False) is ("full" in had - has), (who, asked)


async def test_who_is_trusted_with_embargoes_gets_early_what_has_the_word_in_what_they_may_read(
    desk: Desk, receiver: Receiver
) -> None:
    subscribed = Subscribed(desk, receiver)
    await subscribed.make("early", embargoed=True)
    for story in LEVELS:
        desk.ids[(await desk.line.push(**pushed(story, embargoed_until=moment(hours=1))))["id"]] = story
    await until(lambda: len({call.version[0] for call in receiver.calls}) == len(LEVELS))
    await desk.end("done", embargoed_until=moment(hours=1))
    await until(lambda: subscribed.over("early", "done"), 30)
    assert {call.event["type"] for call in receiver.calls} == {"article.embargoed"}
    subscribed.check("early", lambda who, asked: asked.finds(who))
