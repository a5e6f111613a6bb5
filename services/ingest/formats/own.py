"""Our own article as JSON: the shape that POST /api/v1/articles takes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from services.ingest.document import Document, Unreadable
from services.ingest.formats.item import told
from services.ingest.submission import Submission


def read(plain: Mapping[str, Any], source_id: str) -> Document | Unreadable:
    """Read one article; without a source it is of `source_id`."""
    try:
        submission = Submission.model_validate({"source": {"id": source_id}} | dict(plain))
    except ValidationError as error:
        return Unreadable(f"is not an article: {told(error)}")
    return Document(submissions=(submission,))
