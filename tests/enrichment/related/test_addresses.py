"""An address leads to our article for some weeks, however it is written."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from services.enrichment.related.addresses import LIFE, Addresses, digest_of
from shared.redis import Store

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
URL = "https://news.example.org/2026/ferry?page=2"


@pytest.fixture
def addresses(store: Store) -> Addresses:
    return Addresses(store)


@pytest.mark.parametrize(
    "same",
    [
        "http://news.example.org/2026/ferry?page=2",
        "https://www.NEWS.example.org/2026/ferry/?page=2",
        " https://news.example.org/2026/ferry?utm_source=x&page=2&fbclid=y#top",
    ],
)
def test_what_makes_no_difference_to_a_reader_makes_none_here(same: str) -> None:
    assert digest_of(same) == digest_of(URL)


@pytest.mark.parametrize(
    "other", ["https://news.example.org/2026/ferry", "https://news.example.org/2026/Ferry?page=2", URL + "&a=1"]
)
def test_another_page_is_another(other: str) -> None:
    assert digest_of(other) != digest_of(URL)


@pytest.mark.parametrize(
    "bad", ["", "ferry", "mailto:a@b.c", "https://", "http://[::1", "javascript:x", "https://e.org/" + "x" * 3_000]
)
def test_what_is_no_address_has_no_digest(bad: str) -> None:
    assert digest_of(bad) is None


async def test_an_address_is_found_and_another_is_not(addresses: Addresses) -> None:
    await addresses.keep("desk-a", [URL, "https://m.example.org/ferry"], NOON)
    asked = [URL + "#top", "https://m.example.org/ferry/", "https://example.org/", "no address"]

    assert await addresses.find(asked, NOON) == {asked[0]: "desk-a", asked[1]: "desk-a"}


@pytest.mark.parametrize(("days", "found"), [(0, True), (15, True), (30, True), (60, False)])
async def test_it_is_found_for_a_month_at_least(addresses: Addresses, days: int, *, found: bool) -> None:
    await addresses.keep("desk-a", [URL], NOON)

    assert (await addresses.find([URL], NOON + timedelta(days=days)) == {URL: "desk-a"}) is found


async def test_the_article_that_stands_there_now_is_found(addresses: Addresses) -> None:
    await addresses.keep("desk-a", [URL], NOON)
    await addresses.keep("desk-b", [URL], NOON + timedelta(days=15))

    assert await addresses.find([URL], NOON + timedelta(days=16)) == {URL: "desk-b"}


async def test_every_key_ends_and_a_later_address_does_not_put_the_end_off(addresses: Addresses, store: Store) -> None:
    for n in range(300):
        await addresses.keep("desk-a", [f"{URL}&{n}"], NOON)
    keys = [key async for key in store.client.scan_iter(count=1_000)]
    await store.do("EXPIRE", keys[0], 100)
    for n in range(300, 900):
        await addresses.keep("desk-a", [f"{URL}&{n}"], NOON)

    assert all([0 < await store.do("TTL", key) <= LIFE for key in keys])
    assert await store.do("TTL", keys[0]) <= 100
