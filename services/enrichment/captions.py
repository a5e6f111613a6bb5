"""Parts a picture's caption from its credit by ordered rules; which pictures there are is the caller's."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from services.enrichment.agencies import Agencies

WORDS = (
    "(?:Image|Imagen|Photo|Picture)(?: [Cc]redits?)?|Photograph|Photographer|Illustration|Credit|Courtesy|Source|"
    "Symbolfoto|Archivfoto|Foto|Fotograf|Symbolbild|Archivbild|Bildquelle|Bilder|Bild|Grafik|Quelle|"
    "Crédit(?: photo)?|Crédits|Fuente|Fonte|Fotoğraf|Zdjęcie|Kuva|Ljósmynd|"
    "Ảnh|Isithombe|Фото|Світлина|Джерело|Источник|사진(?: 출처)?|写真"
)
NAME = r"[^\W\d_][\w.'’\-]*(?:\s+[\w.'’\-]+){0,5}"
PHOTO_WORD = re.compile(rf"\b(?:{WORDS})\b", re.IGNORECASE)

GLUED = r"(?:\b|(?<=[a-zß-öø-ÿ\d]))"
"""A label's beginning, also where markup between it and the caption went without leaving a space."""

LABELLED = re.compile(rf"^(?P<caption>.*?){GLUED}(?:{WORDS})s?\s*[:：=]\s*(?P<credit>[^:：=]{{2,120}})$", re.DOTALL)
SHOUTED = re.compile(
    r"^(?P<caption>.*?)\b(?:PHOTO|FOTO|IMAGE|ILLUSTRATION|CREDIT|CRÉDIT|ФОТО)S?\s*[:：]\s*(?P<credit>[^:：=]{2,120})$",
    re.DOTALL,
)
COPYRIGHT = re.compile(r"^(?P<caption>.*?)(?:©|\(c\)|\bCopyright\b)\s*(?P<credit>.{2,120})$", re.IGNORECASE | re.DOTALL)
NAME_AND_BRACKET = re.compile(rf"^(?P<caption>.*[.!?…”\"])\s+(?P<credit>{NAME}\s*\([^()]{{2,60}}\))$", re.DOTALL)
BRACKETED = re.compile(r"^(?P<caption>.*?)\s*[(\[](?P<credit>[^()\[\]]{2,120})[)\]]\s*\.?$", re.DOTALL)
PHOTO_BY = re.compile(
    rf"^(?P<caption>.*?)(?:\b(?:{WORDS})s?\s+(?:(?:provided\s+)?by|von|par|de|от)|"
    rf"(?:\b(?:{WORDS})s?\s+|(?<=[.!?]\s)|^)courtesy\s+of)\s+(?P<credit>.{{2,120}})$",
    re.IGNORECASE | re.DOTALL,
)
WHOLE = re.compile(r"^(?P<caption>)(?P<credit>[^!?:;]{2,80})$")
AFTER_SIGN = re.compile(r"^(?P<caption>.*[.!?…”\"])\s*[|–—/•]\s*(?P<credit>[^.!?|–—•]{2,80})\.?$", re.DOTALL)
SHORTENED = re.compile(r"^(?P<caption>.*?)\b(?:[Ff]ot|[Pp]h)\.\s*:?\s*(?P<credit>\w.{1,120})$", re.DOTALL)
AFTER_DASH = re.compile(r"^(?P<caption>.*\S)\s+[–—-]\s+(?P<credit>[^–—-]{2,80})$", re.DOTALL)
AFTER_PIPE = re.compile(r"^(?P<caption>.*\S)\s+[|•]\s+(?P<credit>[^|•]{2,80})$", re.DOTALL)
AFTER_SENTENCE = re.compile(
    r"^(?P<caption>.*(?<!\b\w)[.!?…”\"])(?:\s+|(?=[^\W\d_]))(?P<credit>(?:[^.!?:]|(?<=\b\w)\.){2,80})\.?$", re.DOTALL
)
WORD_OF_NAME = r"(?:Ma?c|[OD]['’])?[A-ZÀ-Þ](?:[a-zß-ÿ'’-]+|[A-ZÀ-Þ'’-]+)"
NAME_AND_SLASH = re.compile(
    rf"^(?P<caption>.*?[^\s.])\s+(?P<credit>{WORD_OF_NAME} (?:[A-ZÀ-Þ]\. |(?:al|bin|de|El|van|von)[ -])?{WORD_OF_NAME}"
    r"\s?/\s?(?:via )?[^/.!?:]{2,40}(?:/[^/.!?:]{2,40})?)$",
    re.DOTALL,
)
"""Without a full stop before it only two words are sure to be a name."""

LONGEST = 2_000
"""A caption longer than this is text, and stays whole."""

LONGEST_CREDIT = 120

PREFIX = re.compile(
    rf"^(?:©|\(c\)|copyright\b(?:\s+of\b)?|(?:{WORDS})s?\s*(?:[:=]|\b(?:by|von|par|de|of)\b)|by\b|\d{{4}}\b|[\s:,=–—-])+",
    re.IGNORECASE,
)
RESERVED = re.compile(r"[\s.,|]*\ball rights reserved\b.*$|\s+기자$|\s*[,/]\s*file(?: photo)?$", re.IGNORECASE)
"""What follows a credit: rights, a title, and that the picture is an old one."""

NOBODY = frozenset("archive file handout illustration library stock undated".split())
"""Words before "photo" in brackets that credit no one."""

PARTS = re.compile(r"\s*[/|]\s*(?:via\s+)?|\s+via\s+", re.IGNORECASE)
AGENCY_TWICE = re.compile(r"^\(([^()]{2,})\)\s*(?=\w)")
"""(Agency/photographer) agency."""

NAME_OF_AGENCY = re.compile(r"^([^()]+?)\s*\(([^()]+)\)$")
"""Photographer (agency)."""

SENTENCE = re.compile(r"\w{2}[.!?]\s")
JOINING = frozenset("via for und and et de del di la le von van".split())


@dataclass(frozen=True, slots=True)
class Captioned:
    """A caption for readers, and who the picture is credited to."""

    caption: str | None
    credit: str | None


@dataclass(frozen=True, slots=True)
class CreditRule:
    """How one source writes credits: between `opens` and `closes`, at the end of a caption or its start.

    Without `closes` a credit goes to the end; `keep` leaves `opens` in it.
    """

    opens: str
    closes: str = ""
    starts: bool = False
    keep: bool = False


def split(text: str | None, credit: str | None, known: Agencies, rules: Sequence[CreditRule] = ()) -> Captioned:
    """Part a caption from the credit inside it; a credit given beside it wins, and is not said twice.

    Where the one inside names all of those and more, it is the fuller one. The source's own rules go first.
    """
    caption = " ".join(text.split()) if text else ""
    given = tidied(credit, known) if credit else None
    if not caption or len(caption) > LONGEST:
        return Captioned(caption or None, given)
    shown, found = _parted(caption, known, rules)
    if found is None:
        return Captioned(caption, given)
    if not given or _letters(found, known) == _letters(given, known):
        return Captioned(shown or None, given or found)
    fuller = _each(given, known) <= _each(found, known)
    return Captioned(shown or None, found) if fuller else Captioned(caption, given)


def tidied(credit: str, known: Agencies) -> str | None:
    """Return a credit as photographer/agency: no copyright sign, no "Photo by", "via" as a slash, nobody twice."""
    text = " ".join(credit[:LONGEST].split()).strip(" .|")
    text = text[1:-1] if text.startswith("(") and text.endswith(")") else text
    text = RESERVED.sub("", PREFIX.sub("", AGENCY_TWICE.sub(r"\1/", text)))
    text = NAME_OF_AGENCY.sub(r"\1/\2", text)
    parts = (part for whole in PARTS.split(text) if (part := _bare(PREFIX.sub("", whole).strip(" ."), known)))
    once = tuple({part.casefold(): part for part in parts}.values())
    agencies = [part for part in once if known.called(part)]
    people = [part for part in once if not known.called(part)]
    return "/".join(people + agencies) or None


def _bare(part: str, known: Agencies) -> str:
    """Take the word off that stands before an agency ("Foto ANSA"), unless it is of its name ("AP Photo")."""
    rest = PHOTO_WORD.sub("", part, count=1).strip() if PHOTO_WORD.match(part) else ""
    return rest if rest and known.called(rest) else part


def _parted(caption: str, known: Agencies, rules: Sequence[CreditRule]) -> tuple[str, str | None]:
    """Try the rules in their order; the first that finds a credit has it."""
    for own in rules:
        parted = _by_rule(caption, own)
        if parted is not None:
            return parted[0].strip(), tidied(parted[1], known)
    for rule, tells in RULES:
        found = rule.match(caption)
        if found and tells(found["credit"], known):
            return found["caption"].rstrip(" |–—-([•"), tidied(_balanced(found["credit"]), known)
    return caption, None


def _by_rule(caption: str, rule: CreditRule) -> tuple[str, str] | None:
    """Return caption and credit by a source's own rule, or None where it does not fit."""
    if rule.starts:
        start = 0 if rule.keep else len(rule.opens)
        end = caption.find(rule.closes, len(rule.opens), len(rule.opens) + LONGEST_CREDIT)
        if not caption.startswith(rule.opens) or end < 0:
            return None
        shown, credit = caption[end + len(rule.closes) :], caption[start:end]
    else:
        whole = caption.rstrip(" .") if rule.closes else caption
        at = whole.rfind(rule.opens, 0, len(whole) - len(rule.closes))
        if at < 0 or not whole.endswith(rule.closes):
            return None
        start = at if rule.keep else at + len(rule.opens)
        shown, credit = caption[:at], whole[start : len(whole) - len(rule.closes)]
    return (shown, credit) if 2 <= len(credit.strip()) <= LONGEST_CREDIT else None


def _balanced(credit: str) -> str:
    """Drop the bracket that closes one before the credit: "(Photo: Ann Lens)"."""
    text = credit.rstrip(" .")
    return text[:-1] if text.endswith((")", "]")) and text.count("(") < text.count(")") + text.count("]") else credit


def _name(credit: str, known: Agencies) -> bool:
    """Tell a name from a phrase: "Photo: a story of two cities" credits nobody."""
    begins = not credit[0].islower() or any(known.called(part) for part in PARTS.split(credit))
    return begins and (len(credit.split()) <= 8 or _agency_or_names(credit, known))


def _agency_or_photo(credit: str, known: Agencies) -> bool:
    if "/" in credit or known.credited(credit):
        return True
    told, words = PHOTO_WORD.subn(" ", credit)
    return words > 0 and any(word[0].isupper() and word.lower() not in NOBODY for word in told.split())


def _agency_or_names(credit: str, known: Agencies) -> bool:
    """Take an agency with names at most: "AFP reporters wait" is a sentence."""
    return known.credited(credit) and (_named(credit) or all(known.called(part) for part in PARTS.split(credit)))


def _agency_or_capitals(credit: str, known: Agencies) -> bool:
    """Take names alone: behind a label in capitals a headline may follow ("PHOTO: Smoke over the bay")."""
    return known.credited(credit) or (len(credit.split()) <= 8 and _named(credit))


def _agency(credit: str, known: Agencies) -> bool:
    return known.credited(credit)


def _agencies(credit: str, known: Agencies) -> bool:
    """Take agencies alone: behind a dash the sentence may go on."""
    return all(known.called(part) for part in PARTS.split(credit.rstrip(" .")))


def _slashed(credit: str, known: Agencies) -> bool:
    """Take a whole caption for a credit only when a slash parts it into agencies and names, one agency at least."""
    parts = PARTS.split(credit)
    if len(parts) < 2 or len(credit.split()) > 8 or SENTENCE.search(credit):
        return False
    agencies = [part for part in parts if known.called(part)]
    return bool(agencies) and all(part in agencies or _named(part) for part in parts)


def _named(text: str) -> bool:
    return not any(word[0].islower() and word not in JOINING for word in text.split())


def _short_name_or_agency(credit: str, known: Agencies) -> bool:
    return _agency_or_names(credit, known) or (len(credit.split()) <= 4 and re.fullmatch(NAME, credit) is not None)


def _each(credit: str, known: Agencies) -> set[str]:
    return {_letters(part, known) for part in PARTS.split(credit)}


def _letters(text: str, known: Agencies) -> str:
    return "".join(letter for letter in (tidied(text, known) or "").casefold() if letter.isalnum())


RULES: tuple[tuple[re.Pattern[str], Callable[[str, Agencies], bool]], ...] = (
    (LABELLED, _name),
    (SHOUTED, _agency_or_capitals),
    (COPYRIGHT, _name),
    (SHORTENED, _name),
    (NAME_AND_BRACKET, _agency),
    (BRACKETED, _agency_or_photo),
    (PHOTO_BY, _name),
    (WHOLE, _slashed),
    (AFTER_SIGN, _short_name_or_agency),
    (AFTER_PIPE, _agency_or_names),
    (AFTER_DASH, _agencies),
    (AFTER_SENTENCE, _agency_or_names),
    (NAME_AND_SLASH, _agency),
)
