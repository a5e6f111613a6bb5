"""The API to read by: who may, what they get, and plain words when it is refused."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp
from structlog.testing import capture_logs

from services.syndication.api import Api
from services.syndication.embargo import Embargoes, Texts
from services.syndication.events import Events
from services.syndication.ledger import SEQ, Ledger
from services.syndication.ledger.numbering import MARGIN
from services.syndication.reading import Reading
from services.syndication.store import Articles, Library
from services.syndication.within import Within
from shared.auth import CONSUMERS, Guard
from shared.bus import DeadLetters
from shared.bus.dead import Death, bury
from shared.events import Article, to_json
from shared.idempotency import Idempotency
from shared.problems import problem
from shared.redis import Store
from shared.streams import ARTICLE_INGESTED
from shared.web import application
from tests.asgi import ask
from tests.builders import an_article, an_enriched, an_ingested
from tests.syndication.parts import handlers_on

TOKEN = "an-admin-token-for-tests"
ARTICLE_ID = an_article().id
NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)


@pytest.fixture
def app(store: Store) -> ASGIApp:
    library = Library(Ledger(store), Articles(store))
    api = Api(
        library,
        DeadLetters(store, 1),
        Embargoes(library.ledger, Texts(store), lambda: None),
        store=store,
        guard=Guard(store, TOKEN),
        idempotency=Idempotency(store),
        now=lambda: NOW,
        leaving=Left(store),
    )
    guard = Guard(store, TOKEN)
    events = Events(library=library, reading=Reading(library), guard=guard, within=Within(store), assigned=nobody)
    return application([*api.routes, *events.routes])


class Left:
    """Notes in the store who left, while their key still held and when it did no more."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def __call__(self, consumer: str) -> None:
        holds = await self._store.do("HEXISTS", CONSUMERS, consumer)
        await self._store.do("RPUSH", f"left:{consumer}", int(holds))


async def nobody(_request: Request) -> Response:
    return problem(404, "there is no such subscription")


async def publish(store: Store, *articles: Article) -> None:
    handlers = handlers_on(store, now=lambda: NOW)
    for article in articles:
        await handlers.on_article_enriched(an_enriched(article=article))


async def test_nothing_is_told_without_a_key(app: ASGIApp) -> None:
    for path in ("/articles/x", "/articles/x/versions", "/events", "/consumers", "/dead-letters"):
        answer = await ask(app, "GET", f"/api/v1{path}")
        assert answer.status == 401
        assert answer.headers["content-type"] == "application/problem+json"


async def test_the_ledger_is_read_after_a_number(app: ASGIApp, store: Store) -> None:
    await publish(store, an_article(), an_article(version=2, headline="New"))
    answer = (await ask(app, "GET", "/api/v1/events?after=1&limit=10", token=TOKEN)).json()
    assert (answer["next"], answer["latest"]) == (2, 2)
    (event,) = answer["events"]
    assert (event["seq"], event["type"]) == (2, "article.updated")
    assert event["data"]["changed"] == ["headline"]
    assert event["data"]["previous_seq"] == 1
    assert event["data"]["article"]["headline"] == "New"


async def test_who_asks_for_what_is_kept_no_more_is_told_where_to_go_on(app: ASGIApp, store: Store) -> None:
    await publish(store, *(an_article(id=f"desk-{n}", guid=str(n)) for n in range(5)))
    await Ledger(store).cut(4)
    gone = await ask(app, "GET", "/api/v1/events?after=2", token=TOKEN)
    assert (gone.status, gone.json()["oldest"]) == (410, 4)
    for after in (0, 3):
        page = (await ask(app, "GET", f"/api/v1/events?after={after}", token=TOKEN)).json()
        assert [event["seq"] for event in page["events"]] == [4, 5]
    await Ledger(store).cut(6)
    assert (await ask(app, "GET", "/api/v1/events?after=5", token=TOKEN)).json()["events"] == []
    assert (await ask(app, "GET", "/api/v1/events?after=4", token=TOKEN)).json()["oldest"] == 6


@pytest.mark.parametrize("query", ["", "&q=lang:en"])
async def test_who_is_ahead_of_the_ledger_is_told_how_far_it_goes(app: ASGIApp, store: Store, query: str) -> None:
    await publish(store, an_article(), an_article(version=2, headline="New"))
    told = await ask(app, "GET", f"/api/v1/events?after=3{query}", token=TOKEN)
    assert (told.status, told.json()["after"], told.json()["latest"]) == (409, 3, 2)
    assert (await ask(app, "GET", f"/api/v1/events?after=2{query}", token=TOKEN)).status == 200
    await store.do("FLUSHALL")
    told = await ask(app, "GET", f"/api/v1/events?after=2{query}", token=TOKEN)
    assert (told.status, told.json()["oldest"]) == (410, 2 * MARGIN + 1)


async def test_pages_of_the_ledger_join_without_gap(app: ASGIApp, store: Store) -> None:
    await publish(store, *(an_article(id=f"desk-{n}", guid=str(n)) for n in range(7)))
    seen, after = [], 0
    while True:
        page = (await ask(app, "GET", f"/api/v1/events?after={after}&limit=3", token=TOKEN)).json()
        if not page["events"]:
            break
        seen += [event["seq"] for event in page["events"]]
        after = page["next"]
    assert seen == [1, 2, 3, 4, 5, 6, 7]


async def test_a_query_picks_events_and_the_cursor_passes_the_others(app: ASGIApp, store: Store) -> None:
    await publish(store, an_article(id="desk-a", language="en"), an_article(id="desk-b", language="de"))
    page = (await ask(app, "GET", "/api/v1/events?q=lang:en", token=TOKEN)).json()
    assert [event["seq"] for event in page["events"]] == [1]
    assert page["events"][0]["data"]["matched"] == ["lang:en"]
    assert page["next"] == 2


@pytest.mark.parametrize(
    ("query", "field"),
    [("after=-1", "after"), ("after=x", "after"), ("limit=0", "limit"), ("limit=1001", "limit"), ("q=tag:", "q")],
)
async def test_bad_parameters_are_named(app: ASGIApp, query: str, field: str) -> None:
    answer = await ask(app, "GET", f"/api/v1/events?{query}", token=TOKEN)
    assert answer.status == 422
    assert [error["field"] for error in answer.json()["errors"]] == [field]


async def test_an_article_and_its_versions_are_read(app: ASGIApp, store: Store) -> None:
    await publish(store, an_article(headline="Old"), an_article(version=2, headline="New"))
    article = (await ask(app, "GET", f"/api/v1/articles/{ARTICLE_ID}", token=TOKEN)).json()
    assert (article["version"], article["headline"]) == (2, "New")
    versions = (await ask(app, "GET", f"/api/v1/articles/{ARTICLE_ID}/versions", token=TOKEN)).json()
    assert [one["headline"] for one in versions["versions"]] == ["Old", "New"]
    for path in ("desk-none", "desk-none/versions"):
        assert (await ask(app, "GET", f"/api/v1/articles/{path}", token=TOKEN)).status == 404


async def test_a_cluster_is_read_from_each_of_its_members(app: ASGIApp, store: Store) -> None:
    copy = an_article(id="wire-b", guid="b", duplicate_of=ARTICLE_ID)
    await publish(store, an_article(), copy, copy.model_copy(update={"version": 2, "headline": "New"}))
    for asked in (ARTICLE_ID, "wire-b"):
        found = (await ask(app, "GET", f"/api/v1/articles/{asked}/cluster", token=TOKEN)).json()
        assert (found["first"], found["canonical"]) == (ARTICLE_ID, ARTICLE_ID)
        assert [(one["id"], one["version"], one["relation"]) for one in found["members"]] == [
            (ARTICLE_ID, 1, "first"),
            ("wire-b", 2, "duplicate"),
        ]
    assert (await ask(app, "GET", "/api/v1/articles/desk-none/cluster", token=TOKEN)).status == 404
    assert (await ask(app, "GET", f"/api/v1/articles/{ARTICLE_ID}/cluster")).status == 401


async def test_what_is_withheld_of_a_cluster_is_there_for_the_newsroom_alone(app: ASGIApp, store: Store) -> None:
    copy = an_article(id="wire-b", guid="b", duplicate_of=ARTICLE_ID, headline="Unfit to print", status="withheld")
    await publish(store, an_article(), copy)
    key = (await ask(app, "POST", "/api/v1/consumers", json={"name": "Partner"}, token=TOKEN)).json()["key"]
    path = f"/api/v1/articles/{ARTICLE_ID}/cluster"
    told = [(await ask(app, "GET", path, token=token)).json()["members"] for token in (TOKEN, key)]
    assert [[one["id"] for one in members] for members in told] == [[ARTICLE_ID, "wire-b"], [ARTICLE_ID]]
    assert (await ask(app, "GET", "/api/v1/articles/wire-b/cluster", token=key)).status == 404


async def test_the_ledger_can_be_read_without_copies(app: ASGIApp, store: Store) -> None:
    await publish(store, an_article(), an_article(id="wire-b", guid="b", duplicate_of=ARTICLE_ID))
    for query, seqs in (("first-of-cluster:true", [1]), ("first-of-cluster:false", [2])):
        page = (await ask(app, "GET", f"/api/v1/events?q={query}", token=TOKEN)).json()
        assert [event["seq"] for event in page["events"]] == seqs
    refused = (await ask(app, "GET", "/api/v1/events?q=first-of-cluster:perhaps", token=TOKEN)).json()
    assert "position 17" in str(refused)


async def test_a_consumer_is_made_uses_its_key_and_is_taken_away(app: ASGIApp, store: Store) -> None:
    with capture_logs() as lines:
        made = await ask(app, "POST", "/api/v1/consumers", json={"name": "Partner"}, token=TOKEN)
    assert made.status == 201
    assert [line for line in lines if line["event"] == "consumer.added"] == [
        {"event": "consumer.added", "log_level": "info", "consumer": made.json()["id"]}  # and no key
    ]
    key = made.json()["key"]
    assert (await ask(app, "GET", "/api/v1/events", token=key)).status == 200
    assert (await ask(app, "GET", "/api/v1/consumers", token=key)).status == 403
    listed = (await ask(app, "GET", "/api/v1/consumers", token=TOKEN)).json()["consumers"]
    assert [(one["name"], "key" in one) for one in listed] == [("Partner", False)]
    with capture_logs() as lines:
        assert (await ask(app, "DELETE", f"/api/v1/consumers/{made.json()['id']}", token=TOKEN)).status == 204
    assert [line["event"] for line in lines] == ["consumer.deleted"]
    assert await store.do("LRANGE", f"left:{made.json()['id']}", 0, -1) == [b"1", b"0"]
    assert (await ask(app, "GET", "/api/v1/events", token=key)).status == 401
    assert (await ask(app, "DELETE", f"/api/v1/consumers/{made.json()['id']}", token=TOKEN)).status == 404


async def test_trust_with_embargoes_is_given_and_taken_by_the_admin_alone(app: ASGIApp) -> None:
    root = "/api/v1/consumers"
    trusted = (await ask(app, "POST", root, json={"name": "A", "embargo": "early"}, token=TOKEN)).json()
    other = (await ask(app, "POST", root, json={"name": "B"}, token=TOKEN)).json()
    assert (trusted["embargo"], "embargo" in other) == ("early", False)
    path, early = f"{root}/{other['id']}", {"embargo": "early"}
    assert (await ask(app, "PATCH", path, json=early, token=other["key"])).status == 403
    assert (await ask(app, "PATCH", path, json=early)).status == 401
    with capture_logs() as lines:
        given = await ask(app, "PATCH", path, json=early, token=TOKEN)
    assert [(line["event"], line["embargo"]) for line in lines] == [("consumer.changed", "early")]
    assert (given.status, given.json()["embargo"], "key" in given.json()) == (200, "early", False)
    taken = (await ask(app, "PATCH", path, json={"embargo": None}, token=TOKEN)).json()
    assert ("embargo" in taken, taken["name"], taken["reuse"]) == (False, "B", "full")
    assert (await ask(app, "GET", "/api/v1/events", token=other["key"])).status == 200
    for body in ({"embargo": "late"}, {}, {"embargo": "early", "key": "x"}):
        assert (await ask(app, "PATCH", path, json=body, token=TOKEN)).status == 422
    assert (await ask(app, "PATCH", f"{root}/nobody", json=early, token=TOKEN)).status == 404


async def test_making_a_consumer_twice_by_one_key_makes_one_and_shows_its_key_once(app: ASGIApp) -> None:
    headers = {"idempotency-key": "k1"}

    async def make() -> Any:
        return (
            await ask(app, "POST", "/api/v1/consumers", json={"name": "Partner"}, headers=headers, token=TOKEN)
        ).json()

    first, again = await make(), await make()
    assert (again["id"], again["key"]) == (first["id"], None)


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"{", "not valid JSON"),
        (b"{}", "name"),
        (b'{"name": "a", "nmae": 1}', "nmae"),
        (b'{"name": ""}', "name"),
    ],
)
async def test_a_body_that_is_wrong_is_refused_by_name(app: ASGIApp, body: bytes, says: str) -> None:
    answer = await ask(app, "POST", "/api/v1/consumers", body=body, token=TOKEN)
    assert answer.status == 422
    assert says in answer.body.decode()


async def test_a_body_over_the_limit_is_not_read_to_its_end(app: ASGIApp) -> None:
    declared = {"content-length": str(10_000_000)}
    assert (await ask(app, "POST", "/api/v1/consumers", headers=declared, token=TOKEN)).status == 413
    parts = [b"x" * 40_000] * 3
    assert (await ask(app, "POST", "/api/v1/consumers", body=parts, token=TOKEN)).status == 413


async def test_dead_letters_are_listed_retried_and_forgotten(app: ASGIApp, store: Store) -> None:
    source, dead = ARTICLE_INGESTED.key(0), ARTICLE_INGESTED.dead_key(0)
    await store.do("XGROUP", "CREATE", source, "enrichment", "0", "MKSTREAM")
    for _ in range(2):
        await store.do("XADD", source, "*", "__data__", to_json(an_ingested()))
    read: Any = await store.client.xreadgroup("enrichment", "one", {source: ">"})
    entries = read[0][1]
    for entry_id, fields in entries:
        death = Death("ValueError: bad", "Traceback", 5)
        assert await bury(store, source, dead, "enrichment", entry_id, fields[b"__data__"], death)
    listed = (await ask(app, "GET", "/api/v1/dead-letters", token=TOKEN)).json()
    assert listed["count"] == 2
    first, second = (letter["id"] for letter in listed["dead_letters"])
    assert listed["dead_letters"][0]["error"] == "ValueError: bad"
    with capture_logs() as lines:
        assert (await ask(app, "POST", f"/api/v1/dead-letters/{first}/retry", token=TOKEN)).status == 202
        assert (await ask(app, "DELETE", f"/api/v1/dead-letters/{second}", token=TOKEN)).status == 204
    told = [(line["event"], line["id"]) for line in lines]
    assert told == [("dead_letter.retried", first), ("dead_letter.deleted", second)]
    assert await store.do("XLEN", source) == 3
    for letter in (
        first,
        second,
        "x",
        "article.ingested:9:1-1",
        "article.ingested:0:zz",
        f"article.ingested:0:{9:020}-1",
    ):
        for method, path in (("POST", f"{letter}/retry"), ("DELETE", letter)):
            refused = await ask(app, method, f"/api/v1/dead-letters/{path}", token=TOKEN)
            assert (refused.status, refused.json()["detail"]) == (404, f"there is no dead letter {letter!r}")


async def test_an_unknown_path_or_method_is_a_problem_document(app: ASGIApp) -> None:
    for method, path, status in (("GET", "/nothing", 404), ("PUT", "/api/v1/consumers", 405)):
        answer = await ask(app, method, path, token=TOKEN)
        assert (answer.status, answer.headers["content-type"]) == (status, "application/problem+json")


async def test_numbers_that_were_passed_over_break_neither_the_chain_nor_the_reading(
    app: ASGIApp, store: Store
) -> None:
    await publish(store, an_article(), an_article(version=2, headline="New"))
    last = 2 * MARGIN
    await store.do("SET", SEQ, last)
    page = (await ask(app, "GET", "/api/v1/events?after=1", token=TOKEN)).json()
    assert ([event["seq"] for event in page["events"]], page["next"], page["latest"]) == ([2], last, last)
    await publish(store, an_article(version=3, headline="Newer"))
    for after, told in (
        (0, [(1, None), (2, 1), (last + 1, 2)]),
        (2, [(last + 1, 2)]),
        (77, [(last + 1, 2)]),
        (last, [(last + 1, 2)]),
    ):
        page = (await ask(app, "GET", f"/api/v1/events?after={after}", token=TOKEN)).json()
        assert [(event["seq"], event["data"]["previous_seq"]) for event in page["events"]] == told
    page = (await ask(app, "GET", "/api/v1/events?after=0&limit=2", token=TOKEN)).json()
    assert (page["next"], page["latest"]) == (2, last + 1)
