"""Whatever bytes come: no error, no wait, and no word of a good feed lost."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from xml.sax.saxutils import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.ingest.document import Document, Unreadable
from services.ingest.parse import Sitemap, parse, read_opml, read_sitemap
from services.ingest.parse.balance import balanced
from services.ingest.parse.dates import moment
from services.ingest.parse.markup import resolved
from services.ingest.parse.repair import repaired
from services.ingest.parse.text import plain
from services.ingest.submission import Submission
from tests.examples import examples

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
URL = "https://bay.example/feed"
quick = examples(100)
PIECES = (
    b"<rss><channel>",
    b"<item>",
    b"</item>",
    b"<title>",
    b"</title>",
    b"<description>",
    b"<![CDATA[",
    b"]]>",
    b"<!--",
    b"-->",
    b"<!DOCTYPE rss [",
    b'<!ENTITY a "&b;">',
    b"]>",
    b"<feed xmlns='http://www.w3.org/2005/Atom'>",
    b"<entry>",
    b"<link href='",
    b"<content type='xhtml'>",
    b"<media:group><media:content url='/a.jpg'>",
    b"&eacute;",
    b"&#xD800;",
    b"&",
    b"<",
    b"\x00",
    b"\xff\xfe",
    b"\xef\xbb\xbf",
    b'<?xml version="1.0" encoding="utf-16"?>',
    b"words \x93of\x94 a story",
    b"<urlset><url><loc>",
    b'{"version": "https://jsonfeed.org/version/1.1", "items": [{"id": ',
    b"<pubDate>Sun, 31 Feb 9999 25:61:61 XYZ</pubDate>",
    b"<a href=\"/x?utm_source=a'>",
    b"&#127; \x7f ",
    b"<author>\x7f</author>",
    b"<dc:rights> \xc2\xa0</dc:rights>",
    b"<category domain=' '>",
    b"<guid> \x7f",
)
TEXT = st.text(
    st.characters(blacklist_categories=("Cs", "Cc", "Cn"), blacklist_characters="\u2028\u2029\ufeff"),
    min_size=1,
    max_size=60,
).filter(lambda text: bool(text.split()))


@pytest.fixture(scope="module", autouse=True)
def _without_feedparser() -> Iterator[None]:
    """Leave out the process that feedparser is run in: starting it would take nine tenths of the time."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("services.ingest.parse.feed.read_loosely", lambda _body, _channel: None)
        yield


def check(body: bytes, content_type: str = "") -> None:
    started = time.process_time()
    found = parse(body, url=URL, content_type=content_type, source_id="bay", now=NOW)
    assert isinstance(found, Document | Unreadable)
    # What is made without the check that pushes go through is what that check would have made of it.
    for item in found.submissions if isinstance(found, Document) else ():
        assert Submission.model_validate(item.model_dump()) == item
    assert isinstance(read_sitemap(body, url=URL, source_id="bay", now=NOW), Sitemap | Unreadable)
    assert isinstance(read_opml(body), list | Unreadable)
    assert time.process_time() - started < 2


@quick
@given(st.binary(max_size=2000), st.sampled_from(("", "text/xml; charset=utf-16", "text/xml; charset=iso-2022-jp")))
def test_any_bytes_are_a_document_or_none(body: bytes, content_type: str) -> None:
    check(body, content_type)


@quick
@given(st.lists(st.one_of(st.sampled_from(PIECES), st.binary(max_size=9)), max_size=40))
def test_any_pieces_of_feeds_are_a_document_or_none(pieces: list[bytes]) -> None:
    check(b"".join(pieces))


@quick
@given(TEXT, TEXT, TEXT)
def test_any_text_comes_through_a_feed_as_it_was(title: str, author: str, body: str) -> None:
    # Escaped as HTML in XML, which is how a feed says that it means these very signs.
    named = escape(escape(author.replace("@", "at")))
    fields = f"<title>{escape(escape(title))}</title><dc:creator>{named}</dc:creator>"
    fields += f"<content:encoded>{escape(f'<p>{escape(body)}</p>')}</content:encoded>"
    space = 'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:content="http://purl.org/rss/1.0/modules/content/"'
    feed = f"<rss {space}><channel><item><guid>g</guid>{fields}</item></channel></rss>"
    found = parse(feed.encode(), url=URL, content_type="", source_id="bay", now=NOW)
    assert isinstance(found, Document)
    assert found.quality == "strict"
    (item,) = found.submissions
    assert item.headline == plain(escape(escape(title)).replace("&amp;", "&"))
    assert item.body_html == f"<p>{escape(body)}</p>".strip()
    assert len(item.authors) <= 1


@quick
@given(TEXT)
def test_a_plain_headline_comes_through_atom_as_it_was(title: str) -> None:
    feed = f"<feed xmlns='http://www.w3.org/2005/Atom'><entry><id>1</id><title>{escape(title)}</title></entry></feed>"
    found = parse(feed.encode(), url=URL, content_type="", source_id="bay", now=NOW)
    assert isinstance(found, Document)
    if "&" not in title and "<" not in title:
        assert found.submissions[0].headline == " ".join(title.split())


@quick
@given(st.lists(st.sampled_from(("<a>", "</a>", "<b x='1'>", "</b>", "<c/>", "<", ">", "'", '"', "w")), max_size=60))
def test_tags_in_any_order_lose_no_word(pieces: list[str]) -> None:
    broken = "<rss>" + "".join(pieces)
    whole, behind = balanced(repaired(broken))
    assert behind == ""
    assert whole.endswith("</rss>")
    found = parse(whole.encode(), url=URL, content_type="", source_id="bay", now=NOW)
    assert isinstance(found, Document)
    assert found.quality == "strict"


@quick
@given(st.text(max_size=120))
def test_any_text_is_a_date_or_none_and_html_or_none(text: str) -> None:
    assert moment(text, now=NOW) is None or moment(text, now=NOW) is not None
    assert isinstance(resolved(f"<a {text}>", URL, frozenset()), str)
