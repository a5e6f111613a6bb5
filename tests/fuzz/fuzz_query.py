"""Throws made-up queries and stories at the query language: the index must find what trying each one finds."""

from __future__ import annotations

import atheris

from tests.fuzz.fuzzing import fuzz

with atheris.instrument_imports(include=["shared.query"]):
    from shared.events import Author, Reuse, Tag
    from shared.query import Query, QueryError, QueryIndex, Subject, parse, subject_of
    from shared.query.terms import And, Node, Not, Or, Term
    from shared.query.words import fold, words
    from tests.builders import an_article

SEES: tuple[Reuse | None, ...] = (None, "headline", "summary", "full")


def one_input(data: bytes) -> None:
    """Ask some queries (a form feed between them) of a story, the last part. Raises ValueError where two disagree."""
    *texts, told = data.decode("utf-8", "surrogateescape" if data[:1] == b"!" else "replace").split("\f")
    subject, index = story(told), QueryIndex[int]()
    found: list[int] = []
    for number, query in enumerate(query for text in texts[:4] if (query := read(text)) is not None):
        sees = SEES[(len(told) + number) % 4]
        index.add(number, query, sees)
        matches = query.matches(subject.as_seen(sees))
        if matches is not holds(query.root, subject.as_seen(sees)):
            raise ValueError(str(query))
        query.explain(subject.as_seen(sees), subject)
        if number % 3 == 2:
            index.remove(number - 2)
            found = [each for each in found if each != number - 2]
        found += [number] if matches else []
    if index.matching(subject) != found:
        raise ValueError


def story(told: str) -> Subject:
    """Make a story of some lines: headline, summary, section, language, author, tag, and the text."""
    headline, summary, section, language, name, tag, text = [*told.split("\n", 6), *7 * [""]][:7]
    article = an_article(
        headline=headline,
        summary=summary or None,
        section=section or None,
        language=language or None,
        authors=(Author(name=name, kind="agency"),),
        tags=(Tag(id=f"topic/{tag}", slug=tag, name=tag),),
        body_text=text,
    )
    return subject_of(article, "article.published")


def read(text: str) -> Query | None:
    """Read a query, and once more what it is written out as. Raises ValueError where that differs."""
    try:
        query = parse(text)
    except QueryError as error:
        if not 0 <= error.position <= len(text):
            raise ValueError(error) from error
        return None
    if parse(str(query)) != query:
        raise ValueError(str(query))
    return query


def holds(node: Node, subject: Subject) -> bool:
    """Answer a query the plain way, word by word."""
    match node:
        case Not(part):
            return not holds(part, subject)
        case And(parts):
            return all(holds(part, subject) for part in parts)
        case Or(parts):
            return any(holds(part, subject) for part in parts)
        case Term("text", value, prefix):
            return any(in_a_row(value.split(), words(fold(zone)), prefix) for zone in subject.zones)
        case Term(field, value, prefix):
            return any(each == value or (prefix and each.startswith(value)) for each in subject.values(field))


def in_a_row(asked: list[str], text: list[str], prefix: bool) -> bool:
    """Tell whether words stand next to each other in a text, the last one perhaps only begun."""
    *whole, last = asked or [""]
    for at in range(len(text) - len(whole)):
        end = text[at + len(whole)]
        if text[at : at + len(whole)] == whole and (end == last or (prefix and end.startswith(last))):
            return True
    return False


if __name__ == "__main__":
    fuzz(one_input, "queries")
