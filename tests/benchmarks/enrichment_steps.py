"""What each step of enrichment takes of an article's time, one by one on the same stories."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial

from services.enrichment import attributions, captions, clean, dateline, language, linking, reading, tags
from services.enrichment.handlers import completed
from services.enrichment.newsroom import Edition
from shared.events import Article, ArticleIngested

BYLINE = "By Ann Writer and Bob Maker, Reuters | Updated 10:32"
CAPTION = "The mayor at the old bridge over the river on Oct. 31, 2023. (Kevin Dietsch/Getty Images)"
LINE = "LVIV, Dec 16 (Reuters) - "

Step = Callable[[ArticleIngested, Article], object]


def steps(edition: Edition) -> Mapping[str, Step]:
    """Return the steps by name; each takes an event and the article made of it, and works on what it would be given."""
    book, taxonomy = edition.authors, edition.taxonomy
    return {
        "sanitising, text": lambda event, _: clean.cleaned(event.article.body_html, event.article.url),
        "authors": lambda _event, done: linking.resolved((), BYLINE, done.source.id, book),
        "captions and credits": lambda _event, _done: captions.split(CAPTION, None, book.agencies),
        "language": lambda _, done: language.checked("en", f"{done.headline}\n{done.body_text}"),
        "dateline": lambda _, done: dateline.found(LINE + done.body_text, book.agencies, lambda _: False),
        "attributions": lambda _, done: attributions.attributions(done.body_text, done.tags, book.agencies),
        "word count": lambda _, done: reading.word_count(done.body_html),
        "tags": lambda event, done: tags.tags(tags.zones_of(done, ()), event.categories, done.source.id, taxonomy),
    }


def measured(stories: Sequence[ArticleIngested], edition: Edition) -> dict[str, float]:
    """Return the median microseconds of CPU of each step."""
    done = [completed(story, edition) for story in stories]
    return {
        name: statistics.median(
            _cpu(partial(step, story, article)) for story, article in zip(stories, done, strict=True)
        )
        for name, step in steps(edition).items()
    }


def _cpu(work: Callable[[], object]) -> float:
    started = time.process_time_ns()
    work()
    return (time.process_time_ns() - started) / 1e3
