"""What a reader sees is what counts as a change."""

from __future__ import annotations

from services.syndication.changes import changed_fields, entry_for, feeds_of, retracted, shown
from shared.events import Author, Correction, Related, Retraction, Tag
from tests.builders import an_article, an_enriched


def a_tag(name: str, **more: object) -> Tag:
    return Tag.model_validate({"id": f"place/{name}", "slug": name, "name": name} | more)


def test_a_changed_headline_is_named_alone() -> None:
    old = an_article(headline="Old")
    assert changed_fields(old, old.model_copy(update={"headline": "New"})) == ("headline",)


def test_a_new_stamp_alone_is_no_change() -> None:
    old = an_article()
    later = old.model_copy(update={"version": 2, "updated_at": old.ingested_at, "word_count": 99})
    assert changed_fields(old, later) == ()


def test_scores_and_order_of_tags_are_no_change() -> None:
    old = an_article(tags=[a_tag("kursk", score=1.0), a_tag("moscow")])
    new = an_article(tags=[a_tag("moscow", primary=True), a_tag("kursk", score=2.0)])
    assert changed_fields(old, new) == ()
    assert changed_fields(old, an_article(tags=[a_tag("kursk")])) == ("tags",)


def test_other_computed_related_stories_are_no_change_and_another_card_of_an_editor_is() -> None:
    card, more = Related(url="https://e.org/1", headline="A"), Related(url="https://e.org/2", headline="B")
    computed = more.model_copy(update={"kind": "computed", "score": 0.5})
    old = an_article(related=[card])
    assert changed_fields(old, an_article(related=[card, computed])) == ()
    assert changed_fields(old, an_article(related=[card.model_copy(update={"id": "desk-a"})])) == ()
    assert changed_fields(old, an_article(related=[card, more])) == ("related",)


def test_a_first_version_is_published() -> None:
    event = an_enriched()
    entry = entry_for(event, None, event.article)
    assert entry is not None
    assert (entry.type, entry.changed, entry.version) == ("article.published", (), 1)


def test_a_version_with_a_difference_is_an_update() -> None:
    event = an_enriched(article=an_article(version=2, headline="New"))
    entry = entry_for(event, an_article(headline="Old"), event.article)
    assert entry is not None
    assert (entry.type, entry.changed) == ("article.updated", ("headline",))


def test_a_version_without_a_difference_has_no_entry() -> None:
    event = an_enriched(article=an_article(version=2))
    assert entry_for(event, an_article(), event.article) is None


def test_a_correction_is_told_even_when_no_field_differs() -> None:
    event = an_enriched(article=an_article(version=2), correction=Correction(note="The rank was wrong."))
    entry = entry_for(event, an_article(), event.article)
    assert entry is not None
    assert (entry.type, entry.correction) == ("article.corrected", "The rank was wrong.")


def test_a_retraction_keeps_who_it_was_and_nothing_it_said() -> None:
    previous = an_article(body_html="<p>wrong</p>", body_text="wrong", tags=[a_tag("kursk")])
    event = an_enriched(
        article=an_article(version=2, headline="?"),
        retraction=Retraction(reason="It was wrong.", replacement_url="https://example.org/right"),
    )
    shown = retracted(previous, event)
    assert (shown.headline, shown.status, shown.version) == (previous.headline, "canceled", 2)
    assert (shown.body_html, shown.body_text, shown.tags, shown.authors) == ("", "", (), ())
    entry = entry_for(event, previous, shown)
    assert entry is not None
    assert (entry.type, entry.reason) == ("article.retracted", "It was wrong.")
    assert entry.replacement_url == "https://example.org/right"
    assert "status" in entry.changed


def test_an_article_stands_in_the_feeds_of_all_it_is_about_once() -> None:
    article = an_article(
        tags=[a_tag("kursk"), a_tag("kursk")],
        authors=[Author(id="ann-writer", name="Ann"), Author(name="Bo Ünknown")],
        section="World / Politics",
    )
    assert feeds_of(article) == [
        "all",
        f"sources/{article.source.id}",
        "tags/kursk",
        "sections/world-politics",
        "languages/en",
        "authors/ann-writer",
        "authors/bo-unknown",
    ]


def test_corrections_made_so_far_stay_with_the_article() -> None:
    first = shown(None, an_enriched())
    second = shown(first, an_enriched(article=an_article(version=2), correction=Correction(note="A name.")))
    third = shown(second, an_enriched(article=an_article(version=3, headline="New")))
    assert first.corrections == ()
    assert [(one.note, one.version) for one in third.corrections] == [("A name.", 2)]


def test_a_retracted_article_says_why_and_a_second_time_changes_nothing() -> None:
    first = shown(None, an_enriched())
    why = Retraction(reason="Wrong.", replacement_url="https://example.org/right")
    gone = shown(first, an_enriched(article=an_article(version=2, status="canceled"), retraction=why))
    again = an_enriched(article=an_article(version=3, status="canceled"), retraction=Retraction(reason="Other."))
    assert gone.retraction == why
    assert shown(gone, again) == gone.model_copy(update={"version": 3})


def test_what_may_be_passed_on_is_a_change_by_itself() -> None:
    old = an_article()
    assert changed_fields(old, old.model_copy(update={"reuse": "headline"})) == ("reuse",)
