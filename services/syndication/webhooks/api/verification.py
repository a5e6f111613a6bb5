"""The route by which a pending subscription's receiver is tried at once, instead of at its turn."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from services.syndication.webhooks.api.access import ONE, Access, answer
from services.syndication.webhooks.verifying import Verifying
from shared.auth import Principal
from shared.problems import problem


@dataclass(frozen=True, slots=True)
class VerificationRoutes:
    """Proving a receiver."""

    access: Access
    verifying: Verifying

    @property
    def routes(self) -> list[Route]:
        """The route."""
        return [Route(f"{ONE}/verify", self.access.guarded(self._verify), methods=["POST"])]

    async def _verify(self, request: Request, principal: Principal) -> Response:
        found = await self.access.own(request, principal)
        if isinstance(found, Response):
            return found
        proof = await self.verifying.attempt(found) if found.status in ("pending", "paused") else None
        if proof is None:
            return problem(409, "there is nothing to verify")
        return answer(
            {"verified": proof.holds, "status": proof.status, "reason": proof.reason, "ms": round(proof.ms, 2)}
        )
