"""The portal over the real API, two consumers, and the browsers in which they use it."""

from __future__ import annotations

import contextlib
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from urllib.parse import urlencode

from starlette.routing import Route
from starlette.types import ASGIApp

from services.syndication.consumers import NewConsumer, new_consumer
from services.syndication.portal.session import COOKIE
from services.syndication.portal.wiring import portal
from shared.auth import CONSUMERS, Guard
from shared.redis import Store
from shared.times import now
from shared.web import application
from tests.asgi import Answer, ask
from tests.receiver import Receiver, Reply, a_receiver
from tests.syndication.page.building import a_printer, parsed
from tests.syndication.webhooks.bed import TOKEN, MemoryLedger, a_replica

URL = "https://news.example.org"
SITE = {"host": "news.example.org", "origin": "https://news.example.org", "sec-fetch-site": "same-origin"}
FORM = SITE | {"content-type": "application/x-www-form-urlencoded"}


class Developer:
    """A browser: keeps its cookie, and sends the forms it is shown."""

    def __init__(self, app: ASGIApp) -> None:
        self._app, self.cookie = app, ""

    async def get(self, path: str) -> Answer:
        return await ask(self._app, "GET", path, headers=SITE | self._cookies)

    async def post(self, path: str, headers: dict[str, str] | None = None, /, **fields: str) -> Answer:
        body = urlencode(fields).encode()
        answer = await ask(self._app, "POST", path, body=body, headers=FORM | self._cookies | (headers or {}))
        found = re.match(rf"{COOKIE}=([^;]+);", answer.headers.get("set-cookie", ""))
        self.cookie = found[1] if found else self.cookie
        return answer

    async def sign_in(self, key: str) -> Answer:
        return await self.post("/portal/sign-in", key=key)

    async def submit(self, page: str, path: str, **fields: str) -> Answer:
        """Fill in and send the form of a page that has these fields, the rest as it stands there."""
        forms = parsed((await self.get(page)).body).xpath(f"//form[@action='{path}']")
        [form, *_] = [one for one in forms if fields.keys() <= set(one.xpath(".//*/@name"))]
        return await self.post(path, **dict(form.form_values()) | fields)

    @property
    def _cookies(self) -> dict[str, str]:
        return {"cookie": f"{COOKIE}={self.cookie}"} if self.cookie else {}


async def consumer(store: Store, name: str, **terms: str) -> NewConsumer:
    made = new_consumer(name, now(), terms)
    await store.do("HSET", CONSUMERS, made.id, made.kept())
    return made


@dataclass
class Scene:
    """Two consumers, a receiver that fails at first, and the portal."""

    app: ASGIApp
    store: Store
    receiver: Receiver
    ledger: MemoryLedger
    ann: NewConsumer
    ben: NewConsumer

    async def signed_in(self, who: NewConsumer) -> Developer:
        developer = Developer(self.app)
        await developer.sign_in(who.key)
        return developer

    async def subscribed(self, who: NewConsumer, **over: str) -> tuple[Developer, str, str]:
        """Return a browser in which a subscription was made, its id, and its secret."""
        developer = await self.signed_in(who)
        fields = {"url": self.receiver.url, "filter": "", "description": "Front page"} | over
        answer = await developer.submit("/portal/new", "/portal/subscriptions", **fields)
        assert answer.status == 200, answer.body
        page = answer.body.decode()
        [id] = set(re.findall(r"sub_[0-9a-f]+", page))
        [secret] = re.findall(r"whsec_[A-Za-z0-9+/=]+", page)
        return developer, id, secret


@contextlib.asynccontextmanager
async def a_scene(store: Store) -> AsyncIterator[Scene]:
    """Run the portal beside the API it asks."""
    ledger, guard = MemoryLedger(), Guard(store, TOKEN)
    async with a_receiver() as receiver, a_replica(store, ledger) as replica:
        api = [*replica.routes, Route("/api/v1/events", replica.gap)]
        routes = portal(guard, api, a_printer, URL)
        ann, ben = await consumer(store, "Ann"), await consumer(store, "Ben")
        yield Scene(application([*api, *routes]), store, receiver, ledger, ann, ben)


async def given(reply: Reply) -> Reply:
    return reply


async def attempts(developer: Developer, path: str, count: int) -> bool:
    return len(parsed((await developer.get(path)).body).xpath("//tbody/tr[.//a]")) == count


async def says(developer: Developer, path: str, words: str) -> bool:
    return words in " ".join(parsed((await developer.get(path)).body).text_content().split())


async def facts(developer: Developer, path: str) -> dict[str, str]:
    """Return what a page's lists of facts say."""
    page = parsed((await developer.get(path)).body)
    rows = [row.xpath("dt | dd") for row in page.xpath("//dl/div")]
    return {name.text: " ".join(told.text_content().split()) for name, told in rows}
