"""A Ghost post as its interfaces give it, every field that matters filled; a test overrides what it is about."""

from __future__ import annotations

from typing import Any

BODY = (
    "<p>KURSK, Russia — The night ferry crosses the bay again, its crew said on Tuesday.</p>"
    '<figure class="kg-card kg-bookmark-card"><a class="kg-bookmark-container" href="https://bay.example/older-story/">'
    '<div class="kg-bookmark-content"><div class="kg-bookmark-title">Why the ferry stopped</div>'
    '<div class="kg-bookmark-description">Eleven years &amp; three owners.</div>'
    '<div class="kg-bookmark-metadata"><img class="kg-bookmark-icon" src="https://bay.example/i.png" alt="">'
    '<span class="kg-bookmark-author">Bay Wire</span><span class="kg-bookmark-publisher">Ann Writer</span></div></div>'
    '<div class="kg-bookmark-thumbnail"><img src="https://bay.example/t.jpg" alt=""></div></a></figure>'
    "<p>Tickets are on sale.</p>"
)


def an_author(**over: Any) -> dict[str, Any]:
    return {
        "id": "1",
        "name": "Ann Writer",
        "slug": "ann",
        "email": "ann@private.example",
        "profile_image": "https://bay.example/content/images/ann.jpg",
        "cover_image": None,
        "bio": "Reports from the harbour.",
        "website": "https://ann.example",
        "location": "Bay City",
        "facebook": "annwriter",
        "twitter": "@annwriter",
        "bluesky": "ann.bay.example",
        "mastodon": "@ann@social.example",
        "comment_notifications": True,
        "url": "https://bay.example/author/ann/",
    } | over


def a_tag(name: str = "Ferries", **over: Any) -> dict[str, Any]:
    slug = name.lower()
    return {
        "id": f"t-{slug}",
        "name": name,
        "slug": slug,
        "visibility": "public",
        "url": "https://bay.example/x",
    } | over


def a_post(**over: Any) -> dict[str, Any]:
    return {
        "id": "63a1f0c2b4d5e6f708192a3b",
        "uuid": "00000000-0000-4000-8000-000000000001",
        "title": "Ferry returns after eleven years",
        "slug": "ferry-returns",
        "html": BODY,
        "status": "published",
        "visibility": "public",
        "created_at": "2026-11-22T09:00:00.000+02:00",
        "updated_at": "2026-11-22T12:30:00.000+02:00",
        "published_at": "2026-11-22T12:00:00.000+02:00",
        "url": "https://bay.example/ferry-returns/",
        "canonical_url": None,
        "custom_excerpt": "The night ferry is back.",
        "feature_image": "https://bay.example/content/images/ferry.jpg",
        "feature_image_alt": "A white ferry at a pier",
        "feature_image_caption": '<span style="white-space: pre-wrap;">The ferry.<br>Photo: Bo Lens &amp; Co</span>',
        "codeinjection_head": "<script>track()</script>",
        "authors": [an_author()],
        "primary_author": an_author(),
        "tags": [a_tag(), a_tag("#Internal", visibility="internal")],
        "primary_tag": a_tag(),
    } | over


def a_hook(post: dict[str, Any] | None = None, previous: dict[str, Any] | None = None) -> dict[str, Any]:
    return {"post": {"current": a_post() if post is None else post, "previous": previous or {}}}
