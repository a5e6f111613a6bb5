"""Lists of feeds, as readers write them and as they break."""

from __future__ import annotations

from services.ingest.document import Unreadable
from services.ingest.parse import Outline, read_opml

LIST = b"""<?xml version="1.0"?><opml version="2.0"><head><title>Mine</title></head><body>
<outline text="News"><outline title="Bay &amp; Sea" text="x" type="rss" xmlUrl="https://bay.example/rss"
 htmlUrl="https://bay.example/"/><outline text="Deep"><outline xmlUrl="https://deep.example/f"/></outline></outline>
<outline text="Top" xmlURL="https://top.example/f"/><outline text="Again" xmlUrl="https://bay.example/rss"/>
<outline text="No feed"/></body></opml>"""


def test_feeds_are_read_with_their_folders_each_once() -> None:
    assert read_opml(LIST) == [
        Outline(url="https://bay.example/rss", title="Bay & Sea", home="https://bay.example/", folder="News"),
        Outline(url="https://deep.example/f", folder="News/Deep"),
        Outline(url="https://top.example/f", title="Top"),
    ]


def test_a_broken_list_is_read_all_the_same() -> None:
    broken = b'<opml><body><outline text="A & B" xmlUrl="https://bay.example/rss?a=1&b=2">'
    assert read_opml(broken) == [Outline(url="https://bay.example/rss?a=1&b=2", title="A & B")]


def test_what_is_no_list_is_said_to_be_none() -> None:
    assert read_opml(b"<rss/>") == Unreadable("this is no OPML")
    assert isinstance(read_opml(b"words"), Unreadable)


def test_what_is_no_address_is_kept_as_it_is_said_so_that_it_can_be_refused_by_name() -> None:
    body = b"<opml><body><outline text='Bad' xmlUrl=' not an\naddress '/><outline text='Folder'/></body></opml>"
    assert read_opml(body) == [Outline(url="not an address", title="Bad")]
