"""Pushing and retracting articles over HTTP; what is news is left to intake."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from services.ingest.api.answers import answer, busy
from services.ingest.identity import is_article_id
from services.ingest.intake import ContendedError, Intake
from services.ingest.pressure import Pressure
from services.ingest.results import Accepted, Outdated, Refused, Result, Retracted, Unchanged
from services.ingest.source import Settings
from services.ingest.submission import RetractionInput, Submission
from shared.auth import Guard
from shared.events import Retraction
from shared.idempotency import Idempotency
from shared.own_pictures import homed
from shared.problems import problem
from shared.requests import read_body, read_model

BODY_LIMIT = 1024 * 1024
OLDER = "its updated_at lies before that of the text taken last, which stands"


class Articles:
    """POST /api/v1/articles and POST /api/v1/articles/{id}/retract, for the admin.

    `site` is where the newsroom's own pictures are served.
    """

    def __init__(
        self, intake: Intake, pressure: Pressure, guard: Guard, idempotency: Idempotency, site: str = ""
    ) -> None:
        self._intake, self._pressure, self._guard, self._idempotency = intake, pressure, guard, idempotency
        self._site = site.encode()

    @property
    def routes(self) -> list[Route]:
        """Both of them."""
        return [
            Route("/api/v1/articles", self._guard.admins(self.push), methods=["POST"]),
            Route("/api/v1/articles/{id}/retract", self._guard.admins(self.retract), methods=["POST"]),
        ]

    async def push(self, request: Request) -> Response:
        """Take an article in: 202 once it is durable, 200 when a reader would see no difference."""
        body = await self._body(request)
        if isinstance(body, Response):
            return body
        return await self._idempotency.once(request, body, lambda: self._push(body))

    async def retract(self, request: Request) -> Response:
        """Take an article back: 202 with its last version, 200 when it was taken back before."""
        body = await self._body(request)
        if isinstance(body, Response):
            return body
        return await self._idempotency.once(request, body, lambda: self._retract(request.path_params["id"], body))

    async def _retract(self, id: str, body: bytes) -> Response:
        given = read_model(RetractionInput, body)
        if isinstance(given, Response):
            return given
        retraction = Retraction(reason=given.reason, replacement_url=given.replacement_url)
        try:
            result = await self._intake.retract(id, retraction) if is_article_id(id) else None
        except ContendedError as error:
            return busy(str(error))
        return _told(result) if result is not None else problem(404, f"there is no article {id[:100]!r}")

    async def _body(self, request: Request) -> bytes | Response:
        """Return the body of a request that may be taken: at a bearable time, and of a bearable size."""
        reason = self._pressure.reason()
        if reason is not None:
            return busy(f"intake waits: {reason}")
        return await read_body(request, BODY_LIMIT)

    async def _push(self, body: bytes) -> Response:
        submission = read_model(Submission, homed(body, self._site))
        if isinstance(submission, Response):
            return submission
        given = submission.source
        settings = Settings(id=given.id, kind="push", name=given.name, home=given.url, origin="push")
        try:
            return _told(await self._intake.push(settings, submission))
        except ContendedError as error:
            return busy(str(error))


def _told(result: Result) -> Response:
    match result:
        case Refused(field=field, reason=reason):
            return problem(422, f"{field} {reason}", errors=[(field, reason)])
        case Retracted(version=version):
            detail = (
                f"this article was retracted with version {version} and stays so; "
                'push it with "status": "usable" to publish it again'
            )
            return problem(409, detail)
        case Accepted(article_id=id, version=version):
            return answer({"id": id, "version": version, "status": "accepted"}, 202)
        case Outdated(article_id=id, version=version):
            return answer({"id": id, "version": version, "status": "unchanged", "reason": OLDER})
        case Unchanged(article_id=id, version=version):
            return answer({"id": id, "version": version, "status": "unchanged"})
