"""What one part of a byline is: a person, an agency, a desk or a title; how bylines are parted is byline.py's."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from services.enrichment.agencies import PICTURES, WIRES
from shared.names import name_key

PARTICLES = frozenset(
    "af al av bin bint da dal de del della den der des di do dos du e el ibn la le las los of san ten ter "
    "van von y zu zum zur".split()
)
JOINED = re.compile(r"^(?:a[dlnst]h?-|el-|[dlo]['’])(?=\w)")
"""A particle that is written together with the name: al-Bashir, d'Arcy."""

DESK = re.compile(
    r"\b(?:newsroom|news ?desk|desk|staff(?: writers?| reporters?)?|editorial board|editors|redaktion|la rédaction|"
    r"(?:news )?agenc(?:y|ies)|agenturen|агентства|news|online|team|guest (?:author|writer|contributor))$|"
    r"^(?:(?:de )?la )?(?:редакція|редакция|redaktion(?:en)?|redacci[oó]n|redazione|redação|redakcja|toimitus)\b|"
    r"^the editors\b|^staff\b|^the\s",
    re.IGNORECASE,
)
TITLE_WORDS = (
    "reporter|correspondent|editor|writer|journalist|columnist|photographer|analyst|producer|anchor|"
    "bureau chief|editor-in-chief|contributor|commentator|redakteur|redakteurin|korrespondent|"
    "korrespondentin|"
    "journaliste|rédacteur|rédactrice|correspondant|correspondante|кореспондент|кореспондентка|журналіст|"
    "журналістка|редактор|редакторка|корреспондент|журналист"
)
TITLE = re.compile(rf"(?:^|\s)(?:{TITLE_WORDS})s?(?:\s+at large|\s+(?:for|in|of)\s.*)?$", re.IGNORECASE)
LEADING_TITLE = re.compile(rf"^(?P<title>(?:[\w-]+\s+){{0,2}}(?:{TITLE_WORDS}))\s+(?P<name>.+)$", re.IGNORECASE)
RANKS = (
    "africa|americas|arts|asia|assignment|assistant|associate|audience|automotive|aviation|balkans|banking|beijing|"
    "berlin|books?|breaking|brussels|business|chief|china|city|climate|community|consumer|contributing|copy|court|"
    "crime|culture|data|defen[cs]e|deputy|development|digital|diplomatic|economics|economy|education|energy|"
    "engagement|entertainment|environment|eu|europe|executive|farming|fashion|features?|film|finance|financial|"
    "food|football|foreign|france|freelance|gaming|gardening|general|germany|graphics|head|health|home affairs|"
    "housing|immigration|india|industry|interactives?|international|investigations?|investigative|jerusalem|"
    "justice|kiev|kyiv|labou?r|latin america|lead|legal|leitende[rn]?|letters|lifestyle|local|london|managing|"
    "markets?|media|medical|metro|middle east|moscow|motoring|multimedia|music|national|new york|news|night|"
    "obituaries|online|opinion|parliamentary|photo|pictures?|police|policy|political|politics|production|property|"
    "racing|real estate|regional|religion|research|restaurants?|retail|royal|russia|science|security|senior|"
    "social affairs|social media|special|sports?|standards|style|sub|supervising|tech|technology|theaters?|theatre|"
    "tokyo|transport(?:ation)?|travel|u\\.?k\\.?|u\\.?n\\.?|u\\.?s\\.?|ukraine|video|visuals?|war|washington|weather|web|"
    "weekend|westminster|white house|wine|world"
)
RANKED = re.compile(rf"(?:{RANKS})\s", re.IGNORECASE)
"""What begins so is a title, and nobody's name."""

OF_DESK = re.compile(rf"(?:.+\s)?(?:{RANKS})", re.IGNORECASE)
"""What ends so before a title is what that is of, and nobody's name: "BBC News" Editor."""

BEHIND = re.compile(
    rf"^(?P<name>\S+(?:\s+\S+){{1,3}}?)\s+(?P<title>(?:(?:{RANKS})\s+)*\w*(?:{TITLE_WORDS}|corresponsal|redactora?))$",
    re.IGNORECASE,
)
"""A title behind a name with no comma between them: "Ann Lens Political Correspondent"."""

STAFF = re.compile(r"(?:[\w-]+\s+)?staff\s+(?:writer|reporter|photographer)s?", re.IGNORECASE)
"""A title beside a name, and a desk alone."""

PICTURED = re.compile(
    r"^(?P<title>photos?|photography|photographs|fotos?|pictures?|images?|bild(?:er)?|illustrations?|graphics?|video|фото)"
    r"\s*(?::|\b(?:by|von|par|por|de)\b)\s*(?P<name>.+)$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Named:
    """One name out of a byline, what it is, and the title beside it; `helped` is additional reporting."""

    name: str
    kind: Literal["person", "agency", "desk"] = "person"
    role: str | None = None
    helped: bool = False


@dataclass(frozen=True, slots=True)
class Known:
    """The keys (`name_key`) of names that need no rule: profiles, agencies, desks."""

    people: frozenset[str] = frozenset()
    agencies: frozenset[str] = frozenset()
    desks: frozenset[str] = frozenset()


BUILT_IN = frozenset(
    name_key(spelling)
    for spelling in (*(each for name, others in WIRES.items() for each in (name, *others)), *PICTURES)
    if spelling not in {"Handout", "Pool", "Privat", "Supplied", "UGC"}
)


def people(name: str, known: Known) -> Iterator[Named]:
    """Read a person, behind an agency's name or a title where there is one ("AP Writer Jane Doe")."""
    agency = _leading_agency(name, known)
    rest = name[len(agency) :].lstrip("'’s ").strip() if agency else name
    titled = with_title(rest, known)
    person = titled["name"] if titled else rest
    if is_person(person) or by_key(person, known):
        yield Named(person, role=titled["title"] if titled else None)
        if agency:
            yield Named(agency, "agency")


def cut_off(name: str, known: Known) -> tuple[str, str] | None:
    """Cut an agency or title off that follows a name without a comma, by its case ("ANN LENS Associated Press")."""
    words = name.split()
    for at in range(2, min(len(words), 6)):
        front, tail = " ".join(words[:at]), " ".join(words[at:])
        shouted = front.isupper() and not tail.isupper()
        titled = shouted and (STAFF.fullmatch(tail) or TITLE.search(tail))
        named = is_agency(tail, known) and (shouted or tail.isupper() != front.isupper() or at < len(words) - 1)
        if (titled or named) and is_person(front):
            return front, tail
    return None


def with_title(name: str, known: Known) -> re.Match[str] | None:
    """Return a person's name and the title in front of it, or behind it without a comma."""
    found = PICTURED.match(name) or LEADING_TITLE.match(name) or _with_title_behind(name)
    return found if found and is_person(found["name"]) and not is_agency(found["name"], known) else None


def _with_title_behind(name: str) -> re.Match[str] | None:
    found = BEHIND.match(name)
    return None if found and (RANKED.match(name) or OF_DESK.fullmatch(found["name"])) else found


def _leading_agency(name: str, known: Known) -> str | None:
    words = name.split()
    for count in range(min(len(words) - 1, 4), 0, -1):
        front = " ".join(words[:count]).rstrip("'’")
        if is_agency(front, known) or is_agency(front.removesuffix("'s").removesuffix("’s"), known):
            return front.removesuffix("'s").removesuffix("’s")
    return None


def is_agency(name: str, known: Known) -> bool:
    """Tell whether a name is an agency's, of the newsroom's own or those that every newsroom meets."""
    key = name_key(name)
    return key in known.agencies or key in BUILT_IN


def by_key(name: str, known: Known) -> Named | None:
    """Return what is known by this name, and needs no rule."""
    key, name = name_key(name), name.strip(" ()[]<>")
    if key in known.people:
        return Named(name)
    if key in known.desks:
        return Named(name, "desk")
    return Named(name, "agency") if is_agency(name, known) else None


def is_person(name: str) -> bool:
    """Two to five words with capitals or particles; one is enough in scripts that write names unspaced."""
    words = name.split()
    if any(letter.isdigit() for letter in name) or not 1 <= len(words) <= 5:
        return False
    if not any(letter.lower() != letter.upper() for letter in name):
        return name[0].isalpha()
    begun = [JOINED.sub("", word) for word in words]
    return (
        len(words) >= 2
        and all(word in PARTICLES or not word[0].islower() for word in begun)
        and sum(word[0].isalpha() and not word[0].islower() for word in begun) >= 2
    )
