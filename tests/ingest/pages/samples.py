"""Pages of our own words, as newsrooms' front ends write them."""

from __future__ import annotations

import json
from typing import Any

URL = "https://paper.example/north-korean-troops-in-kursk/"
TITLE = "Pentagon: North Korean troops take losses in Russia’s Kursk Oblast"
PHOTO = "https://assets.paper.example/content/images/2024/12/pentagon.jpg"
CAPTION = (
    "Pentagon press secretary Maj. Gen. Pat Ryder briefs reporters in Arlington, Virginia, on Oct. 31, 2023. "
    "(Kevin Dietsch/Getty Images)"
)
BIO = (
    "Tim Zadorozhnyy reports for The Kyiv Independent on diplomacy and on politics across Europe. He lives in "
    "Warsaw, where he studies international relations, and started out at a local television station in Odesa."
)
CARD = "Ukraine’s intelligence: North Koreans fired at a Russian unit by mistake"
SUMMARY = "Eight fighters of the Akhmat unit were killed, HUR says, and blames the language barrier."
PARAGRAPHS = (
    (
        "Soldiers from North Korea are now fighting in the Kursk Oblast beside Russian units, Pentagon spokesperson "
        "Maj. Gen. Patrick Ryder said on Dec. 16."
    ),
    "“They have gone into combat and some were killed or wounded,” Ryder said, as quoted by Reuters.",
    (
        "Ukraine’s military intelligence (HUR) puts the losses near Plekhovo, Vorozhba, and Martynovka at 30 or more "
        "on Dec. 14-15."
    ),
    "New men of North Korea’s 94th Separate Brigade are said to be on their way.",
    "The Kyiv Independent was unable to confirm HUR’s figures.",
)


def graph(**over: Any) -> dict[str, Any]:
    return {
        "@context": "https://schema.org",
        "@type": "Article",
        "publisher": {"@type": "Organization", "name": "The Kyiv Independent"},
        "author": {"@type": "Person", "name": "Tim Zadorozhnyy", "url": "https://paper.example/author/tim/"},
        "headline": TITLE,
        "url": URL,
        "datePublished": "2024-12-16T21:14:05.000Z",
        "dateModified": "2024-12-16T21:40:00.000Z",
        "image": {"@type": "ImageObject", "url": PHOTO, "width": 1200, "height": 800},
        "keywords": "North Korea, Kursk Oblast, Russia",
        "description": "Washington confirms the first fighting by North Korean soldiers.",
        "mainEntityOfPage": URL,
    } | over


def linked(value: Any) -> str:
    return f'<script type="application/ld+json">{json.dumps(value, ensure_ascii=False)}</script>'


def seed(head: str = "", stamp: str = "") -> str:
    """Return the page of the acceptance story: a front end of its own over Ghost, with the next item below it."""
    text = "".join(f"<p>{one}</p>" for one in PARAGRAPHS[:4])
    return f"""<!DOCTYPE html><html lang="en"><head><title>{TITLE} | The Kyiv Independent</title>
<meta property="og:site_name" content="The Kyiv Independent"><meta property="og:title" content="{TITLE}">
{head}</head><body>
<header><a href="/"><img src="/logo.svg" alt="The Kyiv Independent"></a>
<nav><a href="/tag/news-feed/">News Feed</a></nav></header>
<main><article class="c-article">
 <a class="c-tag" href="/tag/news-feed/">News Feed</a>
 <h1>{TITLE}</h1>
 <div class="c-meta"><span>1 min read</span>{stamp}</div>
 <figure class="c-lead"><img alt="{TITLE}" width="1200" height="800"
   src="/_next/image?url=https%3A%2F%2Fassets.paper.example%2Fcontent%2Fimages%2F2024%2F12%2Fpentagon.jpg&amp;w=3840&amp;q=75">
   <figcaption>{CAPTION}</figcaption></figure>
 <div class="c-content">{text}
  <figure class="kg-card kg-bookmark-card"><a class="kg-bookmark-container" href="/hur-friendly-fire/?ref=paper">
   <div class="kg-bookmark-content"><div class="kg-bookmark-title">{CARD}</div>
   <div class="kg-bookmark-description">{SUMMARY}</div>
   <div class="kg-bookmark-metadata"><span class="kg-bookmark-author">The Kyiv Independent</span></div></div>
   <div class="kg-bookmark-thumbnail"><img src="/thumb.jpg" alt=""></div></a></figure>
  <p>{PARAGRAPHS[4]}</p>
 </div>
 <section class="c-author">
  <img alt="Avatar" width="96" height="96" src="/_next/image?url=%2Fcontent%2Fimages%2Ftim.jpg&amp;w=96&amp;q=75">
  <h4>Tim Zadorozhnyy</h4><p>Reporter</p><p>{BIO}</p><a href="/author/tim/">Read more</a></section>
</article>
<section class="c-newsfeed"><h2>News Feed</h2>
 <article><time> (Updated: Dec. 18, 2025 9:00 am)</time>
 <a href="/pokrovsk/"><h3>Around 200 Russian soldiers are inside Pokrovsk</h3></a>
 <p>Small groups slipped through the lines, the General Staff reported, and firefights go on in the city.</p>
 <section class="c-author"><h4>Another Writer</h4><p>Editor</p></section></article>
 <button>Show More</button></section>
</main><footer>© The Kyiv Independent</footer></body></html>"""
