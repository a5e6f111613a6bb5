"""Reads a feed's bytes into submissions; fetching them and deciding what is news is left to others."""

from services.ingest.parse.feed import parse
from services.ingest.parse.opml import Outline, read_opml
from services.ingest.parse.sitemap import Map, Page, Sitemap, read_sitemap

__all__ = ["Map", "Outline", "Page", "Sitemap", "parse", "read_opml", "read_sitemap"]
