"""What a reader's request for a feed is answered with, and what its parser makes of the answer."""

from __future__ import annotations

import gzip
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import feedparser
import orjson
import pytest
from starlette.applications import Starlette

from services.syndication.feeds.formats import PARTNERS
from services.syndication.feeds.press import Press
from services.syndication.feeds.routes import routes
from services.syndication.ledger import Ledger
from services.syndication.store import Articles, Library
from shared.events import Author, Tag
from shared.redis import Store
from tests.builders import an_article, an_enriched
from tests.syndication.feeds.asking import Answer, ask
from tests.syndication.feeds.in_memory import CDN, SITE, InMemoryShelf, a_story
from tests.syndication.parts import handlers_on

ALL = "/feeds/all.rss"
JSON = "application/feed+json"


@pytest.fixture
def shelf() -> InMemoryShelf:
    shelf = InMemoryShelf()
    shelf.publish(a_story())
    return shelf


@pytest.fixture
def app(shelf: InMemoryShelf) -> Starlette:
    return Starlette(routes=routes(Press(shelf, SITE, page_size=2, fresh_for=0)))


def read(answer: Answer) -> Any:
    feed = feedparser.parse(answer.body)
    assert not feed.bozo
    return feed


@pytest.mark.parametrize("path", [ALL, "/feeds/tags/none.atom", "/feeds/search.json?q=x"])
async def test_a_page_elsewhere_may_ask_with_what_it_has_already(app: Starlette, path: str) -> None:
    answer = await ask(app, path, "OPTIONS", access_control_request_headers="if-none-match")
    assert (answer.status, answer.headers["access-control-allow-headers"]) == (204, "*")


async def test_every_kind_of_feed_has_its_address(app: Starlette) -> None:
    paths = ["tags/north-korea", "authors/tim-zadorozhnyy", "sources/desk"]
    for path in (ALL, *(f"/feeds/{path}.rss" for path in paths)):
        answer = await ask(app, path)
        assert answer.status == 200
        assert answer.headers["content-type"] == "application/rss+xml; charset=utf-8"
        [entry] = read(answer).entries
        assert entry.title == a_story().headline


@pytest.mark.parametrize("kind", ["tags/north-korea", "authors/tim-zadorozhnyy", "sources/desk", "all", "languages/en"])
@pytest.mark.parametrize(("ending", "media_type"), [("atom", "application/atom+xml; charset=utf-8"), ("json", JSON)])
async def test_every_feed_is_there_in_every_format(app: Starlette, kind: str, ending: str, media_type: str) -> None:
    answer = await ask(app, f"/feeds/{kind}.{ending}")
    assert (answer.status, answer.headers["content-type"]) == (200, media_type)
    assert a_story().headline in answer.body.decode()
    links = answer.headers["link"]
    assert links.count('rel="self"') == 1
    assert f'<https://news.example.org/feeds/{kind}.{ending}>; rel="self"' in links
    assert links.count('rel="alternate"') == 2


@pytest.mark.parametrize("partner", sorted(PARTNERS))
async def test_every_feed_is_there_for_every_partner(app: Starlette, partner: str) -> None:
    for kind in ("tags/north-korea", "authors/tim-zadorozhnyy", "sources/desk", "all", "languages/en"):
        answer = await ask(app, f"/feeds/{kind}.{partner}")
        assert (answer.status, answer.headers["content-type"]) == (200, "application/rss+xml; charset=utf-8")
        assert f'<https://news.example.org/feeds/{kind}.{partner}>; rel="self"' in answer.headers["link"]
        assert len(read(answer).entries) == 1


async def test_two_items_of_a_json_feed_stand_apart(app: Starlette, shelf: InMemoryShelf) -> None:
    shelf.publish(a_story(id="desk-2", headline="Another"))
    found = orjson.loads((await ask(app, "/feeds/all.json")).body)
    assert [item["title"] for item in found["items"]] == ["Another", a_story().headline]


async def test_a_reader_finds_every_part_of_the_story(app: Starlette) -> None:
    two = (*a_story().authors, Author(name="Reuters"))
    app = Starlette(routes=routes(Press(_shelf_of(a_story(authors=two)), SITE)))
    [entry] = read(await ask(app, ALL)).entries
    assert entry.id == f"tag:news.example.org,2026:article:{a_story().id}"
    assert not entry.guidislink
    assert entry.title == a_story().headline
    assert entry.link == a_story().url
    assert entry.summary == a_story().summary
    assert entry.published_parsed[:5] == (2024, 12, 17, 8, 30)
    assert entry.updated_parsed[:5] == (2024, 12, 17, 16, 5)
    assert [author.name for author in entry.authors] == ["Tim Zadorozhnyy", "Reuters"]
    assert [(tag.term, tag.scheme) for tag in entry.tags] == [
        ("North Korea", "https://news.example.org/tags"),
        ("Kursk Oblast", "https://news.example.org/tags"),
    ]
    [picture] = entry.media_content
    assert (picture["url"], picture["width"], picture["filesize"]) == (f"{CDN}/ryder.jpg", "1600", "284120")
    assert entry.media_credit[0]["content"] == "Kevin Dietsch/Getty Images"
    [enclosure] = entry.enclosures
    assert (enclosure.href, enclosure.length) == (f"{CDN}/ryder.jpg", "284120")
    assert [link.title for link in entry.links if link.rel == "related"] == [a_story().related[0].headline]
    assert entry.rights == "© 2026 Example News"
    body = entry.content[0].value
    for part in (
        "1 min read",
        "on Oct. 31, 2023. (Kevin Dietsch/Getty Images)</figcaption>",
        "WASHINGTON",
        a_story().body_html,
        "(Updated: Dec. 17, 2024, 4:05 p.m. UTC)",
        "Eight soldiers died",
        "<strong>Tim Zadorozhnyy</strong>, Reporter. Tim covers foreign policy from Warsaw.",
        f"{CDN}/tim.jpg",
        "Read more",
    ):
        assert part in body


def _shelf_of(*articles: Any) -> InMemoryShelf:
    shelf = InMemoryShelf()
    shelf.publish(*articles)
    return shelf


async def test_a_reader_may_keep_it_check_it_and_fetch_it_from_any_page(app: Starlette) -> None:
    headers = (await ask(app, ALL)).headers
    assert headers["cache-control"] == "public, max-age=60, stale-while-revalidate=300"
    assert headers["vary"] == "Accept-Encoding, A-IM"
    assert headers["access-control-allow-origin"] == "*"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["last-modified"] == "Wed, 18 Dec 2024 08:30:01 GMT"
    assert headers["etag"].startswith('"')


async def test_the_last_modified_header_is_the_last_build_date(app: Starlette) -> None:
    answer = await ask(app, ALL)
    assert answer.headers["last-modified"].encode() in answer.body
    assert parsedate_to_datetime(answer.headers["last-modified"]).year == 2024


async def test_a_known_tag_or_date_is_answered_without_the_document(app: Starlette) -> None:
    first = await ask(app, ALL)
    for asked in (
        {"If_None_Match": first.headers["etag"]},
        {"If_Modified_Since": first.headers["last-modified"]},
    ):
        again = await ask(app, ALL, **asked)
        assert (again.status, again.body) == (304, b"")
        assert "content-length" not in again.headers
        for name in ("etag", "cache-control", "vary", "last-modified"):
            assert again.headers[name] == first.headers[name]


@pytest.mark.parametrize("asked", ['"a", W/"b", {}', "W/{}", '{}, "b"', "*", '"a" , {} ,'])
async def test_a_tag_is_known_wherever_it_stands(app: Starlette, asked: str) -> None:
    tag = (await ask(app, ALL)).headers["etag"]
    for method in ("GET", "HEAD"):
        answer = await ask(app, ALL, method, If_None_Match=asked.format(tag))
        assert (answer.status, answer.headers["etag"]) == (304, tag)


@pytest.mark.parametrize(
    "asked",
    [
        {"If_None_Match": '"a"', "If_Modified_Since": "Thu, 01 Jan 2099 00:00:00 GMT"},
        {"If_None_Match": ""},
        {"If_None_Match": "W/*"},
        {"If_Modified_Since": "Thu, 99 Foo 2024 25:61:00 GMT"},
        {"If_Modified_Since": "1734510601"},
        {"If_Modified_Since": "Mon, 16 Dec 2024 08:30:00 GMT"},
    ],
)
async def test_what_is_not_known_or_not_readable_gets_the_document(app: Starlette, asked: dict[str, str]) -> None:
    answer = await ask(app, ALL, **asked)
    assert (answer.status, bool(answer.body)) == (200, True)


async def test_lines_of_one_header_are_one_list(app: Starlette) -> None:
    tag = (await ask(app, ALL)).headers["etag"]
    answer = await ask(app, ALL, If_None_Match='"a"', if_none_match=tag)
    assert answer.status == 304


@pytest.mark.parametrize("accepted", [None, "gzip", "br", "zstd", "identity", "gzip;q=0", "*;q=0"])
async def test_head_tells_the_length_in_every_coding(app: Starlette, accepted: str | None) -> None:
    asked = {"Accept_Encoding": accepted} if accepted else {}
    get, head = await ask(app, ALL, **asked), await ask(app, ALL, "HEAD", **asked)
    assert (head.headers, head.body) == (get.headers, b"")
    assert head.headers["content-length"] == str(len(get.body))
    assert get.headers.get("content-encoding", "identity") == (
        accepted if accepted in ("gzip", "br", "zstd") else "identity"
    )


async def test_an_item_that_left_makes_a_feed_newer(store: Store) -> None:
    library = Library(Ledger(store), Articles(store))
    app = Starlette(routes=routes(Press(library, SITE, fresh_for=0)))
    moments = iter(datetime(2026, 11, 22, 10, minute, tzinfo=UTC) for minute in range(10))
    handlers = handlers_on(store, now=lambda: next(moments))
    tagged = (Tag(id="t", slug="storm", name="Storm"),)
    for id, version, tags in (("desk-1", 1, tagged), ("desk-2", 1, tagged), ("desk-2", 2, ())):
        await handlers.on_article_enriched(an_enriched(article=an_article(id=id, version=version, tags=tags)))
        last = (await ask(app, "/feeds/tags/storm.rss")).headers["last-modified"]
        if version == 1:
            before = last
    answer = await ask(app, "/feeds/tags/storm.rss", If_Modified_Since=before)
    assert (answer.status, len(read(answer).entries)) == (200, 1)


async def test_a_new_article_changes_the_tag(app: Starlette, shelf: InMemoryShelf) -> None:
    first = await ask(app, ALL)
    shelf.publish(a_story(id="desk-2"))
    again = await ask(app, ALL, If_None_Match=first.headers["etag"])
    assert again.status == 200
    assert len(read(again).entries) == 2


async def test_head_tells_what_get_would_send(app: Starlette) -> None:
    get, head = await ask(app, ALL), await ask(app, ALL, method="HEAD")
    assert (head.status, head.body) == (200, b"")
    assert head.headers == get.headers
    assert head.headers["content-length"] == str(len(get.body))
    assert (await ask(app, ALL, method="HEAD", If_None_Match=get.headers["etag"])).status == 304


async def test_a_reader_that_takes_gzip_gets_the_same_document_under_its_own_tag(app: Starlette) -> None:
    plain, packed = await ask(app, ALL), await ask(app, ALL, Accept_Encoding="br;q=0.1, gzip")
    assert packed.headers["content-encoding"] == "gzip"
    assert packed.headers["content-length"] == str(len(packed.body))
    assert gzip.decompress(packed.body) == plain.body
    assert packed.headers["etag"] != plain.headers["etag"]
    assert "content-encoding" not in plain.headers
    tag = packed.headers["etag"]
    assert (await ask(app, ALL, Accept_Encoding="gzip", If_None_Match=tag)).status == 304


async def test_pages_lead_back_to_the_first_article(app: Starlette, shelf: InMemoryShelf) -> None:
    shelf.publish(*(a_story(id=f"desk-{number}") for number in range(4)))
    met: list[str] = []
    target: str | None = ALL
    for _ in range(5):
        if target is None:
            break
        feed = read(await ask(app, target))
        met += [entry.id.rpartition(":")[2] for entry in feed.entries]
        links = {link.rel: link.href for link in feed.feed.links}
        assert links["self"] == f"{SITE.url}{target}"
        target = links["next"].removeprefix(SITE.url) if "next" in links else None
    assert met == ["desk-3", "desk-2", "desk-1", "desk-0", a_story().id]


async def test_the_main_feed_is_valid_before_the_first_article() -> None:
    app = Starlette(routes=routes(Press(InMemoryShelf(), SITE)))
    answer = await ask(app, ALL)
    assert answer.status == 200
    assert read(answer).entries == []
    assert "last-modified" not in answer.headers


@pytest.mark.parametrize("path", ["tags/nobody-knows", "authors/UPPER", "sources/a.b", "tags/-x"])
async def test_a_feed_that_never_was_is_a_problem_document(app: Starlette, path: str) -> None:
    answer = await ask(app, f"/feeds/{path}.rss")
    assert answer.status == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert orjson.loads(answer.body)["title"] == "Not Found"


@pytest.mark.parametrize("before", ["", "0", "-1", "+1", "1.5", "x", "٣", "9" * 30, "1&before=2"])
async def test_a_page_that_is_no_number_is_refused_by_field(app: Starlette, before: str) -> None:
    answer = await ask(app, f"{ALL}?before={before}")
    assert answer.status == 422
    assert orjson.loads(answer.body)["errors"][0]["field"] == "before"


async def test_parameters_nobody_knows_change_nothing(app: Starlette) -> None:
    assert await ask(app, f"{ALL}?utm_source=x&%ff") == await ask(app, ALL)


async def test_other_methods_are_not_allowed(app: Starlette) -> None:
    assert (await ask(app, ALL, method="POST")).status == 405


async def test_a_reader_that_asks_for_the_difference_gets_the_new_items_alone(
    app: Starlette, shelf: InMemoryShelf
) -> None:
    old = await ask(app, ALL)
    shelf.publish(a_story(id="desk-2", headline="The second"))
    delta = await ask(app, ALL, A_IM="feed", If_None_Match=old.headers["etag"])
    assert (delta.status, delta.headers["im"]) == (226, "feed")
    assert delta.headers["cache-control"] == "private, no-store"
    assert [entry.title for entry in read(delta).entries] == ["The second"]
    assert delta.headers["etag"] == (await ask(app, ALL)).headers["etag"]
    assert (await ask(app, ALL, A_IM="feed", If_None_Match=delta.headers["etag"])).status == 304


async def test_a_changed_item_is_part_of_the_difference(app: Starlette, shelf: InMemoryShelf) -> None:
    shelf.publish(a_story(id="desk-2", headline="The second"))
    old = await ask(app, ALL, Accept_Encoding="gzip")
    shelf.publish(a_story(version=2, headline="The first, mended"))
    delta = await ask(app, ALL, A_IM="feed", If_None_Match=old.headers["etag"])
    assert [entry.title for entry in read(delta).entries] == ["The first, mended"]


@pytest.mark.parametrize(
    "asked", [{"A_IM": "vcdiff"}, {"A_IM": "feed", "If_None_Match": '"unknown"'}, {"A_IM": "feed"}]
)
async def test_without_a_known_copy_the_whole_feed_is_the_answer(app: Starlette, asked: dict[str, str]) -> None:
    assert (await ask(app, ALL, **asked)).status == 200
