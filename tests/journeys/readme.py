"""README.md taken apart: its blocks by language, its tables, and what it names."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "README.md").read_text()


def blocks(language: str) -> list[str]:
    """Return the fenced blocks of a language, in order."""
    return re.findall(rf"^```{language}\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)


def block(start: str) -> str:
    """Return the one sh block that begins so."""
    (found,) = (text for text in blocks("sh") if text.startswith(start))
    return found


def spans() -> set[str]:
    """Return everything that stands in backticks in the prose, lines joined."""
    prose = re.sub(r"^```.*?^```$", "", TEXT, flags=re.MULTILINE | re.DOTALL)
    return {" ".join(span.split()) for span in re.findall(r"`([^`]+)`", prose)}


def moved(text: str, ports: dict[int, int]) -> str:
    """Return text with its ports of loopback replaced."""
    for old, new in ports.items():
        text = re.sub(rf"127\.0\.0\.1(:|\", ){old}\b", rf"127.0.0.1\g<1>{new}", text)
    return text
