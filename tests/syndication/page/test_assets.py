"""The files that pages load, named by their content."""

from __future__ import annotations

from dataclasses import replace

from services.syndication.feeds.document import IDENTITY
from services.syndication.page.answering import ASK_AGAIN, FOR_EVER
from services.syndication.page.assets import Assets, icon
from services.syndication.page.colours import Scheme
from services.syndication.page.logo import Logo
from tests.syndication.page.building import a_branding


def test_another_colour_is_another_address() -> None:
    branding = a_branding()
    other = replace(branding, light=Scheme("#ffffff", "#000000", "#003399"))
    one, two = Assets(branding, ""), Assets(other, "")
    assert one.address("page.css") != two.address("page.css")
    assert one.address("page.js") == two.address("page.js")
    held = two.get("0", "page.css")
    assert held is not None
    assert b"--accent:#003399" in held[0].variants[IDENTITY].body
    assert held[1] == ASK_AGAIN


def test_a_file_under_its_own_name_is_kept_for_ever() -> None:
    assets = Assets(a_branding(), "/news")
    root, digest, name = assets.address("page.css").rsplit("/", 2)
    assert root == "/news/assets"
    found = assets.get(digest, name)
    assert found is not None
    assert found[1] == FOR_EVER
    assert {"br", "gzip", "zstd", IDENTITY} == set(found[0].variants)


def test_a_logo_is_served_as_it_is() -> None:
    logo = Logo(b"\x89PNG", "image/png")
    assets = Assets(replace(a_branding(), logo=logo), "")
    digest, name = assets.address("logo.png").rsplit("/", 2)[1:]
    found = assets.get(digest, name)
    assert found is not None
    assert set(found[0].variants) == {IDENTITY}
    assert assets.logo("logo", None) is None


def test_an_icon_cannot_be_broken_out_of() -> None:
    assert b"&lt;" in icon(replace(a_branding(), name="<script>"))
