"""What every address of the pages is answered with, the wrong ones too."""

from __future__ import annotations

import gzip
from typing import Any

import pytest

from shared.redis import RedisError
from tests.syndication.feeds.asking import Answer, ask
from tests.syndication.feeds.in_memory import a_story
from tests.syndication.page.building import Newsroom, parsed

LEAD = '//article//img[contains(@src,"ryder.jpg")]'


@pytest.fixture
def newsroom() -> Newsroom:
    newsroom = Newsroom()
    newsroom.publish(a_story())
    return newsroom


async def test_a_page_may_load_its_own_files_and_pictures_alone(newsroom: Newsroom) -> None:
    answer = await ask(newsroom.app, "/")
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert answer.headers["x-content-type-options"] == "nosniff"
    root = _tree(answer)
    assert not root.xpath("//style | //*[@style] | //script[not(@src) and @type!='application/ld+json']")
    loaded = root.xpath("//script/@src | //link[@rel='stylesheet' or @rel='icon']/@href")
    assert loaded
    for path in loaded:
        asset = await ask(newsroom.app, str(path))
        assert (asset.status, asset.headers["cache-control"]) == (200, "public, max-age=31536000, immutable")


async def test_the_first_picture_is_fetched_at_once_and_the_others_late(newsroom: Newsroom) -> None:
    newsroom.publish(a_story(id="desk-bbbbbbbbbbbbbbbbbbbb"))
    first, second = _tree(await ask(newsroom.app, "/")).xpath(LEAD)
    assert (first.get("fetchpriority"), first.get("loading")) == ("high", None)
    assert second.get("loading") == "lazy"
    [alone] = _tree(await ask(newsroom.app, "/articles/desk-aaaaaaaaaaaaaaaaaaaa")).xpath(LEAD)
    assert (alone.get("fetchpriority"), alone.get("width"), alone.get("height")) == ("high", "1600", "900")


async def test_more_is_a_link_and_leads_back(newsroom: Newsroom) -> None:
    newsroom.publish(*(a_story(id=f"desk-{number:020}", headline=f"Story {number}") for number in range(24)))
    first = _tree(await ask(newsroom.app, "/"))
    assert len(first.xpath("//article")) == 20
    [more] = first.xpath("//a[@id='more']/@href")
    second = _tree(await ask(newsroom.app, more))
    assert len(second.xpath("//article")) == 5
    assert not second.xpath("//a[@id='more']")
    [back] = second.xpath("//a[@rel='prev']/@href")
    again = _tree(await ask(newsroom.app, back))
    assert again.xpath("//article/@data-id") == first.xpath("//article/@data-id")


@pytest.mark.parametrize("query", ["before=0", "before=1", "after=0", "after=999999"])
async def test_the_ends_of_the_list_are_pages_too(newsroom: Newsroom, query: str) -> None:
    assert (await ask(newsroom.app, f"/?{query}")).status == 200


@pytest.mark.parametrize("query", ["before=x", "before=-1", "after=1&before=2", "before=1&before=2", "after=1e3"])
async def test_a_place_that_cannot_be_told_is_refused(newsroom: Newsroom, query: str) -> None:
    assert (await ask(newsroom.app, f"/?{query}")).status == 422


@pytest.mark.parametrize(
    "path", ["/articles/none", "/articles/..%2f", "/tags/none", "/tags/UP", "/authors/none", "/assets/0/none.css"]
)
async def test_what_never_was_is_not_found(newsroom: Newsroom, path: str) -> None:
    answer = await ask(newsroom.app, path)
    assert answer.status == 404
    assert _tree(answer).xpath("//main//h1")


async def test_a_page_without_stories_offers_the_sections_too_while_the_store_is_away_as_well(
    newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(_feed: object) -> int:
        raise RedisError("away")

    for number, section in enumerate(("World", "Data")):
        newsroom.publish(a_story(id=f"desk-{number}", guid=str(number), section=section))
    for _ in range(2):
        tree = _tree(await ask(newsroom.app, "/tags/UP"))
        assert sorted(tree.xpath("//nav[@aria-label='Sections']//a/text()")) == [
            "Data",
            "News Feed",
            "Subscribe",
            "World",
        ]
        assert not tree.xpath("//aside")
        newsroom.now += 60
        monkeypatch.setattr(newsroom.shelf, "mark", away)


async def test_a_page_is_asked_for_again_by_its_tag(newsroom: Newsroom) -> None:
    first = await ask(newsroom.app, "/", accept_encoding="gzip")
    assert gzip.decompress(first.body).startswith(b"<!doctype html>")
    again = await ask(newsroom.app, "/", accept_encoding="gzip", if_none_match=first.headers["etag"])
    assert (again.status, again.body) == (304, b"")
    newsroom.publish(a_story(version=2, headline="Now otherwise"))
    third = await ask(newsroom.app, "/", if_none_match=first.headers["etag"])
    assert (third.status, b"Now otherwise" in third.body) == (200, True)


async def test_a_story_taken_back_is_gone_and_says_why(newsroom: Newsroom) -> None:
    newsroom.publish(a_story(version=2, status="canceled", body_html=""))
    answer = await ask(newsroom.app, "/articles/desk-aaaaaaaaaaaaaaaaaaaa")
    assert answer.status == 410
    assert b"This story has been retracted." in answer.body


async def test_a_withheld_story_is_not_there(newsroom: Newsroom) -> None:
    newsroom.publish(a_story(id="desk-bbbbbbbbbbbbbbbbbbbb", status="withheld", headline="Secret"))
    assert b"Secret" not in (await ask(newsroom.app, "/")).body
    assert (await ask(newsroom.app, "/articles/desk-bbbbbbbbbbbbbbbbbbbb")).status == 404


async def test_the_front_page_takes_a_query(newsroom: Newsroom) -> None:
    newsroom.publish(a_story(id="desk-bbbbbbbbbbbbbbbbbbbb", headline="Ferries"))
    newsroom.publish(a_story(id="desk-cccccccccccccccccccc", headline="Bridges"))
    found = await ask(newsroom.app, "/?q=ferries")
    assert (found.status, b"Ferries" in found.body) == (200, True)
    assert _tree(found).xpath("//main//article/@data-id") == ["desk-bbbbbbbbbbbbbbbbbbbb"]
    assert (await ask(newsroom.app, "/?q=(")).status == 422
    assert len(_tree(await ask(newsroom.app, "/?q=")).xpath("//main//article")) >= 2


async def test_a_search_that_cannot_be_read_says_where(newsroom: Newsroom) -> None:
    answer = await ask(newsroom.app, "/search?q=(tag:%3Cb%3E")
    assert answer.status == 422
    root = _tree(answer)
    assert "cannot be read" in root.xpath("//*[@role='alert']")[0].text_content()
    assert root.xpath("//input[@id='q']/@value") == ["(tag:<b>"]
    assert not root.xpath("//*[@class='empty']")  # it did not search, so it cannot say that nothing was found


async def test_a_head_request_has_no_body(newsroom: Newsroom) -> None:
    answer = await ask(newsroom.app, "/", "HEAD")
    assert (answer.status, answer.body) == (200, b"")
    assert int(answer.headers["content-length"]) > 1000


async def test_the_last_good_page_is_served_while_the_store_is_away(newsroom: Newsroom) -> None:
    good = await ask(newsroom.app, "/")
    newsroom.shelf.down = True
    newsroom.now += 60
    assert (await ask(newsroom.app, "/")).body == good.body


def _tree(answer: Answer) -> Any:
    return parsed(answer.body)
