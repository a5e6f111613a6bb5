"""The document describes what is served."""

from __future__ import annotations

from services.syndication.webhooks.openapi import openapi_paths
from services.syndication.webhooks.openapi_messages import openapi_webhooks
from shared.redis import Store
from tests.syndication.webhooks.bed import MemoryLedger, a_replica


async def test_openapi_describes_every_route_and_type(store: Store) -> None:
    described = {(path, method.upper()) for path, ops in openapi_paths()["paths"].items() for method in ops}
    async with a_replica(store, MemoryLedger(), started=False) as replica:
        routes = replica.routes
    served = {(route.path, method) for route in routes for method in (route.methods or set()) - {"HEAD"}}
    assert described == served
    assert sorted(openapi_webhooks()) == [
        "article.corrected",
        "article.embargoed",
        "article.published",
        "article.retracted",
        "article.updated",
        "article.withdrawn",
        "digest",
        "subscription.created",
        "subscription.deleted",
        "subscription.disabled",
        "subscription.exhausted",
        "subscription.failing",
        "subscription.recovered",
        "subscription.updated",
        "subscription.verification",
        "webhook.test",
    ]
