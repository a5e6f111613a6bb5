"""Sets up the templates: for one branding at one address, from the packages whose templates a page is made of."""

from __future__ import annotations

from urllib.parse import urlsplit

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined

from services.syndication.feeds.site import Site
from services.syndication.page.assets import Assets
from services.syndication.page.branding import Branding

PAGE = "services.syndication.page"


def environment(branding: Branding, site: Site, assets: Assets, *more: str) -> Environment:
    """Return the templates of the pages, and of `more` packages that stand in the same frame."""
    env = Environment(
        loader=ChoiceLoader([PackageLoader(package) for package in (*more, PAGE)]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
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
