"""Texts that edits can be made on, in words of the labelled stories; and those edits, as wire editors make them."""

from __future__ import annotations

import random
import tomllib
from collections import defaultdict
from collections.abc import Callable
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

LABELLED = Path(__file__).parents[1] / "labelled"


@cache
def stories() -> list[dict[str, Any]]:
    """Return the labelled stories in the order they came."""
    given = tomllib.loads((LABELLED / "stories.toml").read_text(encoding="utf-8"))["story"]
    return sorted(given, key=lambda story: story["hour"])


@cache
def _chain() -> dict[str, list[str]]:
    """Return the words that follow each word somewhere in the stories."""
    after: dict[str, list[str]] = defaultdict(list)
    for story in stories():
        words = story["text"].split()
        for word, following in pairwise(words):
            after[word].append(following)
    return after


@cache
def _words() -> list[str]:
    return sorted(_chain())


@cache
def text(seed: int, words: int = 400) -> str:
    """Make a text: paragraphs of some forty words, each of which follows the one before somewhere in the stories."""
    chance, after, every = random.Random(seed), _chain(), _words()
    chosen = [chance.choice(every)]
    while len(chosen) < words:
        chosen.append(chance.choice(after.get(chosen[-1]) or every))
    return "\n\n".join(" ".join(chosen[at : at + 40]) for at in range(0, words, 40))


def _reworded(share: float) -> Callable[[str, random.Random], str]:
    def edit(text: str, chance: random.Random) -> str:
        words = text.split(" ")
        for at in chance.sample(range(len(words)), max(1, round(len(words) * share))):
            words[at] = f"other{chance.randrange(1000)}"
        return " ".join(words)

    return edit


def _dropped(text: str, chance: random.Random) -> str:
    paragraphs = text.split("\n\n")
    del paragraphs[chance.randrange(len(paragraphs))]
    return "\n\n".join(paragraphs)


def _led(text: str, chance: random.Random) -> str:
    leads = (" ".join(f"new{chance.randrange(10_000)}" for _ in range(20)) for _ in range(2))
    return "\n\n".join((*leads, text))


def _trimmed(share: float) -> Callable[[str, random.Random], str]:
    return lambda text, _: " ".join(text.split(" ")[: int(len(text.split(" ")) * share)])


EDITS: dict[str, Callable[[str, random.Random], str]] = {
    "credit line added": lambda text, _: text + "\n\nReporting by Ann Writer; editing by Bo Reader (Sample Wire)",
    "dateline added": lambda text, _: "PORT ANSEL, Nov 22 (Sample Wire) - " + text,
    "1% of words changed": _reworded(0.01),
    "5% of words changed": _reworded(0.05),
    "one paragraph dropped": _dropped,
    "two new lead paragraphs": _led,
    "trimmed to 60%": _trimmed(0.6),
    "trimmed to 30%": _trimmed(0.3),
    "trimmed to 30%, dateline and credit added": lambda text, chance: (
        "PORT ANSEL, Nov 22 (Sample Wire) - " + _trimmed(0.3)(text, chance) + "\n\nReporting by Ann Writer"
    ),
    "trimmed to 30%, 2% of words changed": lambda text, chance: _reworded(0.02)(_trimmed(0.3)(text, chance), chance),
    "trimmed to 20%": _trimmed(0.2),
    "trimmed to 30%, new lead paragraphs": lambda text, chance: _led(_trimmed(0.3)(text, chance), chance),
}
