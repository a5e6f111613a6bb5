"""A WordPress site's REST API on loopback: it filters, orders and pages as WordPress does."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from aiohttp import web

from tests.ingest.wordpress.posts import a_post

START = datetime(2026, 11, 22, 12, 0)  # noqa: DTZ001  # WordPress filters by the site's own clock


class WordPress:
    """A site with posts; `pretty` addresses or not, `old` ones do not know modified_after."""

    def __init__(self) -> None:
        self.url = ""
        self.posts: list[dict[str, Any]] = []
        self.asked: list[Mapping[str, str]] = []
        self.pretty, self.old = True, False
        self.instead: Callable[[], web.Response] | None = None

    def add(self, number: int, minutes: float | None = None, **over: Any) -> None:
        at = (START + timedelta(minutes=number if minutes is None else minutes)).isoformat()
        title = {"rendered": f"Story {number}"}
        post = a_post(number, title=title, date=at, modified=at, date_gmt=at, modified_gmt=at, **over)
        self.posts = [other for other in self.posts if other["id"] != number] + [post]

    def remove(self, *numbers: int) -> None:
        self.posts = [post for post in self.posts if post["id"] not in numbers]

    async def answer(self, request: web.Request) -> web.StreamResponse:
        self.asked.append(dict(request.query))
        if self.instead is not None:
            return self.instead()
        query = dict(request.query)
        route = request.path.removeprefix("/wp-json/") if self.pretty else query.get("rest_route", "").strip("/")
        if (self.pretty != request.path.startswith("/wp-json/")) or (not self.pretty and "rest_route" not in query):
            return web.Response(status=404 if request.path != "/" else 200, text="<html>")
        if not route:
            return web.json_response({"name": "Bay &amp; Coast", "home": "https://bay.example", "namespaces": []})
        if route != "wp/v2/posts":
            return web.json_response({"code": "rest_no_route"}, status=404)
        return self.found(query)

    def found(self, query: Mapping[str, str]) -> web.Response:
        if "include" in query:
            ids = [int(id) for id in query["include"].split(",")]
            return web.json_response([{"id": post["id"]} for post in self.posts if post["id"] in ids])
        assert query["_embed"] == "author,wp:featuredmedia,wp:term"
        posts, size, page = self.posts, int(query["per_page"]), int(query.get("page", "1"))
        if not self.old and (since := query.get("modified_after")):
            posts = [post for post in posts if post["modified"] > since]
        if "categories" in query:
            posts = [post for post in posts if post.get("categories") == query["categories"]]
        posts = sorted(posts, key=lambda post: (post[query["orderby"]], post["id"]), reverse=query["order"] == "desc")
        if page > 1 and (page - 1) * size >= len(posts):
            return web.json_response({"code": "rest_post_invalid_page_number"}, status=400)
        return web.json_response(posts[(page - 1) * size : page * size])
