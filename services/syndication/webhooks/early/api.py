"""The route by which the admin sees who got an article ahead of its release, when, and who confirmed it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from services.syndication.webhooks.early.notes import Mark, Noted
from services.syndication.webhooks.early.wiring import EarlyDelivery
from shared.auth import Guard
from shared.events import to_json
from shared.problems import problem
from shared.times import rfc3339_of


@dataclass(frozen=True, slots=True)
class EarlyRoutes:
    """GET /api/v1/articles/{id}/embargoed/receipts."""

    guard: Guard
    early: EarlyDelivery

    @property
    def routes(self) -> list[Route]:
        """The route."""
        return [Route("/api/v1/articles/{id}/embargoed/receipts", self.guard.admins(self._receipts))]

    async def _receipts(self, request: Request) -> Response:
        id = request.path_params["id"]
        noted, standing = await self.early.notes.of(id), await self.early.ledger.standing(id)
        waiting = standing.turn if standing.turn is not None and standing.turn.until else None
        if not noted.notes and waiting is None:
            return problem(404, f"no version of {id[:100]!r} waits, or went to anybody early")
        await self.early.directory.refresh()
        body = {
            "article_id": id,
            "version": waiting.version if waiting else None,
            "embargoed_until": rfc3339_of(waiting.until / 1000) if waiting else None,
            "published_version": standing.at or None,
            "receipts": [await self._row(subscription, noted) for subscription in sorted(noted.notes)],
        }
        return Response(to_json(body), 200, {"cache-control": "no-store"}, "application/json")

    async def _row(self, id: str, noted: Noted) -> dict[str, Any]:
        subscription, note = self.early.directory.get(id), noted.notes[id]
        tried = sorted(
            ((version, kind, mark) for (whose, kind, version), mark in noted.marks.items() if whose == id),
            key=lambda each: each[2].seq,
        )
        return {
            "subscription": id,
            "url": subscription.url if subscription else None,
            "owner": subscription.owner if subscription else None,
            "trusted": subscription is not None and await self.early.trust.of(subscription.owner),
            "next": None if note.seq in [mark.seq for _, _, mark in tried] else _told(note.kind, note.version),
            "deliveries": [{**_told(kind, version), **_came(mark)} for version, kind, mark in tried],
        }


def _told(type: str, version: int) -> dict[str, Any]:
    return {"type": type, "version": version}


def _came(mark: Mark) -> dict[str, Any]:
    return {
        "state": mark.state,
        "acknowledged_at": rfc3339_of(mark.at / 1000) if mark.state == "delivered" else None,
        "first_attempt_at": rfc3339_of(mark.first / 1000),
        "last_at": rfc3339_of(mark.at / 1000),
        "attempts": mark.attempts,
    }
