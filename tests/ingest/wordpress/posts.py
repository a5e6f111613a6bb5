"""A post of WordPress' REST API with its embeds, every field that matters filled."""

from __future__ import annotations

from typing import Any

CONTENT = (
    "<p>The night ferry crosses the bay again.</p>\n"
    '<figure class="wp-block-image size-large"><img src="https://bay.example/wp-content/uploads/2026/11/pier.jpg" '
    'alt="The pier" width="1024" height="683"/><figcaption>The pier at dawn. Photo: Bo Lens</figcaption></figure>\n'
    '<figure class="wp-block-embed is-type-wp-embed"><div class="wp-block-embed__wrapper">'
    '<blockquote class="wp-embedded-content"><a href="https://bay.example/older/">Why the ferry stopped</a>'
    "</blockquote></div></figure>\n<p>Tickets are on sale.</p>\n"
)


def a_term(slug: str, name: str, taxonomy: str = "category") -> dict[str, Any]:
    return {"id": 1, "link": f"https://bay.example/{slug}/", "name": name, "slug": slug, "taxonomy": taxonomy}


def an_author(**over: Any) -> dict[str, Any]:
    return {
        "id": 3,
        "name": "Ann Writer",
        "url": "https://ann.example",
        "description": "Reports from the harbour.",
        "link": "https://bay.example/author/ann/",
        "slug": "ann",
        "avatar_urls": {
            "24": "https://a.example/?s=24",
            "96": "https://a.example/?s=96",
            "48": "https://a.example/?s=48",
        },
    } | over


def a_media(**over: Any) -> dict[str, Any]:
    return {
        "id": 9,
        "alt_text": "A white ferry",
        "caption": {"rendered": "<p>The ferry &amp; its crew.</p>\n"},
        "media_type": "image",
        "mime_type": "image/jpeg",
        "source_url": "https://bay.example/wp-content/uploads/2026/11/ferry.jpg",
        "media_details": {
            "width": 2000,
            "height": 1333,
            "filesize": 345_678,
            "image_meta": {"credit": "Bo Lens/Agency", "copyright": "", "caption": ""},
        },
    } | over


def a_post(number: int = 7, **over: Any) -> dict[str, Any]:
    embedded = {
        "author": [an_author()],
        "wp:featuredmedia": [a_media()],
        "wp:term": [
            [a_term("uncategorized", "Uncategorized"), a_term("harbour", "Harbour &amp; Coast")],
            [a_term("ferries", "Ferries", "post_tag")],
            [a_term("hidden", "Hidden", "post_format")],
        ],
    }
    return {
        "id": number,
        "date": "2026-11-22T12:00:00",
        "date_gmt": "2026-11-22T10:00:00",
        "guid": {"rendered": f"https://bay.example/?p={number}"},
        "modified": "2026-11-22T12:30:00",
        "modified_gmt": "2026-11-22T10:30:00",
        "slug": "ferry-returns",
        "status": "publish",
        "type": "post",
        "link": "https://bay.example/2026/11/ferry-returns/",
        "title": {"rendered": "Ferry returns &#8211; after eleven years"},
        "content": {"rendered": CONTENT, "protected": False},
        "excerpt": {"rendered": "<p>The night ferry is back.</p>\n", "protected": False},
        "author": 3,
        "sticky": False,
        "_embedded": embedded,
    } | over
