"""Dates as stories and bylines write them, in the languages that we meet most."""

from __future__ import annotations

import re

MONTHS = (
    "jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|"
    "nov(?:ember)?|dec(?:ember)?|"
    "januar|jänner|februar|märz|mai|juni|juli|oktober|dezember|"
    "janvier|février|mars|avril|juin|juillet|août|septembre|octobre|novembre|décembre|"
    "enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|octubre|noviembre|diciembre|"
    "gen|febbraio|mag|giu|lug|ago|set|ott|dic|"
    "січня|лютого|березня|квітня|травня|червня|липня|серпня|вересня|жовтня|листопада|грудня|"
    "января|февраля|марта|апреля|мая|июня|июля|августа|сентября|октября|ноября|декабря|"
    "янв|фев|мар|апр|июн|июл|авг|сен|окт|ноя|дек"
)
DAYS = "mon(?:day)?|tue(?:s|sday)?|wed(?:nesday)?|thu(?:rs|rsday)?|fri(?:day)?|sat(?:urday)?|sun(?:day)?"
DATE = re.compile(
    rf"(?:(?:{DAYS})\.?\s+)?(?:(?:{MONTHS})\.?\s*\d{{1,2}}(?:\s*-\s*\d{{1,2}})?|\d{{1,2}}\.?\s+(?:de\s+)?(?:{MONTHS}))\.?"
    r"(?:\s+(?:de\s+)?\d{4})?|\d{1,2}\.\d{1,2}\.(?:\d{4}|\d{2})?",
    re.IGNORECASE,
)
