"""The dates of pages: those for machines, those for people, and stamps; reading one is left to parse.dates."""

from __future__ import annotations

import re
from datetime import UTC, datetime, tzinfo

from services.ingest.parse import dates

LONGEST = 80
UPDATED = (
    r"(?:(?:last|article|zuletzt|letzte|dernière|última|ultimo|останнє|последнее|آخر)\s+)?"
    r"(?:updated|modified|edited|оновлено|оновлення|обновлено|обновление|aktualisiert|aktualisierung|mis à jour|"
    r"mise à jour|actualizado|actualización|aggiornato|aggiornamento|zaktualizowano|bijgewerkt|تم التحديث|تحديث|"
    r"stand(?=\s*:?\s*\d))(?:\s+(?:on|at|am|le|el|il|um))?\s*[:,–—-]?\s*"
)
STAMP = re.compile(rf"^[(\[]?\s*{UPDATED}(?P<when>[^()\[\]]{{0,80}}?)\s*[)\]]?$", re.IGNORECASE)
DATED = re.compile(
    r"^(?:(?:first\s+)?(?:published|posted|veröffentlicht|erstellt|publié|publicado|pubblicato|опубліковано|"
    rf"опубликовано)\b)?(?:\s+(?:on|at|am|le|el|il))?\s*:?\s*(?P<first>[^|()\[\]]{{6,60}}?)"
    rf"\s*[,;|·•–—(\[-]\s*{UPDATED}(?P<when>[^()\[\]]{{6,80}}?)\s*[)\]]?$",
    re.IGNORECASE,
)
"""Both dates in one line: "Jan. 14, 2026 (Updated: Jan. 15, 2026)"."""

LONGEST_STAMP = 140
NUMBER = re.compile(r"[0-9]+")


def moment(text: str | None, zone: tzinfo = UTC) -> datetime | None:
    """Return the moment that a date means, or None; a year or a time of day alone means none."""
    if not text or len(text) > LONGEST or len(NUMBER.findall(text)) < 2:
        return None
    return dates.moment(text, zone=zone)


def stamped(text: str) -> str | None:
    """Return what stands after "Updated:" in a text that is such a stamp and no more; "" for an empty one."""
    if len(text) > LONGEST_STAMP:
        return None
    found = STAMP.match(text) or _dated(text)
    when = found["when"].strip() if found else None
    return when if not when or any(letter.isdigit() for letter in when) else None  # else it is a sentence


def first_dated(text: str) -> str | None:
    """Return the first date of a line that tells when a story was published and when it was updated."""
    found = _dated(text) if len(text) <= LONGEST_STAMP else None
    return found["first"].strip() if found else None


def _dated(text: str) -> re.Match[str] | None:
    found = DATED.match(text)
    return found if found and moment(found["first"]) and moment(found["when"]) else None
