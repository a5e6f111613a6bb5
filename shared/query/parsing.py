"""Reads the text of a query into terms, or says where it is wrong; what terms mean is in terms."""

from __future__ import annotations

import re
from functools import cache
from typing import NoReturn

from lark import Lark, Token, Transformer, UnexpectedToken

from shared.query.subject import FIRST, YES_OR_NO
from shared.query.terms import And, Node, Query, Term, all_of, any_of, negated
from shared.query.words import fold, key, words

FIELDS = ("tag", "author", "source", "section", "lang", "type", "kind", FIRST, "text")
MAX_LENGTH = 2_000
MAX_DEPTH = 20
MAX_TERMS = 200

# A quoted value runs to the end when its closing quote is missing, so that the error can say so.
GRAMMAR = r"""
either: both (_OR both)*
both: unary (_AND? unary)*
?unary: _NOT unary -> negation | "(" either ")" | term
term: QUALIFIED | PHRASE | WORD
_AND.2: /AND(?![^\s()"])/
_OR.2: /OR(?![^\s()"])/
_NOT.2: /NOT(?![^\s()"])/
QUALIFIED.1: /(?:[A-Za-z]+|(?i:first-of-cluster)):(?:"(?:[^"\\]|\\[\s\S])*(?:"\*?)?|[^\s()"]*)/
PHRASE: /"(?:[^"\\]|\\[\s\S])*(?:"\*?)?/
WORD: /[^\s()"]+/
%ignore /\s+/
"""

_TERMS = frozenset({"QUALIFIED", "PHRASE", "WORD"})
_VALUE = re.compile(r'(?:"(?P<quoted>(?:[^"\\]|\\[\s\S])*)"|(?P<bare>[^"*]*))(?P<star>\*?)')
_ESCAPED = re.compile(r"\\([\s\S])")
_SURROGATE = re.compile("[\ud800-\udfff]")
# What word processors make of the quotation mark; one for one, so that positions stay.
_STRAIGHT = str.maketrans("\u201c\u201d", '""')


class QueryError(ValueError):
    """A query cannot be read; `position` is the 0-based character where it goes wrong."""

    def __init__(self, position: int, message: str) -> None:
        super().__init__(f"position {position}: {message}")
        self.position = position


def parse(text: str) -> Query:
    """Read a query; a blank one matches everything.

    NOT binds closest, then AND (or standing side by side), then OR. Raises QueryError, also past
    MAX_LENGTH characters, MAX_DEPTH parentheses within each other, or MAX_TERMS terms.
    """
    _check_text(text)
    query = Query(_read(text.translate(_STRAIGHT)) if text.strip() else And(()))
    # Folding can lengthen a text (one Arabic ligature gives 18 letters); what is stored must parse again.
    if len(str(query)) > MAX_LENGTH:
        raise QueryError(len(text), f"the query is longer than {MAX_LENGTH} characters when written out")
    return query


def _check_text(text: str) -> None:
    if len(text) > MAX_LENGTH:
        raise QueryError(MAX_LENGTH, f"a query may have {MAX_LENGTH} characters, this one has {len(text)}")
    if broken := _SURROGATE.search(text):
        raise QueryError(broken.start(), "half of a surrogate pair is not a character")


def _read(text: str) -> Node:
    parser = _parser().parse_interactive()
    opened: list[Token] = []
    before: Token | None = None
    terms = 0
    for token in _parser().lex(text):
        terms += token.type in _TERMS
        if terms > MAX_TERMS:
            raise QueryError(_at(token), f"a query may have {MAX_TERMS} terms")
        try:
            parser.feed_token(token)
        except UnexpectedToken:
            _refuse(token, before)
        _track(token, opened)
        before = token
    try:
        root: Node = parser.feed_eof()  # type: ignore[no-untyped-call]  # lark leaves it untyped
    except UnexpectedToken:
        _refuse_end(len(text), before, opened)
    return root


def _track(token: Token, opened: list[Token]) -> None:
    if token.type == "LPAR":
        opened.append(token)
        if len(opened) > MAX_DEPTH:
            raise QueryError(_at(token), f"parentheses may be nested {MAX_DEPTH} deep")
    elif token.type == "RPAR":
        opened.pop()


def _refuse(token: Token, before: Token | None) -> NoReturn:
    if token.type == "RPAR" and before is not None and (before.type in _TERMS or before.type == "RPAR"):
        raise QueryError(_at(token), "this ) closes no (")
    raise QueryError(_at(token), f"expected a term before {token}")


def _refuse_end(end: int, before: Token | None, opened: list[Token]) -> NoReturn:
    if before is not None and before.type not in _TERMS and before.type != "RPAR":
        raise QueryError(end, f"expected a term after {before}")
    raise QueryError(end, f"expected ) for the ( at position {_at(opened[-1])}")


def _at(token: Token) -> int:
    return token.start_pos or 0


@cache
def _parser() -> Lark:
    return Lark(GRAMMAR, start="either", parser="lalr", lexer="basic", transformer=_Nodes())


class _Nodes(Transformer[Token, Node]):
    """Builds nodes while parsing; there is no tree to walk, hence no recursion on hostile text."""

    def either(self, parts: list[Node]) -> Node:
        return any_of(parts)

    def both(self, parts: list[Node]) -> Node:
        return all_of(parts)

    def negation(self, parts: list[Node]) -> Node:
        return negated(parts[0])

    def term(self, parts: list[Token]) -> Term:
        token = parts[0]
        if token.type == "QUALIFIED":
            name, _, value = token.partition(":")
            return _term(_field(name, _at(token)), value, _at(token) + len(name) + 1)
        if token.startswith("-"):
            raise QueryError(_at(token), f"to leave something out write NOT, as in NOT {token.lstrip('-')}")
        return _term("text", token, _at(token))


def _field(name: str, position: int) -> str:
    if name.lower() not in FIELDS:
        known = ", ".join(FIELDS)
        raise QueryError(position, f"there is no field {name}: the fields are {known}; quote what is text")
    return name.lower()


def _term(field: str, raw: str, position: int) -> Term:
    if not raw:
        raise QueryError(position, f"expected a value after {field}:")
    read = _VALUE.fullmatch(raw)
    if read is None and raw.startswith('"'):
        raise QueryError(position, 'expected a closing " for this one')
    if read is None:
        raise QueryError(position + raw.index("*"), "a * may stand only at the end of a word")
    quoted, bare, star = read.group("quoted", "bare", "star")
    value = bare if quoted is None else _ESCAPED.sub(r"\1", quoted)
    folded = " ".join(words(fold(value))) if field == "text" else key(value)
    if not folded and (value or not star):
        raise QueryError(position, f"expected a {'word' if field == 'text' else 'value'}, not {raw}")
    if field == FIRST and (star or folded not in YES_OR_NO):
        raise QueryError(position, f"expected true or false after {field}:, not {raw}")
    return Term(field, folded, prefix=bool(star))
