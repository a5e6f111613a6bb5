from __future__ import annotations

from collections import Counter

import pytest
from redis.crc import key_slot

from shared.streams import ARTICLE_ENRICHED, ARTICLE_INGESTED, STREAMS, hash_tag, one_slot, partition_of


def test_the_streams_of_a_partition_and_their_dead_letters_share_a_slot() -> None:
    for partition in range(64):
        keys = [key for s in STREAMS for key in (s.key(partition), s.dead_key(partition))]
        assert len({key_slot(key.encode()) for key in keys}) == 1
        assert one_slot(keys)


def test_partitions_have_different_keys() -> None:
    assert ARTICLE_INGESTED.key(0) == "{p0}:article.ingested"
    assert ARTICLE_ENRICHED.dead_key(3) == "{p3}:article.enriched.dead"


def test_an_article_has_one_partition_in_every_process_for_ever() -> None:
    assert [partition_of("desk-1", count) for count in (1, 2, 4, 64)] == [0, 0, 0, 52]


def test_articles_spread_over_the_partitions() -> None:
    counts = Counter(partition_of(f"desk-{number}", 4) for number in range(4000))
    assert set(counts) == {0, 1, 2, 3}
    assert min(counts.values()) > 800


@pytest.mark.parametrize(
    ("key", "tag"),
    [
        ("{p0}:article.ingested", "p0"),
        ("plain", "plain"),
        ("{}x", "{}x"),
        ("a{b}c{d}", "b"),
        ("a{b", "a{b"),
        ("a}b{c}", "c"),
        ("{{a}}", "{a"),
    ],
)
def test_the_hash_tag_is_the_one_that_the_cluster_hashes(key: str, tag: str) -> None:
    assert hash_tag(key) == tag
    assert key_slot(key.encode()) == key_slot(b"{%s}" % tag.encode()) or tag == key


def test_keys_of_two_tags_are_not_of_one_slot() -> None:
    assert not one_slot(["{a}:1", "{b}:1"])
    assert one_slot([])
