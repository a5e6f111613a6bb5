"""Completes articles: reads article.ingested, writes article.enriched; owns no keys."""
