"""What is forgotten when memory is bounded."""

from __future__ import annotations

from services.syndication.cache import OVERHEAD, Recent


def test_the_least_recently_used_goes_first() -> None:
    kept: Recent[str, int] = Recent(2 * (OVERHEAD + 10))
    kept.put("a", 1, 10)
    kept.put("b", 2, 10)
    assert kept.get("a") == 1
    kept.put("c", 3, 10)
    assert (kept.get("a"), kept.get("b"), kept.get("c")) == (1, None, 3)


def test_a_peek_counts_for_nothing() -> None:
    kept: Recent[str, int] = Recent(2 * (OVERHEAD + 10))
    kept.put("a", 1, 10)
    kept.put("b", 2, 10)
    assert kept.peek("a") == 1
    kept.put("c", 3, 10)
    assert (kept.peek("a"), kept.peek("b")) == (None, 2)


def test_the_bound_holds_whatever_is_put() -> None:
    kept: Recent[int, str] = Recent(10_000)
    for number in range(500):
        kept.put(number % 50, "x", number * 7 % 3000)
        assert kept.size <= 10_000


def test_what_is_larger_than_the_bound_is_not_kept() -> None:
    kept: Recent[str, int] = Recent(1000)
    kept.put("a", 1, 5000)
    assert kept.get("a") is None
    assert kept.size == len(kept) == 0


def test_a_value_put_again_is_counted_once_and_a_dropped_one_not_at_all() -> None:
    kept: Recent[str, int] = Recent(10_000)
    kept.put("a", 1, 100)
    kept.put("a", 2, 200)
    assert kept.size == 200 + OVERHEAD
    kept.drop("a")
    kept.drop("a")
    assert kept.size == 0
