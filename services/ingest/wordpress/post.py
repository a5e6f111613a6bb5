"""A post of WordPress' REST API as a submission; whether it is news is left to intake."""

from __future__ import annotations

import re
from typing import Any

from pydantic import ValidationError

from services.ingest.cms.body import body_of, with_lead
from services.ingest.cms.passed import Passed
from services.ingest.cms.values import Object, address, language, moment, object_of, objects, prose, text, whole
from services.ingest.source import Settings
from services.ingest.submission import LONGEST_BODY, LONGEST_URL, ImageInput, Submission
from services.ingest.wordpress.people import authors_of

LONG = f"its body is longer than {LONGEST_BODY} characters"
PUBLISHED = "publish"
CATEGORY, TAG = "category", "post_tag"
NO_CATEGORY = "uncategorized"
MADE = re.compile(
    r" ?(?:\[?(?:…|\.\.\.)\]?)?(?: ?(?:continue reading|read more|weiterlesen|lire la suite)\b.{0,300})?$",
    re.IGNORECASE,
)
"""How an excerpt ends that WordPress made of the first words."""


def submission_of(post: Object, settings: Settings, locale: str | None = None) -> Submission | Passed:
    """Return a published post as a submission; `locale` is the site's language.

    Its guid is WordPress' own, as in the site's feeds.
    """
    id = str(post.get("id") or "")[:20]
    refusal = _refusal(post, id)
    if refusal is not None:
        return Passed(id, refusal)
    if len(_rendered(post.get("content"))) > LONGEST_BODY:
        return Passed(id, LONG, faulty=True)
    try:
        return Submission.model_validate(_fields(post, settings, locale))
    except ValidationError as error:
        wrong = {str(fault["loc"][0]) for fault in error.errors(include_input=False) if fault["loc"]}
        return Passed(id, f"these of its fields cannot be taken: {', '.join(sorted(wrong))}", faulty=True)


def guid_of(post: Object) -> str:
    """Return what a post is known by: WordPress' guid, which stays when its address changes."""
    return text(_rendered(post.get("guid")), LONGEST_URL) or address(post.get("link")) or ""


def _refusal(post: Object, id: str) -> str | None:
    if not id or not guid_of(post):
        return "it has no id"
    if post.get("status", PUBLISHED) != PUBLISHED:
        return f"it is {text(post.get('status'), 40) or 'not published'}"
    if object_of(post.get("content")).get("protected") is True:
        return "it is behind a password"
    return None


def _fields(post: Object, settings: Settings, locale: str | None) -> dict[str, Any]:
    url, headline = address(post.get("link")), prose(_rendered(post.get("title")), 1_000) or ""
    body = body_of(_rendered(post.get("content")), url or settings.url, headline, settings.selectors)
    terms = _terms(post)
    canonical = address(object_of(post.get("yoast_head_json")).get("canonical"))
    return {
        "source": {"id": settings.id},
        "guid": guid_of(post),
        "url": url,
        "canonical_url": canonical if canonical != url else None,
        "headline": headline,
        "summary": _summary(post),
        "body_html": body.html,
        "authors": authors_of(post),
        "categories": terms,
        "images": with_lead(_lead(post, headline), body.images),
        "related": body.related,
        "section": next((term["label"] for term in terms if term["scheme"] == CATEGORY), None),
        "language": language(post.get("lang")) or language(locale),
        "published_at": moment(post.get("date_gmt"), utc=True),
        "updated_at": moment(post.get("modified_gmt"), utc=True),
    }


def _rendered(value: Any) -> str:
    """Return the text of a field that WordPress gives as an object; a bare text is its own."""
    inner = value.get("rendered") if isinstance(value, dict) else value
    return inner if isinstance(inner, str) else ""


def _summary(post: Object) -> str | None:
    """Return an excerpt that somebody wrote; one that only repeats how the text begins is none."""
    if object_of(post.get("excerpt")).get("protected") is True:
        return None
    said, begins = prose(_rendered(post.get("excerpt"))), prose(_rendered(post.get("content")), 30_000) or ""
    bare = MADE.sub("", said or "").rstrip()
    return None if not bare or (bare != said and begins.startswith(bare[:200])) or begins == bare else said


def _terms(post: Object) -> list[dict[str, str]]:
    """Return categories and tags; a term's scheme is its taxonomy."""
    lists = object_of(post.get("_embedded")).get("wp:term")
    found: dict[tuple[str, str], dict[str, str]] = {}
    for term in (term for terms in (lists if isinstance(lists, list) else [])[:20] for term in objects(terms)):
        slug, scheme, label = text(term.get("slug")), text(term.get("taxonomy")), prose(term.get("name"), 300)
        if slug and scheme in (CATEGORY, TAG) and label and slug != NO_CATEGORY:
            found.setdefault((scheme, slug), {"term": slug, "scheme": scheme, "label": label})
    return list(found.values())[:200]


def _lead(post: Object, headline: str) -> ImageInput | None:
    media = next(iter(objects(object_of(post.get("_embedded")).get("wp:featuredmedia"))), {})
    url = address(media.get("source_url"))
    if url is None or media.get("media_type", "image") != "image":
        return None
    details = object_of(media.get("media_details"))
    told, alt = object_of(details.get("image_meta")), text(media.get("alt_text"), 20_000)
    return ImageInput(
        url=url,
        alt=alt if alt != headline else None,
        caption=prose(_rendered(media.get("caption"))) or None,
        credit=text(media.get("credit")) or text(told.get("credit")) or text(told.get("copyright")),
        type=text(media.get("mime_type")),
        width=whole(details.get("width"), 100_000),
        height=whole(details.get("height"), 100_000),
        bytes=whole(details.get("filesize"), 2**40),
        lead=True,
    )
