"""NITF 3, alone or inside NewsML-G2 and ninjs: a story to a submission, its body to HTML."""

from services.ingest.formats.nitf.body import body_html, pictures
from services.ingest.formats.nitf.story import read, zones

__all__ = ["body_html", "pictures", "read", "zones"]
