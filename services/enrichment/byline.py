"""Takes a byline apart into people, agencies and desks; who they are is left to linking.py.

The rules follow reading many bylines, journalisted's list of them first: nothing here guesses at spelling.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from functools import lru_cache

from services.enrichment.byline_parts import (
    DESK,
    OF_DESK,
    PARTICLES,
    RANKED,
    STAFF,
    TITLE,
    Known,
    Named,
    by_key,
    cut_off,
    is_agency,
    is_person,
    people,
    with_title,
)
from services.enrichment.dates import DATE, MONTHS
from shared.names import SUFFIXES, name_key

__all__ = ["Known", "Named", "named", "parsed"]

LONGEST = 500
"""A longer byline is a text that went astray; the rest of it is not read."""

WORK = (
    "written|posted|published|words|text|story|report(?:ed|ing)?|analysis|opinion|exclusive|comment(?:ary)?|review|"
    r"interview|column|essay|feature|compiled|produced|special\s+to\s+[^,;|]{2,40}?"
)
AND_MORE = r"(?:\s+(?:and|und|&|et|y)\s+\w{2,15})?"
OPENING = re.compile(
    rf"^(?:(?:(?:{WORK}){AND_MORE}\s+)?by\s*:?(?:\s+|$)|(?:mis à jour|publié|propos recueillis)\s+par\s+|"
    r"(?:view\s+)?(?:all\s+)?(?:posts|stories|articles)\s+by\s+|"
    r"(?:ein\w*\s+)?(?:kolumne|kommentar|analyse|essay|bericht|reportage|glosse|porträt|gastbeitrag)\s+von\s+|"
    r"(?-i:[Bb]y|BY|Von)(?=[A-ZÀ-Þ][a-zß-ÿ])|"
    rf"(?:author|autor|auteur|автор|автори|авторы|text|текст|von|par|por)s?{AND_MORE}\s*:\s*|"
    r"(?:بقلم|الكاتب)\s*:?\s*)",
    re.IGNORECASE,
)
OPENING_WORD = re.compile(
    r"^(?:from|von|par|por|door|af|av|(?-i:di))\s+(?!(?-i:der|den|dem|de|zu|zur|und)\s)(?=\S+\s+\S)", re.IGNORECASE
)
"""Words that also begin surnames: two more words must follow, and none that a surname goes on with (von der Leyen)."""

MOMENT = (
    rf"(?:{DATE.pattern}|(?:{MONTHS})\.?\s+\d{{1,2}},?\s+\d{{4}}|\d{{4}}-\d\d-\d\d|\d{{1,2}}/\d{{1,2}}/\d{{2,4}}|\d{{1,2}}:\d\d|"
    r"\d{1,3}\s+(?:min(?:ute)?s?|hours?|days?)\b)"
)
FIRST = re.compile(rf"^(?:{MOMENT}(?:\s+(?:um|uhr|at)\b)?[\s|•·,;–—-]*)+", re.IGNORECASE)
DATED = re.compile(rf"(?<![\s|•·,;–—-])[\s|•·,;–—-]++(?:posted\s+)?{MOMENT}.*$", re.IGNORECASE)
"""A moment behind a name, with all that a page puts behind that: no name has one in it."""

TOLD = re.compile(r"\s+(?:is|was)\s+(?:an?|the)\s.*$|\s+ist\s+(?:ein|der|die|Redakt|Korrespond|Autor|Report)\w*\b.*$")
"""What a box of an author tells of one behind the name."""

STAMP = re.compile(
    r"[\s|•·–—,-]*\b(?:last )?(?:updated|published|aktualisiert|оновлено|обновлено)\b(?!\s+by\b).*$|"
    r"\s+on\s+(?:\w{3,9}\.?\s+)?\d{1,2}\b.*$",
    re.IGNORECASE,
)
ADDRESS = re.compile(r"[\s(<\[]*\b[^\s@<>()]{1,64}@[^\s@<>()]{1,100}[)>\]]?|(?<!\S)@\w+")
HELPED = re.compile(
    r"[\s,;.|(–—-]*\b(?:(?:with\s+)?(?:additional|further)\s+reporting\s+(?:by|from)|"
    r"with\s+(?:reporting|contributions|files)\s+(?:by|from))\b:?\s*",
    re.IGNORECASE,
)
FOR_OUTLET = re.compile(r"\s+(?:for|(?P<of>of|from|at))\s+(?P<outlet>[^,;|&]+)", re.IGNORECASE)
ANDS = "and|und|et|та|и|і|й|og|och"
WEAK_AND = r"(?-i:y|e|i|en)\s+(?=\S+\s+(?!(?-i:y|e|i|en)\s)[^\W\d_])"
"""Words that also stand within names (Ortega y Gasset), so a name of two words must follow."""

SEPARATOR = re.compile(
    rf"\s*[,;|&/()•·、，；／،؛]\s*(?:(?:(?:{ANDS}|via|with|avec|mit)\s+|{WEAK_AND}))?|\s+[–—-]\s+|"
    rf"\s+(?:(?:{ANDS}|via|with|avec|mit)\s+|{WEAK_AND})",
    re.IGNORECASE,
)
"""What parts names, the comma before an "and" with it: else the name behind them would begin with the word."""

HANDLE = r"@[\w.-]{1,64}(?:@[\w-]{1,63}(?:\.[\w-]{1,63})+)?"
HANDLES = re.compile(rf"(?:by\s+)?{HANDLE}(?:(?:\s*[,;&/|]\s*|\s+(?:(?:{ANDS})\s+)?){HANDLE})*", re.IGNORECASE)
"""Who signs by a handle has no other name there."""

JOINT = re.compile(rf"\s*&\s*|\s+(?:{ANDS}|y|e|i|en)\s+", re.IGNORECASE)
FIRM = re.compile(
    r"\b(?:associates|books|brothers|bros|co|company|corp|foundation|gmbh|group|inc|l\.?l\.?[cp]|ltd|partners|plc|press|"
    r"sons|trust)\.?$",
    re.IGNORECASE,
)

AND = re.compile(rf"[\s,;)]*(?:&\s*|\b(?:{ANDS}|y|e|i|en)\s+)", re.IGNORECASE)
LONE = re.compile(r"[^\W\d_a-zа-я][^\W\d_]{2,30}")
PLACE = re.compile(r"\s+in\s+[A-ZÀ-ÞА-ЯІЇЄҐ].*$")
REPORTER = re.compile(r"\s*(?:기자|記者|记者)(?:\s+외\s+\d{1,3}명)?(?=$|[\s,;|&/])")
"""The title that Korean, Japanese and Chinese bylines put behind a name, and "and so many more"."""

DOUBLED = re.compile(r"^((?:\S+\s+){1,3}\S+)\s+\1$")
"""A name that a page shows twice, beside a picture and below it."""

BORDER = " .,;:|–—-"
DOMAIN = re.compile(r"(?:https?://)?(?:[\w-]{1,63}\.){1,4}[^\W\d_]{2,24}(?:/\S*)?")
"""An outlet that signs by its address."""


@dataclass(slots=True)
class Reading:
    """The names read so far, so that a title finds the person before it, or the next one where there is none."""

    names: list[Named] = field(default_factory=list)
    ahead: str | None = None

    def entitle(self, title: str) -> None:
        """Give a title to the last person, unless there is one already; to the first to come where nobody is there."""
        if not self.names:
            self.ahead = title
        elif self.names[-1].kind == "person" and not self.names[-1].role:
            self.names[-1] = replace(self.names[-1], role=title)

    def add(self, *names: Named) -> None:
        """Add names, the first with the title that stood before it."""
        if names and names[0].kind == "person" and not names[0].role:
            names = (replace(names[0], role=self.ahead), *names[1:])
        self.ahead = None if names else self.ahead
        self.names.extend(names)

    def suffix(self, text: str) -> None:
        """Put Jr. or III back on the name that a comma cut it from."""
        if self.names:
            self.names[-1] = replace(self.names[-1], name=f"{self.names[-1].name} {text}")


def parsed(byline: str, known: Known) -> tuple[Named, ...]:
    """Return the names in a byline in their order, those who helped last; what fits no rule is kept raw."""
    return _parsed(byline[:LONGEST], known)


def named(field: str, known: Known) -> tuple[Named, ...]:
    """Return who is meant by a field that is for one name: one, unless it is plainly a list of several."""
    names = parsed(field, known)
    return (Named(" ".join(field.split())),) if len(names) > 1 and _is_one(field, known) else names


def _is_one(name: str, known: Known) -> bool:
    """Tell whether what "and" joins is one name: a firm's, or lone words that nobody knows (Marks & Spencer)."""
    parts = [part for part in JOINT.split(name.strip()) if not by_key(part, known) and not DESK.search(part)]
    lone = [part for part in parts if LONE.fullmatch(part)]
    if "&" in name and (FIRM.search(name) or lone):
        return not re.search(r"[,;|/]\s", name)
    return len(lone) > 1 and len(lone) == len(JOINT.split(name.strip()))


@lru_cache(maxsize=4096)
def _parsed(byline: str, known: Known) -> tuple[Named, ...]:
    """Read a byline once: the same few hundred stand over all of a newsroom's stories."""
    text = " | ".join(" ".join(line.split()) for line in byline.splitlines() if line.strip())
    whole = by_key(text, known)
    if whole:
        return (whole,)
    if HANDLES.fullmatch(text):
        return tuple(Named(handle) for handle in re.findall(HANDLE, text))
    text = REPORTER.sub("", ADDRESS.sub("", TOLD.sub("", STAMP.sub("", text))))
    text = DOUBLED.sub(r"\1", _undated(text, known))
    main, *helpers = HELPED.split(text)
    found = _names(main, known)
    found += [replace(named, helped=True) for part in helpers for named in _names(part, known)]
    raw = _opened(text, known).strip(BORDER)
    return tuple(found) or ((Named(raw, "desk" if DOMAIN.fullmatch(raw) else "person"),) if raw else ())


def _undated(text: str, known: Known) -> str:
    """Take a moment off that stands in front of the names, and one behind them with all that follows."""
    text = FIRST.sub("", text)
    front = DATED.sub("", text)
    return front if front != text and _names(front, known) else text


def _names(text: str, known: Known) -> list[Named]:
    text = _opened(text.strip(), known).rstrip(BORDER)
    turned = [named for part in text.split(";") if (named := _inverted(part.strip(), known))]
    if len(turned) == text.count(";") + 1:
        return turned
    text = FOR_OUTLET.sub(lambda found: _outlet(found, known), text)
    whole = by_key(text, known)
    if whole:
        return [whole]
    reading = Reading()
    start, placed, joined = 0, False, False
    for sign in (*SEPARATOR.finditer(text), None):
        part = text[start : sign.start() if sign else None].strip()
        followed = sign is not None and AND.fullmatch(sign[0]) is not None
        _read(part, known, reading, joined=followed if start == 0 else joined and not placed and bool(reading.names))
        placed = PLACE.search(part) is not None
        start, joined = (sign.end() if sign else start), followed
    return reading.names


def _outlet(found: re.Match[str], known: Known) -> str:
    """Part an agency from who works for it; another outlet is dropped, and "of" any other is no such word."""
    if is_agency(found["outlet"], known):
        return f", {found['outlet']}"
    return found[0] if found["of"] else ""


def _opened(text: str, known: Known) -> str:
    text = OPENING.sub("", text)
    word, _, rest = text.partition(" ")
    if OPENING_WORD.match(f"{word} x y") and by_key(rest, known):
        return rest
    return OPENING_WORD.sub("", text)


def _read(part: str, known: Known, reading: Reading, *, joined: bool) -> None:
    """Classify one part: agency, title, desk, person.

    A lone word that nobody knows says nothing ("Ann Writer, Kyiv"), but when `joined` to another name by "and".
    """
    name = PLACE.sub("", part.rstrip(BORDER))
    if not name:
        return
    if name_key(name) in SUFFIXES:
        reading.suffix(name)
    elif named := by_key(name, known):
        reading.add(named)
    elif cut := cut_off(name, known):
        for each in cut:
            _read(each, known, reading, joined=False)
    elif STAFF.fullmatch(name) and reading.names and reading.names[-1].kind == "person":
        reading.entitle(name)
    elif DESK.search(name):
        reading.add(Named(name, "desk"))
    elif TITLE.search(name) and not with_title(name, known) and not _signs(name, reading, joined=joined):
        reading.entitle(name)
    elif joined and LONE.fullmatch(name):
        reading.add(Named(name))
    else:
        reading.add(*people(name, known))


def _signs(name: str, reading: Reading, *, joined: bool) -> bool:
    """Tell whether what ends like a title is somebody's name: nobody stands before it, or "and" joins it to a name."""
    of_desk = RANKED.match(name) or OF_DESK.fullmatch(TITLE.sub("", name))
    return is_person(name) and not of_desk and (joined or not reading.names)


def _inverted(text: str, known: Known) -> Named | None:
    """Turn "Writer, Ann", where there is one comma and nothing else that parts names."""
    parts = SEPARATOR.split(text)
    if len(parts) != 2 or "," not in text:
        return None
    last, first = parts
    lone = (
        last.lower() != last.upper()
        and len([word for word in last.split() if word not in PARTICLES]) == 1
        and 1 <= len(first.split()) <= 2
        and name_key(first) not in SUFFIXES
    )
    if not lone or by_key(last, known) or by_key(first, known) or TITLE.search(first) or DESK.search(first):
        return None
    turned = f"{first} {last}"
    return Named(turned) if is_person(turned) else None
