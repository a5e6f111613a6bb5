"""The article as a source hands it in, checked and bounded; what it becomes is left to normalize."""

from __future__ import annotations

import re
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    AliasChoices,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationInfo,
    ValidatorFunctionWrapHandler,
    WrapValidator,
    field_validator,
)

from services.ingest.identity import named_by
from shared.events import Reuse, Status
from shared.slugs import SLUG
from shared.times import GivenMoment

LONGEST_URL = 2048
LONGEST_BODY = 1_000_000
MOST_VIA = 50
PLAIN_URL = re.compile(r"https?://[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?(?:/[!-\[\]-~]*)?")
"""Nearly every URL, told without taking it apart."""

CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
"""Characters that no XML 1.0 document may hold (section 2.2), so no feed of ours could."""

SHORT = 500
"""Up to here, in characters, asking whether a text is printable is faster than looking through its bytes."""

CONTROL_BYTES = bytes((*range(9), 11, 12, *range(14, 32), 127))


def printable(text: str) -> str:
    """Return the text without the characters that XML cannot carry."""
    return text if _is_clean(text) else CONTROL.sub("", text)


def _is_clean(text: str) -> bool:
    """Tell whether a text surely holds no such characters, a few times faster than the pattern does."""
    if len(text) < SHORT:
        return text.isprintable()  # which none of them is, nor a line's end
    try:
        data = text.encode()
    except UnicodeEncodeError:
        return False
    return len(data.translate(None, CONTROL_BYTES)) == len(data) and "\ufffe" not in text and "\uffff" not in text


def is_web_url(text: str) -> bool:
    """Tell whether a text is an absolute http or https URL that needs no guessing."""
    if PLAIN_URL.fullmatch(text) and len(text) <= LONGEST_URL:
        return True
    if len(text) > LONGEST_URL or " " in text or "\\" in text or not text.isprintable():
        return False
    try:
        parts = urlsplit(text)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def _web_url(text: str) -> str:
    if not is_web_url(text):
        raise ValueError(f"must be an absolute http or https URL of at most {LONGEST_URL} characters")
    return text


def _passed(text: str) -> str:
    if named_by(text) is None:
        raise ValueError("must be what a Wireroom's feed calls an article: tag:HOST,YEAR:article:ID")
    return text


def _blank_is_none(value: Any) -> Any:
    return None if isinstance(value, str) and not printable(value).strip() else value


def _kept(value: Any, check: ValidatorFunctionWrapHandler) -> Any:
    """Take a body that is in order as it is: the check would copy it several times over."""
    if type(value) is str and 0 < len(value) <= LONGEST_BODY and not (value[0].isspace() or value[-1].isspace()):
        return value if _is_clean(value) else check(value)
    return check(value)


def _as_category(value: Any) -> Any:
    return {"term": value} if isinstance(value, str) else value


Text = Annotated[str, AfterValidator(printable)]
Short = Annotated[Text, Field(max_length=300)]
OptionalShort = Annotated[Short | None, BeforeValidator(_blank_is_none)]
OptionalLong = Annotated[Annotated[Text, Field(max_length=20_000)] | None, BeforeValidator(_blank_is_none)]
Body = Annotated[Annotated[Text, Field(max_length=LONGEST_BODY)], WrapValidator(_kept)]
Url = Annotated[str, AfterValidator(_web_url)]
OptionalUrl = Annotated[Url | None, BeforeValidator(_blank_is_none)]
Language = Annotated[str, Field(max_length=35, pattern=r"^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$")]


class Input(BaseModel):
    """What comes from outside: unknown fields are refused by name, so that a typing error loses nothing."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


class SourceInput(Input):
    """Whose article it is; an id never seen before becomes a source of its own."""

    id: Annotated[str, Field(pattern=f"^{SLUG.pattern}$", description="[a-z0-9-], at most 63 characters")]
    name: OptionalShort = None
    url: OptionalUrl = None


class AuthorInput(Input):
    """An author as the source names them; `id` links a profile of the newsroom."""

    name: Annotated[Short, Field(min_length=1)]
    role: OptionalShort = None
    bio: OptionalLong = None
    avatar: OptionalUrl = None
    url: OptionalUrl = None
    links: Annotated[tuple[Url, ...], Field(max_length=20)] = ()
    id: OptionalShort = None


class CategoryInput(Input):
    """The source's own category; a bare text is its term."""

    term: Annotated[Short, Field(min_length=1)]
    scheme: OptionalShort = None
    label: OptionalShort = None


class ImageInput(Input):
    """A picture; `bytes` is its file size."""

    url: Url
    alt: OptionalLong = None
    caption: OptionalLong = None
    credit: OptionalShort = None
    type: OptionalShort = None
    width: Annotated[int, Field(ge=0, le=100_000)] | None = None
    height: Annotated[int, Field(ge=0, le=100_000)] | None = None
    bytes: Annotated[int, Field(ge=0, le=2**40)] | None = None
    lead: bool = False


class EnclosureInput(Input):
    """A file that is no picture, as podcasts have; `bytes` is its size, `seconds` how long it plays."""

    url: Url
    type: OptionalShort = None
    bytes: Annotated[int, Field(ge=0, le=2**40)] | None = None
    seconds: Annotated[int, Field(ge=0, le=10_000_000)] | None = None
    title: OptionalShort = None


class RelatedInput(Input):
    """Another story that an editor placed beside this one."""

    url: Url
    headline: Annotated[Short, Field(min_length=1)]
    summary: OptionalLong = None


class CorrectionInput(Input):
    """What was wrong in the version before."""

    note: Annotated[Text, Field(min_length=1, max_length=5_000)]


class Submission(Input):
    """One article handed in by push, drop or poll: only a source, a headline and a guid or URL are needed."""

    source: SourceInput
    url: OptionalUrl = None
    guid: Annotated[
        Annotated[Text, Field(max_length=LONGEST_URL)] | None,
        BeforeValidator(_blank_is_none),
        Field(validate_default=True, description="What the source knows the article by; the URL when left out"),
    ] = None
    canonical_url: OptionalUrl = None
    headline: Annotated[Text, Field(min_length=1, max_length=1_000)]
    summary: OptionalLong = None
    body_html: Body = ""
    authors: Annotated[tuple[AuthorInput, ...], Field(max_length=50)] = ()
    byline: Annotated[Annotated[Text, Field(max_length=1_000)] | None, BeforeValidator(_blank_is_none)] = None
    categories: Annotated[
        tuple[Annotated[CategoryInput, BeforeValidator(_as_category, json_schema_input_type=CategoryInput | str)], ...],
        Field(max_length=200, validation_alias=AliasChoices("categories", "tags")),
    ] = ()
    images: Annotated[tuple[ImageInput, ...], Field(max_length=200)] = ()
    enclosures: Annotated[tuple[EnclosureInput, ...], Field(max_length=50)] = ()
    related: Annotated[tuple[RelatedInput, ...], Field(max_length=100)] = ()
    section: OptionalShort = None
    rights: OptionalLong = None
    reuse: Reuse | None = None
    language: Annotated[Language | None, BeforeValidator(_blank_is_none)] = None
    dateline: OptionalShort = None
    published_at: GivenMoment | None = None
    updated_at: GivenMoment | None = None
    embargoed_until: GivenMoment | None = None
    correction: CorrectionInput | None = None
    via: Annotated[tuple[Annotated[str, AfterValidator(_passed)], ...], Field(max_length=MOST_VIA)] = ()
    status: Status | None = None

    @field_validator("guid")
    @classmethod
    def _named(cls, guid: str | None, info: ValidationInfo) -> str | None:
        if guid is None and "url" in info.data and info.data["url"] is None:
            raise ValueError("is needed when there is no url: the article must keep one name over its versions")
        return guid


class RetractionInput(Input):
    """Why an article is taken back, and what stands in its place."""

    reason: Annotated[Text, Field(min_length=1, max_length=5_000)]
    replacement_url: OptionalUrl = None
