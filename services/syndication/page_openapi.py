"""The pages for people, the portal and the console, for the OpenAPI document; serves nothing."""

from __future__ import annotations

from shared.openapi import Node, operation, parameter

INTEGER: Node = {"type": "integer"}
HTML: Node = {"text/html": {"schema": {"type": "string"}}}


def page_paths() -> Node:
    """Return the paths of the pages, the portal and the console."""
    return _pages() | _portal() | _console()


def _pages() -> Node:
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
        "/pictures/{name}": ("A picture of the newsroom's own", asset[1:]),
    }
    return {
        path: {"get": operation(about, shown=HTML, parameters=given, public=True)}
        for path, (about, given) in pages.items()
    }


def _portal() -> Node:
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
        "/portal/subscriptions/{id}": (
            "A subscription and its deliveries",
            [one, before, parameter("outcome", "query")],
        ),
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


def _console() -> Node:
    one, act = parameter("id", "path"), parameter("act", "path")
    shown = {
        "/console": ("How the line runs, or the form that asks for the admin token", [parameter("q", "query")]),
        "/console/sources": ("How the sources fare", []),
        "/console/sources/{id}/poll": ("Go to the sources", [one]),
        "/console/subscriptions/{id}/{act}": ("Go to the console", [one, act]),
        "/console/dead-letters": ("What the line gave up on", []),
        "/console/dead-letters/all/{act}": ("Go to the dead letters", [act]),
        "/console/dead-letters/{id}/{act}": ("Go to the dead letters", [one, act]),
    }
    sent = {
        "/console/sign-in": ("Sign in with the admin token, for a cookie", []),
        "/console/sign-out": ("Sign out", []),
        "/console/sources/{id}/poll": ("Have a source polled now", [one]),
        "/console/subscriptions/{id}/{act}": ("Pause, resume or replay a subscription", [one, act]),
        "/console/dead-letters/all/{act}": ("Retry or delete all dead letters", [act]),
        "/console/dead-letters/{id}/{act}": ("Retry or delete a dead letter", [one, act]),
    }
    return _behind_a_door(shown, sent)


def _behind_a_door(shown: Node, sent: Node) -> Node:
    """Return pages and forms by path; each of `shown` and `sent` says what it is about, and its parameters."""
    paths: Node = {}
    for method, operations in (("get", shown), ("post", sent)):
        for path, (about, given) in operations.items():
            about_it = operation(about, shown=HTML, parameters=given, public=True)
            paths.setdefault(path, {})[method] = about_it
    return paths
