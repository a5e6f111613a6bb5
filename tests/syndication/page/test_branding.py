"""The operator's site file: what is taken, and what is refused with its reason."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from services.syndication.page.branding import parse_branding
from services.syndication.page.colours import LIGHT
from shared.newsroom import Invalid


def test_an_empty_file_gives_a_newsroom_without_name(tmp_path: Path) -> None:
    branding = parse_branding(tmp_path, {})
    assert (branding.name, branding.light, branding.links, branding.logo) == ("Wireroom", LIGHT, (), None)


def test_everything_can_be_set(tmp_path: Path) -> None:
    (tmp_path / "logo.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg" width="40" height="20"/>')
    branding = parse_branding(
        tmp_path,
        {
            "name": "The Bay",
            "authority": "bay.example.org",
            "logo": "logo.svg",
            "light": {"paper": "#FFFFFF", "ink": "#111111", "accent": "#003399"},
            "footer_link": [{"label": "Imprint", "url": "/imprint"}, {"label": "Write", "url": "mailto:a@b.example"}],
        },
    )
    assert branding.light.paper == "#ffffff"
    assert [link.url for link in branding.links] == ["/imprint", "mailto:a@b.example"]
    assert branding.logo is not None
    assert branding.site("https://x.example").authority == "bay.example.org"


@pytest.mark.parametrize(
    "document",
    [
        {"name": ""},
        {"name": "two\nlines"},
        {"nmae": "typo"},
        {"language": "not a language"},
        {"authority": "https://x.example"},
        {"light": {"paper": "red"}},
        {"footer_link": [{"label": "x", "url": "javascript:alert(1)"}]},
        {"footer_link": [{"label": "x", "url": "//evil.example"}]},
    ],
)
def test_what_is_wrong_is_refused(tmp_path: Path, document: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        parse_branding(tmp_path, document)


def test_colours_that_cannot_be_read_and_logos_that_are_none_are_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(Invalid) as caught:
        parse_branding(tmp_path, {"light": {"accent": "#ffee00"}, "dark": {"ink": "#333333"}, "logo": "none.svg"})
    assert [place for place, _ in caught.value.problems] == [("light", "accent"), ("dark", "ink"), ("logo",)]
