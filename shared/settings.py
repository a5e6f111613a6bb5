"""The environment, read once and checked at start; the only place that reads it."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_network
from pathlib import Path

from shared.numbers import whole
from shared.redis_url import check_options, port_of, read_clustered, read_watched, taken_apart

Network = IPv4Network | IPv6Network

PREFIX = "WIREROOM_"
ANYWHERE = ("0.0.0.0", "::")  # noqa: S104  # compared with, not bound to
PROXY = re.compile(
    r"http://(?:[A-Za-z0-9!$%&'()*+,;=:._~-]*@)?(?:[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?|\[(?P<inner>[0-9A-Fa-f:.]+)\])"
    r":(?P<port>[0-9]{1,5})/?"
)
"""Signs that urllib and the HTTP client, which has rules of its own, read alike (RFC 3986 section 3.2)."""

LEVELS = ("debug", "info", "warning", "error")


class SettingsError(ValueError):
    """One or more settings are wrong; the message has a line for each, naming the variable."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Every setting, checked; built by `read`, and in tests by hand."""

    redis_url: str | None = field(default=None, repr=False)
    data_dir: Path = Path("data")
    newsroom: Path = Path("newsroom")
    host: str = "127.0.0.1"
    port: int = 8000
    public_url: str = "http://127.0.0.1:8000"
    admin_token: str | None = None
    allow_networks: tuple[Network, ...] = ()
    log_format: str = "json"
    log_level: str = "info"
    partitions: int = 1
    re_enrich_days: int = 7
    keep_days: int = 0
    keep_articles: int = 0
    image_sizes: bool = False
    egress_proxy: str | None = field(default=None, repr=False)
    secret_key: tuple[str, ...] = field(default=(), repr=False)
    traces: bool = False


def read(environ: Mapping[str, str] | None = None) -> Settings:
    """Read the settings from WIREROOM_… variables; an empty one counts as unset.

    Raises SettingsError that names every variable that is wrong, and those that do not exist.
    """
    given = os.environ if environ is None else environ
    values = {name: text for name, text in given.items() if name.startswith(PREFIX) and text.strip()}
    known = {PREFIX + name.upper() for name in PARSERS} | ELSEWHERE
    errors = [f"{name}: there is no such setting" for name in sorted(values) if name not in known]
    found: dict[str, object] = {}
    for name, parse in PARSERS.items():
        text = values.get(PREFIX + name.upper())
        try:
            if text is not None:
                found[name] = parse(text.strip())
        except ValueError as error:
            errors.append(f"{PREFIX}{name.upper()}: {error}")
    if errors:
        raise SettingsError("\n".join(errors))
    found["traces"] = _wants_traces(given)
    return Settings(**_with_defaults(found))  # type: ignore[arg-type]  # parsed by name from PARSERS


def _wants_traces(given: Mapping[str, str]) -> bool:
    """Tell whether OpenTelemetry's own variables, which its SDK reads, name a collector."""
    named = given.get("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT") or given.get("OTEL_EXPORTER_OTLP_ENDPOINT")
    return bool(named) and given.get("OTEL_TRACES_EXPORTER") != "none" and given.get("OTEL_SDK_DISABLED") != "true"


def _with_defaults(found: dict[str, object]) -> dict[str, object]:
    host, port = found.get("host", "127.0.0.1"), found.get("port", 8000)
    shown = "127.0.0.1" if host in ANYWHERE else host
    found.setdefault("public_url", f"http://{shown}:{port}")
    found.setdefault("log_format", "console" if sys.stdout.isatty() else "json")
    return found


ELSEWHERE = {f"{PREFIX}{name}" for name in ("URL", "LOCK", "IMAGE_TAG", "REDIS_MAXMEMORY", "PROMETHEUS_PORT")}
"""Variables that the command line's HTTP client and docker-compose.yml read."""


def client(environ: Mapping[str, str] | None = None) -> tuple[str | None, str | None]:
    """Return the address and the token that the command line is to use, each None when not given."""
    given = os.environ if environ is None else environ
    return given.get(f"{PREFIX}URL") or None, given.get(f"{PREFIX}ADMIN_TOKEN") or None


def _redis_url(text: str) -> str:
    if read_watched(text) is not None or read_clustered(text) is not None:
        return text
    parts = taken_apart(text)
    if parts.scheme not in ("redis", "rediss", "unix"):
        raise ValueError(
            "must start with redis://, rediss://, unix://, redis+sentinel://, rediss+sentinel://, redis+cluster:// "
            "or rediss+cluster://"
        )
    if port_of(parts) == 0:
        raise ValueError("must name a port from 1 to 65535")
    check_options(parts)
    return text


def _port(text: str) -> int:
    port = whole(text, 65535)
    if not port:
        raise ValueError(f"must be a port number from 1 to 65535, not {text!r}")
    return port


def _public_url(text: str) -> str:
    parts = taken_apart(text)
    if parts.scheme not in ("http", "https") or not parts.hostname or port_of(parts) == 0:
        raise ValueError(f"must be an http or https address, not {text!r}")
    return text.rstrip("/")


def _token(text: str) -> str:
    if len(text) < 16 or not text.isascii() or not text.isprintable():
        raise ValueError("must be at least 16 printable ASCII characters")
    return text


def _secret_keys(text: str) -> tuple[str, ...]:
    keys = tuple(part.strip() for part in text.split(",") if part.strip())
    if not keys or any(len(key) < 32 or not key.isascii() or not key.isprintable() for key in keys):
        raise ValueError("must be at least 32 printable ASCII characters; older keys may follow after commas")
    return keys


def _proxy(text: str) -> str:
    found = PROXY.fullmatch(text)
    if found is None or not 0 < int(found["port"]) < 65536 or (found["inner"] and not _is_ipv6(found["inner"])):
        raise ValueError("must be an HTTP proxy, as in http://proxy.example:3128; in a password, write @ as %40")
    return text


def _is_ipv6(text: str) -> bool:
    try:
        return IPv6Address(text).scope_id is None
    except ValueError:
        return False


def _networks(text: str) -> tuple[Network, ...]:
    return tuple(_network(part.strip()) for part in text.split(",") if part.strip())


def _network(text: str) -> Network:
    try:
        return ip_network(text, strict=False)
    except ValueError:
        raise ValueError(f"{text!r} is not a network such as 10.0.0.0/8") from None


def _one_of(*allowed: str) -> Callable[[str], str]:
    def parse(text: str) -> str:
        if text.lower() not in allowed:
            raise ValueError(f"must be one of {', '.join(allowed)}, not {text!r}")
        return text.lower()

    return parse


def _yes_or_no(text: str) -> bool:
    if text.lower() not in ("true", "false"):
        raise ValueError(f"must be true or false, not {text!r}")
    return text.lower() == "true"


def _whole(least: int, most: int) -> Callable[[str], int]:
    def parse(text: str) -> int:
        number = whole(text, most)
        if number is None or number < least:
            raise ValueError(f"must be a whole number from {least} to {most}, not {text!r}")
        return number

    return parse


PARSERS: dict[str, Callable[[str], object]] = {
    "redis_url": _redis_url,
    "data_dir": Path,
    "newsroom": Path,
    "host": str,
    "port": _port,
    "public_url": _public_url,
    "admin_token": _token,
    "allow_networks": _networks,
    "log_format": _one_of("json", "console"),
    "log_level": _one_of(*LEVELS),
    "partitions": _whole(1, 64),
    "re_enrich_days": _whole(0, 365),
    "keep_days": _whole(0, 36_500),
    "keep_articles": _whole(0, 999_999_999),
    "image_sizes": _yes_or_no,
    "egress_proxy": _proxy,
    "secret_key": _secret_keys,
}
