"""Names out of controlled vocabularies (IPTC NewsCodes, an agency's own) as a source's categories."""

from __future__ import annotations

from typing import Any

NEWSCODES = "http://cv.iptc.org/newscodes/"
ALIASES = {
    "medtop": "mediatopic",
    "subj": "subjectcode",
    "genre": "genre",
    "ninat": "ninature",
    "stat": "pubstatusg2",
    "cpnat": "cpnature",
    "rnd": "rendition",
    "drol": "descriptionrole",
    "hld": "headlinerole",
    "crol": "contentprodpartyrole",
    "sig": "signal",
    "irel": "itemrelation",
}
"""What the IPTC's catalogues call its vocabularies, and the last part of their addresses."""

_SCHEMES = {alias: f"{NEWSCODES}{name}/" for alias, name in ALIASES.items()}
_SHORT = {scheme: alias for alias, scheme in _SCHEMES.items()}


def category(
    *, uri: str | None = None, scheme: str | None = None, code: str | None = None, name: str | None = None
) -> dict[str, Any] | None:
    """Return a category, or None when there is nothing to call it by.

    IPTC codes are written as qcodes (`medtop:20000523`), however the source wrote them; `scheme` says in full
    what they are from.
    """
    if uri and not code:
        head, mark, tail = uri.strip().rpartition("#" if "#" in uri else "/")
        scheme, code = (head + mark, tail) if tail and head and not head.endswith(("/", ":")) else (None, uri.strip())
    term = _short(scheme, code) if code else name
    if not term or not term.strip():
        return None
    return {"term": term.strip(), "scheme": scheme, "label": name if code else None}


def scheme_of(alias: str) -> str | None:
    """Return the address of the IPTC vocabulary of that alias."""
    return _SCHEMES.get(alias)


def local(code: str | None) -> str:
    """Return the last part of a qcode or concept URI, in lower case: what such a role, status or class says."""
    text = (code or "").strip()
    return text.rstrip("/").rpartition("/")[2].rpartition(":")[2].rpartition("#")[2].lower()


def distinct(found: list[dict[str, Any] | None]) -> list[dict[str, Any]]:
    """Return the categories, each once."""
    kept: dict[tuple[str, str | None], dict[str, Any]] = {}
    for one in found:
        if one is not None:
            kept.setdefault((one["term"], one["scheme"]), one)
    return list(kept.values())


def _short(scheme: str | None, code: str) -> str:
    same = (scheme or "").replace("https://", "http://", 1)
    alias = _SHORT.get(same if same.endswith("/") else f"{same}/")
    return f"{alias}:{code}" if alias and ":" not in code else code
