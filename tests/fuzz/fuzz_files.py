"""Throws made-up files at the readers of wire formats (ninjs, NewsML-G2, NITF, JSON) until told to stop."""

from __future__ import annotations

from unittest.mock import patch

import atheris

from tests.fuzz.fuzzing import fuzz

with atheris.instrument_imports(include=["services.ingest.formats"]):
    from services.ingest import formats
    from services.ingest.document import Document, Unreadable
    from services.ingest.submission import Submission

NAMES = ("a.xml", "a.json", "a.nitf", "a.html")


def one_input(data: bytes) -> None:
    """Read one file. Raises TypeError, ValueError, and what a reader should have caught."""
    found = formats.read(data, name=NAMES[len(data) % len(NAMES)], source_id="bay")
    formats.cut_off(data)
    if not isinstance(found, Document | Unreadable):
        raise TypeError
    for item in found.submissions if isinstance(found, Document) else ():
        if Submission.model_validate(item.model_dump()) != item:
            raise ValueError


if __name__ == "__main__":
    with patch("services.ingest.parse.feed.read_loosely", return_value=None):  # a process of its own
        fuzz(one_input, "files")
