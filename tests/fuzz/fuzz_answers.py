"""Throws made-up answers of receivers, token endpoints and picture hosts at what judges them."""

from __future__ import annotations

import math

import atheris

from tests.fuzz.fuzzing import fuzz

INSTRUMENTED = ["services.syndication.webhooks", "services.enrichment.image_sizes", "imagesize", "shared.retry"]
with atheris.instrument_imports(include=INSTRUMENTED):
    import orjson

    from services.enrichment.image_sizes import measured
    from services.ingest.cms.values import document, object_of
    from services.ingest.freshness import fresh_seconds
    from services.syndication.webhooks import oauth
    from services.syndication.webhooks.deliver import judge
    from services.syndication.webhooks.handshake import Granted, judged
    from services.syndication.webhooks.lane_replies import Delivery
    from services.syndication.webhooks.outcomes import judge as come_to
    from services.syndication.webhooks.verification import proof
    from shared.http_client import Answer
    from shared.retry import DAY
    from tests.builders import MORNING
    from tests.syndication.webhooks.test_outcomes import SUBSCRIPTION

DELIVERY = Delivery("sub_1", 7, 1, 0, None, "article.published", "desk-a", 1, b"[]")
NOW = MORNING.timestamp()


def one_input(data: bytes) -> None:
    """Judge one answer in every way, or measure a picture. Raises ValueError for a time that is none."""
    measured(data)
    given = object_of(document(data))
    status, body = given.get("status"), given.get("body", "")
    headers = {str(name).lower(): str(value) for name, value in object_of(given.get("headers")).items()}
    start = body.encode() if isinstance(body, str) else orjson.dumps(body)
    answer = Answer(status if isinstance(status, int) and 100 <= status < 600 else 200, headers, start, 1.0)
    outcome = judge(answer, NOW)
    orjson.loads(come_to(DELIVERY, SUBSCRIPTION, outcome, "msg_1", NOW, lambda: 0.5).record.log)
    proof("challenge", "c", outcome)
    told = oauth.read(answer, NOW)
    said = judged(answer, "wire.example")
    seconds = [
        told.seconds if isinstance(told, oauth.Token) else told.after or 0.0,
        fresh_seconds(headers, MORNING) or 0.0,
        said.rate or 0.0 if isinstance(said, Granted) else 0.0,
    ]
    if not all(math.isfinite(each) and each >= 0 for each in seconds) or seconds[1] > 7 * DAY:
        raise ValueError(seconds)


if __name__ == "__main__":
    fuzz(one_input, "answers")
