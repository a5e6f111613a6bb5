"""The gate every fragment passes before it is kept: it must read back as exactly one item."""

from __future__ import annotations

from lxml import etree

from services.syndication.feeds.channel import FOOT, OPEN

FRAME = f"{OPEN}<channel>".encode()


def fault(fragment: bytes) -> str | None:
    """Return why a fragment must not be served, or None when it is one well-formed `item` element.

    Parsed inside the root it will stand in, so an undeclared prefix is found too.
    """
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        channel = etree.fromstring(FRAME + fragment + FOOT, parser)[0]
    except etree.XMLSyntaxError as error:
        return str(error)
    names = [child.tag for child in channel]
    return None if names == ["item"] else f"one item was expected, not {names}"
