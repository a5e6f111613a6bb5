"""The one query language of webhook filters, search feeds, the events API and the page."""

from __future__ import annotations

from shared.query.index import QueryIndex
from shared.query.parsing import QueryError, parse
from shared.query.subject import Subject, subject_of
from shared.query.terms import Query

__all__ = ["Query", "QueryError", "QueryIndex", "Subject", "parse", "subject_of"]
