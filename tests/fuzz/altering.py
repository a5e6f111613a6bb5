"""Alters inputs as their readers see them: values of JSON, and the pieces of marked up text, besides bits and bytes."""

from __future__ import annotations

import json
import re
from copy import deepcopy
from random import Random
from typing import Any

import atheris

AS_BYTES = 0.4
"""How many of the inputs libFuzzer alters its own way."""

_TEXTS = rb"""
\x20 0 00 -1 1e400 NaN null True \u0661\u0662 \u00b2 9999999999999999999999999 \x00 \x0b \ud800 \ufffe \u2028 \u202e
\U000e0001 \u0130\u1e9e\ufb03 <p> </p> <script> <!-- ]]> &#0; &#xD800; &amp;lt; <b\x20onclick=a()>
'"><svg\x20onload=a()> http://[ // https://[::1]:1/ https://bay.example:99999/
https://b\u00e4y.example/\u00e4?\u00e4#\u00e4
http://0x7f.1/ http://a@bay.example\x5c@b/ javascript:a() java\x0ascript:a() data:text/html,a ? # % %ff %00 * \x5c
2026-02-30 24:60 2026-11-23T12:00:00+99:99 0001-01-01T00:00:00+14:00 9999-12-31T23:59:59-12:00 en_US x-
Thu,\x2031\x20Dec\x209999\x2023:59:59\x20-1200 Mon,\x201\x20Jan\x200001\x2000:00:00\x20+1400
"""
TEXTS = ("", "e" + "\u0301" * 40, "9" * 4301, *(each.decode("unicode_escape") for each in _TEXTS.split()))
"""What has broken readers before: numbers that are none, halves of characters, markup, addresses, edges of time."""

VALUES = json.loads("[null, true, false, 0, -1, 0.5, 1e308, NaN, Infinity, 2147483648, 1e40, 1e19, [], {}]")
PIECE = re.compile(r"""(<[^<>]*>|"[^"\n]*"|'[^'\n]*'|\n|\d+|[;,=:&])""")

Slot = tuple[Any, Any]


def altered(data: bytes, max_size: int, seed: int) -> bytes:
    """Return other bytes, at most so many; the same for the same seed."""
    random = Random(seed)
    if random.random() < AS_BYTES:
        return bytes(atheris.Mutate(data, max_size))
    try:
        made = _other_json(json.loads(data), random)
    except (ValueError, RecursionError):
        made = _other_text(data.decode("utf-8", "surrogateescape"), random)
    return made if len(made) <= max_size else bytes(atheris.Mutate(data, max_size))


def _other_text(text: str, random: Random) -> bytes:
    pieces = PIECE.split(text)
    for _ in range(random.randint(1, 3)):
        at, end = sorted((random.randrange(len(pieces)), random.randrange(len(pieces))))
        match random.randrange(5):
            case 0:
                pieces[at] = random.choice(TEXTS)
            case 1:
                pieces[at] = pieces[at][:1] + random.choice(TEXTS) + pieces[at][-1:]
            case 2:
                pieces[at], pieces[end] = pieces[end], pieces[at]
            case 3:
                pieces[at:at] = pieces[at : min(end, at + 20)]
            case _:
                del pieces[at : min(end, at + 9)]
        pieces = pieces or [""]
    return _bytes("".join(pieces))


def _bytes(text: str) -> bytes:
    try:
        return text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:  # a half of a character that was put in
        return text.encode("utf-8", "surrogatepass")


def _other_json(value: Any, random: Random) -> bytes:
    whole = [value]
    for _ in range(random.randint(1, 4)):
        slots = list(_slots(whole))
        place, key = random.choice(slots)
        _alter(place, key, random.choice(slots), random)
        whole = whole or [None]
    return json.dumps(whole[0], ensure_ascii=random.random() < 0.5).encode("utf-8", "surrogatepass")


def _slots(place: Any) -> list[Slot]:
    found: list[Slot] = []
    waiting = [place]
    while waiting:
        place = waiting.pop()
        keys = list(place) if isinstance(place, dict) else range(len(place))
        found += [(place, key) for key in keys]
        waiting += [place[key] for key in keys if isinstance(place[key], dict | list)]
    return found


def _alter(place: Any, key: Any, other: Slot, random: Random) -> None:
    match random.randrange(8):
        case 0:
            place[key] = deepcopy(random.choice(VALUES))
        case 1 | 2:
            place[key] = random.choice(TEXTS)
        case 3 if isinstance(place[key], str):
            place[key] = place[key][: random.randrange(len(place[key]) + 1)] + random.choice(TEXTS)
        case 4:
            place[key] = deepcopy(other[0][other[1]])
        case 5:
            place[key] = random.choice(([place[key]], {"value": place[key]}, [place[key]] * 3))
        case 6 if isinstance(place, dict):
            place[str(other[1])] = place.pop(key)
        case 7:
            del place[key]
        case _:
            place[key] = str(place[key])
