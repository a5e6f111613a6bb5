"""Routes that show what was sent to a subscription: its log of attempts, and one of them with its request."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Container, Mapping
from dataclasses import dataclass
from typing import Any, cast, get_args

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from services.syndication.webhooks.api.access import ONE, Access, answer
from services.syndication.webhooks.as_sent import AsSent, Shown
from services.syndication.webhooks.attempt_log import AttemptLog
from services.syndication.webhooks.headlines import Headlines
from services.syndication.webhooks.outcomes import Verdict
from services.syndication.webhooks.store import NOTICES_FROM
from shared.auth import Admin, Principal
from shared.problems import problem
from shared.requests import whole_number
from shared.times import rfc3339_of

_LOG_ENTRY = re.compile(r"[1-9][0-9]{0,18}-[0-9]{1,19}")
READ = 200
FAILED = frozenset(("retry", "gave_up", "refused", "disabled", "unknown"))
OUTCOMES: Mapping[str, Container[str]] = {
    "": frozenset(get_args(Verdict)),
    "failed": FAILED,
    **{name: frozenset((name,)) for name in get_args(Verdict)},
}
"""What `outcome` of the log may ask for, and which outcomes that is."""


TOGETHER_MS = 2_000
"""What went in one request was logged within."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LogRoutes:
    """The attempts of one subscription."""

    access: Access
    log: AttemptLog
    as_sent: AsSent
    headlines: Headlines

    @property
    def routes(self) -> list[Route]:
        """The routes."""
        guarded = self.access.guarded
        return [
            Route(f"{ONE}/deliveries", guarded(self._deliveries), methods=["GET"]),
            Route(f"{ONE}/deliveries/{{entry}}", guarded(self._delivery), methods=["GET"]),
        ]

    async def _deliveries(self, request: Request, principal: Principal) -> Response:
        found = await self.access.own(request, principal)
        limit = whole_number(request, "limit", 50, least=1, most=200)
        if isinstance(found, Response) or isinstance(limit, Response):
            return found if isinstance(found, Response) else cast("Response", limit)
        before = request.query_params.get("before")
        if before is not None and not _LOG_ENTRY.fullmatch(before):
            return problem(422, "before must be the `next` of an earlier answer", errors=[("before", "not a cursor")])
        outcome = request.query_params.get("outcome", "")
        if outcome not in OUTCOMES:
            wanted = ", ".join(name for name in OUTCOMES if name)
            return problem(422, f"outcome must be one of {wanted}", errors=[("outcome", "not one of these")])
        shown = await self._logged(found.id, before, limit, OUTCOMES[outcome])
        if request.query_params.get("headlines") == "true":
            shown = await self._named(principal, shown)
        return answer({"deliveries": shown, "next": shown[-1]["id"] if len(shown) == limit else None})

    async def _named(self, principal: Principal, attempts: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Return attempts with what their articles are called, each of which is looked up once."""
        ids = {attempt["article_id"] for attempt in attempts if attempt["seq"] < NOTICES_FROM}
        found = await asyncio.gather(*(self.headlines.of(principal, id) for id in ids))
        names = dict(zip(ids, found, strict=True))
        return [{**attempt, "headline": names.get(attempt["article_id"])} for attempt in attempts]

    async def _logged(self, id: str, before: str | None, limit: int, wanted: Container[str]) -> list[dict[str, Any]]:
        """Return logged attempts whose outcome is wanted, newest first; the log is never long."""
        found: list[dict[str, Any]] = []
        # Where all are wanted no more is read than is shown: an attempt may hold 16 KB of an answer.
        size = limit if wanted is OUTCOMES[""] else READ
        while len(found) < limit:
            entries = await self.log.before(id, before, size)
            attempts = (_dated(entry, orjson.loads(attempt)) for entry, attempt in entries)
            found += [_listed(attempt) for attempt in attempts if attempt["outcome"] in wanted]
            if len(entries) < size:
                break
            before = entries[-1][0]
        return found[:limit]

    async def _delivery(self, request: Request, principal: Principal) -> Response:
        found, entry = await self.access.own(request, principal), request.path_params["entry"]
        if isinstance(found, Response):
            return found
        known = await self.log.one(found.id, entry) if _LOG_ENTRY.fullmatch(entry) else None
        if known is None:
            return problem(404, "there is no such delivery; the oldest are not kept")
        attempt = orjson.loads(known)
        together = await self._together(found.id, entry, attempt)
        made = await self.as_sent.of(found, together, whole=isinstance(principal, Admin))
        told = _told(made) if isinstance(made, Shown) else None
        more = {"request": told, "unshown": None if told else made, "together": len(together)}
        [named] = await self._named(principal, [_dated(entry, attempt)])
        return answer(named | more)

    async def _together(self, id: str, entry: str, attempt: dict[str, Any]) -> list[dict[str, Any]]:
        """Return the attempts that were logged of one request, in the order in which they stood there."""
        if "request" not in attempt:
            return [attempt]
        around = f"{int(entry.partition('-')[0]) + TOGETHER_MS}-0"
        near = [orjson.loads(each) for _, each in await self.log.before(id, around, READ)]
        named = attempt["webhook_id"], attempt["request"]["at"]
        ours = [each for each in near if (each["webhook_id"], each.get("request", {}).get("at")) == named]
        return ours[::-1] or [attempt]


def _dated(entry: str, attempt: Mapping[str, Any]) -> dict[str, Any]:
    """Return a logged attempt with its place in the log; its moments, which are kept as Unix times, in words."""
    told = {name: rfc3339_of(attempt[name]) for name in ("at", "next_attempt") if attempt.get(name) is not None}
    return {"id": entry, **attempt, **told}


def _listed(attempt: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in attempt.items() if name != "request"}


def _told(made: Shown) -> dict[str, Any]:
    body = made.body.decode("utf-8", "replace")
    told = {"method": "POST", "url": made.url, "headers": made.headers, "body": body}
    return {**told, "same": made.same, "reached": made.reached}
