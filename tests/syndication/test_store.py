"""Articles are kept by version, and the first that is kept under a number stays."""

from __future__ import annotations

from services.syndication.feeds.shelf import ALL, FeedName
from services.syndication.ledger import Ledger
from services.syndication.store import Articles, Library
from shared.events import to_json
from shared.redis import Store
from tests.builders import an_article
from tests.syndication.test_ledger import an_entry


async def test_a_version_comes_back_as_it_was_kept(store: Store) -> None:
    article = an_article(headline="Ünïcode — “quotes”")
    await Articles(store).keep(article)
    assert await Articles(store).article(article.id, 1) == article
    assert await Articles(store).document(article.id, 1) == to_json(article)


async def test_what_is_kept_first_under_a_version_wins(store: Store) -> None:
    first, second = an_article(headline="First"), an_article(headline="Second")
    assert (await Articles(store).keep(first)).headline == "First"
    assert (await Articles(store).keep(second)).headline == "First"


async def test_versions_are_kept_side_by_side(store: Store) -> None:
    articles = Articles(store)
    for version in (2, 1, 10):
        await articles.keep(an_article(version=version))
    assert await articles.versions(an_article().id) == [1, 2, 10]
    assert await articles.article(an_article().id, 3) is None


async def test_the_cache_stays_within_its_bytes(store: Store) -> None:
    articles = Articles(store, cached_bytes=20_000)
    for version in range(1, 50):
        await articles.keep(an_article(version=version, body_html="<p>word</p>" * 200))
    assert 0 < articles.cached_bytes <= 20_000
    assert await articles.article(an_article().id, 1) is not None


async def test_an_article_takes_less_memory_than_its_text(store: Store) -> None:
    article = an_article(body_html="<p>Some plain words of a story.</p>" * 60, body_text="words " * 400)
    await Articles(store).keep(article)
    used = await store.do("MEMORY", "USAGE", f"{{a:{article.id}}}:1")
    assert used < len(to_json(article)) / 2


async def test_a_feed_lists_articles_with_their_newest_version_and_moment(store: Store) -> None:
    ledger, articles = Ledger(store), Articles(store)
    library = Library(ledger, articles)
    article = an_article()
    await articles.keep(article)
    await ledger.append(an_entry(article.id), ["all", "tags/kursk"], ms=1_700_000_000_123)
    (listed,) = await library.newest(FeedName("tags", "kursk"), None, 10)
    assert (listed.article_id, listed.seq, listed.version) == (article.id, 1, 1)
    assert listed.modified.timestamp() == 1_700_000_000.123
    assert await library.documents([(article.id, 1), ("desk-none", 1)]) == [article]
    assert await library.mark(ALL) == 1
