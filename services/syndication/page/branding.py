"""How the newsroom presents itself, read from site.toml: its name, its colours, its logo, what stands at the foot."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from services.syndication.feeds.parts import LANGUAGE
from services.syndication.feeds.site import DNS_NAME, Site
from services.syndication.feeds.text import address
from services.syndication.page.colours import DARK, HEX, LIGHT, Scheme, too_faint
from services.syndication.page.logo import Logo, read_logo
from shared.newsroom import Invalid, Location

FILE = "site.toml"
MAIL = re.compile(r"mailto:[^\s<>\"]{3,200}")


def _line(text: str) -> str:
    if not text.isprintable():
        raise ValueError("must be one line without control characters")
    return text


def _language(text: str) -> str:
    if not LANGUAGE.fullmatch(text):
        raise ValueError("must be a language tag such as en or pt-BR (BCP 47)")
    return text


def _authority(text: str) -> str:
    if text and not DNS_NAME.fullmatch(text):
        raise ValueError("must be a domain name in small letters, such as news.example.org")
    return text


def _colour(text: str) -> str:
    if not HEX.fullmatch(text.lower()):
        raise ValueError(f"must be a colour such as #9b1c1c, not {text[:20]!r}")
    return text.lower()


def _target(text: str) -> str:
    if (text.startswith("/") and not text.startswith("//") and text.isprintable()) or MAIL.fullmatch(text):
        return text
    found = address(text)
    if found is None:
        raise ValueError("must begin with https://, http://, mailto: or /")
    return found


Line = Annotated[str, AfterValidator(_line)]
Colour = Annotated[str, AfterValidator(_colour)]


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class LightTable(_Table):
    """The colours by day."""

    paper: Colour = LIGHT.paper
    ink: Colour = LIGHT.ink
    accent: Colour = LIGHT.accent


class DarkTable(_Table):
    """The colours for who has set their device to dark."""

    paper: Colour = DARK.paper
    ink: Colour = DARK.ink
    accent: Colour = DARK.accent


class FooterLink(_Table):
    """A link at the foot of every page."""

    label: Annotated[Line, Field(min_length=1, max_length=60)]
    url: Annotated[str, Field(max_length=500), AfterValidator(_target)]


class SiteFile(_Table):
    """The whole file; an empty one gives what a newsroom without name shows."""

    name: Annotated[Line, Field(min_length=1, max_length=60)] = "Wireroom"
    description: Annotated[Line, Field(max_length=200)] = "News as it comes in."
    language: Annotated[str, AfterValidator(_language)] = "en"
    rights: Annotated[Line, Field(max_length=200)] = ""
    authority: Annotated[str, AfterValidator(_authority)] = ""
    logo: str = ""
    logo_dark: str = ""
    footer: Annotated[Line, Field(max_length=500)] = ""
    light: LightTable = LightTable()
    dark: DarkTable = DarkTable()
    footer_link: Annotated[list[FooterLink], Field(max_length=20)] = []


@dataclass(frozen=True, slots=True)
class Link:
    """A label and where it leads."""

    label: str
    url: str


@dataclass(frozen=True, slots=True)
class Branding:
    """What a reader sees of the newsroom on every page and in every feed."""

    name: str
    description: str
    language: str
    rights: str | None
    authority: str | None
    light: Scheme
    dark: Scheme
    footer: str
    links: tuple[Link, ...]
    logo: Logo | None = None
    logo_dark: Logo | None = None

    def site(self, url: str) -> Site:
        """Return what feeds say of the newsroom at an address."""
        return Site(url, self.name, self.description, self.language, self.rights, self.authority)


def parse_branding(folder: Path, document: dict[str, Any]) -> Branding:
    """Build the branding from the file's document and the logos in its folder; raise ValidationError or Invalid."""
    file = SiteFile.model_validate(document)
    problems: list[tuple[Location, str]] = []
    light = Scheme(file.light.paper, file.light.ink, file.light.accent)
    dark = Scheme(file.dark.paper, file.dark.ink, file.dark.accent)
    for table, scheme in (("light", light), ("dark", dark)):
        faint = too_faint(scheme)
        if faint is not None:
            problems.append(((table, faint[0]), f"{table}.{faint[0]}: {faint[1]}"))
    logos: dict[str, Logo] = {}
    for key, name in (("logo", file.logo), ("logo_dark", file.logo_dark)):
        try:
            if name:
                logos[key] = read_logo(folder, name)
        except ValueError as error:
            problems.append(((key,), f"{key}: {error}"))
    if problems:
        raise Invalid(problems)
    return Branding(
        name=file.name,
        description=file.description,
        language=file.language,
        rights=file.rights or None,
        authority=file.authority or None,
        light=light,
        dark=dark,
        footer=file.footer,
        links=tuple(Link(one.label, one.url) for one in file.footer_link),
        logo=logos.get("logo"),
        logo_dark=logos.get("logo_dark"),
    )
