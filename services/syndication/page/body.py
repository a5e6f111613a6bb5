"""A story's body as pages show it: pictures late and in boxes, headings in order, wide things scrolling, cut if asked.

It comes sanitised, and is sanitised again after all else, with a narrower list: the last word on markup is nh3's.
"""

from __future__ import annotations

from dataclasses import dataclass

import nh3
from lxml import etree
from markupsafe import Markup

from services.syndication.feeds.text import legal
from services.syndication.page import edits
from services.syndication.page.cutting import cut

TAGS = frozenset(
    "a abbr b bdi bdo blockquote br caption cite code col colgroup dd del details dfn div dl dt em figcaption figure "
    "h2 h3 h4 h5 h6 hr i img ins kbd li mark ol p picture pre q rp rt ruby s samp section small source span strong "
    "sub summary sup table tbody td tfoot th thead time tr u ul var".split()
)
ATTRIBUTES = {
    "*": {"dir", "lang"},
    "a": {"aria-label", "href", "title"},
    "abbr": {"title"},
    "blockquote": {"cite"},
    "col": {"span"},
    "colgroup": {"span"},
    "del": {"cite", "datetime"},
    "img": {"alt", "height", "sizes", "src", "srcset", "width"},
    "ins": {"cite", "datetime"},
    "ol": {"reversed", "start"},
    "q": {"cite"},
    "source": {"media", "sizes", "srcset", "type"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
    "time": {"datetime"},
}
VALUES = {"div": {"role": {"group"}, "tabindex": {"0"}, "aria-label": {"Table", "Preformatted text"}}}
CLASSES = {"div": {"scroll", "aside"}, "img": {"unsized"}}
ALWAYS = {"img": {"loading": "lazy", "decoding": "async"}}
DROPPED = frozenset(
    "applet button embed form frame frameset head iframe input link math meta noembed noframes noscript object option "
    "script select style svg template textarea title xmp".split()
)


@dataclass(frozen=True, slots=True)
class Shown:
    """A body's markup, safe to stand in a page, and whether its end was cut off."""

    html: Markup
    cut: bool = False


def shown(markup: str, *, level: int, lead: str | None = None, limit: int | None = None) -> Shown:
    """Return a body whose headings go on below `level`, without the picture that is shown above it already.

    With a `limit` it ends with the last block that fits into so many characters of markup.
    """
    root = _parsed(legal(markup))
    if root is None:
        return Shown(Markup())
    edits.link_media(root)
    edits.box_pictures(root, lead)
    edits.order_headings(root, level)
    edits.unmark(root)
    edits.name_links(root)
    edits.box_wide(root)
    ended = limit is not None and cut(root, limit)
    return Shown(Markup(_sanitised(_inner(root))), ended)  # noqa: S704  # what nh3 gives is safe


def _parsed(markup: str) -> etree._Element | None:
    if not markup.strip():
        return None
    parser = etree.HTMLParser(encoding="utf-8", no_network=True, huge_tree=True, remove_comments=True, remove_pis=True)
    root = etree.fromstring(f"<div>{markup}</div>".encode("utf-8", "replace"), parser)
    return None if root is None else root.find("body")


def _inner(root: etree._Element) -> str:
    html: str = etree.tostring(root, encoding="unicode", method="html")
    return html


def _sanitised(markup: str) -> str:
    return nh3.clean(
        markup,
        tags=set(TAGS),
        clean_content_tags=set(DROPPED),
        attributes={tag: set(names) for tag, names in ATTRIBUTES.items()},
        tag_attribute_values=VALUES,
        set_tag_attribute_values=ALWAYS,
        allowed_classes=CLASSES,
        link_rel=None,
        url_schemes={"http", "https", "mailto"},
        url_relative="deny",
    )
