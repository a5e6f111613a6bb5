"""The news sitemap: the stories of the last two days, as search engines want them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from services.syndication.feeds.parts import language, modified
from services.syndication.feeds.site import Site
from services.syndication.feeds.text import content, seconds
from shared.events import Article

WINDOW = timedelta(days=2)
"""Older stories do not belong there (Google, "Create a News sitemap")."""

MOST = 1_000
OPEN = """<?xml version="1.0" encoding="UTF-8"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"
  xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">
"""
MEDIA_TYPE = "application/xml"


def sitemap(articles: Iterable[Article], site: Site, since: datetime) -> bytes:
    """Return the document of the articles published since a moment, at most 1,000; equal articles, equal bytes.

    A sitemap may only name addresses of its own host (sitemaps.org, "Sitemap file location"), so each story
    stands with our page of it.
    """
    shown = [article for article in articles if article.status == "usable" and article.published_at >= since]
    return "".join([OPEN, *(_url(article, site) for article in shown[:MOST]), "</urlset>\n"]).encode()


def _url(article: Article, site: Site) -> str:
    tongue = (language(article) or site.language).split("-")[0].lower()
    return f"""<url>
  <loc>{content(site.article(article.id))}</loc>
  <lastmod>{seconds(modified(article))}</lastmod>
  <news:news>
    <news:publication><news:name>{content(site.name)}</news:name><news:language>{tongue}</news:language></news:publication>
    <news:publication_date>{seconds(article.published_at)}</news:publication_date>
    <news:title>{content(article.headline)}</news:title>
  </news:news>
</url>
"""
