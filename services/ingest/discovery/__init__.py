"""From any address to the sources behind it: what a page links, what a CMS offers, what stands at well-known paths."""

from services.ingest.discovery.found import Discovered, Discovery
from services.ingest.discovery.search import discover

__all__ = ["Discovered", "Discovery", "discover"]
