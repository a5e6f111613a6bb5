"""OPML over HTTP: in, out, twice, spread over time."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from services.ingest.source import Settings
from shared.redis import Store
from tests.asgi import Answer
from tests.ingest.api.parts import Api

PATH = "/sources/opml"


def opml(*urls: str, folder: str | None = None) -> bytes:
    feeds = "".join(f'<outline type="rss" text="{url[8:20]}" xmlUrl="{url}"/>' for url in urls)
    inside = f'<outline text="{folder}">{feeds}</outline>' if folder else feeds
    return f'<?xml version="1.0"?><opml version="2.0"><head/><body>{inside}</body></opml>'.encode()


@pytest.fixture
async def api(store: Store) -> AsyncIterator[Api]:
    api = Api(store)
    yield api
    await api.outbox.idle(5)


async def send(api: Api, body: bytes, **headers: str) -> Answer:
    return await api.ask("POST", PATH, body=body, headers={"content-type": "text/x-opml", **headers})


async def test_feeds_are_added_with_their_folder_as_section_and_polled(api: Api) -> None:
    answer = await send(api, opml("https://a.example/rss", "https://b.example/rss", folder="World"))
    assert answer.status == 200
    assert answer.json()["counts"] == {"added": 2, "known": 0, "refused": 0}
    source = await api.sources.get("a-example")
    assert source is not None
    assert (source.settings.section, source.settings.origin, source.settings.kind) == ("World", "api", "feed")
    assert sorted(await api.sources.claim(api.clock.seconds(), 0.0, 9)) == ["a-example", "b-example"]
    assert api.woken == 1


async def test_the_same_list_again_adds_nothing_and_a_file_source_is_left_alone(api: Api) -> None:
    await api.sources.add(Settings(id="mine", url="http://www.b.example/rss/", origin="file", section="Own"))
    for added in (1, 0):
        answer = (await send(api, opml("https://a.example/rss", "https://b.example/rss", folder="World"))).json()
        assert answer["counts"] == {"added": added, "known": 2 - added, "refused": 0}
    assert {"url": "https://b.example/rss", "title": "b.example/rs", "id": "mine", "reason": None} in answer["known"]
    mine = await api.sources.get("mine")
    assert mine is not None
    assert mine.settings.section == "Own"


async def test_what_cannot_be_polled_is_refused_line_by_line(api: Api) -> None:
    api.refusal = "10.0.0.1 is a private address"
    answer = (
        await send(api, opml("https://10.0.0.1/rss", "https://a:b@c.example/rss", "https://a.example/rss"))
    ).json()
    assert answer["counts"] == {"added": 1, "known": 0, "refused": 2}
    assert [one["reason"] for one in answer["refused"]] == [
        "the address must not hold a user name or password",
        "the address 10.0.0.1 is a private address",
    ]
    assert await api.sources.ids() == ["a-example"]


async def test_the_first_polls_of_many_are_spread_over_the_interval(api: Api) -> None:
    count = 300
    await send(api, opml(*(f"https://f{at}.example/rss" for at in range(count))))
    assert len(await api.sources.ids()) == count
    assert len(await api.sources.claim(api.clock.seconds(), 9_999.0, count)) == 1
    api.clock.forward(15 * 60 / 2)
    assert len(await api.sources.claim(api.clock.seconds(), 9_999.0, count)) == pytest.approx(count / 2, abs=2)
    api.clock.forward(15 * 60 / 2)
    assert len(await api.sources.claim(api.clock.seconds(), 9_999.0, count)) == pytest.approx(count / 2, abs=2)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", "empty"),
        (b"<rss version='2.0'><channel/></rss>", "this is no OPML"),
        (b"<html><p>not a list", "cannot be read as OPML"),
    ],
)
async def test_what_is_no_opml_is_refused(api: Api, body: bytes, said: str) -> None:
    answer = await send(api, body)
    assert answer.status == 422
    assert said in answer.json()["detail"]


async def test_entities_are_not_expanded_and_no_file_is_read(api: Api) -> None:
    body = opml("https://a.example/rss").replace(
        b"<opml", b'<!DOCTYPE opml [<!ENTITY x SYSTEM "file:///etc/passwd">]><opml'
    )
    answer = await send(api, body.replace(b"a.example/rs", b"&x;", 1))
    assert b"root:" not in answer.body


async def test_too_many_feeds_and_too_long_a_body_are_refused(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.ingest.api.opml.MOST_FEEDS", 2)
    answer = await send(api, opml(*(f"https://f{at}.example/rss" for at in range(3))))
    assert (answer.status, "more than 2 feeds" in answer.json()["detail"]) == (422, True)
    assert (await send(api, b" " * (8 * 1024 * 1024 + 1))).status == 413


async def test_a_repeat_with_the_same_key_gets_the_same_answer(api: Api) -> None:
    one, two = [await send(api, opml("https://a.example/rss"), **{"idempotency-key": "k"}) for _ in range(2)]
    assert one.body == two.body


async def test_the_export_holds_what_was_imported(api: Api) -> None:
    await send(api, opml("https://a.example/rss", folder="World"))
    answer = await api.ask("GET", PATH)
    assert (await api.ask("HEAD", PATH)).headers == answer.headers
    assert (answer.status, answer.headers["content-type"]) == (200, "text/x-opml; charset=utf-8")
    assert b'<outline text="World" title="World">' in answer.body
    assert b'xmlUrl="https://a.example/rss"' in answer.body


async def test_lists_are_for_the_admin(api: Api) -> None:
    for method in ("GET", "POST"):
        assert (await api.ask(method, PATH, token=None)).status == 401
