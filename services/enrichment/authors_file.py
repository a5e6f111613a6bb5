"""The tables of authors.toml and what each value must be; what they mean together is left to authors.py."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, model_validator

from shared.own_pictures import ADDRESS

ORCID = re.compile(r"(?:https?://orcid\.org/)?(\d{4}-\d{4}-\d{4}-\d{3}[\dX])/?")


def orcid(text: str) -> str:
    """Return an ORCID iD as 16 digits in fours; raises ValueError when its check digit is wrong (ISO 7064 mod 11-2)."""
    found = ORCID.fullmatch(text.strip())
    if found is None:
        raise ValueError(f"{text!r} is no ORCID iD, which looks like 0000-0002-1825-0097")
    total = 0
    for digit in found[1].replace("-", "")[:-1]:
        total = (total + int(digit)) * 2
    wanted = "0123456789X"[(12 - total % 11) % 11]
    if wanted != found[1][-1]:
        raise ValueError(f"{text!r} is misspelt: an ORCID iD of these digits ends in {wanted}")
    return found[1]


def _orcid_or_blank(text: str) -> str:
    return orcid(text) if text.strip() else ""


Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$")]
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Address = Annotated[str, StringConstraints(pattern=r"^(https?://\S+)?$", max_length=2_000)]
Picture = Annotated[str, StringConstraints(pattern=ADDRESS, max_length=2_000)]
"""An address, or one of the newsroom's own folder `pictures`."""

Orcid = Annotated[str, AfterValidator(_orcid_or_blank)]
Sign = Annotated[str, StringConstraints(min_length=1, max_length=40)]
"""What stands before or after a credit, as it is: no pattern, so nothing in it can be slow."""


class Entry(BaseModel):
    """A table of the file; a key it does not know is an error, since it is most likely misspelt."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class AuthorEntry(Entry):
    """One [[author]]: a person; `sources` are the ids of sources that print this name."""

    id: Slug
    name: Name
    role: Name | None = None
    outlet: Name | None = None
    status: Literal["active", "former"] = "active"
    aliases: tuple[Name, ...] = ()
    sources: tuple[Slug, ...] = ()
    avatar: Picture = ""
    url: Address = ""
    links: tuple[Address, ...] = ()
    orcid: Orcid = ""
    bio: str = ""


class AgencyEntry(Entry):
    """One [[agency]]: a wire or picture service."""

    id: Slug
    name: Name
    aliases: tuple[Name, ...] = ()
    kind: Literal["wire", "pictures", "other"] = "wire"
    url: Address = ""


class DeskEntry(Entry):
    """One [[desk]]: bylines that mean a desk, in one source, or in all when `source` is not given."""

    id: Slug
    name: Name | None = None
    match: Annotated[tuple[Name, ...], Field(min_length=1)]
    source: Slug | None = None
    bio: str = ""
    url: Address = ""


class CaptionEntry(Entry):
    """One [[caption_rule]]: how one source writes a credit into its captions.

    The credit stands between the last `opens` and `closes` at the caption's end, or, `at` its start, between an
    `opens` that begins it and the first `closes`. `keep` leaves `opens` in the credit ("EFE/ Ann Lens").
    """

    source: Slug
    opens: Sign
    closes: Annotated[str, StringConstraints(max_length=40)] = ""
    at: Literal["start", "end"] = "end"
    keep: bool = False

    @model_validator(mode="after")
    def _telling(self) -> CaptionEntry:
        sign = self.opens.strip()
        if not sign or (sign.isalnum() and len(sign) == 1):
            raise ValueError(f"`opens` {self.opens!r} stands in every caption")
        if self.at == "start" and not self.closes:
            raise ValueError("a credit at the start needs `closes`: else the whole caption is one")
        return self


class AuthorsFile(Entry):
    """The whole of authors.toml."""

    author: tuple[AuthorEntry, ...] = ()
    agency: tuple[AgencyEntry, ...] = ()
    desk: tuple[DeskEntry, ...] = ()
    caption_rule: tuple[CaptionEntry, ...] = ()
