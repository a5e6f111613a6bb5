"""Which terms an article is about, with score and reasons; finding mentions is left to matching.py."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any

from pydantic import TypeAdapter

from services.enrichment import guard
from services.enrichment.classifier import Guess
from services.enrichment.language import kin
from services.enrichment.matching import Alias, Mention, folded, longest, lowered
from services.enrichment.taxonomy import Taxonomy, label_of
from services.enrichment.taxonomy_entries import FULL_NAME
from services.enrichment.terms import Method, Term
from shared.events import Article, Category, Tag
from shared.slugs import slug

ZONES = {"headline": 3.0, "summary": 2.0, "body": 1.0, "caption": 0.5, "related": 0.25}
"""Where a term may stand, and what one mention there is worth; the author box is no zone."""

CATEGORY_WORTH = 2.0
GUESS_WORTH = 1.0

WORTH = {"name": 1.0, "alias": 1.0, "surname": 1.0, "demonym": 0.5, "metonym": 0.5, "implied": 0.25}

CONFIDENCE = {
    "source": 1.0,
    "name": 0.95,
    "alias": 0.9,
    "surname": 0.85,
    "gazetteer": 0.7,
    "demonym": 0.6,
    "metonym": 0.6,
    "implied": 0.6,
}
"""Fixed by measurement for each kind of reason, never guessed for a single hit."""

STORY = ("headline", "summary", "body")
LEAD = 600
"""So many code points of the body are the lead."""

MAX_PRIMARY = 8
MAX_TAGS = 100
MAX_EVIDENCE = 5
MAX_CATEGORIES = 50
MAX_TEXT = 1_000_000
"""So many code points of a zone are read: more than any story has, and no more than a second's work."""

TRUSTED: tuple[Method, ...] = ("source", "dictionary", "gazetteer", "classifier")
"""Whose word counts most, first."""

SOURCE, DICTIONARY, GAZETTEER, CLASSIFIER = range(len(TRUSTED))

TAGS = TypeAdapter(tuple[Tag, ...])
"""Makes an article's tags in one call: a call for each, and each of their reasons, took half of the tagger's time."""


Reason = tuple[str, int, int, str, str]
"""Evidence before it is one: zone, start, end, text, how."""


@dataclass(slots=True)
class Grounds:
    """What speaks for one term while an article is read."""

    term: Term
    score: float = 0.0
    trust: int = len(TRUSTED) - 1
    adopted: bool = False
    in_headline: bool = False
    in_lead: bool = False
    said: int = 0
    confidence: float = 0.0
    count: int = 0
    evidence: list[Reason] = field(default_factory=list)
    implied: list[Reason] = field(default_factory=list)

    def adopt(self, label: str, *, implied: bool = False) -> None:
        """Count a source's category; it is counted once, however often the source repeats it."""
        if self.adopted:
            return
        self.adopted = not implied
        how = "implied" if implied else "source"
        self._weigh(SOURCE, CONFIDENCE[how], CATEGORY_WORTH * (WORTH["implied"] if implied else 1))
        self._keep(("category", 0, len(label), label, how), self.implied if implied else self.evidence)

    def say(self, zone: str, text: str, mention: Mention) -> None:
        """Count a mention of the term itself; only the first few are kept as evidence."""
        start, end, alias = mention
        how = alias.how
        sure = CONFIDENCE["gazetteer" if alias.guarded and how != "demonym" else how]
        self._weigh(GAZETTEER if alias.guarded else DICTIONARY, sure, ZONES[zone] * WORTH[how])
        if zone in STORY:
            self.said += 1
            self.in_headline |= zone == "headline"
            self.in_lead |= zone == "summary" or (zone == "body" and start < LEAD)
        self._keep((zone, start, end, text[start:end], how), self.evidence)

    def imply(self, zone: str, text: str, mention: Mention) -> None:
        """Count a mention of a term that this one follows from."""
        start, end, alias = mention
        trust = GAZETTEER if alias.guarded else DICTIONARY
        self._weigh(trust, CONFIDENCE["implied"], ZONES[zone] * WORTH["implied"])
        self._keep((zone, start, end, text[start:end], "implied"), self.implied)

    def guess(self, guess: Guess, reasons: Iterable[Reason]) -> None:
        """Count what the words of the whole story speak for."""
        self._weigh(CLASSIFIER, guess.precision, GUESS_WORTH)
        for reason in reasons:
            self._keep(reason, self.evidence)

    def _weigh(self, trust: int, confidence: float, worth: float) -> None:
        self.score += worth
        self.trust = min(self.trust, trust)
        self.confidence = max(self.confidence, confidence)

    def _keep(self, reason: Reason, kept: list[Reason]) -> None:
        self.count += 1
        if len(kept) < MAX_EVIDENCE:
            kept.append(reason)

    @property
    def leads(self) -> bool:
        """Tell whether the story is about it: said in the headline, or in the lead and once more."""
        return self.in_headline or (self.in_lead and self.said >= 2)


def zones_of(article: Article, captions: Iterable[str] = ()) -> dict[str, str]:
    """Return the texts that evidence points into, by zone; captions and related cards are one line each.

    `captions` are those of the body's own pictures; the article's images are read from it.
    """
    shown = [*(image.caption for image in article.images if image.caption), *captions]
    placed = (card for card in article.related if card.kind == "editorial")
    cards = (line for card in placed for line in (card.headline, card.summary) if line)
    return {
        "headline": article.headline,
        "summary": article.summary or "",
        "body": article.body_text,
        "caption": "\n".join(dict.fromkeys(shown)),
        "related": "\n".join(cards),
    }


def tags(
    zones: Mapping[str, str],
    categories: Sequence[Category],
    source: str,
    taxonomy: Taxonomy,
    language: str | None = None,
) -> tuple[Tag, ...]:
    """Return an article's tags, the strongest first, ties by id.

    `zones` is what `zones_of` gives; `source` is the id whose categories they are; `language` is the text's, a BCP 47
    tag, or None where nobody knows it.
    """
    cases: dict[str, Grounds] = {}
    for category in categories[:MAX_CATEGORIES]:
        _adopt(category, source, taxonomy, cases)
    for zone, mentions in found(zones, taxonomy, language).items():
        _count(zone, zones[zone], mentions, taxonomy, cases)
    if not any(case.adopted and case.term.kind == "topic" and case.term.id in taxonomy for case in cases.values()):
        _guess(zones, taxonomy, cases)
    ranked = sorted(cases.values(), key=lambda case: (-case.score, case.term.id))[:MAX_TAGS]
    primary = {case.term.id for case in [case for case in ranked if case.leads][:MAX_PRIMARY]}
    return TAGS.validate_python([_tag(case, primary=case.term.id in primary) for case in ranked])


def found(zones: Mapping[str, str], taxonomy: Taxonomy, language: str | None = None) -> dict[str, list[Mention]]:
    """Return the mentions that count, by zone and in text order: no two overlap."""
    texts = {zone: _bounded(zones[zone]) for zone in ZONES if zones.get(zone)}
    spoken = kin(language) if language else None
    every = {zone: _said_in(spoken, taxonomy.matcher.mentions(text)) for zone, text in texts.items()}
    firm = _firm(every.values(), taxonomy)
    met = {zone: [one for one in said if _is_met(one.alias, firm)] for zone, said in every.items()}
    if not guard.has_places(met.values()):
        return {zone: longest(said) for zone, said in met.items()}
    told = {zone: longest(guard.chosen(said, taxonomy.places)) for zone, said in met.items()}
    return guard.kept(told, texts, taxonomy.places)


def _bounded(text: str) -> str:
    """Cut what no story is as long as, between two words where there are any."""
    if len(text) <= MAX_TEXT:
        return text
    end = text.rfind(" ", MAX_TEXT - LEAD, MAX_TEXT)
    return text[: end if end >= 0 else MAX_TEXT]


def _said_in(spoken: str | None, said: Sequence[Mention]) -> Sequence[Mention]:
    """Drop what is another word in the text's language: a German "war" is none."""
    if spoken is None or not any(one.alias.languages for one in said):
        return said
    return [one for one in said if not one.alias.languages or spoken in one.alias.languages]


def _firm(every: Iterable[Sequence[Mention]], taxonomy: Taxonomy) -> set[str]:
    """Return the terms that are mentioned by themselves, with those that follow and the places they lie in."""
    firm = {one.alias.term for said in every for one in said if one.alias.needs is None}
    implied = {other for term in firm if (own := taxonomy.terms.get(term)) for other in own.implies}
    around = {other for term in firm for other in taxonomy.places.within.get(term, ())}
    return firm | implied | around


def _is_met(alias: Alias, firm: set[str]) -> bool:
    """Tell whether an alias counts: a surname where the full name stands, others by the term they need."""
    return alias.needs is None or (alias.term if alias.needs == FULL_NAME else alias.needs) in firm


def _count(zone: str, text: str, mentions: Iterable[Mention], taxonomy: Taxonomy, cases: dict[str, Grounds]) -> None:
    """Count each mention for its term, and a part of it for each term that follows from it."""
    for mention in mentions:
        case = _grounds(mention.alias.term, taxonomy, cases)
        case.say(zone, text, mention)
        for implied in case.term.implies:
            _grounds(implied, taxonomy, cases).imply(zone, text, mention)


def _guess(zones: Mapping[str, str], taxonomy: Taxonomy, cases: dict[str, Grounds]) -> None:
    """Ask the classifier where the source says nothing of the topic; what is found already needs no guess."""
    texts = {zone: _bounded(zones.get(zone, "")) for zone in ("headline", "body")}
    for guess in taxonomy.classifier.guesses("\n".join(texts.values())):
        if guess.topic in taxonomy and guess.topic not in cases:
            reasons = [reason for word in guess.words if (reason := _first(word, texts)) is not None]
            _grounds(guess.topic, taxonomy, cases).guess(guess, reasons)


def _first(word: str, texts: Mapping[str, str]) -> Reason | None:
    """Return where a word that the classifier went by stands first."""
    for zone, text in texts.items():
        found = re.search(rf"(?<![^\W\d_]){re.escape(word)}(?![^\W\d_])", lowered(folded(text)))
        if found:
            said = text[found.start() : found.end()]
            return zone, found.start(), found.end(), said, "classifier"
    return None


def _grounds(term: str, taxonomy: Taxonomy, cases: dict[str, Grounds]) -> Grounds:
    return cases.get(term) or _first_of(taxonomy.term(term), cases)


def _first_of(term: Term, cases: dict[str, Grounds]) -> Grounds:
    return cases.setdefault(term.id, Grounds(term))


def _adopt(category: Category, source: str, taxonomy: Taxonomy, cases: dict[str, Grounds]) -> None:
    """Take a source's category at its word: as the terms it stands for, or as a tag of its own."""
    label = label_of(category)
    if not label:
        return
    for term in taxonomy.of_category(source, category) or (_own(label),):
        _first_of(term, cases).adopt(label)
        for implied in term.implies:
            _grounds(implied, taxonomy, cases).adopt(label, implied=True)


def _own(label: str) -> Term:
    short = slug(label) or blake2b(label.encode("utf-8", "replace"), digest_size=8).hexdigest()
    return Term(f"source/{short}", short, label, "topic", (), (), "source")


def _tag(case: Grounds, *, primary: bool) -> dict[str, Any]:
    term = case.term
    return {
        "id": term.id,
        "slug": term.slug,
        "name": term.name,
        "kind": term.kind,
        "same_as": term.same_as,
        "score": round(case.score, 3),
        "primary": primary,
        "method": TRUSTED[case.trust],
        "confidence": case.confidence,
        "evidence": [_evidence(reason) for reason in [*case.evidence, *case.implied][:MAX_EVIDENCE]],
        "evidence_count": case.count,
    }


def _evidence(reason: Reason) -> dict[str, Any]:
    zone, start, end, text, how = reason
    return {"zone": zone, "start": start, "end": end, "text": text, "how": how}
