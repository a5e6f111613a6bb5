"""Which terms an article is about, with score and reasons; finding mentions is left to matching.py."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b

from services.enrichment.matching import Alias, Mention, longest
from services.enrichment.taxonomy import FULL_NAME, Taxonomy, Term
from shared.events import Article, Category, Evidence, Tag
from shared.slugs import slug

ZONES = {"headline": 3.0, "summary": 2.0, "body": 1.0, "caption": 0.5, "related": 0.25}
"""Where a term may stand, and what one mention there is worth; the author box is no zone."""

CATEGORY_WORTH = 2.0

WORTH = {"name": 1.0, "alias": 1.0, "surname": 1.0, "demonym": 0.5, "metonym": 0.5, "implied": 0.25}

CONFIDENCE = {
    "source": 1.0,
    "name": 0.95,
    "alias": 0.9,
    "surname": 0.85,
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


@dataclass(slots=True)
class Grounds:
    """What speaks for one term while an article is read."""

    term: Term
    score: float = 0.0
    asserted: bool = False
    in_headline: bool = False
    in_lead: bool = False
    said: int = 0
    confidence: float = 0.0
    evidence: list[Evidence] = field(default_factory=list)
    implied: list[Evidence] = field(default_factory=list)

    def adopt(self, label: str) -> None:
        """Count a source's category; it is counted once, however often the source repeats it."""
        if not self.asserted:
            self.asserted, self.confidence = True, CONFIDENCE["source"]
            self.score += CATEGORY_WORTH
            self.evidence.append(Evidence(zone="category", start=0, end=len(label), text=label, how="source"))

    def say(self, zone: str, text: str, mention: Mention) -> None:
        """Count a mention of the term itself; only the first few are kept as evidence."""
        self._weigh(zone, mention.alias.how)
        self.in_headline |= zone == "headline"
        self.in_lead |= zone == "summary" or (zone == "body" and mention.start < LEAD)
        self.said += zone in STORY
        if len(self.evidence) < MAX_EVIDENCE:
            self.evidence.append(_evidence(zone, text, mention, mention.alias.how))

    def imply(self, zone: str, text: str, mention: Mention) -> None:
        """Count a mention of a term that this one follows from."""
        self._weigh(zone, "implied")
        if len(self.implied) < MAX_EVIDENCE:
            self.implied.append(_evidence(zone, text, mention, "implied"))

    def _weigh(self, zone: str, how: str) -> None:
        self.score += ZONES[zone] * WORTH[how]
        self.confidence = max(self.confidence, CONFIDENCE[how])

    @property
    def leads(self) -> bool:
        """Tell whether the story is about it: said in the headline, or in the lead and once more."""
        return self.in_headline or (self.in_lead and self.said >= 2)


def zones_of(article: Article, captions: Iterable[str] = ()) -> dict[str, str]:
    """Return the texts that evidence points into, by zone; captions and related cards are one line each.

    `captions` are those of the body's own pictures; the article's images are read from it.
    """
    shown = [*(image.caption for image in article.images if image.caption), *captions]
    cards = (line for card in article.related for line in (card.headline, card.summary) if line)
    return {
        "headline": article.headline,
        "summary": article.summary or "",
        "body": article.body_text,
        "caption": "\n".join(dict.fromkeys(shown)),
        "related": "\n".join(cards),
    }


def tags(zones: Mapping[str, str], categories: Sequence[Category], source: str, taxonomy: Taxonomy) -> tuple[Tag, ...]:
    """Return an article's tags, the strongest first, ties by id.

    `zones` is what `zones_of` gives; `source` is the id whose categories they are.
    """
    cases: dict[str, Grounds] = {}
    for category in categories[:MAX_CATEGORIES]:
        _adopt(category.label or category.term, source, taxonomy, cases)
    for zone, mentions in _mentions(zones, taxonomy).items():
        for mention in mentions:
            _count(zone, zones[zone], mention, taxonomy, cases)
    ranked = sorted(cases.values(), key=lambda case: (-case.score, case.term.id))[:MAX_TAGS]
    primary = {case.term.id for case in [case for case in ranked if case.leads][:MAX_PRIMARY]}
    return tuple(_tag(case, primary=case.term.id in primary) for case in ranked)


def _mentions(zones: Mapping[str, str], taxonomy: Taxonomy) -> dict[str, list[Mention]]:
    found = {zone: taxonomy.matcher.mentions(zones[zone]) for zone in ZONES if zones.get(zone)}
    firm = {mention.alias.term for said in found.values() for mention in said if mention.alias.needs is None}
    firm |= {implied for term in firm for implied in taxonomy.terms[term].implies}
    return {
        zone: longest([mention for mention in said if _is_met(mention.alias, firm)]) for zone, said in found.items()
    }


def _is_met(alias: Alias, firm: set[str]) -> bool:
    """Tell whether an alias counts: a surname where the full name stands, others by the term they need."""
    return alias.needs is None or (alias.term if alias.needs == FULL_NAME else alias.needs) in firm


def _count(zone: str, text: str, mention: Mention, taxonomy: Taxonomy, cases: dict[str, Grounds]) -> None:
    """Count a mention for its term, and a part of it for each term that follows from it."""
    term = taxonomy.terms[mention.alias.term]
    _grounds(term, cases).say(zone, text, mention)
    for implied in term.implies:
        _grounds(taxonomy.terms[implied], cases).imply(zone, text, mention)


def _evidence(zone: str, text: str, mention: Mention, how: str) -> Evidence:
    said = text[mention.start : mention.end]
    return Evidence(zone=zone, start=mention.start, end=mention.end, text=said, how=how)


def _grounds(term: Term, cases: dict[str, Grounds]) -> Grounds:
    if term.id not in cases:
        cases[term.id] = Grounds(term)
    return cases[term.id]


def _adopt(label: str, source: str, taxonomy: Taxonomy, cases: dict[str, Grounds]) -> None:
    """Take a source's category at its word: as the terms it stands for, or as a tag of its own."""
    label = " ".join(label.split())[:200]
    for term in (taxonomy.of_category(source, label) or (_own(label),)) if label else ():
        _grounds(term, cases).adopt(label)


def _own(label: str) -> Term:
    short = slug(label) or blake2b(label.encode("utf-8", "replace"), digest_size=8).hexdigest()
    return Term(id=f"source/{short}", slug=short, name=label, kind="topic", same_as=(), implies=())


def _tag(case: Grounds, *, primary: bool) -> Tag:
    term = case.term
    return Tag(
        id=term.id,
        slug=term.slug,
        name=term.name,
        kind=term.kind,
        same_as=term.same_as,
        score=round(case.score, 3),
        primary=primary,
        method="source" if case.asserted else "dictionary",
        confidence=case.confidence,
        evidence=tuple([*case.evidence, *case.implied][:MAX_EVIDENCE]),
    )
