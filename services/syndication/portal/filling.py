"""Turns a subscription's settings into the fields of a form, and a form's fields into what the API takes; pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from typing import Any, get_args

import orjson

from services.syndication.portal import credentials
from services.syndication.webhooks.choices import CHOICES
from services.syndication.webhooks.credentials import NONE
from services.syndication.webhooks.cuts import FIELDS
from services.syndication.webhooks.pacing import PACING
from services.syndication.webhooks.sending import PLAIN
from services.syndication.webhooks.subscriptions import HealthType
from shared.events import PublicType
from shared.retry import STANDARD

Fields = Mapping[str, str]

ON = "on"
"""What a ticked box sends."""

TYPES: tuple[str, ...] = (*get_args(PublicType), *get_args(HealthType))
LINES = ("url", "filter", "description", "format", "signing", "payload", "reuse", "delivery")
TICKS = ("exit_notices", "embargoed")
UNITS = {"d": 86_400, "h": 3_600, "m": 60, "s": 1}
WAIT = re.compile(r"(\d{1,9}(?:\.\d{1,6})?)(s|m|min|h|d)?")
NEW: Mapping[str, Any] = {
    "url": "",
    "filter": "",
    "description": "",
    "types": None,
    "schedule": STANDARD,
    **CHOICES.public(),
    **PLAIN.public(),
    **PACING.public(),
    **NONE.public(),
}
"""The settings of a subscription nobody chose anything for."""


def filled(one: Mapping[str, Any]) -> dict[str, str]:
    """Return the fields of a form that shows these settings, as a browser sends them back untouched."""
    window = one["digest"] or {}
    texts = {
        **{name: _plain(one[name]) for name in LINES},
        "schedule": waits(one["schedule"]),
        "max_in_flight": number(one["max_in_flight"]),
        "rate_limit": number(one["rate_limit"]),
        "digest.items": number(window.get("items")),
        "digest.seconds": number(window.get("seconds")),
    }
    ticked = [name for name in TICKS if one[name]]
    ticked += [f"types.{name}" for name in one["types"] or ()] + [f"fields.{name}" for name in one["fields"] or ()]
    kept = {name: text for name, text in texts.items() if text}
    return kept | credentials.shown(one) | dict.fromkeys(ticked, ON)


def shown_again(fields: Fields) -> dict[str, str]:
    """Return a form's fields as they may be shown to who is to mend them."""
    return {name: text for name, text in fields.items() if name not in credentials.SECRET}


def asked(fields: Fields, one: Mapping[str, Any] = NEW) -> dict[str, Any]:
    """Return every setting that a form has, None for what it leaves empty; whether they are good is the API's to say.

    Credentials are among them only where the form says something else of them than the settings `one`.
    """
    items, seconds = _said(fields, "digest.items"), _said(fields, "digest.seconds")
    return {
        **{name: _said(fields, name) for name in LINES},
        "types": _ticked(fields, "types", TYPES),
        "fields": _ticked(fields, "fields", FIELDS),
        "schedule": [_seconds(each) for each in re.findall(r"[^\s,;]+", fields.get("schedule", ""))] or None,
        "max_in_flight": _said(fields, "max_in_flight") or None,
        "rate_limit": _said(fields, "rate_limit") or None,
        "digest": {"items": items, "seconds": seconds} if items or seconds else None,
        **{name: bool(_said(fields, name)) for name in TICKS},
        **credentials.asked(fields, one),
    }


def new(fields: Fields) -> dict[str, Any]:
    """Return what is asked of the API for a new subscription."""
    wanted = {name: value for name, value in asked(fields).items() if value not in (None, "")}
    if _said(fields, "verify"):
        wanted["verify"] = _said(fields, "verify")
    return {"url": "", **wanted, "from": _start(fields), "handshake": bool(fields.get("handshake"))}


def changed(fields: Fields, one: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is asked of the API for a subscription with these settings: what somebody touched, alone."""
    was = filled(one)
    touched = {name.partition(".")[0] for name in was.keys() | fields if _said(fields, name) != was.get(name, "")}
    wanted = {name: value for name, value in asked(fields, one).items() if name in touched}
    consent = {"handshake": bool(fields.get("handshake"))} if wanted.keys() & {"format", "url"} else {}
    return wanted | consent


def seen(one: Mapping[str, Any]) -> str:
    """Return a mark of the settings that a form shows, which differs once one of them is another."""
    settings = {name: one[name] for name in NEW}
    return sha256(orjson.dumps(settings, option=orjson.OPT_SORT_KEYS)).hexdigest()


def waits(schedule: Sequence[float]) -> str:
    """Return pauses as people write them."""
    return ", ".join(_wait(seconds) for seconds in schedule)


def _said(fields: Fields, name: str) -> str:
    return _plain(fields.get(name, ""))


def _plain(text: str) -> str:
    """Return a text as it goes through a form: browsers have their own ends of lines."""
    return " ".join(text.splitlines()).strip()


def number(value: float | None) -> str:
    """Return a number as people write it, empty for none."""
    if value is None:
        return ""
    return str(int(value)) if value == int(value) else str(value)


def _wait(seconds: float) -> str:
    unit = next((name for name, size in UNITS.items() if seconds >= size and seconds % size == 0), "s")
    return f"{number(seconds / UNITS[unit])}{unit}"


def _seconds(text: str) -> float | str:
    found = WAIT.fullmatch(text)
    return text if found is None else float(found[1]) * UNITS[(found[2] or "s")[0]]


def _ticked(fields: Fields, group: str, names: Iterable[str]) -> list[str] | None:
    return [name for name in names if fields.get(f"{group}.{name}")] or None


def _start(fields: Fields) -> Any:
    kind, text = fields.get("from", "now"), _said(fields, f"from.{fields.get('from', '')}")
    if kind in ("last", "seq"):
        return {kind: int(text) if text.isdecimal() and len(text) < 16 else text}
    return {"date": text} if kind == "date" else "now"
