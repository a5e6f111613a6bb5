"""Reads Ghost sites by their Content API: what changed since the last time, and what is no longer published."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC
from urllib.parse import urlencode, urlsplit, urlunsplit

from services.ingest.cms.reading import Heard, reading
from services.ingest.cms.roll import KNOWN, Roll
from services.ingest.cms.values import Object, address, document, language, moment, object_of, objects, text
from services.ingest.fetch import Failed, Fetched, Gone, NotModified, Throttled
from services.ingest.ghost.post import submission_of
from services.ingest.reader import Ask, Reading, Same
from services.ingest.source import Source

HEADERS = {"Accept-Version": "v5.0"}
JSON = "application/json"
PAGE = 50
MOST_PAGES = 10
"""Five hundred posts at once; what is left comes with the next poll, for the oldest changes are read first."""

NotRead = NotModified | Throttled | Gone | Failed


@dataclass(frozen=True, slots=True)
class _Api:
    """A site's Content API. Its addresses hold the key and are shown nowhere."""

    root: str
    key: str
    ask: Ask

    async def __call__(self, what: str, **query: str) -> Object | NotRead:
        address = f"{self.root}ghost/api/content/{what}/?{urlencode({'key': self.key, **query})}"
        answer = await self.ask(address, accept=JSON, headers=HEADERS)
        if isinstance(answer, Failed) and answer.status in (401, 403):
            return Failed(f"{answer.reason}: the Content API does not know the key", answer.status)
        if isinstance(answer, Failed) and answer.status == 404:
            return Failed(f"{answer.reason}: there is no Ghost Content API below the source's url", answer.status)
        if not isinstance(answer, Fetched):
            return answer
        said = await asyncio.to_thread(document, answer.body)
        return said if isinstance(said, dict) else Failed("what came is not the JSON of a Ghost Content API")


async def read(source: Source, ask: Ask) -> Reading:
    """Read what changed since the last time, oldest change first; of a new source, the newest posts.

    A source without a key lives by its hooks alone. A post that is missing from two readings in a row is withdrawn.
    """
    settings = source.settings
    if not settings.key:
        return Same() if settings.secret else Failed("a ghost source needs the key of its Content API")
    api, roll = _Api(root_of(settings.url or ""), settings.key, ask), Roll.read(source.health.cursor)
    posts = await (_changed(api, roll) if roll.at else _newest(api, settings.first_items))
    if not isinstance(posts, list):
        return posts
    before = roll.gone
    roll = roll.after(_latest(posts), [str(post["id"]) for post in reversed(posts)])
    roll = await _introduced(api, roll)
    roll, withdrawn = await _missed(api, roll, posts)
    mapped = await asyncio.to_thread(
        lambda: [submission_of(post, settings, roll.notes.get("language")) for post in reversed(posts)]
    )
    heard = Heard(posts=posts, roll=roll, withdrawn=withdrawn, before=before)
    return reading(source, heard, mapped)


def root_of(url: str) -> str:
    """Return where a Ghost site begins, with a slash at its end, of its home or any address of its API."""
    parts = urlsplit(url)
    path = parts.path.partition("/ghost/")[0].rstrip("/")
    return urlunsplit((parts.scheme, parts.netloc, f"{path}/", "", ""))


async def _newest(api: _Api, first_items: int) -> list[Object] | NotRead:
    """Ask for a new source's newest posts: some more than are published, so that the rest is known of.

    So are those that changed last, though they may be old: else they would come with the next poll as if new.
    """
    found: dict[str, Object] = {}
    for order in ("updated_at desc", "published_at desc"):
        answer = await api("posts", **_posts(order=order, limit=str(min(100, max(PAGE, first_items)))))
        posts = _listed(answer) if isinstance(answer, Mapping) else answer
        if not isinstance(posts, list):
            return posts
        found |= {str(post["id"]): post for post in posts}
    return sorted(found.values(), key=_changed_at)


async def _changed(api: _Api, roll: Roll) -> list[Object] | NotRead:
    """Ask for what changed at or after the latest change known: two may have changed within its second.

    Each page begins where the last one ended, for posts that change meanwhile shift the numbers of pages.
    """
    since, page = _seconds(roll.at), 1
    found: dict[str, Object] = {}
    for _ in range(MOST_PAGES):
        query = _posts(order="updated_at asc", limit=str(PAGE), page=str(page), filter=f"updated_at:>='{since}'")
        answer = await api("posts", **query)
        posts = _listed(answer) if isinstance(answer, Mapping) else answer
        if not isinstance(posts, list):
            return posts
        found |= {str(post["id"]): post for post in posts}
        if len(posts) < PAGE:
            break
        reached = _seconds(_changed_at(posts[-1]))
        since, page = reached, page + 1 if reached == since else 1
    return sorted(found.values(), key=_changed_at)


def _seconds(changed: str) -> str:
    """Return a moment as Ghost's databases write it."""
    return changed[:19].replace("T", " ")


def _posts(**query: str) -> dict[str, str]:
    return {"include": "authors,tags", "formats": "html", **query}


def _listed(answer: Object) -> list[Object] | Failed:
    """Return the posts of an answer that can be told apart and placed in time."""
    if not isinstance(answer.get("posts"), list):
        return Failed("what came is not the JSON of a Ghost Content API")
    return [post for post in objects(answer["posts"]) if text(post.get("id"), 64) and moment(post.get("updated_at"))]


def _changed_at(post: Object) -> str:
    """Return when a post changed in UTC, so that texts compare as moments do."""
    changed = moment(post.get("updated_at"))
    return changed.astimezone(UTC).isoformat(timespec="milliseconds") if changed else ""


def _latest(posts: list[Object]) -> str:
    return _changed_at(posts[-1]) if posts else ""


async def _introduced(api: _Api, roll: Roll) -> Roll:
    """Note the site's name, home and language; they are asked for once."""
    if "language" in roll.notes:
        return roll
    answer = await api("settings")
    if not isinstance(answer, Mapping):
        return roll
    site = object_of(answer.get("settings"))
    spoken = language(site.get("locale")) or language(site.get("lang")) or ""
    return roll.noted(language=spoken, title=text(site.get("title")) or "", home=address(site.get("url")) or "")


async def _missed(api: _Api, roll: Roll, found: list[Object]) -> tuple[Roll, tuple[str, ...]]:
    """Ask which of the posts known are still published; an answer that is no list of posts tells nothing."""
    fresh = {str(post["id"]) for post in found}
    asked = [id for id in roll.posts if id not in fresh and id.isalnum()]
    if not asked:
        return roll, ()
    answer = await api("posts", fields="id", limit=str(KNOWN), filter=f"id:[{','.join(asked)}]")
    if not isinstance(answer, Mapping) or not isinstance(answer.get("posts"), list):
        return roll, ()
    return roll.called(fresh | {str(post.get("id")) for post in objects(answer["posts"])})
