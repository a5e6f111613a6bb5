"""Checks a stack's logs: every line is one JSON object, and one correlation id follows an article to its delivery."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

CONTROL = re.compile(r"\x1b\[[0-9;]*[A-Za-z]|\r")
"""Compose puts such between lines, whatever colours it was asked for."""

WAY = {"article.ingested", "article.enriched", "article.published", "delivery.attempted"}


def main(path: str) -> None:
    """Print the way of one article through the services; fail when no article went the whole way."""
    lines = [_object(line) for line in CONTROL.sub("", Path(path).read_text()).split("\n") if line.strip()]
    ways: dict[str, list[dict[str, str]]] = {}
    for line in lines:
        if "correlation_id" in line:
            ways.setdefault(line["correlation_id"], []).append(line)
    whole = [way for way in ways.values() if {line["event"] for line in way} >= WAY]
    if not whole:
        sys.exit(f"none of {len(ways)} correlation ids went the whole way")
    for line in sorted(whole[0], key=lambda line: line["timestamp"]):
        sys.stdout.write(f"{line['timestamp']} {line['service']:<12} {line['event']}\n")
    sys.stdout.write(f"{len(lines)} lines, {len(whole)} articles followed from push to delivery\n")


def _object(line: str) -> dict[str, str]:
    try:
        found: dict[str, str] = json.loads(line)
    except ValueError:
        sys.exit(f"not a JSON line: {line[:300]!r}")
    return found


if __name__ == "__main__":
    main(sys.argv[1])
