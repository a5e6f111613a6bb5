"""What syndication's own paths take and give, for the OpenAPI document; webhooks describe theirs themselves."""

from __future__ import annotations

from typing import Any

from pydantic.json_schema import models_json_schema

from services.syndication.consumer_routes import ChangedConsumer, ConsumerIn
from services.syndication.feeds.channel import TYPES
from services.syndication.feeds.formats import FORMATS
from services.syndication.feeds.private.asked import NewPrivateFeed
from services.syndication.feeds.routes import KINDS
from services.syndication.openapi_answers import answer_schemas
from services.syndication.page_openapi import page_paths
from services.syndication.recall.api import RecallIn
from services.syndication.webhooks.openapi import openapi_paths
from services.syndication.webhooks.openapi_messages import openapi_webhooks
from shared.events import Article
from shared.openapi import PROBLEM, REF, Node, content, operation, parameter, record, refusal, refusing
from shared.problems import phrase

INTEGER = {"type": "integer"}
ARTICLE = content("Article")

XML = {"application/xml": {"schema": {"type": "string"}}}
OPML = {"text/x-opml": {"schema": {"type": "string"}}}
FORMAT_NAMES = {"rss": "RSS 2.0", "atom": "Atom 1.0", "json": "JSON Feed 1.1", "ninjs": "ninjs 3.1"}
TEXT = {"text/plain": {"schema": {"type": "string"}}}
LAST = {"name": "Last-Event-ID", "in": "header", "required": False, "schema": INTEGER}
AFTER, LIMIT = parameter("after", "query", INTEGER), parameter("limit", "query", INTEGER)
STREAM = {"text/event-stream": {"schema": {"type": "string"}}}


def openapi() -> dict[str, Any]:
    """Return `paths`, `webhooks` and `schemas` of syndication and its webhooks."""
    _, found = models_json_schema(
        [
            (Article, "serialization"),
            *((model, "validation") for model in (NewPrivateFeed, ConsumerIn, ChangedConsumer, RecallIn)),
        ],
        ref_template=REF + "{model}",
    )
    webhooks = openapi_paths()
    return {
        "paths": {**_paths(), **webhooks.get("paths", {})},
        "webhooks": openapi_webhooks(),
        "schemas": {
            "Problem": PROBLEM,
            **found["$defs"],
            **answer_schemas(),
            "WebSubForm": _form(),
            **webhooks.get("schemas", {}),
        },
    }


def _paths() -> dict[str, Any]:
    return {
        **_articles(),
        **_ledger(),
        **_consumers(),
        **_operators(),
        **_private(),
        **page_paths(),
        **_feeds(),
        "/sitemap-news.xml": {"get": operation("The stories of the last two days", shown=XML, public=True)},
        "/feeds.opml": {"get": operation("All feeds as OPML 2.0", shown=OPML, public=True)},
        "/websub": {"post": _hub()},
        "/healthz": {"get": operation("Whether the process is alive", shown=content("Health"), public=True)},
        "/readyz": {"get": _readiness()},
        "/metrics": {"get": operation("Metrics for Prometheus", shown=TEXT, public=True)},
    }


def _articles() -> dict[str, Any]:
    article = parameter("id", "path")
    return {
        "/api/v1/articles/{id}": {
            "get": operation(
                "Read an article; the admin also one under an embargo", shown=ARTICLE, parameters=[article]
            )
        },
        "/api/v1/articles/embargoed": {
            "get": operation(
                "List the versions under an embargo, the soonest to end first (operators)",
                shown=content("Embargoed"),
                parameters=[AFTER, LIMIT],
                operators=True,
            )
        },
        "/api/v1/articles/{id}/embargoed": {
            "get": operation(
                "Read the version under an embargo (operators)", shown=ARTICLE, parameters=[article], operators=True
            )
        },
        "/api/v1/articles/{id}/versions": {
            "get": operation("Read every version kept", shown=content("Versions"), parameters=[article])
        },
        "/api/v1/articles/{id}/cluster": {
            "get": operation(
                "Read a story's first article with its copies and revisions",
                shown=content("Cluster"),
                parameters=[article],
            )
        },
    }


def _ledger() -> dict[str, Any]:
    query = parameter("q", "query")
    stream = operation(
        "The ledger as server-sent events; events truncated, rewound and dropped are about the stream",
        shown=STREAM,
        parameters=[AFTER, query, LAST],
        public=True,
    )
    return {
        "/api/v1/events": {"get": _events([AFTER, LIMIT, query])},
        "/events/stream": {"get": refusing(stream, 422, 503)},
    }


def _consumers() -> dict[str, Any]:
    return {
        "/api/v1/consumers": {
            "get": operation("List consumers (operators)", shown=content("Consumers"), operators=True),
            "post": operation(
                "Make a consumer; its key is shown here only (operators)",
                "ConsumerIn",
                status="201",
                shown=content("ConsumerWithKey"),
                operators=True,
                once=True,
            ),
        },
        "/api/v1/consumers/{id}": {
            "patch": operation(
                "Trust a consumer with articles ahead of their release, or no more (operators)",
                "ChangedConsumer",
                shown=content("Consumer"),
                operators=True,
                parameters=[parameter("id", "path")],
            ),
            "delete": operation(
                "Delete a consumer, its subscriptions and its feeds (operators)",
                parameters=[parameter("id", "path")],
                status="204",
                operators=True,
            ),
        },
    }


def _operators() -> dict[str, Any]:
    id = parameter("id", "path")
    return {
        "/api/v1/dead-letters": {
            "get": operation(
                "List what the line gave up on (operators)",
                shown=content("DeadLetters"),
                parameters=[LIMIT],
                operators=True,
            )
        },
        "/api/v1/dead-letters/{id}/retry": {
            "post": operation(
                "Send a dead letter down the line again (operators)",
                shown=content("Retried"),
                parameters=[id],
                status="202",
                operators=True,
            )
        },
        "/api/v1/dead-letters/{id}": {
            "delete": operation("Forget a dead letter (operators)", parameters=[id], status="204", operators=True)
        },
        "/api/v1/re-enrich": {
            "post": operation(
                "Complete articles anew by the newsroom's files as they are now (operators)",
                "RecallIn",
                status="202",
                shown=content("Recall"),
                operators=True,
                once=True,
            )
        },
        "/api/v1/re-enrich/{id}": {
            "get": operation("See how far it is (operators)", shown=content("Recall"), parameters=[id], operators=True)
        },
    }


def _readiness() -> Node:
    ready = operation("Whether it does its work, and if not why", shown=content("Health"), public=True)
    ready["responses"]["503"] = {"description": "It does not", "content": content("Health")}
    return ready


def _hub() -> Node:
    hub = operation("The WebSub hub of all feeds", shown=TEXT, status="202", public=True)
    hub["responses"] |= {code: {"description": phrase(int(code)), "content": TEXT} for code in ("400", "415", "503")}
    hub["requestBody"] = {
        "required": True,
        "content": {"application/x-www-form-urlencoded": {"schema": {"$ref": f"{REF}WebSubForm"}}},
    }
    return hub


def _form() -> Node:
    asked = {f"hub.{name}": {"type": "string"} for name in ("mode", "topic", "callback", "secret", "lease_seconds")}
    return record(asked, frozenset(("hub.secret", "hub.lease_seconds")))


def _events(given: list[Node]) -> Node:
    read = operation(
        "Read the ledger after a number, or what a subscription was assigned of it",
        shown=content("Events"),
        parameters=[*given, parameter("subscription", "query")],
    )
    read["responses"] |= {
        "409": refusal("The ledger ends at `latest`, before `after`: it was begun anew or restored from an older copy"),
        "410": refusal("What came next is kept no more; `oldest` is the first entry there is"),
    }
    return read


def _private() -> dict[str, Any]:
    token, before = parameter("token", "path"), parameter("before", "query", INTEGER)
    made = "Give a consumer a feed of its own; its addresses are shown here only"
    return {
        "/api/v1/private-feeds": {
            "get": operation("List private feeds", shown=content("PrivateFeeds")),
            "post": refusing(
                operation(made, "NewPrivateFeed", status="201", shown=content("PrivateFeedWithUrls"), once=True), 404
            ),
        },
        "/api/v1/private-feeds/{id}": {
            "delete": operation("Revoke a private feed", parameters=[parameter("id", "path")], status="204")
        },
    } | {
        f"/feeds/private/{{token}}.{ending}": {
            "get": operation(
                f"A private feed as {ending}", shown=_typed(form.media_type), parameters=[token, before], public=True
            )
        }
        for ending, form in FORMATS.items()
    }


def _feeds() -> dict[str, Any]:
    before, query, slug = parameter("before", "query", INTEGER), parameter("q", "query"), parameter("slug", "path")
    archive = parameter("archive", "query", INTEGER)
    asked = {"all": ("Every article", [before, archive]), "search": ("What matches a query", [query, before])}
    asked |= {f"{kind}/{{slug}}": (f"The articles of one of the {kind}", [slug, before]) for kind in KINDS[1:]}
    return {
        f"/feeds/{path}.{ending}": {
            "get": operation(f"{about} as {FORMAT_NAMES[ending]}", shown=_typed(kind), parameters=given, public=True)
        }
        for path, (about, given) in asked.items()
        for ending, kind in TYPES.items()
    } | {
        f"/feeds/{path}.{ending}": {
            "get": operation(
                f"{about} as {ending.removesuffix('.rss')} takes it",
                shown=_typed(form.media_type),
                parameters=given,
                public=True,
            )
        }
        for path, (about, given) in asked.items()
        for ending, form in FORMATS.items()
        if ending not in TYPES
    }


def _typed(media_type: str) -> dict[str, Any]:
    return {media_type: {"schema": {"type": "string"}}}
