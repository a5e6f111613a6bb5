"""The dates of pages: those for machines, those for people, and stamps; reading one is left to parse.dates."""

from __future__ import annotations

import re
from datetime import UTC, datetime, tzinfo

from services.ingest.parse import dates

LONGEST = 80
STAMP = re.compile(
    r"^[(\[]?\s*(?:last\s+|article\s+)?(?:updated|modified|edited|оновлено|обновлено|aktualisiert|mis à jour|"
    r"actualizado|aggiornato|zaktualizowano|bijgewerkt)\b(?:\s+(?:on|at|am|le|el|il))?\s*[:,–—-]?\s*"
    r"(?P<when>[^()\[\]]{0,80}?)\s*[)\]]?$",
    re.IGNORECASE,
)
LONGEST_STAMP = 140
NUMBER = re.compile(r"[0-9]+")


def moment(text: str | None, zone: tzinfo = UTC) -> datetime | None:
    """Return the moment that a date means, or None; a year or a time of day alone means none."""
    if not text or len(text) > LONGEST or len(NUMBER.findall(text)) < 2:
        return None
    return dates.moment(text, zone=zone)


def stamped(text: str) -> str | None:
    """Return what stands after "Updated:" in a text that is such a stamp and no more; "" for an empty one."""
    found = STAMP.match(text) if len(text) <= LONGEST_STAMP else None
    return found["when"].strip() if found else None
