"""Parts a picture's caption from its credit by ordered rules; which pictures there are is the caller's."""

from __future__ import annotations

import re
from dataclasses import dataclass

AGENCIES = (
    "AFP|Agence France-Presse|Alamy|Anadolu|ANSA|AP|Associated Press|Belga|Bloomberg|CNN|DPA|EFE|EPA|EPA-EFE|"
    "Getty|Getty Images|Global Images Ukraine|Handout|Imago|iStock|KCNA|Keystone|LightRocket|Maxar|NASA|"
    "NurPhoto|"
    "PA|PA Media|PA Wire|PAP|Pool|Reuters|RIA Novosti|Ritzau|Scanpix|Shutterstock|Sipa|SOPA Images|"
    "Sputnik|TASS|"
    "TT|UGC|Ukrinform|UPI|Unsplash|Wikimedia Commons|Xinhua|ZUMA|picture alliance|dpa"
)
WORDS = "Photograph|Photo|Image|Picture|Credit|Courtesy|Foto|Fotos|Bild|Bilder|Quelle|Crédit|Фото|Світлина"
NAME = r"[^\W\d_][\w.'’\-]*(?:\s+[\w.'’\-]+){0,5}"
AGENCY = re.compile(rf"(?:^|[\s/,|(])(?:{AGENCIES})(?:$|[\s/,|)])", re.IGNORECASE)

PHOTO_WORD = re.compile(rf"\b(?:{WORDS})\b", re.IGNORECASE)

LABELLED = re.compile(rf"^(?P<caption>.*?)\b(?:{WORDS})s?\s*:\s*(?P<credit>[^:]{{2,120}})$", re.DOTALL)
COPYRIGHT = re.compile(r"^(?P<caption>.*?)(?:©|\(c\)|\bCopyright\b)\s*(?P<credit>.{2,120})$", re.IGNORECASE | re.DOTALL)
BRACKETED = re.compile(r"^(?P<caption>.*?)\s*[(\[](?P<credit>[^()\[\]]{2,120})[)\]]\s*\.?$", re.DOTALL)
PHOTO_BY = re.compile(
    rf"^(?P<caption>.*?)\b(?:{WORDS})s?\s+(?:by|von|par|de|от)\s+(?P<credit>.{{2,120}})$",
    re.IGNORECASE | re.DOTALL,
)
AFTER_SIGN = re.compile(r"^(?P<caption>.*[.!?…”\"])\s*[|–—/•]\s*(?P<credit>[^.!?|–—•]{2,80})\.?$", re.DOTALL)
AFTER_SENTENCE = re.compile(r"^(?P<caption>.*[.!?…”\"])\s+(?P<credit>[^.!?]{2,80})\.?$", re.DOTALL)
LONGEST = 2_000
"""A caption longer than this is text, and stays whole."""

PREFIX = re.compile(
    rf"^(?:©|\(c\)|copyright\b|(?:{WORDS})s?\s*(?::|\b(?:by|von|par|de|of)\b)|by\b|\d{{4}}\b|[\s:,–—-])+",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Captioned:
    """A caption for readers, and who the picture is credited to."""

    caption: str | None
    credit: str | None


def split(text: str | None, credit: str | None = None) -> Captioned:
    """Part a caption from the credit inside it; a credit given beside it wins, and is not said twice."""
    caption = " ".join(text.split()) if text else ""
    given = tidied(credit) if credit else None
    if not caption or len(caption) > LONGEST:
        return Captioned(caption or None, given)
    shown, found = _parted(caption)
    if found is None or (given and _letters(found) != _letters(given)):
        return Captioned(caption, given)
    return Captioned(shown or None, given or found)


def tidied(credit: str) -> str | None:
    """Return a credit as photographer/agency: no copyright sign, no "Photo by", "via" as a slash."""
    text = PREFIX.sub("", " ".join(credit.split())).strip(" .|")
    text = text[1:-1] if text.startswith("(") and text.endswith(")") else text
    parts = re.split(r"\s*/\s*|\s+via\s+", text)
    return "/".join(part for part in parts if part) or None


def _parted(caption: str) -> tuple[str, str | None]:
    """Try the rules in their order; the first that finds a credit has it."""
    for rule, tells in RULES:
        found = rule.match(caption)
        if found and tells(found["credit"]):
            return found["caption"].rstrip(" |–—-([•"), tidied(found["credit"].rstrip(" )]"))
    return caption, None


def _name(credit: str) -> bool:
    """Tell a name from a phrase: "Photo: a story of two cities" credits nobody."""
    return _agency(credit) or (len(credit.split()) <= 8 and not credit[0].islower())


def _agency_or_photo(credit: str) -> bool:
    return "/" in credit or _agency(credit) or PHOTO_WORD.search(credit) is not None


def _agency(credit: str) -> bool:
    return AGENCY.search(credit) is not None


def _short_name_or_agency(credit: str) -> bool:
    return _agency(credit) or (len(credit.split()) <= 4 and re.fullmatch(NAME, credit) is not None)


def _letters(text: str) -> str:
    return "".join(letter for letter in (tidied(text) or "").casefold() if letter.isalnum())


RULES = (
    (LABELLED, _name),
    (COPYRIGHT, _name),
    (BRACKETED, _agency_or_photo),
    (PHOTO_BY, _name),
    (AFTER_SIGN, _short_name_or_agency),
    (AFTER_SENTENCE, _agency),
)
