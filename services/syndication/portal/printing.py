"""Fills in the portal's templates, in the frame of the newsroom's pages; knows neither sessions nor the API."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from jinja2 import Environment
from starlette.responses import Response

from services.syndication.page.answering import PAGE
from services.syndication.page.directory import Counted, Directory
from services.syndication.page.frame import environment
from services.syndication.page.head import plain_head
from services.syndication.page.printing import Printer
from services.syndication.page.views import Moment
from services.syndication.portal.asking import Said
from services.syndication.portal.example import PROOF, RECEIVER
from services.syndication.portal.filling import TYPES, number, waits
from services.syndication.webhooks.cuts import FIELDS

PACKAGE = "services.syndication.portal"

Sections = Callable[[], Awaitable[Sequence[Counted]]]


class Desk:
    """Prints for whatever the newsroom looks like now, by the templates of this `name` in some packages."""

    def __init__(
        self,
        printer: Callable[[], Printer],
        moment: Callable[[object], Moment | None],
        once: Callable[[], str],
        *,
        sections: Sections | None = None,
        name: str = "portal",
        packages: tuple[str, ...] = (PACKAGE,),
    ) -> None:
        self._printer, self._moment, self._once = printer, moment, once
        self._name, self._packages = name, packages
        self._sections = sections
        self._found: Sequence[Counted] = ()
        self._made: tuple[Printer, Environment] | None = None

    async def look(self) -> None:
        """Learn which sections of the newsroom the pages are to offer."""
        if self._sections is not None:
            self._found = await self._sections()

    def page(self, name: str, title: str, status: int = 200, **more: Any) -> Response:
        """Return a page that no cache keeps."""
        printer, env = self._environment()
        html = env.get_template(f"{self._name}/{name}.html").render(
            head=plain_head(title, printer.site, here=self._name),
            directory=Directory(),
            sections=self._found,
            topics=(),
            title=title,
            here=name,
            once=self._once(),
            **{"who": "", "mark": "", **more},
        )
        headers = {key.decode(): value.decode() for key, value in PAGE} | {"cache-control": "no-store"}
        return Response(html.encode("utf-8", "replace"), status, headers, "text/html; charset=utf-8")

    def sign_in(self, fault: str = "", status: int = 200) -> Response:
        """Return the page that asks for a key."""
        return self.page("sign_in", "Sign in", status, fault=fault)

    def secret(self, made: Mapping[str, Any], **signed: Any) -> Response:
        """Return the page of a secret: the API tells it once, and a form that is sent again does not bring it back."""
        return self.page("secret", "Signing secret", id=made["id"], secret=made.get("secret"), **signed)

    def refused(self, said: Said) -> Response:
        """Return the page that says why the API did not do what it was asked."""
        if said.status == 404:
            return self.message("Not found", "There is no such subscription.", 404)
        return self.message("This did not work", said.fault, said.status)

    def away(self) -> Response:
        """Return the page for when the store does not answer."""
        answer = self.message("Not now", "The store does not answer. Try again shortly.", 503)
        answer.headers["retry-after"] = "5"
        return answer

    def message(self, title: str, detail: str, status: int) -> Response:
        """Return a page that says why there is no other."""
        return self.page("message", title, status, detail=detail)

    def _environment(self) -> tuple[Printer, Environment]:
        printer = self._printer()
        if self._made is None or self._made[0] is not printer:
            env = environment(printer.branding, printer.site, printer.assets, *self._packages)
            env.filters |= {"moment": self._moment, "waits": waits, "number": number}
            env.globals.update(receiver=RECEIVER, prover=PROOF, types=TYPES, names=FIELDS)
            self._made = printer, env
        return self._made
