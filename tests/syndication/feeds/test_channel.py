"""What stands before the items of a document."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from lxml import etree

from services.syndication.feeds.channel import Channel
from services.syndication.feeds.rss_channel import FOOT, NAMESPACES, head
from services.syndication.feeds.shelf import ALL, FeedName
from services.syndication.feeds.site import Site
from services.syndication.feeds.text import GAP
from tests.syndication.feeds.in_memory import MORNING, SITE


def parsed(channel: Channel, site: Site = SITE) -> Any:
    return etree.fromstring(head(channel, site) + FOOT)[0]


def links(channel: Channel) -> dict[str, str]:
    return {link.get("rel"): link.get("href") for link in parsed(channel).findall("atom:link", NAMESPACES)}


def test_the_channel_tells_who_speaks_how_often_and_when_it_changed() -> None:
    node = parsed(Channel(feed=ALL, label="", published=MORNING, modified=MORNING.replace(hour=9)))
    told = {etree.QName(child).localname: child.text for child in node}
    assert told == {
        "title": "Example News",
        "link": "https://news.example.org/",
        "description": "News as it comes in.",
        "language": "en",
        "copyright": "© 2026 Example News",
        "pubDate": "Tue, 17 Dec 2024 08:30:00 GMT",
        "lastBuildDate": "Tue, 17 Dec 2024 09:30:00 GMT",
        "generator": "Wireroom",
        "docs": "https://www.rssboard.org/rss-specification",
        "ttl": "15",
        "updatePeriod": "hourly",
        "updateFrequency": "4",
    } | {"link": node.find("atom:link", NAMESPACES).text}
    assert node.findtext("link") == "https://news.example.org/"


def test_an_empty_feed_has_no_dates_as_it_has_no_clock() -> None:
    node = parsed(Channel(feed=ALL, label=""))
    assert node.find("pubDate") is None
    assert node.find("lastBuildDate") is None


def test_a_feed_is_called_by_what_people_call_its_tag() -> None:
    node = parsed(Channel(feed=FeedName("tags", "kursk"), label="Kursk & Oblast"))
    assert node.findtext("title") == "Example News: Kursk & Oblast"
    assert node.findtext("description") == "Stories about Kursk & Oblast from Example News."
    assert node.findtext("link") == "https://news.example.org/tags/kursk"


def test_the_feed_of_a_language_is_called_by_its_name_and_says_its_tag() -> None:
    node = parsed(Channel(feed=FeedName("languages", "de"), label="de"))
    assert node.findtext("title") == "Example News: German"
    assert node.findtext("description") == "Stories from Example News in German."
    assert node.findtext("language") == "de"


def test_a_label_with_braces_is_only_text() -> None:
    assert parsed(Channel(feed=FeedName("tags", "x"), label="{name}")).findtext("description") == (
        "Stories about {name} from Example News."
    )


def test_the_newest_page_links_to_itself_and_the_next() -> None:
    url = "https://news.example.org/feeds/all.rss"
    hub = "https://news.example.org/websub"
    newest = Channel(feed=ALL, label="", older=51)
    assert links(newest) == {"self": url, "hub": hub, "next": f"{url}?before=51"}
    assert links(replace(newest, older=None)) == {"self": url, "hub": hub}


def test_a_later_page_links_back_to_the_first() -> None:
    url = "https://news.example.org/feeds/all.rss"
    assert links(Channel(feed=ALL, label="", before=51, older=1)) == {
        "self": f"{url}?before=51",
        "first": url,
        "next": f"{url}?before=1",
    }


def test_a_name_with_markup_stays_text() -> None:
    site = Site(url="https://x.example", name="A <b> & \x00 C", rights="]]>")
    node = parsed(Channel(feed=ALL, label=""), site)
    assert node.findtext("title") == f"A <{GAP}b> & C"
    assert node.findtext("copyright") == "]]>"
