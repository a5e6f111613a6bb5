from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from services.enrichment.handlers import Handlers, completed
from services.enrichment.image_sizes import ImageSizes
from services.enrichment.neighbours import Neighbours
from services.enrichment.newsroom import Newsroom
from shared.events import Article, ArticleIngested, Category, Image, Retraction, to_json
from shared.http_client import Page
from shared.own_pictures import homed
from shared.redis import Store
from tests.builders import an_article, an_ingested

SITE = b"https://wire.example.org"
SAMPLE = Path(__file__).parents[2] / "newsroom"


@pytest.fixture(scope="module")
def newsroom() -> Newsroom:
    room = Newsroom(SAMPLE, SITE.decode())
    room.refresh()
    return room


def story(name: str) -> ArticleIngested:
    given: dict[str, Any] = json.loads(homed((SAMPLE / "drop" / name).read_bytes(), SITE))
    categories = tuple(Category(term=term) for term in given.pop("categories"))
    byline = given.pop("byline", None)
    article = an_article(**{"summary": None, **given})
    return an_ingested(article=article, byline=byline, categories=categories)


@pytest.fixture(scope="module")
def acceptance(newsroom: Newsroom) -> Article:
    return completed(story("010-kursk.json"), newsroom.current)


@pytest.mark.parametrize(
    ("term", "zone"),
    [
        ("place/north-korea", "headline"),
        ("place/russia", "headline"),
        ("place/kursk-oblast", "headline"),
        ("org/pentagon", "headline"),
        ("place/ukraine", "body"),
        ("org/hur", "body"),
        ("person/patrick-ryder", "body"),
        ("org/akhmat", "related"),
    ],
)
def test_the_acceptance_story_has_each_tag_with_evidence(acceptance: Article, term: str, zone: str) -> None:
    texts = {"headline": acceptance.headline, "body": acceptance.body_text}
    card = acceptance.related[0]
    texts["related"] = f"{card.headline}\n{card.summary}"
    tag = next(tag for tag in acceptance.tags if tag.id == term)

    reason = next(reason for reason in tag.evidence if reason.zone == zone)
    assert texts[zone][reason.start : reason.end] == reason.text


def test_the_acceptance_story_has_no_tag_from_the_author_box(acceptance: Article, newsroom: Newsroom) -> None:
    bio, known = str(acceptance.authors[0].bio), newsroom.current.taxonomy
    places = {mention.alias.term for mention in known.matcher.mentions(bio)}

    assert {"place/warsaw", "place/odesa"} <= places
    assert not {"place/warsaw", "place/odesa"} & {tag.id for tag in acceptance.tags}


def test_the_acceptance_storys_related_card_alone_makes_no_primary_tag(acceptance: Article) -> None:
    primary = {tag.id for tag in acceptance.tags if tag.primary}

    assert {"place/north-korea", "place/kursk-oblast", "org/pentagon", "place/russia"} <= primary
    assert "org/akhmat" not in primary


def test_the_acceptance_storys_author_has_role_and_bio(acceptance: Article) -> None:
    (author,) = acceptance.authors

    assert (author.id, author.name, author.role) == ("tim-zadorozhnyy", "Tim Zadorozhnyy", "Reporter")
    assert str(author.bio).startswith("Tim Zadorozhnyy reports on foreign policy")
    assert author.avatar == "https://wire.example.org/pictures/tim-zadorozhnyy.jpg"


def test_the_acceptance_storys_credit_is_parted_and_its_reading_takes_a_minute(acceptance: Article) -> None:
    (image,) = acceptance.images

    assert image.credit == "Kevin Dietsch/Getty Images"
    assert str(image.caption).endswith("Virginia on Oct. 31, 2023.")
    assert image.lead
    assert acceptance.reading_minutes == 1
    assert 200 <= acceptance.word_count <= 260


def test_the_same_event_and_files_give_the_same_bytes() -> None:
    rooms = [Newsroom(SAMPLE), Newsroom(SAMPLE)]
    for room in rooms:
        room.refresh()

    one, two = (to_json(completed(story("010-kursk.json"), room.current)) for room in rooms)
    assert one == two


def test_enriching_what_was_enriched_changes_nothing(newsroom: Newsroom) -> None:
    event = story("040-grid.json")
    once = completed(event, newsroom.current)
    twice = completed(event.model_copy(update={"article": once}), newsroom.current)

    # Only how the authors were found may differ: they have ids now.
    assert once.model_dump(exclude={"authors"}) == twice.model_dump(exclude={"authors"})


@pytest.mark.parametrize(
    ("name", "authors", "tag"),
    [
        ("020-kursk-update.json", ["tim-zadorozhnyy"], "place/kursk-oblast"),
        ("030-pokrovsk.json", ["sample-news-desk"], "org/general-staff"),
        ("040-grid.json", ["olena-marchuk", "david-lindqvist"], "topic/energy"),
        ("050-arkhiv.json", ["olena-marchuk"], "place/kyiv"),
    ],
)
def test_each_sample_story_is_completed(newsroom: Newsroom, name: str, authors: list[str], tag: str) -> None:
    article = completed(story(name), newsroom.current)

    assert [author.id for author in article.authors] == authors
    assert tag in {found.id for found in article.tags}
    assert article.body_text
    assert article.reading_minutes == 1


@pytest.fixture
def handlers(newsroom: Newsroom, store: Store) -> Handlers:
    return Handlers(newsroom, Neighbours(store))


async def test_the_event_keeps_its_identity_and_names_the_files_used(handlers: Handlers, newsroom: Newsroom) -> None:
    event = an_ingested(correlation_id="c-7")

    done = await handlers.on_article_ingested(event)

    assert (done.type, done.correlation_id, done.occurred_at) == ("article.enriched", "c-7", event.occurred_at)
    assert (done.article.id, done.article.version) == (event.article.id, event.article.version)
    assert done.newsroom == newsroom.current.digest


async def test_a_retraction_passes_as_it_is(handlers: Handlers) -> None:
    event = an_ingested(
        article=an_article(status="canceled", body_html="<script>kept as given</script>", authors=()),
        byline="By Ann Writer",
        retraction=Retraction(reason="It was wrong."),
    )

    done = await handlers.on_article_ingested(event)

    assert done.article == event.article
    assert done.retraction == event.retraction


async def test_the_same_event_again_gives_the_same_bytes(handlers: Handlers) -> None:
    events = [story("010-kursk.json"), story("030-pokrovsk.json")]
    events[1] = events[1].model_copy(update={"article": events[1].article.model_copy(update={"id": "desk-b"})})
    first = [to_json(await handlers.on_article_ingested(event)) for event in events]

    assert [to_json(await handlers.on_article_ingested(event)) for event in events] == first


async def test_a_copy_elsewhere_is_known_until_the_first_is_retracted(handlers: Handlers) -> None:
    event = story("010-kursk.json")
    other = event.model_copy(update={"article": event.article.model_copy(update={"id": "wire-b"})})
    third = event.model_copy(update={"article": event.article.model_copy(update={"id": "wire-c"})})
    gone = event.article.model_copy(update={"version": 2, "status": "canceled", "body_html": ""})

    assert (await handlers.on_article_ingested(event)).article.duplicate_of is None
    assert (await handlers.on_article_ingested(other)).article.duplicate_of == event.article.id
    await handlers.on_article_ingested(an_ingested(article=gone, retraction=Retraction(reason="It was wrong.")))
    assert (await handlers.on_article_ingested(third)).article.duplicate_of is None


async def test_the_lead_image_is_measured_where_that_is_asked_for(newsroom: Newsroom, store: Store) -> None:
    async def fetch(_url: str, _headers: Mapping[str, str]) -> Page:
        gif = b"GIF89a" + (640).to_bytes(2, "little") + (480).to_bytes(2, "little") + bytes(3)
        return Page(status=200, headers={}, body=gif, url="", moved_to=None, ms=1.0)

    handlers = Handlers(newsroom, Neighbours(store), ImageSizes(store, fetch, lambda: 0.0))
    (image,) = (await handlers.on_article_ingested(story("010-kursk.json"))).article.images
    assert (image.width, image.height, image.type) == (640, 480, "image/gif")
    assert image.alt == "A general in uniform speaks behind a lectern."


def images(newsroom: Newsroom, body: str, *given: Image) -> tuple[Image, ...]:
    event = an_ingested(article=an_article(body_html=body, images=given))
    return completed(event, newsroom.current).images


FIGURE = '<figure><img src="https://e.org/i.jpg" alt="A pier"><figcaption>The pier. (Ann/AP)</figcaption></figure>'


def test_an_image_takes_what_it_lacks_from_the_body(newsroom: Newsroom) -> None:
    assert images(newsroom, FIGURE, Image(url="https://e.org/i.jpg")) == (
        Image(url="https://e.org/i.jpg", alt="A pier", caption="The pier.", credit="Ann/AP", lead=True),
    )


def test_the_bodys_first_picture_leads_where_the_source_gave_none(newsroom: Newsroom) -> None:
    shown = images(newsroom, FIGURE + '<img src="https://e.org/j.jpg">')

    assert [(image.url, image.lead) for image in shown] == [("https://e.org/i.jpg", True)]


def test_the_image_a_source_leads_with_stays_the_lead(newsroom: Newsroom) -> None:
    shown = images(newsroom, "", Image(url="https://e.org/i.jpg"), Image(url="https://e.org/j.jpg", lead=True))

    assert [image.lead for image in shown] == [False, True]


def test_an_image_at_no_web_address_is_dropped(newsroom: Newsroom) -> None:
    assert images(newsroom, "", Image(url="javascript:alert(1)")) == ()


def test_an_agency_in_a_credit_is_no_subject(newsroom: Newsroom) -> None:
    body = '<p>a</p><figure><img src="https://e.org/i.jpg"><figcaption>A pier. (Ann/Reuters)</figcaption></figure>'
    event = an_ingested(article=an_article(body_html=body, images=(Image(url="https://e.org/l.jpg"),)))

    assert completed(event, newsroom.current).tags == ()


def test_an_article_without_body_or_anything_is_completed_too(newsroom: Newsroom) -> None:
    done = completed(an_ingested(article=an_article(body_html="", url=None)), newsroom.current)

    assert (done.body_html, done.word_count, done.reading_minutes, done.tags) == ("", 0, 0, ())
