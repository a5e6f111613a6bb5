"""Articles' pages: asked for as robots.txt allows, read zone by zone, joined with what the source said."""

from services.ingest.pages.article import article
from services.ingest.pages.complete import Incomplete, Pages
from services.ingest.pages.robots import Robots
from services.ingest.pages.said import PageArticle

__all__ = ["Incomplete", "PageArticle", "Pages", "Robots", "article"]
