"""An article's pictures, sound and film as RSS and Media RSS elements; Atom takes the latter too."""

from __future__ import annotations

from services.syndication.feeds.parts import enclosures, image_type, language, lead_image, pictures
from services.syndication.feeds.text import attribute, words
from shared.events import Article, Enclosure, Image

MEDIUMS = ("image", "audio", "video")


def enclosure(article: Article) -> str:
    """Return the one enclosure that RSS readers expect: the lead picture, else the first file, or nothing."""
    image, files = lead_image(article), enclosures(article)
    if image is not None:
        return enclosed(image)
    return _enclosure(files[0].url, files[0].type or "", files[0].bytes) if files else ""


def enclosed(image: Image) -> str:
    """Return a picture as an enclosure."""
    return _enclosure(image.url, image_type(image), image.bytes)


def _enclosure(url: str, kind: str, size: int | None) -> str:
    # The length is required; 0 says that it is not known (RSS Advisory Board, Best Practices Profile).
    return f'<enclosure url="{attribute(url)}" length="{max(size or 0, 0)}" type="{attribute(kind)}"/>'


def contents(article: Article) -> list[str]:
    """Return every picture, the lead one first and marked, then every file.

    They are different works, not renditions of one, so no media:group holds them (Media RSS 1.5.1).
    """
    tongue = language(article)
    shown = [picture(image, tongue, lead=number == 0) for number, image in enumerate(pictures(article))]
    return [*shown, *(_file(one, tongue) for one in enclosures(article))]


def picture(image: Image, tongue: str | None, *, lead: bool, more: str = "") -> str:
    """Return a picture with caption and credit; `more` are further elements in it."""
    sizes = {"fileSize": image.bytes, "width": image.width, "height": image.height}
    said, credit = words(image.caption), words(image.credit)
    inner = f'\n<media:description type="plain">{said}</media:description>' if said else ""
    if credit:
        inner += f'\n<media:credit role="photographer" scheme="urn:ebu">{credit}</media:credit>'
        inner += f"\n<media:copyright>{words(holder(image))}</media:copyright>"
    return _content(image.url, image_type(image), sizes, tongue, inner + more, lead=lead)


def holder(image: Image) -> str:
    """Return the agency of `Photographer/Agency`, or the whole credit where it names no agency."""
    credit = image.credit or ""
    return credit.rpartition("/")[2].strip() or credit


def _file(one: Enclosure, tongue: str | None) -> str:
    said = words(one.title)
    inner = f'\n<media:title type="plain">{said}</media:title>' if said else ""
    return _content(
        one.url, one.type or "", {"fileSize": one.bytes, "duration": one.seconds}, tongue, inner, lead=False
    )


def _content(url: str, kind: str, sizes: dict[str, int | None], tongue: str | None, inner: str, *, lead: bool) -> str:
    medium = kind.partition("/")[0]
    told = f' medium="{medium}"' if medium in MEDIUMS else ""
    numbers = "".join(f' {name}="{value}"' for name, value in sizes.items() if value and value > 0)
    first, spoken = ' isDefault="true"' if lead else "", f' lang="{tongue}"' if tongue else ""
    start = f'<media:content url="{attribute(url)}" type="{attribute(kind)}"{told}{numbers}{first}{spoken}>'
    return f"{start}{inner}\n</media:content>"
