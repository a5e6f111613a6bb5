"""The page of one delivery: the request as it is sent, made anew by the API, what its headers mean, and the answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import orjson
from starlette.requests import Request
from starlette.responses import Response

from services.syndication.portal.asking import Api, path_of
from services.syndication.portal.door import Door
from services.syndication.portal.printing import Desk
from services.syndication.portal.session import Session
from services.syndication.webhooks.store import NOTICES_FROM

LONGEST = 200_000
"""Characters shown of a body; the API gives all of it."""

MEANING = {
    "webhook-id": "The same at every try and every replay: drop what you have by it.",
    "webhook-timestamp": "When it was signed, in Unix seconds, anew at every try: refuse what is minutes old.",
    "webhook-signature": "Over “webhook-id.webhook-timestamp.body”, the body as its bytes come: v1 is the base64 of "
    "HMAC-SHA256 by your secret, v1a of ed25519 by the publisher’s key. While a secret is rotated there are several: "
    "one that fits is enough.",
    "wireroom-attempt": "Which try this is, from 1.",
    "wireroom-queued-ms": "How long after publication it was sent, in milliseconds.",
    "authorization": "What you asked to be shown; its secret is not shown here.",
    "content-type": "JSON, in the format that the subscription asks for.",
}


@dataclass(frozen=True, slots=True)
class Deliveries:
    """Shows, and changes nothing."""

    api: Api
    desk: Desk
    door: Door

    async def one(self, request: Request, session: Session) -> Response:
        """Show one attempt: what was sent, and what was answered."""
        id, entry = request.path_params["id"], request.path_params["entry"]
        one = await self.api.ask(session.who, "GET", path_of(id))
        if not one.well:
            return self.desk.refused(one)
        said = await self.api.ask(session.who, "GET", path_of(id, f"/deliveries/{entry}"))
        if not said.well:
            return self.desk.message("Not found", "There is no such delivery; the oldest are not kept.", said.status)
        attempt, sent = said.content, said.content["request"]
        return self.desk.page(
            "delivery",
            "Delivery",
            **self.door.signed(session),
            one=one.content,
            attempt=attempt,
            of_story=attempt["type"].startswith("article.") and attempt["seq"] < NOTICES_FROM,
            sent=sent,
            raw=_cut(sent["body"]) if sent else "",
            laid_out=_cut(_laid_out(sent["body"])) if sent else "",
            meanings=_meanings(sent["headers"]) if sent else {},
        )


def _meanings(headers: Mapping[str, str]) -> dict[str, str]:
    """Return what the headers of a request mean, as far as they are ours."""
    found = {name: MEANING[name] for name in headers if name in MEANING}
    events = [name for name in headers if name.startswith("ce-")]
    return found | ({"ce-…": "CloudEvents: what the event is, outside of its data."} if events else {})


def _laid_out(body: str) -> str:
    try:
        return orjson.dumps(orjson.loads(body), option=orjson.OPT_INDENT_2).decode()
    except orjson.JSONDecodeError:
        return body


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[:LONGEST]} …"
