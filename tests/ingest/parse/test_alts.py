"""A picture is described by the body's own alt before the title that its feed gives it."""

from __future__ import annotations

import pytest

from tests.ingest.parse.test_media import item

PICTURE = (
    '<media:content url="/a.jpg?w=1&amp;h=2" medium="image"{}><media:title>Ferry 4</media:title>'
    "<media:description>The ferry at dawn.</media:description></media:content>"
)


def alt(body: str, picture: str = PICTURE.format("")) -> str | None:
    [image] = item(f"{picture}<description><![CDATA[<p>Words.</p>{body}]]></description>").images
    return image.alt


@pytest.mark.parametrize(
    "tag",
    [
        '<img src="/a.jpg?w=1&amp;h=2" alt="A ferry leaves &amp; sounds its horn">',
        "<IMG data-alt='no' ALT='A ferry leaves &amp; sounds its horn' loading=lazy src='/a.jpg?w=1&amp;h=2' />",
        '<img src="/other.jpg" alt="Other"><img alt="A ferry leaves & sounds its horn" src="/a.jpg?w=1&h=2">',
    ],
)
def test_the_bodys_own_alt_goes_first(tag: str) -> None:
    assert alt(tag) == "A ferry leaves & sounds its horn"


@pytest.mark.parametrize(
    "tag", ["", '<img src="/b.jpg" alt="Another">', '<img src="/a.jpg?w=1&amp;h=2" alt=" ">', "<img"]
)
def test_the_title_stands_in_where_the_body_has_none(tag: str) -> None:
    assert alt(tag) == "Ferry 4"


def test_an_alt_that_the_feed_gives_as_such_is_the_pictures() -> None:
    given = PICTURE.format(' alt="Given"')
    assert alt('<img src="/a.jpg?w=1&amp;h=2" alt="Of the body">', given) == "Given"
