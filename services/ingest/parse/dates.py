"""Moments out of what feeds write for dates; which date of an item it is, is left to the readers.

Understands RFC 822 and its many bends, W3CDTF and ISO 8601 (weeks and days of the year too), asctime, seconds since
1970, and dates by name of month in some thirty languages.
"""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import UTC, date, datetime, timedelta, tzinfo
from datetime import timezone as fixed

from services.ingest.parse.months import MONTHS

LONGEST = 100
TO_SECONDS = len("2026-11-22T10:00:00")
AHEAD = timedelta(days=1)
EPOCH_BEGAN = datetime(1970, 1, 1, tzinfo=UTC)
ISO = re.compile(
    r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[Tt\s,]+(\d{1,2}):?(\d{2})(?::?(\d{2})(?:[.,:]\d+)?)?\s*(\S{1,9}(?:\s?\d{4})?)?)?"
)
RFC_822 = re.compile(
    r"(?:[A-Za-z]{2,9}[.,]*\s*)?(\d{1,2})[\s-]+([A-Za-z]{3,9})\.?,?[\s-]+(\d{4}|\d{2})[\s,T]+"
    r"(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)?\s*([A-Za-z0-9+:-]{1,9})?"
)
COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})(?:[Tt\s]?(\d{2})(\d{2})(\d{2})?(?:[.,]\d+)?\s*(\S{1,6})?)?")
WEEK = re.compile(r"(\d{4})-?[Ww](\d{2})(?:-?([1-7]))?")
ORDINAL = re.compile(r"(\d{4})-?(\d{3})")
MONTH_ALONE = re.compile(r"(\d{4})(?:-(\d{2}))?")
EPOCH = re.compile(r"(\d{9,10}|\d{12,13})(?:\.\d+)?")
COMMENT = re.compile(r"\([^()]*\)")
CLOCK = re.compile(
    r"(오전|오후|上午|下午)?\s*(?<!\d)(\d{1,2})(?:[:h](\d{2})(?:[:.](\d{2}))?(?:[.,:]\d+)?(?:\s*([ap])\.?m\b\.?)?|\s*([ap])\.?m\b\.?)"
)
OFFSET = re.compile(r"(?:gmt|utc|ut|z)?\s*([+-])\s?(\d{1,2}):?(\d{2})?(?::?\d{2})?(?!\d)")
ZONE = re.compile(r"([a-zмск]{1,5})(?![^\W\d_])")
PART = re.compile(r"\d+|[^\W\d_]+")

ZONES = {
    **dict.fromkeys(("z", "ut", "utc", "gmt", "wet", "n", "uct"), 0),
    "adt": -3,
    "ast": -4,
    "at": -4,
    "edt": -4,
    "est": -5,
    "et": -5,
    "cdt": -5,
    "cst": -6,
    "ct": -6,
    "mdt": -6,
    "mst": -7,
    "mt": -7,
    "pdt": -7,
    "pst": -8,
    "pt": -8,
    "akdt": -8,
    "akst": -9,
    "hst": -10,
    "hadt": -9,
    "hast": -10,
    "nst": -3.5,
    "ndt": -2.5,
    "brt": -3,
    "brst": -2,
    "art": -3,
    "clt": -4,
    "clst": -3,
    "cot": -5,
    "pet": -5,
    "bst": 1,
    "west": 1,
    "cet": 1,
    "mez": 1,
    "met": 1,
    "cest": 2,
    "mesz": 2,
    "mest": 2,
    "eet": 2,
    "eest": 3,
    "msk": 3,
    "мск": 3,
    "msd": 4,
    "trt": 3,
    "sast": 2,
    "cat": 2,
    "eat": 3,
    "wat": 1,
    "idt": 3,
    "irst": 3.5,
    "gst": 4,
    "pkt": 5,
    "ist": 5.5,
    "npt": 5.75,
    "ict": 7,
    "wib": 7,
    "wita": 8,
    "wit": 9,
    "hkt": 8,
    "sgt": 8,
    "awst": 8,
    "myt": 8,
    "pht": 8,
    "jst": 9,
    "kst": 9,
    "acst": 9.5,
    "acdt": 10.5,
    "aest": 10,
    "aedt": 11,
    "nzst": 12,
    "nzdt": 13,
    "a": -1,
    "m": -12,
    "y": 12,
}
"""Hours from UTC; of names with several meanings the one that feeds have most (IST is India's)."""

ALWAYS_UTC = frozenset({"GMT", "Z", "UTC", "+0000", "+00:00"})
ENGLISH = {name: f"{at:02}" for at, name in enumerate("Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(), 1)}
Numbers = tuple[int, int, int, int, int, int]


def moment(text: str | None, *, zone: tzinfo = UTC, now: datetime | None = None) -> datetime | None:
    """Return what a date means, in UTC and whole seconds; `zone` is that of dates without one.

    None for what is no date, lies before 1970, or more than a day after `now`.
    """
    found = _at_once(text, zone) if text else None
    if found is None:
        text = " ".join((text or "")[: LONGEST * 2].split())
        if not text or len(text) > LONGEST:
            return None
    try:
        found = found or _read(text or "", zone)
        if found is None:
            return None
        found = found if found.tzinfo is UTC else found.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return found if EPOCH_BEGAN < found < (now or datetime.now(UTC)) + AHEAD else None


def _at_once(text: str, zone: tzinfo) -> datetime | None:
    """Read the two forms that nearly all dates have, written as they should be, at a tenth of the cost."""
    size = len(text)
    try:
        if size >= TO_SECONDS and text[10] == "T":
            found = datetime.fromisoformat(text)
            found = found.replace(microsecond=0) if found.microsecond else found
            return found if found.tzinfo is not None else found.replace(tzinfo=zone)
        if 28 < size < 32 and text[3:5] == ", " and text[26:] in ALWAYS_UTC:
            return datetime.fromisoformat(f"{text[12:16]}-{ENGLISH[text[8:11]]}-{text[5:7]}T{text[17:25]}+00:00")
    except (ValueError, KeyError):
        pass
    return None


def _read(text: str, zone: tzinfo) -> datetime | None:
    if (match := ISO.fullmatch(text)) is not None:
        year, month, day, hour, minute, second, tail = match.groups()
        numbers = (int(year), int(month), int(day), int(hour or 0), int(minute or 0), int(second or 0))
        return _at(numbers, _zone(tail, zone))
    if (match := RFC_822.fullmatch(text)) is not None and (number := MONTHS.get(match[2].lower())) is not None:
        day, _, year, hour, minute, second, tail = match.groups()
        numbers = (_year(year), number, int(day), int(hour), int(minute), int(second or 0))
        return _at(numbers, _zone(tail, zone))
    return _counted(text, zone) or _worded(text, zone)


def _counted(text: str, zone: tzinfo) -> datetime | None:
    """Read what is written in digits alone: compact ISO, seconds, weeks, days of the year."""
    if (match := EPOCH.fullmatch(text)) is not None:
        number = int(match[1])
        return datetime.fromtimestamp(number / 1000 if number > 10**11 else number, UTC).replace(microsecond=0)
    if (match := COMPACT.fullmatch(text)) is not None:
        year, month, day, hour, minute, second, tail = match.groups()
        numbers = (int(year), int(month), int(day), int(hour or 0), int(minute or 0), int(second or 0))
        return _at(numbers, _zone(tail, zone))
    days, _, rest = text.partition("T")
    first: date | None = None
    if (match := WEEK.fullmatch(days)) is not None:
        first = date.fromisocalendar(int(match[1]), int(match[2]), int(match[3] or 1))
    elif (match := ORDINAL.fullmatch(days)) is not None:
        first = date(int(match[1]), 1, 1) + timedelta(days=int(match[2]) - 1)
    elif (match := MONTH_ALONE.fullmatch(days)) is not None:
        first = date(int(match[1]), int(match[2] or 1), 1)
    return None if first is None else _worded(f"{first.isoformat()} {rest}", zone)


def _worded(text: str, zone: tzinfo) -> datetime | None:
    """Read a date from its parts wherever they stand."""
    text = COMMENT.sub(" ", text.lower()).strip()
    clock = CLOCK.search(text)
    hour, minute, second = _clock(clock)
    if clock is not None:
        rest = text[clock.end() :]
        zone, used = _zone_at(rest.lstrip(), zone)
        text = f"{text[: clock.start()]} {rest.lstrip()[used:]}"
    day = _date(text)
    return None if day is None else _at((*day, hour, minute, second), zone)


def _clock(found: re.Match[str] | None) -> tuple[int, int, int]:
    if found is None:
        return 0, 0, 0
    half, hours, minutes, seconds, *marks = found.groups()
    mark = "".join(mark or "" for mark in marks)
    hour = int(hours)
    if (mark == "p" or half in ("오후", "下午")) and hour < 12:
        hour += 12
    elif (mark == "a" or half in ("오전", "上午")) and hour == 12:
        hour = 0
    return hour, int(minutes or 0), int(seconds or 0)


def _date(text: str) -> tuple[int, int, int] | None:
    parts = PART.findall(text)
    month = next((number for part in parts if (number := MONTHS.get(part)) is not None), None)
    numbers = [part for part in parts if part.isascii() and part.isdigit()]
    if month is not None:
        return _with_month(month, numbers)
    if len(numbers) < 3:
        return None
    one, two, three = (int(number) for number in numbers[:3])
    if len(numbers[0]) == 4:
        return one, two, three
    if "/" in text:
        return (_year(numbers[2]), two, one) if one > 12 else (_year(numbers[2]), one, two)
    if "-" in text and len(numbers[2]) < 3 and three <= 31:
        return _year(numbers[0]), two, three
    return _year(numbers[2]), two, one


def _with_month(month: int, numbers: list[str]) -> tuple[int, int, int] | None:
    years = [number for number in numbers if len(number) == 4]
    others = [number for number in numbers if len(number) < 4]
    if years:
        return int(years[0]), month, int(others[0]) if others else 1
    return (_year(others[1]), month, int(others[0])) if len(others) > 1 else None


def _year(digits: str) -> int:
    number = int(digits)
    if len(digits) > 2:
        return number + 1900 if len(digits) == 3 else number
    return number + (2000 if number < 50 else 1900)


def _zone(tail: str | None, zone: tzinfo) -> tzinfo:
    return UTC if tail in ALWAYS_UTC else _zone_at(tail.lower(), zone)[0] if tail else zone


def _zone_at(text: str, zone: tzinfo) -> tuple[tzinfo, int]:
    """Return the zone that a text begins with, and how much of it that is; `zone` and nothing when it has none."""
    if (match := OFFSET.match(text)) is not None:
        hours, minutes = int(match[2]), int(match[3] or 0)
        if hours < 24 and minutes < 60:
            shift = timedelta(hours=hours, minutes=minutes)
            return fixed(-shift if match[1] == "-" else shift), match.end()
    if (match := ZONE.match(text)) is not None and match[1] in ZONES:
        return fixed(timedelta(hours=ZONES[match[1]])), match.end()
    return zone, 0


def _at(numbers: Numbers, zone: tzinfo) -> datetime | None:
    """Build a moment; a day that its month has not is its last, and 24 o'clock the next day's beginning."""
    year, month, day, hour, minute, second = numbers
    if not (1 <= month <= 12 and 1 <= day <= 31 and hour <= 24 and minute <= 59 and 1 <= year <= 9998):
        return None
    day = min(day, monthrange(year, month)[1]) if day > 28 else day
    found = datetime(year, month, day, hour % 24, minute, min(second, 59), tzinfo=zone)
    return found + timedelta(days=1) if hour == 24 else found
