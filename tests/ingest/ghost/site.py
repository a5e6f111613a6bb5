"""A Ghost site's Content API on loopback: it filters, orders and pages as Ghost does."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from aiohttp import web

from services.ingest.reader import Ask
from tests.ingest.cms.asking import a_server, an_ask
from tests.ingest.ghost.posts import a_post

KEY = "22444f78447824223cefc48062"
START = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)


def moment(minutes: float) -> str:
    return (START + timedelta(minutes=minutes)).isoformat(timespec="milliseconds")


class Ghost:
    """A site with posts; `answer` stands in for what it would say when set."""

    def __init__(self) -> None:
        self.url = ""
        self.posts: list[dict[str, Any]] = []
        self.asked: list[Mapping[str, str]] = []
        self.settings: dict[str, Any] = {"title": "Bay Wire", "url": "https://bay.example/", "locale": "uk"}
        self.instead: Callable[[], web.Response] | None = None

    def add(self, number: int, minutes: float | None = None, **over: Any) -> dict[str, Any]:
        at = moment(number if minutes is None else minutes)
        post = a_post(
            id=f"id{number:04d}",
            title=f"Story {number}",
            url=f"https://bay.example/{number}/",
            updated_at=at,
            published_at=at,
            **over,
        )
        self.posts = [other for other in self.posts if other["id"] != post["id"]] + [post]
        return post

    def remove(self, *numbers: int) -> None:
        self.posts = [post for post in self.posts if post["id"] not in {f"id{number:04d}" for number in numbers}]

    async def answer(self, request: web.Request) -> web.StreamResponse:
        self.asked.append(dict(request.query))
        if self.instead is not None:
            return self.instead()
        if request.query.get("key") != KEY:
            return web.json_response({"errors": [{"message": "Unknown Content API Key"}]}, status=401)
        assert request.headers["accept-version"] == "v5.0"
        if request.path.endswith("/ghost/api/content/settings/"):
            return web.json_response({"settings": self.settings})
        if not request.path.endswith("/ghost/api/content/posts/"):
            return web.Response(status=404)
        return web.json_response({"posts": self.found(request.query)})

    def found(self, query: Mapping[str, str]) -> list[dict[str, Any]]:
        rule, limit, page = query.get("filter", ""), int(query["limit"]), int(query.get("page", "1"))
        assert limit <= 100
        posts = self.posts
        if since := re.fullmatch(r"updated_at:>='([0-9 :-]{19})'", rule):
            posts = [post for post in posts if post["updated_at"][:19].replace("T", " ") >= since[1]]
        elif ids := re.fullmatch(r"id:\[([a-z0-9,]+)\]", rule):
            return [{"id": post["id"]} for post in posts if post["id"] in ids[1].split(",")][:limit]
        else:
            assert not rule, rule
        field, _, direction = query["order"].partition(" ")
        posts = sorted(posts, key=lambda post: str(post[field]), reverse=direction == "desc")
        return posts[(page - 1) * limit : page * limit]


@asynccontextmanager
async def a_ghost() -> AsyncIterator[tuple[Ghost, Ask]]:
    ghost = Ghost()
    async with a_server(ghost.answer) as ghost.url, an_ask() as ask:
        yield ghost, ask
