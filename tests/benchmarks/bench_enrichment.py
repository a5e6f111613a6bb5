"""Enrichment of a 1,000-word article with a 10,000-term taxonomy, beside the sanitiser alone on the same body."""

from __future__ import annotations

import asyncio
import random
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import nh3
import orjson

from services.enrichment.handlers import completed
from services.enrichment.newsroom import Newsroom
from shared.events import ArticleIngested
from tests.benchmarks.enrichment_steps import measured
from tests.benchmarks.rows import Row
from tests.builders import an_article, an_ingested

SEED = 7
TERMS = 10_000
WORDS = 1_000
SYLLABLES = "ba de ki lo mu na pe ri so tu va we xi yo za ke mi do ru se".split()


async def run(articles: int = 300) -> list[Row]:
    """Measure CPU per article in a process of its own, so that its memory is this work's alone."""
    command = [sys.executable, "-m", "tests.benchmarks.bench_enrichment", str(articles)]
    process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    output, _ = await process.communicate()
    figures: dict[str, float] = orjson.loads(output)
    ours, ceiling, memory = (figures.pop(name) for name in ("whole", "sanitising alone", "memory"))
    return [
        Row(
            name="enrichment, 1,000 words, 10,000 terms",
            value=1000 / ours,
            unit="articles/s",
            ceiling=1000 / ceiling,
            note=f"CPU {ours:.2f} ms each (target 1), sanitising alone {ceiling:.2f}; {memory:.0f} MB (target 250)",
        ),
        *(Row(name=f"  of that, {name}", value=value, unit="µs CPU") for name, value in figures.items()),
    ]


def _name(chance: random.Random) -> str:
    return " ".join("".join(chance.choices(SYLLABLES, k=3)).capitalize() for _ in range(chance.randint(1, 3)))


def _taxonomy(names: list[str]) -> str:
    terms = (
        f'[[term]]\nid = "topic/t-{n}"\nname = "{name} {n}"\naliases = ["{name} of {n}"]\n'
        for n, name in enumerate(names)
    )
    return "\n".join(terms)


def _story(names: list[str], chance: random.Random) -> ArticleIngested:
    words = chance.choices("the a river council said that on of in new plan for by with after bridge".split(), k=WORDS)
    for at in range(0, WORDS, 40):
        number = chance.randrange(len(names))
        words[at] = f"{names[number]} {number}"
    lines = (" ".join(words[at : at + 50]) for at in range(0, WORDS, 50))
    body = "".join(f"<p>{line}.</p>" for line in lines)
    return an_ingested(article=an_article(headline=" ".join(words[:8]), body_html=body))


def a_newsroom(chance: random.Random) -> tuple[list[str], Newsroom]:
    """Return a newsroom of 10,000 terms, and their names without the numbers that follow them."""
    names = list(dict.fromkeys(_name(chance) for _ in range(TERMS * 2)))[:TERMS]
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "taxonomy.toml").write_text(_taxonomy(names))
        newsroom = Newsroom(Path(folder))
        newsroom.refresh()
        if newsroom.refusals:
            raise ValueError(newsroom.refusals)
    return names, newsroom


def _measure(articles: int) -> dict[str, float]:
    chance = random.Random(SEED)
    names, newsroom = a_newsroom(chance)
    stories = [_story(names, chance) for _ in range(articles)]
    ours = [_cpu(partial(completed, story, newsroom.current)) for story in stories]
    alone = [_cpu(partial(nh3.clean, story.article.body_html)) for story in stories]
    whole = {"whole": statistics.median(ours), "sanitising alone": statistics.median(alone), "memory": _peak()}
    return whole | measured(stories[:100], newsroom.current)


def _peak() -> float:
    """Return the most memory this program had, in MB; `ru_maxrss` would count what its parent had before the exec."""
    status = Path("/proc/self/status")
    if not status.exists():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) / 1024


def _cpu(work: Callable[[], object]) -> float:
    started = time.process_time()
    work()
    return (time.process_time() - started) * 1000


if __name__ == "__main__":
    sys.stdout.buffer.write(orjson.dumps(_measure(int(sys.argv[1]))))
