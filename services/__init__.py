"""The three services on one line, joined by Redis streams.

sources -> [ingest] -> article.ingested -> [enrichment] -> article.enriched -> [syndication] -> feeds, webhooks
"""

NAMES = ("ingest", "enrichment", "syndication")
"""The services, in the order of the line."""
