"""Checks an article's declared language against its text, by CLD2; what is logged of a mismatch is the caller's."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pycld2

LOOKED_AT = 600
"""Code points of a text that are read: more say little new, and the time is bounded."""

LEAST_TO_CHANGE = 200
"""A shorter text never overrules its source: names and quotations fill it."""

SURE = 0.9

NOT_TEXT = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
"""What CLD2 refuses as invalid UTF-8, or Python cannot encode."""

TAG = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{1,8}){0,4}")

UNLISTED = re.compile(r"un|xxx|tlh|zz.|xx-.*")
"""CLD2's answers that name no language: unknown, ignored, jokes, bare scripts."""

RENAMED = {"iw": "he", "jw": "jv", "sr-ME": "sr"}
"""CLD2's old codes by their BCP 47 names (IANA language subtag registry, "Preferred-Value")."""

MACRO = {
    **dict.fromkeys(("no", "nb", "nn"), "no"),
    **dict.fromkeys(("bs", "cnr", "hr", "sh", "sr"), "sh"),
    **dict.fromkeys(("id", "ms", "zsm"), "ms"),
    **dict.fromkeys(("zh", "cmn", "yue", "wuu"), "zh"),
    **dict.fromkeys(("fa", "prs", "pes"), "fa"),
    **dict.fromkeys(("tl", "fil"), "fil"),
}
"""Languages that CLD2 does not tell apart safely; between two of one row the source's word stands."""


@dataclass(frozen=True, slots=True)
class Checked:
    """The language in force (BCP 47, or None), what the text looks like, and how much of it does (0 to 1)."""

    tag: str | None
    detected: str | None
    confidence: float


def checked(declared: str | None, text: str) -> Checked:
    """Keep what was declared unless a long text is surely in another language; without one, take a sure answer.

    A declared tag that agrees stays whole: "en-GB" is not made "en".
    """
    given = _tag(declared) if declared else None
    detected, confidence = detect(text)
    sure = detected is not None and confidence >= SURE
    if given is None:
        return Checked(detected if sure else None, detected, confidence)
    if detected is None or not sure or len(text) < LEAST_TO_CHANGE or kin(given) == kin(detected):
        return Checked(given, detected, confidence)
    return Checked(detected, detected, confidence)


def detect(text: str) -> tuple[str | None, float]:
    """Return the language most of the text is in and its share of it; (None, 0.0) where CLD2 is not sure."""
    part = NOT_TEXT.sub(" ", text[:LOOKED_AT])
    try:
        reliable, _, found = pycld2.detect(part, isPlainText=True)
    except pycld2.error:  # noncharacters of the higher planes
        return None, 0.0
    _, code, percent, _ = found[0]
    if not reliable or UNLISTED.fullmatch(code):
        return None, 0.0
    return RENAMED.get(code, code), percent / 100


def _tag(declared: str) -> str | None:
    """Return a declared tag as BCP 47 writes it (en_gb: en-GB), None for what is none ("english") or says nothing."""
    if not TAG.fullmatch(declared.strip()):
        return None
    primary, *rest = re.split("[-_]", declared.strip())
    if primary.lower() == "und":
        return None
    return "-".join((primary.lower(), *(part.upper() if len(part) == 2 else part for part in rest)))


def _primary(tag: str) -> str:
    return re.split("[-_]", tag, maxsplit=1)[0].lower()


def kin(tag: str) -> str:
    """Return what languages are compared by: the first part of a tag, one for those that CLD2 does not tell apart."""
    primary = RENAMED.get(_primary(tag), _primary(tag))
    return MACRO.get(primary, primary)
