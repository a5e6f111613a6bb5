"""What a consumer may have at most by its query: over the API, of the ledger, and of a story's copies."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.types import ASGIApp

from services.syndication.within import allows, both
from shared.events import Tag
from shared.query import QueryError, parse
from shared.redis import Store
from tests.asgi import ask
from tests.builders import an_article
from tests.syndication.test_api import TOKEN, app, publish

__all__ = ["app"]

WORLD, SPORT = "desk-wwwwwwwwwwwwwwwwwwww", "desk-ssssssssssssssssssss"


async def key_of(app: ASGIApp, query: str) -> str:
    made = await ask(app, "POST", "/api/v1/consumers", json={"name": "Partner", "query": query}, token=TOKEN)
    return str(made.json()["key"])


def world(**over: Any) -> Any:
    return an_article(**{"id": WORLD, "guid": "w", "section": "world", **over})


def sport(**over: Any) -> Any:
    return an_article(**{"id": SPORT, "guid": "s", "section": "sport", **over})


def test_both_is_what_both_ask_for_and_one_alone_is_itself() -> None:
    assert (both("", "a"), both("a", ""), both("", "")) == ("a", "a", "")
    assert both("tag:a OR tag:b", "section:world") == "(tag:a OR tag:b) section:world"
    with pytest.raises(QueryError):
        both("a " * 500, "b " * 500)


def test_what_is_taken_back_is_within_all() -> None:
    assert allows(None, sport())
    assert not allows(parse("section:world"), sport())
    assert allows(parse("section:world"), sport(status="canceled"))
    assert allows(parse("section:world"), world(status="withheld"))
    assert allows(parse("section:world"), sport(), "article.retracted")


async def test_articles_beyond_it_are_as_if_there_were_none(app: ASGIApp, store: Store) -> None:
    await publish(store, world(), sport())
    key = await key_of(app, "section:world")
    for path in ("", "/versions", "/cluster"):
        assert (await ask(app, "GET", f"/api/v1/articles/{WORLD}{path}", token=key)).status == 200
        hidden = await ask(app, "GET", f"/api/v1/articles/{SPORT}{path}", token=key)
        nothing = await ask(app, "GET", f"/api/v1/articles/{SPORT[:-1]}x{path}", token=key)
        assert (hidden.status, hidden.body.replace(SPORT.encode(), b"")) == (
            404,
            nothing.body.replace(f"{SPORT[:-1]}x".encode(), b""),
        )
        assert (await ask(app, "GET", f"/api/v1/articles/{SPORT}{path}", token=TOKEN)).status == 200


async def test_of_an_article_the_versions_within_it_are_shown_and_of_a_cluster_its_members(
    app: ASGIApp, store: Store
) -> None:
    await publish(store, world(), world(version=2, section="sport", headline="Moved"), sport(duplicate_of=WORLD))
    key, tagged = await key_of(app, "section:world"), await key_of(app, "section:sport")
    versions = (await ask(app, "GET", f"/api/v1/articles/{WORLD}/versions", token=key)).json()["versions"]
    assert [each["version"] for each in versions] == [1]
    assert (await ask(app, "GET", f"/api/v1/articles/{WORLD}", token=key)).status == 404
    cluster = (await ask(app, "GET", f"/api/v1/articles/{WORLD}/cluster", token=tagged)).json()
    assert [each["id"] for each in cluster["members"]] == [WORLD, SPORT]
    assert (await ask(app, "GET", f"/api/v1/articles/{SPORT}/cluster", token=key)).status == 404


async def test_the_ledger_is_read_within_it_whatever_is_asked_and_told_of_retractions(
    app: ASGIApp, store: Store
) -> None:
    tag = Tag(id="t", slug="storm", name="Storm", kind="topic", score=1.0, status="applied", method="rule")
    await publish(store, world(), sport(), world(version=2, headline="Storm", tags=(tag,)))
    key = await key_of(app, "section:world")

    async def seqs(query: str = "", token: str = key) -> list[int]:
        page = (await ask(app, "GET", f"/api/v1/events?after=0{query}", token=token)).json()
        assert page["next"] == page["latest"]
        return [event["seq"] for event in page["events"]]

    assert (await seqs(), await seqs(token=TOKEN)) == ([1, 3], [1, 2, 3])
    assert (await seqs("&q=tag:storm"), await seqs("&q=section:sport")) == ([3], [])
    page = (await ask(app, "GET", "/api/v1/events?limit=1&after=1", token=key)).json()
    assert ([event["seq"] for event in page["events"]], page["next"]) == ([3], 3)
