"""What people call languages, from the Unicode CLDR; which language a story is in is known before."""

from __future__ import annotations

from functools import lru_cache

from babel import Locale, UnknownLocaleError

from services.syndication.feeds.shelf import FeedName
from services.syndication.feeds.site import Site


def label_of(feed: FeedName, label: str, site: Site) -> str:
    """Return what the site's readers call a feed: a language by its name, and not by its tag."""
    return spoken(label or feed.slug, site.language) if feed.kind == "languages" else label


@lru_cache(1024)
def spoken(tag: str, language: str) -> str:
    """Return what a language is called by its tag (BCP 47) in another, English where that one is not known.

    Of a tag that the CLDR does not know the language alone is named; what is not known at all is the tag.
    """
    reader, locale = _locale(language) or Locale("en"), _locale(tag)
    own = tag.partition("-")[0].lower()
    if locale is None or locale.language == own:
        found = locale.get_display_name(reader) if locale else reader.languages.get(own)
    else:  # the likeliest for what is none, as English for und, or the new name of a withdrawn one
        found = reader.languages.get(own) or reader.languages.get(locale.language)
    return found or tag


def _locale(tag: str) -> Locale | None:
    try:
        return Locale.parse(tag, sep="-")
    except (ValueError, UnknownLocaleError):
        return None
