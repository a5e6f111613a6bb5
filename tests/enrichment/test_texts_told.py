"""What a text tells of itself, through the handler: language, dateline, attributions, credits of its pictures."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from services.enrichment.handlers import Handlers, completed
from services.enrichment.neighbours import Neighbours
from services.enrichment.newsroom import Newsroom
from shared.events import Source
from shared.redis import Store
from tests.builders import an_article, an_ingested

SAMPLE = Path(__file__).parents[2] / "newsroom"


@pytest.fixture(scope="module")
def newsroom() -> Newsroom:
    room = Newsroom(SAMPLE)
    room.refresh()
    return room


UKRAINIAN = (
    "<p>Міська рада зібралася ввечері й погодила план ремонту старого мосту, який закрито для руху від повені. "
    "Роботи розпочнуться наступного тижня, а перші автівки перетнуть річку восени, сказав міський голова.</p>"
)


async def test_a_language_that_the_text_is_surely_not_is_overruled_and_logged(newsroom: Newsroom, store: Store) -> None:
    event = an_ingested(article=an_article(body_html=UKRAINIAN, language="en"))

    with capture_logs() as logs:
        done = await Handlers(newsroom, Neighbours(store)).on_article_ingested(event)

    assert done.article.language == "uk"
    (line,) = (line for line in logs if line["event"] == "language.overruled")
    assert (line["declared"], line["language"], line["article_id"]) == ("en", "uk", event.article.id)


async def test_a_language_that_agrees_or_was_not_declared_is_no_event(newsroom: Newsroom, store: Store) -> None:
    with capture_logs() as logs:
        for declared in ("uk-UA", None):
            event = an_ingested(article=an_article(body_html=UKRAINIAN, language=declared))
            done = await Handlers(newsroom, Neighbours(store)).on_article_ingested(event)
            assert done.article.language == (declared or "uk")

    assert logs == []


@pytest.mark.parametrize(
    ("body", "given", "dateline"),
    [
        ("<p>LVIV, Dec 16 (Reuters) - The bridge is open.</p>", None, "LVIV, Dec 16 (Reuters)"),
        ("<p>Odesa — The bridge is open.</p>", None, "Odesa"),
        ("<p>Nowhere — The bridge is open.</p>", None, None),
        ("<p>(Reuters) - The bridge is open.</p>", None, None),
        ("<p>LVIV, Dec 16 (Reuters) - The bridge is open.</p>", "LVIV", "LVIV"),
    ],
)
def test_a_dateline_is_read_where_the_source_gave_none_and_the_text_stays(
    newsroom: Newsroom, body: str, given: str | None, dateline: str | None
) -> None:
    done = completed(an_ingested(article=an_article(body_html=body, dateline=given)), newsroom.current)

    assert done.dateline == dateline
    assert done.body_html == body


def test_attributions_are_told_and_make_nobody_an_author(newsroom: Newsroom) -> None:
    body = "<p>LVIV (AP) - The bridge is open, as reported by Reuters.</p>"
    done = completed(an_ingested(article=an_article(body_html=body, authors=())), newsroom.current)

    assert [(one.source, one.verb, one.kind) for one in done.attributions] == [
        ("Associated Press", "dateline", "credit"),
        ("Reuters", "as reported by", "quoted"),
    ]
    assert done.authors == ()


def test_the_acceptance_storys_statements_are_credited(newsroom: Newsroom) -> None:
    given = json.loads((SAMPLE / "drop" / "010-kursk.json").read_text(encoding="utf-8"))
    done = completed(an_ingested(article=an_article(body_html=given["body_html"])), newsroom.current)
    told = {(one.source, one.verb) for one in done.attributions}

    assert {("Reuters", "as reported by"), ("Patrick Ryder", "said")} <= told
    for one in done.attributions:
        assert done.body_text[one.offset :].lower().startswith(one.verb)


def test_a_sources_own_caption_rule_counts_for_its_pictures_alone(tmp_path: Path) -> None:
    (tmp_path / "authors.toml").write_text('[[caption_rule]]\nsource = "desk"\nopens = " / "\n')
    room = Newsroom(tmp_path)
    room.refresh()
    body = '<figure><img src="https://e.org/i.jpg"><figcaption>A pier / Ann Lens</figcaption></figure>'

    def credit(source: str) -> str | None:
        article = an_article(body_html=body, images=(), source=Source(id=source))
        return completed(an_ingested(article=article), room.current).images[0].credit

    assert (credit("desk"), credit("elsewhere")) == ("Ann Lens", None)


ASTRAY = [
    "WORD ",
    "\u202eабв ",
    "e\u0301",
    "a",
    "😀",
    "Reuters said ",
    "KYIV (AP) - ",
    "Україна ",
    "(",
    "王",
    "<p>Kyiv</p>",
]


@pytest.mark.parametrize("piece", ASTRAY)
def test_a_text_gone_astray_takes_time_that_grows_no_faster_than_its_length(newsroom: Newsroom, piece: str) -> None:
    def seconds(length: int) -> float:
        article = an_article(headline=piece * 100, body_html=piece * (length // len(piece)))
        started = time.process_time()
        completed(an_ingested(article=article), newsroom.current)
        return time.process_time() - started

    assert seconds(160_000) < 8 * seconds(40_000) + 0.3
