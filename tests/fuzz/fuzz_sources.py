"""Throws made-up sources at what an operator may add: by the API, by a list in OPML, with selectors of their own."""

from __future__ import annotations

import atheris

from tests.fuzz.checked import checked
from tests.fuzz.fuzzing import fuzz

with atheris.instrument_imports(include=["services.ingest"]):
    import orjson

    from services.ingest.identity import source_id_of
    from services.ingest.opml import fault, key, sort, written
    from services.ingest.pages import article
    from services.ingest.pages.listing import listing
    from services.ingest.parse import read_opml
    from services.ingest.readers import ghost, wordpress
    from services.ingest.source import NewSource, Settings, Source, SourceChange, shown
    from tests.builders import MORNING

URL = "https://bay.example/"
PAGE = b"""<html><body><main><article class=story id=one><h2><a href=/1>A ferry sails again</a></h2>
<p class=by>By <b>Ann</b> <time datetime=2026-02-01>1 Feb</time><img src=/a.jpg>
<p>The night ferry sails again, after eleven years.</p></article></main><a rel=next href=/page/2>More</a>"""


def one_input(data: bytes) -> None:
    """Add a source, or a list of them. Raises ValueError where what is exported is not what is imported again."""
    given = checked(NewSource, data, {"url": URL})
    if given is not None:
        added(Settings(**given.model_dump(exclude={"id"}), id=given.id or source_id_of(given.url or ""), origin="api"))
    checked(SourceChange, data, {})
    outlines = read_opml(data)
    if not isinstance(outlines, list):
        return
    found = sort(outlines, {}, set())
    again = read_opml(written([Source(one) for one in found.new], MORNING))
    if not isinstance(again, list) or {key(one.url) for one in again} != {key(one.url or "") for one in found.new}:
        raise ValueError(again)


def added(settings: Settings) -> None:
    """Show a source, and read pages by its selectors."""
    orjson.dumps(shown(Source(settings), MORNING))
    if settings.url is not None and fault(settings.url) is None:
        wordpress.site_of(settings.url)
        ghost.root_of(settings.url)
    if settings.selectors is not None:
        url, chosen = settings.url or URL, settings.selectors
        listing(PAGE, url=url, content_type="text/html", source_id="bay", selectors=chosen, timezone=settings.timezone)
        article(PAGE, url=url, content_type="text/html", selectors=chosen, timezone=settings.timezone)


if __name__ == "__main__":
    fuzz(one_input, "sources")
