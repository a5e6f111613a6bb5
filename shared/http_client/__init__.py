"""The one outbound HTTP client: capped, timed and guarded; when to ask again is left to its callers."""

from shared.http_client.getting import get, redirect_target
from shared.http_client.outcomes import Answer, NoAnswer, Page, TooLarge
from shared.http_client.posting import post
from shared.http_client.session import USER_AGENT, Limits, Session, connect

__all__ = [
    "USER_AGENT",
    "Answer",
    "Limits",
    "NoAnswer",
    "Page",
    "Session",
    "TooLarge",
    "connect",
    "get",
    "post",
    "redirect_target",
]
