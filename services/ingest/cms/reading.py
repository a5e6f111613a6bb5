"""Makes one reading of the posts that came of a content system; asking for them is left to its reader."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from hashlib import blake2b

import orjson
import structlog

from services.ingest.cms.passed import Passed
from services.ingest.cms.roll import Roll
from services.ingest.cms.values import Object
from services.ingest.document import Document, Withdrawal
from services.ingest.reader import Same, Took
from services.ingest.source import Source
from services.ingest.submission import Submission

log = structlog.get_logger()

WITHDRAWN = "It is no longer published at its source."


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What a system said: its posts, the state to keep, and the guids of what it no longer shows.

    `before` are the guids of what was withdrawn earlier: such a post is published again, in so many words.
    The state's notes hold the site's name and home as `title` and `home`.
    """

    posts: Sequence[Object]
    roll: Roll
    withdrawn: Sequence[str] = ()
    before: Collection[str] = ()


def reading(source: Source, heard: Heard, mapped: Sequence[Submission | Passed]) -> Took | Same:
    """Return what was read, newest first; `Same` when word for word the same posts came the last time."""
    fields = {"cursor": heard.roll.write(), "body_hash": _digest(heard)}
    if fields["body_hash"] == source.health.body_hash and not heard.withdrawn:
        return Same(fields=fields)
    passed = [post for post in mapped if isinstance(post, Passed)]
    for reason, count in Counter(post.reason for post in passed).items():
        log.info("posts.passed", source=source.settings.id, reason=reason, count=count)
    document = Document(
        submissions=tuple(_again(post, heard.before) for post in mapped if isinstance(post, Submission)),
        withdrawals=tuple(Withdrawal(guid=guid, reason=WITHDRAWN) for guid in heard.withdrawn),
        title=heard.roll.notes.get("title") or None,
        home=heard.roll.notes.get("home") or None,
        lost=tuple(f"post {post.id}: {post.reason}" for post in passed if post.faulty),
    )
    return Took(document=document, fields=fields)


def _again(post: Submission, before: Collection[str]) -> Submission:
    return post.model_copy(update={"status": "usable"}) if post.guid in before else post


def _digest(heard: Heard) -> str:
    written = orjson.dumps(list(heard.posts), option=orjson.OPT_SORT_KEYS)
    return blake2b(written, digest_size=16).hexdigest()
