"""README.md and the pages of docs/ taken apart: blocks by language, tables, links, and what they name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGES = {path: path.read_text() for path in (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")))}
TEXT = "\n".join(PAGES.values())
FENCED = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks(language: str) -> list[str]:
    """Return the fenced blocks of a language, in order."""
    return [text for of, text in FENCED.findall(TEXT) if of == language]


def block(start: str) -> str:
    """Return the one sh block that begins so."""
    (found,) = (text for text in blocks("sh") if text.startswith(start))
    return found


def spans() -> set[str]:
    """Return everything that stands in backticks in the prose, lines joined."""
    prose = FENCED.sub("", TEXT)
    return {" ".join(span.split()) for span in re.findall(r"`([^`]+)`", prose)}


def links() -> Iterator[tuple[Path, str]]:
    """Yield the file and the anchor ("" without one) of every link to something of the project's own."""
    for page, text in PAGES.items():
        for place, anchor in re.findall(r"\]\(([^)#:]*)(?:#([^)]*))?\)", text):
            yield (page.parent / place if place else page).resolve(), anchor


def anchors(page: Path) -> set[str]:
    """Return the anchors that a page's headings have: in small letters, hyphens for spaces, without other signs."""
    headings = re.findall(r"^#+ (.+)$", FENCED.sub("", page.read_text()), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


def moved(text: str, ports: dict[int, int]) -> str:
    """Return text with its ports of loopback replaced."""
    for old, new in ports.items():
        text = re.sub(rf"127\.0\.0\.1(:|\", ){old}\b", rf"127.0.0.1\g<1>{new}", text)
    return text


def addresses() -> Iterator[tuple[str, str, str]]:
    """Yield method, path and key of every address in the table of them."""
    (table,) = re.findall(r"^\| address \| key \| what \|\n\|[-|]+\n((?:\|.*\n)+)", TEXT, re.MULTILINE)
    for row in table.splitlines():
        _, named, key, *_ = (cell.strip() for cell in row.split("|"))
        for span in re.findall(r"`([^`]+)`", named):
            *methods, path = span.split()
            yield from ((method, one, key) for method in methods or ["GET"] for one in _spread(path))


def _spread(path: str) -> list[str]:
    """Return the paths that one with alternatives in braces stands for; `{id}` alone is a parameter."""
    found = re.search(r"\{((?:[^{}]|\{\w+\})*,(?:[^{}]|\{\w+\})*)\}", path)
    if found is None:
        return [path]
    return [one for part in found[1].split(",") for one in _spread(path[: found.start()] + part + path[found.end() :])]
