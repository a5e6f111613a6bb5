"""The documents about the interfaces say what is there: every path, every stream, nothing that does not resolve."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest
from starlette.routing import Route

from services import NAMES
from services.all_in_one import Process
from services.documents import ABOUT, WIRING, openapi
from services.reference import policy
from services.reference.completing import operations
from shared.asgi import Answer
from shared.bus.description import asyncapi
from shared.redis import Store
from shared.settings import Settings
from tests.asgi import ask
from tests.reference.checking import faults

URL = "https://wire.example.org"
TOKEN = "an-admin-token-for-tests"


@pytest.fixture
async def process(store: Store, redis_url: str, tmp_path: Path) -> AsyncIterator[Process]:
    """Build all services on an empty server, which `store` makes, and start none of them."""
    settings = Settings(redis_url=redis_url, public_url=URL, data_dir=tmp_path)
    process = Process(settings, redis_url, NAMES, TOKEN)
    yield process
    for service in process.services.values():
        await service.stop()
    await process.store.close()


def references(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if isinstance(found := node.get("$ref"), str):
            yield found
        node = list(node.values())
    if isinstance(node, list):
        for part in node:
            yield from references(part)


def test_every_reference_in_the_openapi_document_resolves() -> None:
    document = openapi(URL)
    for reference in set(references(document)):
        found: Any = document
        for part in reference.removeprefix("#/").split("/"):
            found = found[part]


def test_every_kind_of_event_is_described_as_a_webhook() -> None:
    names = {"article.published", "article.updated", "article.corrected", "article.retracted"}
    names |= {
        "article.embargoed",
        "article.withdrawn",
        "digest",
        "subscription.failing",
        "subscription.disabled",
        "subscription.recovered",
        "subscription.exhausted",
        "subscription.created",
        "subscription.updated",
        "subscription.deleted",
        "subscription.verification",
        "webhook.test",
    }
    assert set(openapi(URL)["webhooks"]) == names


async def test_every_route_is_described(process: Process) -> None:
    described = openapi(URL)["paths"]
    own = {"/docs", "/openapi.json", "/asyncapi"}
    for route in process.routes:
        assert isinstance(route, Route)
        if route.path not in own:
            assert route.path in described, route.path
            for method in (route.methods or {"GET"}) - {"HEAD"}:
                assert method.lower() in described[route.path], (method, route.path)


async def test_the_documents_are_served_and_the_page_names_every_path(process: Process) -> None:
    for path in ("/openapi.json", "/asyncapi"):
        answer = await ask(process.app, "GET", path)
        assert (answer.status, bool(answer.json())) == (200, True)
    answer = await ask(process.app, "GET", "/docs")
    shown = answer.body.decode()
    assert answer.headers["content-security-policy"] == policy()
    for path in openapi(URL)["paths"]:
        assert f"<code>{path}</code>" in shown, path
    again = await ask(process.app, "GET", "/docs", headers={"if-none-match": answer.headers["etag"]})
    assert (again.status, again.body) == (304, b"")


MADE = ("/api/v1/consumers", "/api/v1/sources", "/api/v1/re-enrich", "/api/v1/subscriptions/preview")


async def test_the_api_takes_the_examples_and_answers_as_described(process: Process) -> None:
    document = openapi(URL)
    for path in ("/api/v1/articles", *MADE):
        example = document["paths"][path]["post"]["requestBody"]["content"]["application/json"]["example"]
        answer = await ask(process.app, "POST", path, json=example, token=TOKEN)
        assert answer.status < 300, (path, answer.body)
        assert wrong(document, path, "post", answer) == [], path
    for path, method, _ in operations(document):
        if method == "get" and path.startswith(("/api/", "/healthz", "/readyz", "/.well-known/")) and "{" not in path:
            answer = await ask(process.app, "GET", path, token=TOKEN)
            assert wrong(document, path, "get", answer) == [], path


def wrong(document: dict[str, Any], path: str, method: str, answer: Answer) -> list[str]:
    """Return what of an answer is not as the document says, its type included."""
    responses = document["paths"][path][method]["responses"]
    if str(answer.status) not in responses and "default" not in responses:
        return [f"{answer.status} is not among {sorted(responses)}: {answer.body!r}"]
    told = responses.get(str(answer.status), responses.get("default"))["content"]
    kind = answer.headers["content-type"].partition(";")[0]
    return faults(document, told[kind]["schema"], answer.json() if kind.endswith("json") else answer.body.decode())


def test_the_asyncapi_document_names_every_stream_with_its_event_and_no_address_of_ours() -> None:
    text = asyncapi(WIRING, 2, ABOUT).decode()
    document = orjson.loads(text)
    addresses = {channel["address"] for channel in document["channels"].values()}
    assert addresses == {f"{{p{n}}}:article.{what}" for n in (0, 1) for what in ("ingested", "enriched")}
    assert {"ArticleIngested", "ArticleEnriched"} <= set(document["components"]["schemas"])
    assert not re.search(r"unix:|@|password", text)
