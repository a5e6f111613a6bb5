"""What the items of a document have in common, and the check of each; reading them is left to the readers."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any

from pydantic import ValidationError

from services.ingest.parse.dates import moment
from services.ingest.parse.losses import Losses
from services.ingest.parse.values import Fields
from services.ingest.submission import (
    AuthorInput,
    CategoryInput,
    EnclosureInput,
    ImageInput,
    Input,
    RelatedInput,
    SourceInput,
    Submission,
)

PARTS: dict[str, type[Input]] = {
    "authors": AuthorInput,
    "categories": CategoryInput,
    "images": ImageInput,
    "enclosures": EnclosureInput,
    "related": RelatedInput,
}
AHEAD = timedelta(days=10 * 366)
"""What lies ahead further than that is a slip, as is an embargo for ever."""

NOWHERE = "https://feed.invalid/"


@dataclass(slots=True, kw_only=True)
class Channel:
    """What an item takes from its document.

    `base` is what relative addresses are resolved by, `hosts` are those of the feed and its site, `zone` is the time
    zone of dates without one. `scoped` says whether xml:base or xml:lang occur at all.
    """

    source_id: str
    url: str
    base: str = ""
    hosts: frozenset[str] = frozenset()
    language: str | None = None
    rights: str | None = None
    authors: list[Fields] = field(default_factory=list)
    zone: tzinfo = UTC
    now: datetime
    scoped: bool = False
    xml: bool = False
    """Whether it came through an XML parser, which lets no control character by but DEL."""

    losses: Losses = field(default_factory=Losses)
    known: dict[Any, Input] = field(default_factory=dict)
    """What was checked already: a feed names the same authors and categories again and again."""

    unread: dict[tuple[str, ...], list[str]] = field(default_factory=dict)
    """By the elements of an item, those that no one reads: most items of a feed have the same ones."""

    blank: Submission | None = None
    """An item of this document without anything in it: others are made after it."""

    def submission(self, fields: Fields) -> Submission | None:
        """Return an item whose texts, addresses and moments are in order already: only its parts are checked yet."""
        made = dict(fields)
        for name, kind in PARTS.items():
            if name in fields:
                parts = self._checked(kind, fields[name])
                if parts is None:
                    return self._in_full(fields)
                made[name] = parts
        if self.blank is None:
            source = SourceInput(id=self.source_id)
            self.blank = Submission(source=source, url=NOWHERE, headline=NOWHERE)
        return self.blank.model_copy(update=made)

    def _checked(self, kind: type[Input], parts: list[Fields]) -> tuple[Input, ...] | None:
        """Return parts as models, each checked once in a document; None when one of them is not usable."""
        known, models = self.known, []
        for part in parts:
            key = (kind, *part.values(), *part)
            model = known.get(key)
            if model is None:
                try:
                    model = known[key] = kind.model_validate(part)
                except ValidationError:
                    return None
            models.append(model)
        return tuple(models)

    def _in_full(self, fields: Fields) -> Submission | None:
        """Check an item as what is pushed is checked, which says where it is wrong."""
        try:
            return Submission.model_validate({"source": {"id": self.source_id}} | fields)
        except ValidationError as error:
            at = ".".join(str(part) for part in error.errors(include_input=False, include_url=False)[0]["loc"])
            self.losses.note(f"an item is left out, its {at} is not usable: {fields['url'] or fields['guid']}")
            return None

    def moment(self, *texts: str | None, ahead: bool = False) -> datetime | None:
        """Return the first of some dates that can be read; one that cannot is noted, and one to come unless `ahead`."""
        for text in texts:
            if text and text.strip():
                found = moment(text, zone=self.zone, now=self.now + AHEAD if ahead else self.now)
                if found is not None:
                    return found
                self.losses.note(f'the date "{text.strip()[:60]}" is not understood, or lies ahead')
        return None
