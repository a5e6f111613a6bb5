"""Addresses made absolute and rid of what only tells where a reader came from; fetching them is left to others."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, quote, unquote, urljoin, urlsplit

from services.ingest.submission import is_web_url, printable

SAFE = ":/?#[]@!$&'()*+,;=%~-._"
PREFIXES = ("utm_", "mtm_")
TRACKING = frozenset(
    "fbclid _openstat fb_action_ids fb_action_types fb_ref fb_source fb_comment_id hmb_campaign hmb_medium hmb_source "
    "itm_campaign itm_medium itm_source gclid dclid gbraid wbraid gclsrc campaign_id campaign_medium campaign_name "
    "campaign_source campaign_term campaign_content srsltid yclid ysclid twclid msclkid mc_cid mc_eid mc_tc wickedid "
    "hsa_cam _hsenc __hssc __hstc __hsfp _hsmi hsctatracking rb_clickid oly_anon_id oly_enc_id vero_id vero_conv "
    "mkt_tok sc_cid _bhlid _branch_match_id _branch_referrer __readwiselocation".split()
)
"""Names of query parameters that tell where a reader came from (those that Miniflux knows, Apache-2.0)."""

SPACES = re.compile(r"[\t\r\n]+")


def address(value: str | None, base: str) -> str | None:
    """Return an absolute web address with its odd characters escaped, or None when it cannot be one."""
    value = value.strip() if value else ""
    if not value:
        return None
    if is_web_url(value):
        return value
    try:
        joined = urljoin(base, SPACES.sub("", printable(value)))
    except ValueError:
        return None
    if is_web_url(joined):
        return joined
    escaped = quote(joined, safe=SAFE)
    return escaped if is_web_url(escaped) else None


def based(base: str, relative: str | None) -> str:
    """Return what `relative` means against a base; the base itself when it means nothing."""
    try:
        return urljoin(base, relative.strip()) if relative else base
    except ValueError:
        return base


def host_of(url: str | None) -> str:
    """Return the host of an address without `www.`, empty when there is none."""
    try:
        return (urlsplit(url or "").hostname or "").removeprefix("www.")
    except ValueError:
        return ""


def cleaned(url: str, hosts: frozenset[str] = frozenset()) -> str:
    """Return an address without tracking parameters, untouched when it has none.

    `hosts` are those of the feed itself: Ghost adds them to outgoing links as `ref`.
    """
    before, mark, rest = url.partition("?")
    if not mark:
        return url
    query, sharp, fragment = rest.partition("#")
    if "&" not in query:  # as of nearly all links
        return f"{before}{sharp}{fragment}" if tracks(query, hosts) else url
    pairs = query.split("&")
    kept = [pair for pair in pairs if not tracks(pair, hosts)]
    if len(kept) == len(pairs):
        return url
    return before + ("?" if kept else "") + "&".join(kept) + sharp + fragment


def tracks(pair: str, hosts: frozenset[str]) -> bool:
    """Tell whether a parameter, `name=value`, only says where a reader came from."""
    name, _, value = pair.partition("=")
    name = name.lower()
    if name == "ref":
        return value in hosts or unquote(value).lower().removeprefix("www.") in hosts
    return name in TRACKING or name.startswith(PREFIXES)


def unwrapped(url: str) -> str:
    """Return the picture behind Next.js' image resizer, or the address itself."""
    if "/_next/image?" not in url:
        return url
    try:
        parts = urlsplit(url)
        inner = parse_qs(parts.query, max_num_fields=50).get("url", [""])[0]
        joined = urljoin(url, inner)
    except ValueError:
        return url
    return joined if inner and parts.path.endswith("/_next/image") and is_web_url(joined) else url
