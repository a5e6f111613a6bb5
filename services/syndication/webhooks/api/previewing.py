"""The route that tries a filter before anybody subscribes with it."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from services.syndication.webhooks.api.access import ROOT, Access, answer, input_of
from services.syndication.webhooks.inputs import Preview
from services.syndication.webhooks.reading import LedgerReader
from services.syndication.webhooks.replay import preview
from shared.auth import Principal


@dataclass(frozen=True, slots=True)
class PreviewRoutes:
    """What a filter would have matched."""

    access: Access
    ledger: LedgerReader

    @property
    def routes(self) -> list[Route]:
        """The route, which must come before that of one subscription."""
        return [Route(f"{ROOT}/preview", self.access.guarded(self._preview), methods=["POST"])]

    async def _preview(self, request: Request, _principal: Principal) -> Response:
        given = await input_of(Preview, request)
        if isinstance(given, Response):
            return given
        return answer(await preview(given.filter, given.types, given.limit, self.ledger))
