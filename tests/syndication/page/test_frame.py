"""The templates are compiled once, and filled in for each branding."""

from __future__ import annotations

from dataclasses import replace

from jinja2 import Environment

from services.syndication.page.assets import Assets
from services.syndication.page.frame import environment
from tests.syndication.feeds.in_memory import SITE
from tests.syndication.page.building import a_branding


def _named(name: str) -> Environment:
    branding = replace(a_branding(), name=name)
    return environment(branding, SITE, Assets(branding, ""))


def test_another_branding_is_shown_and_compiles_nothing() -> None:
    first, second = (_named(name).from_string("{{ branding.name }}").render() for name in ("The Bay", "The Cape"))
    assert (first, second) == ("The Bay", "The Cape")
    compiled = [_named(name).get_template("article.html").root_render_func.__code__ for name in ("The Bay", "The Cape")]
    assert compiled[0] is compiled[1]
