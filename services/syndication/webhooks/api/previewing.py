"""The route that tries a filter before anybody subscribes with it."""

from __future__ import annotations

from dataclasses import dataclass, field
from time import monotonic

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from services.syndication.webhooks.api.access import ROOT, Access, answer, input_of, owner_of
from services.syndication.webhooks.api.turns import Turns
from services.syndication.webhooks.inputs import Preview
from services.syndication.webhooks.matching import Wish
from services.syndication.webhooks.preview import preview
from services.syndication.webhooks.reading import LedgerReader
from services.syndication.within import asked, both
from shared.auth import Principal
from shared.query import QueryError
from shared.requests import unreadable
from shared.times import now


@dataclass(frozen=True, slots=True)
class PreviewRoutes:
    """What a filter would have matched."""

    access: Access
    ledger: LedgerReader
    turns: Turns = field(default_factory=Turns)

    @property
    def routes(self) -> list[Route]:
        """The route, which must come before that of one subscription."""
        return [Route(f"{ROOT}/preview", self.access.guarded(self._preview), methods=["POST"])]

    async def _preview(self, request: Request, principal: Principal) -> Response:
        given = await input_of(Preview, request)
        if isinstance(given, Response):
            return given
        within = str(await self.access.store.within.of(principal) or "")
        try:
            both(given.filter, within)
            wish = Wish(asked(given.filter, within), given.types, principal.sees, principal.sees)
        except QueryError as error:
            return unreadable("filter", error)
        # Matching is work for the loop that also delivers, and anybody with a key may ask for it.
        async with self.turns.turn(owner_of(principal)) as too_many:
            if too_many is not None:
                return too_many
            found = await preview(
                wish,
                days=given.days,
                limit=given.limit,
                ledger=self.ledger,
                now=now(),
                clock=monotonic,
            )
        return answer(found)
