"""Syndication reads article.enriched, writes the ledger, serves feeds, delivers webhooks; owns {a:…} {s:…} {ledger}."""
