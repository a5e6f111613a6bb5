"""Throws made-up requests at the public addresses: pages, feeds, their search, and what the hub and the portal read."""

from __future__ import annotations

import asyncio
from typing import Any
from urllib.parse import quote

import atheris

from tests.fuzz.fuzzing import fuzz

INSTRUMENTED = ["services.syndication.feeds", "services.syndication.page", "services.syndication.websub", "shared"]
with atheris.instrument_imports(include=INSTRUMENTED):
    from starlette.requests import Request
    from starlette.responses import JSONResponse, Response
    from starlette.routing import Route

    from services.ingest.cms.values import document, object_of
    from services.syndication.feeds.press import Press
    from services.syndication.feeds.routes import routes
    from services.syndication.portal.forms import once, read_form
    from services.syndication.portal.session import begun, opened
    from services.syndication.websub.asked import Asked, page_of, read
    from shared.auth import Admin
    from shared.web import application
    from tests.asgi import ask
    from tests.syndication.feeds.in_memory import SITE, a_story
    from tests.syndication.page.building import Newsroom

LOOP = asyncio.new_event_loop()
NEWSROOM = Newsroom()
NEWSROOM.publish(a_story(), a_story(id="desk-bbbbbbbbbbbbbbbbbbbb", version=2, section="World"))
ME = begun(Admin(), "s", 0.0)


async def form(request: Request) -> Response:
    """Read a form as the portal does, and what it asks of the hub."""
    fields = await read_form(request)
    if isinstance(fields, Response):
        return fields
    opened(request.cookies.get("wireroom-portal", ""), b"k", 0.0)
    asked = read({f"hub.{name}": text for name, text in fields.items()}, SITE)
    if isinstance(asked, Asked) and page_of(asked.topic, SITE) is None:
        raise ValueError(asked)
    return JSONResponse({"once": once(ME, fields), "asked": repr(asked)})


APP = application(
    [*routes(Press(NEWSROOM.shelf, SITE)), Route("/form", form, methods=["POST"]), *NEWSROOM.addresses.routes]
)


def one_input(data: bytes) -> None:
    """Send one request. Raises ValueError for an answer that says the fault is ours."""
    given = object_of(document(data))
    told = {name: text(given.get(name)) for name in ("method", "path", "query", "body")}
    headers = {text(name).lower(): text(value) for name, value in object_of(given.get("headers")).items()}
    target = f"/{quote(told['path'].lstrip('/'), safe='/%:')}?{quote(told['query'], safe='%&=+/:')}"
    method = told["method"] if told["method"] in ("HEAD", "POST") else "GET"
    answer = LOOP.run_until_complete(
        ask(APP, method, target, body=told["body"].encode("utf-8", "replace"), headers=headers)
    )
    if answer.status >= 500:
        raise ValueError(answer)


def text(value: Any) -> str:
    """Return a text as HTTP's headers can carry it."""
    return str(value).encode("latin-1", "replace").decode("latin-1").replace("\n", " ").replace("\r", " ")


if __name__ == "__main__":
    fuzz(one_input, "requests")
