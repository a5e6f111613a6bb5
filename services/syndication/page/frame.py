"""Sets up the templates: for one branding at one address, from the packages whose templates a page is made of."""

from __future__ import annotations

from types import CodeType
from urllib.parse import urlsplit

from jinja2 import BytecodeCache, ChoiceLoader, Environment, PackageLoader, StrictUndefined
from jinja2.bccache import Bucket

from services.syndication.feeds.site import Site
from services.syndication.page.assets import Assets
from services.syndication.page.branding import Branding

PAGE = "services.syndication.page"


class _Compiled(BytecodeCache):
    """Keeps what templates compile to, the same for every branding: a new one had all of them compiled anew."""

    def __init__(self) -> None:
        self._codes: dict[tuple[str, str], CodeType] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Give what this very source compiled to, if it has."""
        bucket.code = self._codes.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep what it compiled to."""
        if bucket.code is not None:
            self._codes[bucket.key, bucket.checksum] = bucket.code


_COMPILED = _Compiled()


def environment(branding: Branding, site: Site, assets: Assets, *more: str) -> Environment:
    """Return the templates of the pages, and of `more` packages that stand in the same frame."""
    env = Environment(
        loader=ChoiceLoader([PackageLoader(package) for package in (*more, PAGE)]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        bytecode_cache=_COMPILED,
    )
    env.filters["host"] = _host
    env.globals.update(
        site=site,
        branding=branding,
        assets=assets,
        base=urlsplit(site.url).path,
        logo=assets.logo("logo", branding.logo),
        logo_dark=assets.logo("logo-dark", branding.logo_dark),
    )
    return env


def _host(url: str) -> str:
    return urlsplit(url).hostname or url
