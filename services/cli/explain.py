"""`wireroom tags explain`: an article's text with the places that its tags go by."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import click

from services.cli.client import REFUSED, call, end
from services.cli.output import as_json, print_json, print_table, printable

if TYPE_CHECKING:
    from services.enrichment.taxonomy import Taxonomy

COLOURS = {"person": "cyan", "org": "magenta", "place": "green", "topic": "yellow", "event": "blue"}


@click.command()
@click.argument("article")
@click.option(
    "--newsroom",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Match anew by this folder's taxonomy, and mark all it finds.",
)
@as_json
def explain(article: str, newsroom: Path | None, as_json: bool) -> None:
    """Print ARTICLE with every match marked, and its tags with their reasons.

    An article carries the first few places of each tag. With --newsroom its text is matched anew, so all are shown;
    and an edit of the taxonomy can be tried before it counts.
    """
    from services.enrichment.tags import zones_of  # noqa: PLC0415  # slow to load, and no other command needs it
    from shared.events import Article  # noqa: PLC0415  # as above

    given = call("GET", f"/api/v1/articles/{quote(article, safe='')}")
    read = Article.model_validate(given | {"status": "usable"} if given["status"] == "embargoed" else given)
    zones = {zone: text for zone, text in zones_of(read).items() if text}
    marks = _kept_marks(read, zones) if newsroom is None else _new_marks(zones, taxonomy_of(newsroom), read.language)
    listed = [{"zone": zone, "text": text, "marks": marks.get(zone, [])} for zone, text in zones.items()]
    rows = [_row(tag) for tag in read.tags]
    if as_json:
        print_json({"article": read.id, "version": read.version, "zones": listed, "tags": rows})
        return
    for zone, text in zones.items():
        click.echo(click.style(zone, bold=True))
        for line in marked(text, marks.get(zone, [])).split("\n"):
            click.echo(f"  {line}")
    click.echo()
    print_table(rows, ("id", "score", "primary", "method", "confidence", "reasons", "shown"))
    if newsroom is None and any(tag.evidence_count > len(tag.evidence) for tag in read.tags):
        click.echo(
            f"Not all reasons are kept: wireroom tags explain {printable(article)} --newsroom DIR marks all.", err=True
        )


def _row(tag: Any) -> dict[str, Any]:
    return {
        "id": tag.id,
        "score": tag.score,
        "primary": "yes" if tag.primary else "",
        "method": tag.method,
        "confidence": tag.confidence,
        "reasons": tag.evidence_count,
        "shown": ", ".join(dict.fromkeys(f"{one.zone}: {one.text}" for one in tag.evidence)),
    }


def _kept_marks(article: Any, zones: Mapping[str, str]) -> dict[str, list[dict[str, Any]]]:
    """Return the places that the article's tags carry, by zone; what its text does not bear out is left out."""
    marks: dict[str, list[dict[str, Any]]] = {}
    for tag in article.tags:
        for one in tag.evidence:
            if one.text and zones.get(one.zone, "")[one.start : one.end] == one.text:
                mark = {"start": one.start, "end": one.end, "tag": tag.id, "how": one.how, "kind": tag.kind}
                marks.setdefault(one.zone, []).append(mark)
    return marks


def _new_marks(zones: Mapping[str, str], taxonomy: Taxonomy, language: str | None) -> dict[str, list[dict[str, Any]]]:
    from services.enrichment.tags import found  # noqa: PLC0415  # as above

    return {
        zone: [
            {"start": one.start, "end": one.end, "tag": term.id, "how": one.alias.how, "kind": term.kind}
            for one in mentions
            for term in (taxonomy.term(one.alias.term),)
        ]
        for zone, mentions in found(zones, taxonomy, language).items()
    }


def marked(text: str, marks: Sequence[Mapping[str, Any]]) -> str:
    """Write marks into a text: in colour on a terminal, in brackets elsewhere."""
    places: dict[tuple[int, int], list[Mapping[str, Any]]] = {}
    for mark in marks:
        places.setdefault((mark["start"], mark["end"]), []).append(mark)
    done, at = [], 0
    for (start, stop), said in sorted(places.items()):
        if start >= at:
            done += [_plain(text[at:start]), _one_mark(text[start:stop], said)]
            at = stop
    return "".join((*done, _plain(text[at:])))


def _one_mark(text: str, said: Sequence[Mapping[str, Any]]) -> str:
    why = ", ".join(f"{mark['tag']} {mark['how']}" for mark in said)
    if sys.stdout.isatty():
        shown = click.style(_plain(text), fg=COLOURS.get(said[0]["kind"]), bold=True, underline=True)
        return shown + click.style(f" ({printable(why)})", dim=True)
    return f"[{_plain(text)}]({printable(why)})"


def _plain(text: str) -> str:
    return "\n".join(map(printable, text.split("\n")))


def taxonomy_of(folder: Path) -> Taxonomy:
    """Read a folder's taxonomy, or end with what is wrong with it."""
    from services.enrichment.taxonomy_files import TaxonomyFiles  # noqa: PLC0415  # as above

    files = TaxonomyFiles(folder)
    files.refresh()
    if files.refusals:
        end(REFUSED, "\n".join(printable(line) for reason in files.refusals for line in reason.split("\n")))
    return files.current
