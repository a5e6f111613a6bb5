"""A Ghost post, from hook or Content API, as a submission; whether it is news is left to intake."""

from __future__ import annotations

from typing import Any

from pydantic import ValidationError

from services.ingest.cms.body import body_of, with_lead
from services.ingest.cms.passed import Passed
from services.ingest.cms.values import Object, address, language, moment, object_of, objects, prose, text
from services.ingest.ghost.people import authors_of
from services.ingest.source import Settings
from services.ingest.submission import LONGEST_BODY, ImageInput, Submission

LONG = f"its body is longer than {LONGEST_BODY} characters"
PUBLISHED = "published"


def submission_of(post: Object, settings: Settings, locale: str | None = None) -> Submission | Passed:
    """Return a published post as a submission, the same for the same post whichever way it came.

    Its guid is the post's id, as in Ghost's own RSS. Code injection, e-mail addresses and settings stay out.
    `locale` is the site's language.
    """
    id = text(post.get("id"), 64) or ""
    refusal = _refusal(post, id, settings)
    if refusal is not None:
        return Passed(id, refusal)
    if len(str(post.get("html") or "")) > LONGEST_BODY:
        return Passed(id, LONG, faulty=True)
    try:
        return Submission.model_validate(_fields(post, settings, locale))
    except ValidationError as error:
        wrong = {str(fault["loc"][0]) for fault in error.errors(include_input=False) if fault["loc"]}
        return Passed(id, f"these of its fields cannot be taken: {', '.join(sorted(wrong))}", faulty=True)


def _refusal(post: Object, id: str, settings: Settings) -> str | None:
    if not id:
        return "it has no id"
    if post.get("status", PUBLISHED) != PUBLISHED:
        return f"it is {text(post['status'], 40) or 'not published'}"
    if post.get("visibility", "public") != "public" and not settings.members_only:
        return "it is for members only"
    if post.get("access") is False:
        return "its text is held back from who is no member"
    return None


def _fields(post: Object, settings: Settings, locale: str | None) -> dict[str, Any]:
    url, headline = address(post.get("url")), text(post.get("title"), 1_000) or ""
    body = body_of(str(post.get("html") or ""), url or settings.url, headline, settings.selectors)
    primary = object_of(post.get("primary_tag"))
    return {
        "source": {"id": settings.id},
        "guid": text(post.get("id"), 64),
        "url": url,
        "canonical_url": address(post.get("canonical_url")),
        "headline": headline,
        "summary": text(post.get("custom_excerpt"), 20_000),
        "body_html": body.html,
        "authors": authors_of(post, settings.author_role),
        "categories": _tags(post),
        "images": with_lead(_lead(post), body.images),
        "related": body.related,
        "section": text(primary.get("name")) if _public(primary) else None,
        "language": language(post.get("locale")) or language(locale),
        "published_at": moment(post.get("published_at")),
        "updated_at": moment(post.get("updated_at")),
    }


def _public(tag: Object) -> bool:
    """Tell whether readers see a tag; internal ones begin with # and order things behind the scenes."""
    return tag.get("visibility", "public") == "public" and not str(tag.get("name") or "#").startswith("#")


def _tags(post: Object) -> list[dict[str, Any]]:
    tags = [tag for tag in objects(post.get("tags")) if _public(tag)]
    named = [(text(tag.get("slug")) or text(tag.get("name")), text(tag.get("name"))) for tag in tags]
    return [{"term": term, "scheme": "tag", "label": label} for term, label in named if term]


def _lead(post: Object) -> ImageInput | None:
    """Return the feature image; an alternative text that only repeats the title says nothing of the picture."""
    url = address(post.get("feature_image"))
    if url is None:
        return None
    alt, caption = text(post.get("feature_image_alt"), 20_000), prose(post.get("feature_image_caption"))
    return ImageInput(url=url, alt=None if alt == text(post.get("title")) else alt, caption=caption, lead=True)
