"""Checks a stack's logs: every line is one JSON object, and one correlation id follows an article to its delivery."""

from __future__ import annotations

import json
import sys
from pathlib import Path

ERASE = "\x1b[2K"
"""Compose begins lines with it, whatever colours it was asked for."""

WAY = {"article.ingested", "article.enriched", "article.published", "delivery.attempted"}


def main(path: str) -> None:
    """Print the way of one article through the services; fail when no article went the whole way."""
    lines = [json.loads(line.removeprefix(ERASE)) for line in Path(path).read_text().splitlines() if line]
    ways: dict[str, list[dict[str, object]]] = {}
    for line in lines:
        if "correlation_id" in line:
            ways.setdefault(line["correlation_id"], []).append(line)
    whole = [way for way in ways.values() if {line["event"] for line in way} >= WAY]
    if not whole:
        sys.exit(f"none of {len(ways)} correlation ids went the whole way")
    for line in sorted(whole[0], key=lambda line: str(line["timestamp"])):
        sys.stdout.write(f"{line['timestamp']} {line['service']:<12} {line['event']}\n")
    sys.stdout.write(f"{len(lines)} lines, {len(whole)} articles followed from push to delivery\n")


if __name__ == "__main__":
    main(sys.argv[1])
