"""Reads a feed's bytes into submissions; fetching them and deciding what is news is left to others."""

from services.ingest.parse.feed import NotAFeed, Parsed, parse

__all__ = ["NotAFeed", "Parsed", "parse"]
