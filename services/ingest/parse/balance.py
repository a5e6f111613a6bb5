"""Balances the tags of a broken document so that all of its text stays; what the tags mean is left to the readers."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

MAX_DEPTH = 200
MAX_ATTRIBUTES = 100
PATIENCE = 50
"""How often an attribute that seems not to end may be looked for: each time costs up to the whole document."""

NAME = re.compile(r"[A-Za-z_][\w.-]{0,199}(?::[A-Za-z_][\w.-]{0,199})?", re.ASCII)
PLAIN_REST = re.compile(r"((?:[^<>\"']++|\"[^\"<>]*+\"|'[^'<>]*+')*+)>")
QUOTED_REST = re.compile(r"((?:[^<>\"'=]++|=\s*+(?:\"[^\"]*+\"|'[^']*+')?+)*+)>")
LOOSE_REST = re.compile(r"([^<>]*+)>")
ATTRIBUTE = re.compile(r"([^\s=<>\"'/]++)(?:\s*+=\s*+(\"[^\"]*+\"|'[^']*+'|[^\s\"'<>]++))?")
OPENS, CLOSES = "<![CDATA[", "]]>"
ITEMS = frozenset({"item", "entry"})
"""Elements that never hold one of their own kind: a second means that the first was not closed."""


def balanced(text: str) -> tuple[str, str]:
    """Return a repaired document in which every tag is closed and every sign that is no tag is text, and the rest.

    The rest is what stands behind the root.
    """
    return _Balance(text).run()


@dataclass(slots=True)
class _Balance:
    text: str
    out: list[str] = field(default_factory=list)
    open: list[str] = field(default_factory=list)
    patience: int = PATIENCE
    endless: set[str] = field(default_factory=set)
    """Marks that do not occur any more: looking for each again would cost the whole document each time."""

    begun: bool = False

    def run(self) -> tuple[str, str]:
        at, text = 0, self.text
        while (start := text.find("<", at)) >= 0:
            self._say(text[at:start])
            if self.begun and not self.open:  # whatever stands behind the root is none of it
                return "".join(self.out), text[start:]
            at = self._token(start)
        self._say(text[at:])
        if self.open:
            self._close_to(self.open[0])
        return "".join(self.out), ""

    def _say(self, words: str) -> None:
        if self.open:
            self.out.append(words.replace(">", "&gt;"))

    def _close_to(self, name: str) -> None:
        last = ""
        while self.open and last != name:
            last = self.open.pop()
            self.out.append(f"</{last}>")

    def _token(self, at: int) -> int:
        """Take the token that begins at `at`; return where the next may begin."""
        text = self.text
        if text.startswith(OPENS, at):
            end = text.find(CLOSES, at) + len(CLOSES)  # repair ended them all
            if self.open:
                self.out.append(text[at:end])
            return end
        if text.startswith(("<!--", "<?"), at):
            return self._skipped(at, "-->" if text[at + 1] == "!" else "?>")
        return self._ended(at) if text.startswith("</", at) else self._begun(at)

    def _skipped(self, at: int, mark: str) -> int:
        end = -1 if mark in self.endless else self.text.find(mark, at)
        if end < 0:
            self.endless.add(mark)
            return at + len("<!--" if mark == "-->" else "<?")
        return end + len(mark)

    def _ended(self, at: int) -> int:
        name = NAME.match(self.text, at + 2)
        if name is None:
            self._say("&lt;")
            return at + 1
        if name[0] in self.open:
            self._close_to(name[0])
        end = LOOSE_REST.match(self.text, name.end())
        return end.end() if end else name.end()

    def _begun(self, at: int) -> int:
        name = NAME.match(self.text, at + 1)
        if name is None:
            self._say("&lt;")
            return at + 1
        rest = self._rest(name.end())
        if name[0] in ITEMS and name[0] in self.open:
            self._close_to(name[0])
        if len(self.open) < MAX_DEPTH:
            self._open(name[0], rest[1] if rest else "")
        return rest.end() if rest else name.end()

    def _open(self, name: str, given: str) -> None:
        self.begun = True
        empty = given.endswith("/")
        self.out.append(f"<{name}{_attributes(given)}{'/' if empty else ''}>")
        if not empty:
            self.open.append(name)

    def _rest(self, at: int) -> re.Match[str] | None:
        rest = PLAIN_REST.match(self.text, at)
        if rest is None and self.patience > 0:
            rest = QUOTED_REST.match(self.text, at)
            self.patience -= rest is None
        return rest or LOOSE_REST.match(self.text, at)


def _attributes(given: str) -> str:
    """Write attributes anew, each name once; a name that is none of XML's goes."""
    kept: dict[str, str] = {}
    for found in ATTRIBUTE.finditer(given):
        name, value = found[1], found[2] or ""
        if len(kept) >= MAX_ATTRIBUTES:
            break
        if NAME.fullmatch(name):
            bare = value[1:-1] if value[:1] in ("'", '"') else value
            kept.setdefault(name, bare.replace("<", "&lt;").replace('"', "&quot;"))
    return "".join(f' {name}="{value}"' for name, value in kept.items())
