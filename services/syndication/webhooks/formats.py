"""Writes a message in the format its receiver asked for: Standard Webhooks, or CloudEvents 1.0 (HTTP binding 1.0.2)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, NamedTuple
from urllib.parse import quote

import orjson

from services.syndication.webhooks.message import About, Message
from shared.events import to_json

Format = Literal["standard", "cloudevents-binary", "cloudevents-structured"]

JSON = "application/json"
STRUCTURED = "application/cloudevents+json"
_PRINTABLE = "".join(map(chr, range(0x21, 0x7F))).translate({0x22: None, 0x25: None})
"""What a header's value may hold as it is: no quote, no percent sign (HTTP binding section 3.1.3.2)."""


class Written(NamedTuple):
    """A body and the headers that say what it is."""

    body: bytes
    headers: Mapping[str, str]


def written(message: Message, format: Format, site: str) -> Written:
    """Return a message as it goes out; `site` is the publisher's address, the source of CloudEvents."""
    if format == "standard":
        return Written(message.body, {"content-type": JSON})
    about, data = (message.about, message.body) if message.about else _apart(message.body)
    attributes = {
        "specversion": "1.0",
        "id": message.id,
        "source": site,
        "type": about.type,
        "subject": about.subject,
        "time": about.timestamp,
    }
    if about.seq is not None:
        attributes["sequence"] = str(about.seq)  # the documented extension attribute
    if format == "cloudevents-binary":
        headers = {f"ce-{name}": quote(value, safe=_PRINTABLE) for name, value in attributes.items()}
        return Written(data, {"content-type": JSON, **headers})
    head = to_json({**attributes, "datacontenttype": JSON})
    return Written(b'%s,"data":%s}' % (head[:-1], data), {"content-type": STRUCTURED})


def _apart(body: bytes) -> tuple[About, bytes]:
    """Take a standard body apart: a test, or a notice about a subscription."""
    event = orjson.loads(body)
    data = event["data"]
    about = data.get("subscription", "")
    subject = about if isinstance(about, str) else about["id"]
    return About(event["type"], event["timestamp"], subject, None), to_json(data)
