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
from services.documents import ABOUT, WIRING, openapi, page
from shared.bus.description import asyncapi
from shared.settings import Settings
from tests.asgi import ask

URL = "https://wire.example.org"


@pytest.fixture
async def process(redis_url: str, tmp_path: Path) -> AsyncIterator[Process]:
    """Build all services, and start none of them."""
    settings = Settings(redis_url=redis_url, public_url=URL, data_dir=tmp_path)
    process = Process(settings, redis_url, NAMES, "an-admin-token-for-tests")
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
    assert "<script" not in answer.body.decode()
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    document = openapi(URL)
    shown = page(document)
    for path in document["paths"]:
        assert f"<h2>{path}</h2>" in shown


def test_the_asyncapi_document_names_every_stream_with_its_event_and_no_address_of_ours() -> None:
    text = asyncapi(WIRING, 2, ABOUT).decode()
    document = orjson.loads(text)
    addresses = {channel["address"] for channel in document["channels"].values()}
    assert addresses == {f"{{p{n}}}:article.{what}" for n in (0, 1) for what in ("ingested", "enriched")}
    assert {"ArticleIngested", "ArticleEnriched"} <= set(document["components"]["schemas"])
    assert not re.search(r"unix:|@|password", text)
