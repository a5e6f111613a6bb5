"""Folds text so that what reads the same compares equal, and cuts it into words; fields are in subject."""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache
from itertools import chain

from anyascii import anyascii

MARK_RUN = 30
"""Marks kept after one letter (UAX 15 Stream-Safe: no real text has more)."""

SHORT = 64
"""Characters of most names of tags and authors, which come again with every article and are remembered folded."""

# Scripts written without spaces: Thai and Lao, Myanmar, Khmer, kana, Han. Each letter is a word, so that
# a name inside a sentence is found as a phrase.
UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u31f0-\u31ff"
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
)
# Letters whose compatibility form is a combining mark: the halfwidth katakana sound marks.
HIDDEN_MARKS = "\uff9e\uff9f"

# Soft hyphen, zero-width characters, directions: a reader sees none of them inside a word.
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]+")
# Cheap first look, for the sake of ordinary text: no mark is in Latin, Han, Hangul or most kana.
_MAYBE_LONG_RUN = re.compile(f"[^\x00-\u02ff\u3030-\u3098\u309b-\ua66e\uac00-\ufb1d]{{{MARK_RUN + 1}}}")
# A typesetter's marks as a keyboard has them; it also makes most English text ASCII, four times as fast.
_TYPED = (
    ("‘", "'"),
    ("’", "'"),
    ("“", '"'),
    ("”", '"'),
    ("–", "-"),
    ("—", "-"),
    ("…", "..."),
    ("\u00a0", " "),
)
_ASCII_WORD = re.compile(r"[^\W_]+", re.ASCII)


def fold(text: str) -> str:
    """Return the text as toNFKC_Casefold does (Unicode 3.13), with plain quotes and dashes besides.

    Takes linear time on any text; folding twice changes nothing more.
    """
    plain = _typed(text)
    if plain.isascii():
        return plain.lower()
    once = unicodedata.normalize("NFKC", _bounded(_INVISIBLE.sub("", plain))).casefold()
    return _typed(_bounded(unicodedata.normalize("NFKC", once)))


def words(folded: str) -> list[str]:
    """Return the words of folded text in order: letters, digits and their marks; the rest divides."""
    if folded.isascii():
        return _ASCII_WORD.findall(folded)
    return _word_pattern().findall(folded)


def key(text: str) -> str:
    """Return a name or id as it is compared: folded, each run of white space one space."""
    return _known_key(text) if len(text) <= SHORT else _key(text)


def slug(text: str) -> str:
    """Return a name as an ASCII slug, transliterated, its words joined by hyphens; "" if it has no word."""
    return _known_slug(text) if len(text) <= SHORT else _slug(text)


def _key(text: str) -> str:
    return " ".join(fold(text).split())


def _slug(text: str) -> str:
    return "-".join(words(fold(anyascii(text))))


_known_key = lru_cache(maxsize=4_096)(_key)
_known_slug = lru_cache(maxsize=4_096)(_slug)


def _typed(text: str) -> str:
    for typeset, typed in _TYPED if not text.isascii() else ():
        text = text.replace(typeset, typed)
    return text


def _bounded(text: str) -> str:
    # unicodedata.normalize sorts a run of marks by insertion: quadratic, 40,000 pairs take seconds.
    return _long_run_pattern().sub(r"\1", text) if _MAYBE_LONG_RUN.search(text) else text


@cache
def _marks() -> str:
    """Every combining mark, as the inside of a character class."""
    planes = chain(range(0x300, 0x1F000), range(0xE0100, 0xE01F0))
    marks = [c for c in planes if unicodedata.category(chr(c))[0] == "M"]
    starts = [c for c, before in zip(marks, [0, *marks], strict=False) if c != before + 1]
    ends = [c for c, after in zip(marks, [*marks[1:], 0], strict=True) if c + 1 != after]
    return "".join(f"{chr(start)}-{chr(end)}" for start, end in zip(starts, ends, strict=True))


@cache
def _long_run_pattern() -> re.Pattern[str]:
    mark = f"[{_marks()}{HIDDEN_MARKS}]"
    return re.compile(f"({mark}{{{MARK_RUN}}}){mark}+")


@cache
def _word_pattern() -> re.Pattern[str]:
    mark, letter = f"[{_marks()}]", rf"[^\W_{UNSPACED}]"
    # The look ahead spares Latin text the test for a mark.
    return re.compile(rf"{letter}+(?:(?=[^\x00-\u02ff]){mark}+{letter}*)*|(?=\w)[{UNSPACED}]{mark}*")
