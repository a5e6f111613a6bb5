"""Reads WordPress sites by their REST API: what changed since the last time, and what is no longer published."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from services.ingest.cms.reading import Heard, reading
from services.ingest.cms.roll import KNOWN, Roll
from services.ingest.cms.values import Object, address, document, language, objects, prose
from services.ingest.fetch import Failed, Fetched, Gone, NotModified, Throttled
from services.ingest.reader import Ask, Reading
from services.ingest.source import Source
from services.ingest.wordpress.post import guid_of, submission_of

JSON = "application/json"
PAGE = 50
MOST_PAGES = 10
EMBED = "author,wp:featuredmedia,wp:term"
OVERLAP = timedelta(hours=2)
"""Asked for again each time: times are the site's own, which are put back by an hour once a year."""

NotRead = NotModified | Throttled | Gone | Failed
ROUTE, PRETTY = "rest_route", "/wp-json/"


@dataclass(frozen=True, slots=True)
class _Api:
    """A site's REST API; `root` ends in /wp-json/, or is the home of a site without pretty addresses."""

    root: str
    ask: Ask

    async def __call__(self, what: str, query: Mapping[str, str]) -> Any:
        """Return JSON, or why there is none."""
        if PRETTY in self.root:
            asked = f"{self.root}{what}?{urlencode(query)}"
        else:
            asked = f"{self.root}?{urlencode({ROUTE: f'/{what}', **query})}"
        answer = await self.ask(asked, accept=JSON)
        if isinstance(answer, Failed) and answer.status in (401, 403):
            return Failed(f"{answer.reason}: the site does not show its REST API to strangers", answer.status)
        if not isinstance(answer, Fetched):
            return answer
        said = await asyncio.to_thread(document, answer.body)
        return said if said is not None else Failed("what came is not the JSON of a WordPress REST API")


@dataclass(frozen=True, slots=True)
class _Site:
    """Where a source's posts are: the API's root, the route below it, and what else is asked of it."""

    roots: tuple[str, ...]
    route: str = "wp/v2/posts"
    query: Mapping[str, str] | None = None


async def read(source: Source, ask: Ask) -> Reading:
    """Read what changed since the last time, oldest change first; of a new source, the newest posts.

    A post that is missing from two readings in a row is withdrawn.
    """
    site, roll = site_of(source.settings.url or ""), Roll.read(source.health.cursor)
    met = await _introduced(site, roll, ask)
    if not isinstance(met, Roll):
        return met
    api, roll = _Api(met.notes["root"], ask), met
    posts = await (_changed(api, site, roll) if roll.at else _newest(api, site, source.settings.first_items))
    if not isinstance(posts, list):
        return posts
    before = {_guid(entry) for entry in roll.gone}
    roll = roll.after(_modified(posts[-1]) if posts else "", [_entry(post) for post in reversed(posts)])
    roll, withdrawn = await _missed(api, site, roll, posts)
    mapped = await asyncio.to_thread(
        lambda: [submission_of(post, source.settings, roll.notes.get("language")) for post in reversed(posts)]
    )
    heard = Heard(posts=posts, roll=roll, withdrawn=withdrawn, before=before)
    return reading(source, heard, mapped)


def site_of(url: str) -> _Site:
    """Return where to ask: a home, the root of an API, or a route of it with a query of its own."""
    parts = urlsplit(url)
    query = dict(parse_qsl(parts.query, max_num_fields=50))
    route = query.pop(ROUTE, "").strip("/")
    path, pretty, below = parts.path.partition(PRETTY)
    home = urlunsplit((parts.scheme, parts.netloc, f"{path.rstrip('/')}/" if pretty else parts.path or "/", "", ""))
    if not pretty and not home.endswith("/"):
        home += "/"
    roots = (home,) if route else (f"{home}wp-json/",) if pretty else (f"{home}wp-json/", home)
    return _Site(roots, route or below.strip("/") or "wp/v2/posts", query if route or below else None)


async def _introduced(site: _Site, roll: Roll, ask: Ask) -> Roll | NotRead:
    """Note the API's root, and the site's name, home and language; they are looked for once."""
    if "root" in roll.notes:
        return roll
    refused: NotRead = Failed("there is no WordPress REST API below the source's url")
    for root in site.roots:
        said = await _Api(root, ask)("", {"_fields": "name,home,url,namespaces,language,site_lang"})
        if isinstance(said, dict) and "name" in said:
            home = address(said.get("home")) or address(said.get("url")) or ""
            spoken = language(said.get("language") or said.get("site_lang")) or ""
            return roll.noted(root=root, title=prose(said["name"], 300) or "", home=home, language=spoken)
        if isinstance(said, Throttled | Gone):
            return said
        if isinstance(said, Failed) and said.status != 404:
            refused = said
    return refused


async def _newest(api: _Api, site: _Site, first_items: int) -> list[Object] | NotRead:
    """Ask for a new source's newest posts, some more than are published, and for those that changed last.

    All are known of then: else what changed last would come with the next poll as if it were new.
    """
    found: dict[str, Object] = {}
    for orderby in ("modified", "date"):
        query = _query(site, orderby=orderby, order="desc", per_page=str(min(100, max(PAGE, first_items))))
        posts = _listed(await api(site.route, query))
        if not isinstance(posts, list):
            return posts
        found |= {_entry(post): post for post in posts}
    return sorted(found.values(), key=_modified)


async def _changed(api: _Api, site: _Site, roll: Roll) -> list[Object] | NotRead:
    """Ask for what changed since shortly before the latest change known, page by page.

    Each page begins where the last one ended, for posts that change meanwhile shift the numbers of pages. A
    WordPress older than 5.7 does not know `modified_after` and gives all its posts: it is asked for the last ones.
    """
    since, page = _before(roll.at, OVERLAP), 1
    found: dict[str, Object] = {}
    for _ in range(MOST_PAGES):
        told = {"orderby": "modified", "order": "asc", "modified_after": since, "page": str(page)}
        posts = _listed(await api(site.route, _query(site, per_page=str(PAGE), **told)))
        if isinstance(posts, Failed) and posts.status == 400 and page > 1:
            break  # past the last page
        if not isinstance(posts, list):
            return posts
        if any(_modified(post) < since for post in posts):
            return await _latest(api, site, since)
        found |= {_entry(post): post for post in posts}
        if len(posts) < PAGE:
            break
        reached = _before(_modified(posts[-1]), timedelta(seconds=1))
        since, page = (since, page + 1) if reached <= since else (reached, 1)
    return sorted(found.values(), key=_modified)


async def _latest(api: _Api, site: _Site, since: str) -> list[Object] | NotRead:
    """Ask for the posts changed last until they are older than `since`."""
    found: dict[str, Object] = {}
    for page in range(1, MOST_PAGES + 1):
        query = _query(site, orderby="modified", order="desc", per_page=str(PAGE), page=str(page))
        posts = _listed(await api(site.route, query))
        if isinstance(posts, Failed) and posts.status == 400 and page > 1:
            break
        if not isinstance(posts, list):
            return posts
        found |= {_entry(post): post for post in posts if _modified(post) >= since}
        if len(posts) < PAGE or any(_modified(post) < since for post in posts):
            break
    return sorted(found.values(), key=_modified)


async def _missed(api: _Api, site: _Site, roll: Roll, found: list[Object]) -> tuple[Roll, tuple[str, ...]]:
    """Ask which of the posts known are still published; an answer that is no list of posts tells nothing."""
    fresh = {_entry(post) for post in found}
    asked = {entry.partition(" ")[0]: entry for entry in roll.posts if entry not in fresh}
    if not asked:
        return roll, ()
    query = {"include": ",".join(asked), "_fields": "id", "per_page": str(KNOWN)}
    said = await api(site.route, query)
    if not isinstance(said, list):
        return roll, ()
    present = {asked[str(post["id"])] for post in objects(said) if str(post.get("id")) in asked}
    roll, gone = roll.called(fresh | present)
    return roll, tuple(map(_guid, gone))


def _query(site: _Site, **more: str) -> dict[str, str]:
    return {**(site.query or {}), "_embed": EMBED, **more}


def _listed(said: Any) -> list[Object] | NotRead:
    """Return the posts of an answer that can be told apart and placed in time."""
    if isinstance(said, NotModified | Throttled | Gone | Failed):
        return said
    if not isinstance(said, list):
        return Failed("what came is not a list of WordPress posts")
    return sorted((post for post in objects(said) if _whole(post)), key=_modified)


def _whole(post: Object) -> bool:
    return isinstance(post.get("id"), int) and bool(guid_of(post)) and bool(_modified(post))


def _entry(post: Object) -> str:
    """Return how a post stands on the roll: the number to ask by and the guid it is known by."""
    return f"{post['id']} {guid_of(post)}"


def _guid(entry: str) -> str:
    return entry.partition(" ")[2]


def _modified(post: Object) -> str:
    """Return when a post changed by the site's own clock, which is the one that `modified_after` is held to."""
    try:
        return datetime.fromisoformat(str(post.get("modified") or post.get("date"))).replace(tzinfo=None).isoformat()
    except ValueError:
        return ""


def _before(at: str, by: timedelta) -> str:
    try:
        return (datetime.fromisoformat(at) - by).isoformat()
    except OverflowError:  # the first day of the year 1, which a site's clock may say
        return at
