"""Ghost's webhooks: believed by their signature, answered once what they say is durable; the rest is intake's."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime

import structlog
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from services.ingest.api.answers import answer, busy
from services.ingest.cms.passed import Passed
from services.ingest.cms.roll import Roll
from services.ingest.cms.values import document
from services.ingest.document import Withdrawal
from services.ingest.ghost.hook import Hidden, Other, Shown, refusal, sent_at, told
from services.ingest.ghost.post import submission_of
from services.ingest.ghost.store import Replays
from services.ingest.intake import ContendedError, Intake
from services.ingest.metrics import HOOKS
from services.ingest.pressure import Pressure
from services.ingest.results import Accepted, Refused, Result
from services.ingest.source import Source
from services.ingest.store import SourceStore
from shared.problems import problem
from shared.redis import RedisError
from shared.requests import read_body

log = structlog.get_logger()

BODY_LIMIT = 8 * 1024 * 1024
SIGNATURE = "x-ghost-signature"
UNPUBLISHED = "It is no longer published at its source."
DELETED = "It was deleted at its source."


class GhostHooks:
    """POST /hooks/ghost/{source}, with anything behind it that tells one event's address from another's.

    It never answers 410, for Ghost would delete the hook; nor is a hook repeated that was not taken, which is why
    the Content API is read as well.
    """

    def __init__(
        self,
        sources: SourceStore,
        intake: Intake,
        pressure: Pressure,
        replays: Replays,
        now: Callable[[], datetime],
    ) -> None:
        self._sources, self._intake, self._pressure = sources, intake, pressure
        self._replays, self._now = replays, now

    @property
    def routes(self) -> list[Route]:
        """With an event's name in the path and without."""
        return [
            Route("/hooks/ghost/{source}", self.receive, methods=["POST"]),
            Route("/hooks/ghost/{source}/{event}", self.receive, methods=["POST"]),
        ]

    async def receive(self, request: Request) -> Response:
        """Take in what a hook says: 202 once it is durable, 200 when there was nothing to do. Raises RedisError."""
        reason = self._pressure.reason()
        if reason is not None:
            return busy(f"intake waits: {reason}")
        source = await self._sources.get(request.path_params["source"])
        if source is None or source.settings.kind != "ghost" or not source.settings.active:
            return problem(404, "there is no such ghost source at work here")
        body = await read_body(request, BODY_LIMIT)
        if isinstance(body, Response):
            return body
        if source.settings.shut:
            return busy("the secret of this source cannot be read just now")
        header = request.headers.get(SIGNATURE, "")
        unsigned = self._unsigned(source, body, header)
        if unsigned is not None:
            log.warning("hook.refused", source=source.settings.id, reason=unsigned)
            HOOKS.labels("ghost", "refused").inc()
            return problem(401, unsigned)
        if await self._replays.known(source.settings.id, header):
            return _told({"status": "repeated"})
        try:
            response = await self._act(source, body, sent_at(header))
        except ContendedError as error:
            return busy(str(error))
        if response.status_code < 300:
            await self._remember(source.settings.id, header)
        return response

    def _unsigned(self, source: Source, body: bytes, header: str) -> str | None:
        if not source.settings.secret:
            return "this source has no secret, so its hooks cannot be told from others'"
        unsigned = refusal(source.settings.secret, body, header, self._now().timestamp())
        return unsigned.reason if unsigned is not None else None

    async def _act(self, source: Source, body: bytes, sent: datetime | None) -> Response:
        payload = await asyncio.to_thread(document, body)
        if not isinstance(payload, dict):
            return problem(422, "the body is not a JSON object")
        match told(payload):
            case Shown(post=post, again=again):
                mapped = await asyncio.to_thread(submission_of, post, source.settings, noted_language(source))
                if isinstance(mapped, Passed):
                    return _ignored(source, mapped.reason, mapped.id)
                if again:  # only its source's own word brings back what was taken down
                    mapped = mapped.model_copy(update={"status": "usable"})
                return _taken((await self._intake.accept(source, [mapped]))[0])
            case Hidden(id=id, deleted=deleted, at=at):
                withdrawal = Withdrawal(guid=id, reason=DELETED if deleted else UNPUBLISHED, at=at or sent)
                result = await self._intake.withdraw(source.settings.id, withdrawal)
                return _taken(result) if result is not None else _ignored(source, "it was never published here", id)
            case Other(what=what):
                return _ignored(source, f"it is {what}, not about a post")

    async def _remember(self, source_id: str, header: str) -> None:
        """Keep the signature; when that fails a replay finds every version taken, so the answer stands."""
        try:
            await self._replays.keep(source_id, header)
        except RedisError as error:
            log.warning("hook.not_remembered", source=source_id, error=type(error).__name__)


def noted_language(source: Source) -> str | None:
    """Return the site's language as the reader noted it, so that both ways in tell the same."""
    return Roll.read(source.health.cursor).notes.get("language")


def _taken(result: Result) -> Response:
    if isinstance(result, Refused):
        return _told({"status": "ignored", "reason": f"{result.field} {result.reason}"})
    accepted = isinstance(result, Accepted)
    status = "accepted" if accepted else "unchanged"
    return _told({"status": status, "id": result.article_id, "version": result.version}, 202 if accepted else 200)


def _ignored(source: Source, reason: str, post: str | None = None) -> Response:
    log.info("hook.ignored", source=source.settings.id, post=post, reason=reason)
    return _told({"status": "ignored", "reason": reason})


def _told(said: dict[str, object], status: int = 200) -> Response:
    HOOKS.labels("ghost", said["status"]).inc()
    return answer(said, status)
