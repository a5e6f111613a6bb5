"""Reading time and word count of sanitised HTML, as Ghost has them (@tryghost/helpers 1.1.108, MIT) in its scripts."""

from __future__ import annotations

import math
import re

import numpy as np

WORDS_PER_MINUTE = 275

TAG = re.compile(r"""<(?:[^'">]++|"[^"]*"|'[^']*')++>""")
IMAGE = re.compile(r"""<img(?:"[^"]*"|'[^']*'|[^'">])++>""")
WORD = re.compile(
    "[a-zA-Z\u00c0-\u00ff0-9_\u0392-\u03c9\u0410-\u04f9]+"
    "|[\u4e00-\u9fff\u3400-\u4dbf\uf900-\ufaff\u3040-\u309f\uac00-\ud7af]+"
)
IDEOGRAPH = re.compile("[\u4e00-\U0010ffff]")
"""What Ghost counts by characters, not runs; a run goes by its first character."""

WIDE = re.compile("[\u0392-\u03c9\u0410-\u04f9\u3040-\u309f\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff]")
"""The letters of WORD that Latin-1 lacks."""

BEYOND = re.compile(
    "[\u0100-\u02af\u0370-\u0391\u03ca-\u03ff\u0531-\u058f\u05d0-\u05f2\u0620-\u1fff\u2c00-\u2dff\ua4d0-\uabff"
    "\ufb50-\ufdff\ufe70-\ufefc]"
)
"""Letters of scripts whose words Ghost counts not at all, only where nothing else counts, or in two (Polish)."""

UNSPACED = re.compile("[\u0e01-\u0eff\u1000-\u109f\u1780-\u17ff]")
"""Thai, Lao, Burmese and Khmer, which put no space between words."""

SIGNS_A_WORD = 5
"""Signs of an unspaced script that make a word, vowels and tones counted."""

LATIN = bytes(0x78 if WORD.match(chr(code)) else 0x20 for code in range(256))
"""Latin-1 with a space for all that is in no word and "x" for the rest: bytes are counted fast, patterns are not."""


def word_count(markup: str) -> int:
    """Count words in HTML or plain text of any script."""
    text = TAG.sub(" ", markup)
    if text.isascii() or BEYOND.search(text) is None:
        return _known(text)
    rest: list[str] = []
    others: list[str] = []
    for token in text.split():
        (others if BEYOND.search(token) else rest).append(token)
    dense = IDEOGRAPH.search(text) or UNSPACED.search(text)
    return _known(" ".join(rest)) + (sum(map(_beyond, others)) if dense else len(others))


def _beyond(token: str) -> int:
    """Count the words in what stands between two spaces and has letters that Ghost does not know."""
    ideographs = sum(len(run) for run in WORD.findall(token) if IDEOGRAPH.match(run))
    return max(len(UNSPACED.findall(token)) // SIGNS_A_WORD, 1) + ideographs


def _known(text: str) -> int:
    if text.isascii() or WIDE.search(text) is None:
        latin = np.frombuffer(b" %b" % text.encode("latin-1", "replace").translate(LATIN), np.uint8)
        return int(np.count_nonzero(latin[1:] > latin[:-1]))
    return sum(len(run) if IDEOGRAPH.match(run) else 1 for run in WORD.findall(text))


def minutes(words: int, images: int) -> int:
    """Return whole minutes for so many words and images.

    The first image takes 12 seconds, each further one a second less, and 3 at least. Halves round up, as
    JavaScript's Math.round does; 0 is possible, and Ghost shows it as "1 min read".
    """
    seconds = words / (WORDS_PER_MINUTE / 60)
    for extra in range(images):
        seconds += max(12 - extra, 3)
    return math.floor(seconds / 60 + 0.5)


def image_count(markup: str) -> int:
    """Count the images in HTML."""
    return len(IMAGE.findall(markup)) if "<img" in markup else 0


def shown_minutes(markup: str, words: int, further_images: int = 0) -> int:
    """Return the minutes a reader is shown for HTML of so many words: 0 without any, else 1 or more."""
    return max(minutes(words, image_count(markup) + further_images), 1) if markup else 0
