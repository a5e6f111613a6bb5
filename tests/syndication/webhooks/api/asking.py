"""The subscriptions API of one replica, asked with nothing between."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from starlette.types import ASGIApp

from services.syndication.webhooks.wiring import Webhooks
from shared.auth import CONSUMERS, digest
from shared.events import to_json
from shared.redis import Store
from tests.asgi import Answer, ask
from tests.receiver import Receiver
from tests.syndication.webhooks.bed import TOKEN, MemoryLedger
from tests.waiting import until

ROOT = "/api/v1/subscriptions"


@dataclass(frozen=True)
class Bed:
    app: ASGIApp
    ledger: MemoryLedger
    receiver: Receiver
    replica: Webhooks
    store: Store

    async def __call__(self, method: str, path: str = "", json: Any = None, token: str = TOKEN, **more: Any) -> Answer:
        return await ask(self.app, method, ROOT + path, json=json, token=token, **more)

    async def made(self, token: str = TOKEN, **over: Any) -> dict[str, Any]:
        if "start" in over:
            over["from"] = over.pop("start")
        answer = await self("POST", json={"url": self.receiver.url, **over}, token=token)
        assert answer.status == 201, answer.body
        made: dict[str, Any] = answer.json()
        return made

    async def consumer(self, id: str, **terms: str) -> str:
        key = f"wrk_{id}_0123456789abcdef"
        kept = {"name": id, "key": digest(key), "created_at": "", **terms}
        await self.store.do("HSET", CONSUMERS, id, to_json(kept))
        return key

    async def waiting(self, id: str, count: int) -> None:
        """Return once so many deliveries wait for a subscription."""
        await until(lambda: self._waits(id, count))

    async def _waits(self, id: str, count: int) -> bool:
        return bool(await self.store.do("HLEN", f"{{s:{id}}}:items") == count)

    async def dispatched(self, seq: int) -> None:
        """Return once the ledger up to a number was dispatched."""
        await until(lambda: (self.replica.dispatcher.cursor or 0) >= seq)

    async def logged(self, id: str, count: int) -> None:
        """Return once a subscription's log has so many attempts."""
        await until(lambda: self._logs(id, count))

    async def _logs(self, id: str, count: int) -> bool:
        return len((await self("GET", f"/{id}/deliveries?limit=200")).json()["deliveries"]) == count
