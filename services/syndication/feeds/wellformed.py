"""The gate every XML fragment passes before it is kept: it must read back as exactly one item."""

from __future__ import annotations

from collections.abc import Callable

from lxml import etree

from services.syndication.feeds.rss_channel import FOOT, OPEN


def gate(opened: str, closed: bytes, *names: str) -> Callable[[bytes], str | None]:
    """Return the gate of a format: why a fragment must not be served, or None when it is one element of `names`.

    Parsed between `opened` and `closed`, in which it will stand, so an undeclared prefix is found too.
    """
    frame, wanted = opened.encode(), [[name] for name in names]

    def fault(fragment: bytes) -> str | None:
        parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
        try:
            root = etree.fromstring(frame + fragment + closed, parser)
        except etree.XMLSyntaxError as error:
            return str(error)
        parent = root[0] if root.tag == "rss" else root
        found = [str(child.tag) for child in parent]
        return None if found in wanted else f"one item was expected, not {found}"

    return fault


FRAME = f"{OPEN}<channel>"
fault = gate(FRAME, FOOT, "item")
