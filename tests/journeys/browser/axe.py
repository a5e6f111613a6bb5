"""What axe finds on a page: everything, or what changes with the colours, or what does not."""

from __future__ import annotations

from typing import Any

from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page

Options = dict[str, Any]
ALL: Options = {"resultTypes": ["violations"]}
COLOURS = ALL | {"runOnly": ["color-contrast"]}
ALL_BUT_COLOURS = ALL | {"rules": {"color-contrast": {"enabled": False}}}
"""Looking for each text's colours takes most of a run."""


async def found(page: Page, options: Options) -> list[tuple[str, list[str]]]:
    """Return the rules that are broken, with the elements that break them."""
    response = (await Axe().run(page, options=options)).response
    return [(one["id"], [node["html"] for node in one["nodes"]]) for one in response["violations"]]
