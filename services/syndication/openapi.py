"""What syndication's own paths take and give, for the OpenAPI document; webhooks describe theirs themselves."""

from __future__ import annotations

from typing import Any

from pydantic.json_schema import models_json_schema

from services.syndication.consumer_routes import ChangedConsumer, ConsumerIn
from services.syndication.feeds.channel import TYPES
from services.syndication.feeds.formats import FORMATS
from services.syndication.feeds.private.asked import NewPrivateFeed
from services.syndication.feeds.routes import KINDS
from services.syndication.webhooks.openapi import openapi_paths, openapi_webhooks
from shared.events import Article
from shared.openapi import PROBLEM, REF, Node, content, operation, parameter, refusal

INTEGER = {"type": "integer"}
ARTICLE = content("Article")
HTML = {"text/html": {"schema": {"type": "string"}}}
XML = {"application/xml": {"schema": {"type": "string"}}}
OPML = {"text/x-opml": {"schema": {"type": "string"}}}
FORMAT_NAMES = {"rss": "RSS 2.0", "atom": "Atom 1.0", "json": "JSON Feed 1.1", "ninjs": "ninjs 3.1"}
TEXT = {"text/plain": {"schema": {"type": "string"}}}
STREAM = {"text/event-stream": {"schema": {"type": "string"}}}


def openapi() -> dict[str, Any]:
    """Return `paths`, `webhooks` and `schemas` of syndication and its webhooks."""
    _, found = models_json_schema(
        [
            (Article, "serialization"),
            *((model, "validation") for model in (NewPrivateFeed, ConsumerIn, ChangedConsumer)),
        ],
        ref_template=REF + "{model}",
    )
    webhooks = openapi_paths()
    return {
        "paths": {**_paths(), **webhooks.get("paths", {})},
        "webhooks": openapi_webhooks(),
        "schemas": {"Problem": PROBLEM, **found["$defs"], **webhooks.get("schemas", {})},
    }


def _paths() -> dict[str, Any]:
    article, query, limit = parameter("id", "path"), parameter("q", "query"), parameter("limit", "query", INTEGER)
    return {
        "/api/v1/articles/{id}": {
            "get": operation(
                "Read an article; the admin also one under an embargo", shown=ARTICLE, parameters=[article]
            )
        },
        "/api/v1/articles/embargoed": {
            "get": operation(
                "List the versions under an embargo, the soonest to end first",
                parameters=[parameter("after", "query", INTEGER), limit],
            )
        },
        "/api/v1/articles/{id}/embargoed": {
            "get": operation("Read the version under an embargo", shown=ARTICLE, parameters=[article])
        },
        "/api/v1/articles/{id}/versions": {"get": operation("Read every version kept", parameters=[article])},
        "/api/v1/articles/{id}/cluster": {
            "get": operation("Read a story's first article with its copies and revisions", parameters=[article])
        },
        "/api/v1/events": {"get": _events([parameter("after", "query", INTEGER), limit, query])},
        "/api/v1/consumers": {
            "get": operation("List consumers"),
            "post": operation("Make a consumer; its key is shown here only", "ConsumerIn", status="201"),
        },
        "/api/v1/consumers/{id}": {
            "patch": operation(
                "Trust a consumer with articles ahead of their release, or no more",
                "ChangedConsumer",
                parameters=[article],
            ),
            "delete": operation("Delete a consumer", parameters=[article], status="204"),
        },
        "/api/v1/dead-letters": {"get": operation("List what the line gave up on", parameters=[limit])},
        "/api/v1/dead-letters/{id}/retry": {
            "post": operation("Send a dead letter down the line again", parameters=[article], status="202")
        },
        "/api/v1/dead-letters/{id}": {"delete": operation("Forget a dead letter", parameters=[article], status="204")},
        "/api/v1/re-enrich": {
            "post": operation("Complete articles anew by the newsroom's files as they are now", status="202")
        },
        "/api/v1/re-enrich/{id}": {"get": operation("See how far it is", parameters=[article])},
        **_private(),
        **_pages(),
        **_portal(),
        **_console(),
        **_feeds(),
        "/sitemap-news.xml": {"get": operation("The stories of the last two days", shown=XML, public=True)},
        "/feeds.opml": {"get": operation("All feeds as OPML 2.0", shown=OPML, public=True)},
        "/websub": {"post": operation("The WebSub hub of all feeds", shown=TEXT, status="202", public=True)},
        "/events/stream": {
            "get": operation(
                "The ledger as server-sent events; events truncated, rewound and dropped are about the stream",
                shown=STREAM,
                parameters=[query],
                public=True,
            )
        },
        "/healthz": {"get": operation("Whether the process is alive", public=True)},
        "/readyz": {"get": operation("Whether it does its work, and if not why", public=True)},
        "/metrics": {"get": operation("Metrics for Prometheus", shown=TEXT, public=True)},
    }


def _events(given: list[Node]) -> Node:
    read = operation(
        "Read the ledger after a number, or what a subscription was assigned of it",
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
            "get": operation("List private feeds"),
            "post": operation(made, "NewPrivateFeed", status="201"),
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


def _pages() -> dict[str, Any]:
    article, slug, query = parameter("id", "path"), parameter("slug", "path"), parameter("q", "query")
    asset = [parameter("digest", "path"), parameter("name", "path")]
    before, after = parameter("before", "query", INTEGER), parameter("after", "query", INTEGER)
    pages = {
        "/": ("The News Feed page", [before, after]),
        "/articles/{id}": ("An article's page", [article]),
        "/authors/{slug}": ("An author's page", [slug, before, after]),
        "/tags/{slug}": ("A tag's page", [slug, before, after]),
        "/search": ("What matches a query", [query, before, after]),
        "/feeds": ("Every feed, for people", []),
        "/assets/{digest}/{name}": ("What the pages are dressed in", asset),
    }
    return {
        path: {"get": operation(about, shown=HTML, parameters=given, public=True)}
        for path, (about, given) in pages.items()
    }


def _portal() -> dict[str, Any]:
    one, act, entry = parameter("id", "path"), parameter("act", "path"), parameter("entry", "path")
    before, span = parameter("before", "query"), [parameter(name, "query") for name in ("from", "to", "after")]
    shown = {
        "/portal": ("A consumer's subscriptions, or the form that asks for the key", []),
        "/portal/sign-in": ("Go to the portal", []),
        "/portal/sign-out": ("Go to the portal", []),
        "/portal/subscriptions": ("Go to the portal", []),
        "/portal/preview": ("What a filter would have found", [parameter("q", "query")]),
        "/portal/receiver": ("An example receiver", []),
        "/portal/new": ("The form for a new subscription", [parameter("filter", "query")]),
        "/portal/retractions": ("The latest retractions and who confirmed them", [before]),
        "/portal/receipts": ("Who confirmed an article", [parameter("article", "query"), parameter("after", "query")]),
        "/portal/subscriptions/{id}": ("A subscription and its deliveries", [one, before, parameter("show", "query")]),
        "/portal/subscriptions/{id}/settings": ("The form for its settings", [one]),
        "/portal/subscriptions/{id}/delete": ("Ask whether it is to be deleted", [one]),
        "/portal/subscriptions/{id}/proof": ("Count and hash of what it was assigned", [one, *span]),
        "/portal/subscriptions/{id}/{act}": ("Go to the subscription", [one, act]),
        "/portal/subscriptions/{id}/deliveries/{entry}": ("One delivery", [one, entry]),
    }
    sent = {
        "/portal/sign-in": ("Sign in with a key, for a cookie", []),
        "/portal/sign-out": ("Sign out", []),
        "/portal/subscriptions": ("Subscribe", []),
        "/portal/subscriptions/{id}/settings": ("Change its settings", [one]),
        "/portal/subscriptions/{id}/delete": ("Delete it", [one]),
        "/portal/subscriptions/{id}/{act}": ("Pause, resume, test, rotate or replay", [one, act]),
    }
    return _behind_a_door(shown, sent)


def _console() -> dict[str, Any]:
    letter = [parameter("id", "path"), parameter("act", "path")]
    shown = {
        "/console": ("How the line runs, or the form that asks for the admin token", []),
        "/console/sources": ("How the sources fare", []),
        "/console/dead-letters": ("What the line gave up on", []),
        "/console/dead-letters/{id}/{act}": ("Go to the dead letters", letter),
    }
    sent = {
        "/console/sign-in": ("Sign in with the admin token, for a cookie", []),
        "/console/sign-out": ("Sign out", []),
        "/console/dead-letters/{id}/{act}": ("Retry or delete a dead letter", letter),
    }
    return _behind_a_door(shown, sent)


def _behind_a_door(shown: dict[str, Any], sent: dict[str, Any]) -> dict[str, Any]:
    """Return pages and forms by path; each of `shown` and `sent` says what it is about, and its parameters."""
    paths: dict[str, Any] = {}
    for method, operations in (("get", shown), ("post", sent)):
        for path, (about, given) in operations.items():
            about_it = operation(about, shown=HTML, parameters=given, public=True)
            paths.setdefault(path, {})[method] = about_it
    return paths


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
