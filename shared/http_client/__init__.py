"""The one outbound HTTP client: capped, timed and guarded; when to ask again is left to its callers."""

from shared.http_client.certificates import CertificateError, ClientCertificate
from shared.http_client.getting import get, redirect_target
from shared.http_client.outcomes import Answer, NoAnswer, Page, TooLarge
from shared.http_client.posting import options, post
from shared.http_client.session import USER_AGENT, Limits, Session, connect

__all__ = [
    "USER_AGENT",
    "Answer",
    "CertificateError",
    "ClientCertificate",
    "Limits",
    "NoAnswer",
    "Page",
    "Session",
    "TooLarge",
    "connect",
    "get",
    "options",
    "post",
    "redirect_target",
]
