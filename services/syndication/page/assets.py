"""The files that pages load: stylesheet with the newsroom's colours, script, icon, logo; each named by its content."""

from __future__ import annotations

from hashlib import sha256
from html import escape
from importlib.resources import files

from starlette.types import Scope, Send

from services.syndication.feeds.document import IDENTITY, Document, seal
from services.syndication.page.answering import ASK_AGAIN, ASSET, FOR_EVER, answer
from services.syndication.page.branding import Branding
from services.syndication.page.logo import Logo

DIGITS = 16
CSS, JS, SVG = "text/css", "text/javascript", "image/svg+xml"


class Assets:
    """All of them for one branding; `base` is the path of the site's address, empty as a rule."""

    def __init__(self, branding: Branding, base: str) -> None:
        self._base = base
        made = {
            "page.css": (stylesheet(branding), CSS),
            "portal.css": (_own("portal.css"), CSS),
            "console.css": (_own("console.css"), CSS),
            "page.js": (_own("page.js"), JS),
            "console.js": (_own("console.js"), JS),
            "icon.svg": (icon(branding), SVG),
        }
        for name, logo in (("logo", branding.logo), ("logo-dark", branding.logo_dark)):
            if logo is not None:
                made[f"{name}.{logo.ending}"] = (logo.body, logo.media_type)
        self._held = {name: _sealed(body, media_type) for name, (body, media_type) in made.items()}
        self._digests = {name: sha256(body).hexdigest()[:DIGITS] for name, (body, _) in made.items()}

    def address(self, name: str) -> str:
        """Return where a file is, under its content's name. Raises KeyError for none of them."""
        return f"{self._base}/assets/{self._digests[name]}/{name}"

    def logo(self, kind: str, logo: Logo | None) -> str | None:
        """Return where a logo is, None where there is none."""
        return self.address(f"{kind}.{logo.ending}") if logo is not None else None

    def get(self, digest: str, name: str) -> tuple[Document, bytes] | None:
        """Return a file and how long it may be kept.

        Under another content's name it is the file of now, to be asked for again: while replicas take in an edit one
        after the other, a page of one finds its style at the next.
        """
        held = self._held.get(name)
        return None if held is None else (held, FOR_EVER if digest == self._digests[name] else ASK_AGAIN)

    async def serve(self, scope: Scope, send: Send) -> bool:
        """Answer with the file that is asked for; False where there is none, and nothing was sent."""
        found = self.get(scope["path_params"]["digest"], scope["path_params"]["name"])
        if found is None:
            return False
        await answer(found[0], scope, send, headers=ASSET, caching=found[1])
        return True


def stylesheet(branding: Branding) -> bytes:
    """Return the stylesheet, the newsroom's colours first."""
    light, dark = branding.light.variables(), branding.dark.variables()
    # On paper there is no night.
    colours = f":root{{{light}}}@media screen and (prefers-color-scheme:dark){{:root{{{dark}}}}}"
    return colours.encode() + _own("page.css")


def icon(branding: Branding) -> bytes:
    """Return the first letter of the newsroom's name on its colour, as SVG."""
    letter = escape(branding.name[:1].upper())
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64">'
        f'<rect width="64" height="64" rx="8" fill="{branding.light.accent}"/>'
        '<text x="32" y="47" text-anchor="middle" font-family="Georgia,serif" font-weight="700" font-size="44" '
        f'fill="{branding.light.paper}">{letter}</text></svg>'
    ).encode()


def _own(name: str) -> bytes:
    return files("services.syndication.page").joinpath("assets", name).read_bytes()


def _sealed(body: bytes, media_type: str) -> Document:
    document = seal([body], media_type=media_type, modified=None)
    if media_type in (CSS, JS, SVG):
        return document
    # Pictures are packed already.
    return Document(media_type, None, None, {IDENTITY: document.variants[IDENTITY]})
