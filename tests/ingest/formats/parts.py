"""Wire items in words of our own, to be changed by who tests something."""

from __future__ import annotations

from typing import Any

NAR = "http://iptc.org/std/nar/2006-10-01/"
NITF = "http://iptc.org/std/NITF/2006-10-18/"


def a_ninjs(headline: str = "Bridge opens to cyclists after a year of paint", **over: Any) -> dict[str, Any]:
    """Return a ninjs 3.1 text item."""
    return {
        "uri": "urn:newsml:wire.example.org:20261120:bridge-1",
        "standard": {"name": "ninjs", "version": "3.1"},
        "type": "text",
        "version": "1",
        "firstCreated": "2026-11-20T09:00:00Z",
        "versionCreated": "2026-11-20T09:00:00Z",
        "language": "en-GB",
        "headlines": [{"role": "main", "value": headline}],
        "bodies": [
            {
                "role": "main",
                "contentType": "text/html",
                "value": "<p>The paint took a year.</p><p>The ride, a minute.</p>",
            }
        ],
    } | over


def a_news_item(
    *,
    guid: str = "urn:newsml:wire.example.org:20261121:lock-1",
    attributes: str = 'version="1"',
    before: str = "",
    meta: str = '<pubStatus qcode="stat:usable"/>',
    about: str = "<headline>Canal lock runs by hand again</headline>",
    content: str = '<inlineXML contenttype="application/xhtml+xml"><html xmlns="http://www.w3.org/1999/xhtml"><body>'
    "<p>Four people turned the wheel.</p></body></html></inlineXML>",
    after: str = "",
) -> bytes:
    """Return a NewsML-G2 news item of text."""
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<newsItem xmlns="{NAR}" guid="{guid}" {attributes} standard="NewsML-G2" standardversion="2.34" xml:lang="en">
  <catalogRef href="http://www.iptc.org/std/catalog/catalog.IPTC-G2-Standards_40.xml"/>{before}
  <itemMeta>
    <itemClass qcode="ninat:text"/><provider literal="wire"/>
    <versionCreated>2026-11-21T10:00:00Z</versionCreated>
    {meta}
  </itemMeta>
  <contentMeta>{about}</contentMeta>
  <contentSet>{content}</contentSet>{after}
</newsItem>
""".encode()


def in_a_message(*items: bytes) -> bytes:
    """Return a news message of these items."""
    bare = b"".join(item.partition(b"?>")[2] for item in items)
    header = "<header><sent>2026-11-21T10:01:00Z</sent></header>"
    start = f'<?xml version="1.0"?><newsMessage xmlns="{NAR}">{header}<itemSet>'
    return start.encode() + bare + b"</itemSet></newsMessage>"
