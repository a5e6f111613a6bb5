"""Throws made-up bodies and forms at what subscribers may ask for: kept, read and shown again for what they were."""

from __future__ import annotations

from typing import Any

import atheris

from tests.fuzz.checked import checked
from tests.fuzz.fuzzing import fuzz

with atheris.instrument_imports(include=["services.syndication.webhooks", "services.syndication.portal"]):
    import orjson
    from pydantic import ValidationError

    from services.syndication.consumer_routes import ChangedConsumer, ConsumerIn
    from services.syndication.feeds.private.asked import NewPrivateFeed
    from services.syndication.portal.filling import changed, filled, new, seen, shown_again
    from services.syndication.portal.filters import wrong_at
    from services.syndication.webhooks.api.making import subscription_of
    from services.syndication.webhooks.inputs import (
        ChangedSubscription,
        NewSubscription,
        Preview,
        Replay,
        Restored,
        SecretRotation,
    )
    from services.syndication.webhooks.subscriptions import pack, unpack
    from services.syndication.within import UNBOUND
    from shared.events import to_json
    from tests.builders import SEALS

LEAST = {"url": "https://partner.example/hook"}
OTHERS = (ChangedSubscription, Preview, Replay, Restored, SecretRotation, ConsumerIn, ChangedConsumer, NewPrivateFeed)


def one_input(data: bytes) -> None:
    """Ask for a subscription by the API and by a form, and for all else. Raises ValueError where it becomes another."""
    given = checked(NewSubscription, data, LEAST)
    if given is not None:
        kept(given)
    for model in OTHERS:
        checked(model, data, {})
    try:
        form = orjson.loads(data)
    except orjson.JSONDecodeError:
        return
    if isinstance(form, dict):
        filled_in({str(name): text for name, text in form.items() if isinstance(text, str)})


def kept(given: NewSubscription) -> None:
    """Keep a subscription, and show it in a form that comes back untouched."""
    made = subscription_of(given, id="sub_1", number=1, owner="ann", terms=UNBOUND)
    stored = {name: value if isinstance(value, bytes) else value.encode() for name, value in pack(made, SEALS).items()}
    packed = {name.encode(): value for name, value in stored.items()}
    if unpack(made.id, packed, SEALS) != made:
        raise ValueError(made)
    shown: dict[str, Any] = orjson.loads(to_json(made.public(secret=True)))
    for name, value in {**made.credentials.sent("token"), **made.credentials.hidden("…")}.items():
        if not (name.isascii() and value.replace("…", "").isprintable()):
            raise ValueError(name)
    if again := changed(filled(shown), shown):
        raise ValueError(again)
    seen(shown)


def filled_in(fields: dict[str, str]) -> None:
    """Send a form: what it asks of the API is taken, or refused in words."""
    shown_again(fields)
    wrong_at(fields.get("filter", ""))
    try:
        NewSubscription.model_validate_json(to_json(new(fields)))
    except ValidationError as error:
        error.errors(include_url=False)


if __name__ == "__main__":
    fuzz(one_input, "subscriptions")
