"""What the subscriptions API takes, checked field by field; whether a URL may be reached is asked of the guard."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    WithJsonSchema,
)

from services.syndication.webhooks.choices import Promise, Verify
from services.syndication.webhooks.pacing import MAX_IN_FLIGHT, DigestWindow, Pacing
from services.syndication.webhooks.sending_inputs import SendingInput
from services.syndication.webhooks.sign import SecretError, key_of
from services.syndication.webhooks.starting import NOW, SCHEMA, Start, start
from services.syndication.webhooks.subscriptions import HealthType
from shared.events import PublicType
from shared.requests import readable
from shared.times import GivenMoment

WEEK = 604_800


def _filter(text: str) -> str:
    readable(text)
    return text


def _secret(text: str) -> str:
    try:
        key_of(text)
    except SecretError as error:
        raise ValueError(str(error)) from None
    return text


Filter = Annotated[str, AfterValidator(_filter)]
Url = Annotated[str, StringConstraints(min_length=1, max_length=2048)]
Types = Annotated[list[Literal[PublicType, HealthType]], Field(min_length=1, max_length=20)]
Description = Annotated[str, StringConstraints(max_length=500)]
Wait = Annotated[float, Field(ge=0.1, le=WEEK, allow_inf_nan=False)]
Waits = Annotated[list[Wait], Field(min_length=1, max_length=20)]
From = Annotated[Start, BeforeValidator(start), WithJsonSchema(SCHEMA)]
MaxInFlight = Annotated[int, Field(ge=1, le=1024, description="deliveries under way at once")]
RateLimit = Annotated[float, Field(ge=0.01, le=10_000, allow_inf_nan=False, description="deliveries a second")]
Embargoed = Annotated[bool, Field(description="articles ahead of their release; for whom the operator trusts")]
Seq = Annotated[int, Field(ge=0, le=10**11)]


class Input(BaseModel):
    """A body of the API; a field it does not know is an error, for it is most often a slip."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class NewSubscription(SendingInput, Input):
    """A subscription to make; without `secret` one is made, without `types` all come, without `verify` at once."""

    url: Url
    filter: Filter = ""
    types: Types | None = None
    description: Description = ""
    secret: Annotated[str, AfterValidator(_secret)] | None = None
    schedule: Waits | None = None
    start: From = Field(NOW, alias="from", json_schema_extra={"default": "now"})
    verify: Verify | None = None
    exit_notices: bool = True
    delivery: Promise = "at-least-once"
    embargoed: Embargoed = False
    max_in_flight: MaxInFlight = MAX_IN_FLIGHT
    rate_limit: RateLimit | None = None
    digest: DigestWindow | None = None

    @property
    def pacing(self) -> Pacing:
        """Return how fast it wants to be sent to."""
        return Pacing(max_in_flight=self.max_in_flight, rate_limit=self.rate_limit, digest=self.digest)


class NewSubscriptions(Input):
    """Subscriptions to make: all of them, or none when one is refused."""

    subscriptions: Annotated[list[NewSubscription], Field(min_length=1, max_length=100)]


class Restored(NewSubscription):
    """A subscription put back under its id, as it was exported; of one that is there what is not given stays."""

    id: Annotated[str, StringConstraints(max_length=64)] | None = None
    owner: Annotated[str, StringConstraints(max_length=200)] | None = None
    status: Literal["active", "paused"] = "active"


def _not_given() -> Any:
    """Return what stands for a field that may be left out and may not be null."""
    return None


class ChangedSubscription(SendingInput, Input):
    """What to change; a field that is not given stays, and `null` gives one its default back, if it has one."""

    url: Url = Field(default_factory=_not_given)
    filter: Filter | None = None
    types: Types | None = None
    description: Description | None = None
    schedule: Waits | None = None
    exit_notices: bool | None = None
    delivery: Promise | None = None
    embargoed: Embargoed | None = None
    max_in_flight: MaxInFlight | None = None
    rate_limit: RateLimit | None = None
    digest: DigestWindow | None = None
    status: Literal["active", "paused"] = Field(default_factory=_not_given)


class Rotation(Input):
    """How long what is replaced signs beside what replaces it: a day unless told otherwise, a week at most."""

    overlap_seconds: Annotated[float, Field(ge=0, le=WEEK, allow_inf_nan=False)] | None = None


class SecretRotation(Rotation):
    """A rotation of a subscription's secret; without `secret` one is made."""

    secret: Annotated[str, AfterValidator(_secret)] | None = None


class Replay(Input):
    """What to send again, by one of the following.

    What came after `after_seq`; from `from_seq` to `to_seq`, both included; the versions of `article_id`; what was
    given up since `failed_since`, with `from_seq` where a call before ended.
    """

    after_seq: Seq | None = None
    from_seq: Seq | None = None
    to_seq: Seq | None = None
    article_id: Annotated[str, StringConstraints(min_length=1, max_length=200)] | None = None
    failed_since: GivenMoment | None = None


class Preview(Input):
    """A filter to try on the last `days`; of what it matches the newest `limit` are shown."""

    filter: Filter = ""
    types: Types | None = None
    days: Annotated[int, Field(ge=1, le=7)] = 7
    limit: Annotated[int, Field(ge=0, le=1000)] = 100
