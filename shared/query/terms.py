"""What a query is: terms under AND, OR and NOT, with their meaning and canonical text; parsing makes them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from shared.query.subject import Subject

_BARE = re.compile(r'[^\s()"*]+')


@dataclass(frozen=True, slots=True)
class Term:
    """A folded value asked of one field; of `text`, one or more words in a row."""

    field: str
    value: str
    prefix: bool = False

    def holds(self, subject: Subject) -> bool:
        """Whether the subject has the value."""
        if self.field == "text":
            return subject.has_phrase(self.value, prefix=self.prefix)
        return subject.has_value(self.field, self.value, prefix=self.prefix)

    def __str__(self) -> str:
        """Return the shortest text that parses to this term."""
        star = "*" if self.prefix else ""
        name = "" if self.field == "text" else f"{self.field}:"
        return f"{name}{_quoted(self.value)}{star}"


@dataclass(frozen=True, slots=True)
class Whole(Term):
    """Words asked of all of a text, however little of it who asks may see."""

    def holds(self, subject: Subject) -> bool:
        """Whether they are somewhere in it."""
        return subject.whole.has_phrase(self.value, prefix=self.prefix)


@dataclass(frozen=True, slots=True)
class Not:
    """Holds where its part does not."""

    part: Node

    def holds(self, subject: Subject) -> bool:
        """Whether the part fails."""
        return not self.part.holds(subject)

    def __str__(self) -> str:
        """Return canonical text."""
        return f"NOT {_inside(self.part)}"


@dataclass(frozen=True, slots=True)
class And:
    """Holds where every part does; with no parts, everywhere."""

    parts: tuple[Node, ...]

    def holds(self, subject: Subject) -> bool:
        """Whether all parts hold."""
        for part in self.parts:  # noqa: SIM110  # all() of a generator takes twice as long
            if not part.holds(subject):
                return False
        return True

    def __str__(self) -> str:
        """Return canonical text: the parts side by side."""
        return " ".join(map(_inside, self.parts))


@dataclass(frozen=True, slots=True)
class Or:
    """Holds where one part does."""

    parts: tuple[Node, ...]

    def holds(self, subject: Subject) -> bool:
        """Whether any part holds."""
        for part in self.parts:  # noqa: SIM110  # as above
            if part.holds(subject):
                return True
        return False

    def __str__(self) -> str:
        """Return canonical text; AND binds closer, so that its parts need no parentheses."""
        return " OR ".join(map(str, self.parts))


Node = Term | Not | And | Or


@dataclass(frozen=True, slots=True)
class Query:
    """A parsed query; equal ones ask the same in the same order, and `str` parses back to an equal one."""

    root: Node

    def matches(self, subject: Subject) -> bool:
        """Whether the subject is what the query asks for."""
        return self.root.holds(subject)

    def within(self, bound: Query) -> Query:
        """Return the query that asks for what is within another too, which is asked of all of the text."""
        return Query(all_of((self.root, _of_whole(bound.root))))

    def explain(self, subject: Subject, told: Subject | None = None) -> tuple[str, ...]:
        """Return the terms in the subject that made it match, as canonical text; () if it does not.

        Words are named that stand in what is `told` alone: of the subject, where nothing else is given.
        """
        if not self.matches(subject):
            return ()
        told, found = told or subject, _reasons(self.root, subject, wanted=True)
        named = (term for term in found if term.field != "text" or told.has_phrase(term.value, prefix=term.prefix))
        return tuple(dict.fromkeys(map(str, named)))

    def __str__(self) -> str:
        """Return the canonical text; "" for the query that matches everything."""
        return str(self.root)


def negated(node: Node) -> Node:
    """Return NOT of a node; two cancel out, so that thousands of NOTs do not nest."""
    return node.part if isinstance(node, Not) else Not(node)


def all_of(nodes: Iterable[Node]) -> Node:
    """Join nodes by AND, without repeats and without an AND inside an AND."""
    parts = tuple(dict.fromkeys(part for node in nodes for part in _parts(node, And)))
    return parts[0] if len(parts) == 1 else And(parts)


def any_of(nodes: Iterable[Node]) -> Node:
    """Join nodes by OR, without repeats and without an OR inside an OR."""
    parts = tuple(dict.fromkeys(part for node in nodes for part in _parts(node, Or)))
    return parts[0] if len(parts) == 1 else Or(parts)


def _parts(node: Node, kind: type[And | Or]) -> tuple[Node, ...]:
    return node.parts if isinstance(node, And | Or) and isinstance(node, kind) else (node,)


def _reasons(node: Node, subject: Subject, *, wanted: bool) -> Iterator[Term]:
    """Yield the present terms that make a node hold (or fail, unless wanted); the node is known to do so."""
    match node:
        case Term():
            yield from [node] if wanted else []
        case Not(part):
            yield from _reasons(part, subject, wanted=not wanted)
        case And(parts) | Or(parts):
            for part in parts:
                if part.holds(subject) is wanted:
                    yield from _reasons(part, subject, wanted=wanted)


def _of_whole(node: Node) -> Node:
    match node:
        case Term("text", value, prefix):
            return Whole("text", value, prefix)
        case Term():
            return node
        case Not(part):
            return Not(_of_whole(part))
        case And(parts):
            return And(tuple(map(_of_whole, parts)))
        case Or(parts):
            return Or(tuple(map(_of_whole, parts)))


def _inside(node: Node) -> str:
    return f"({node})" if isinstance(node, And | Or) else str(node)


def _quoted(value: str) -> str:
    if not value or _BARE.fullmatch(value):
        return value
    return '"' + value.replace("\\", r"\\").replace('"', r"\"") + '"'
