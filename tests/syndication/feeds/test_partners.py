"""Every partner's rendering is well-formed, and tells of a story that was taken back."""

from __future__ import annotations

import pytest

from services.syndication.feeds.channel import Channel
from services.syndication.feeds.formats import PARTNERS
from services.syndication.feeds.shelf import ALL
from shared.events import Retraction
from tests.syndication.feeds.in_memory import MORNING, SITE, a_story

GONE = a_story(status="canceled", body_html="", body_text="", retraction=Retraction(reason="It was made up."))
HOSTILE = a_story(headline="]]> <b>&amp; \x01\u202e", summary="]]>", body_html="<p>]]></p>")


@pytest.mark.parametrize("ending", sorted(PARTNERS))
@pytest.mark.parametrize("article", [a_story(), GONE, HOSTILE], ids=["story", "retracted", "hostile"])
def test_it_is_one_well_formed_item(ending: str, article: object) -> None:
    form = PARTNERS[ending]
    fragment = form.item(article, SITE)  # type: ignore[arg-type]  # an article, by the table above
    if fragment:
        assert form.fault(fragment) is None
    head = form.head(Channel(feed=ALL, label="", published=MORNING, modified=MORNING), SITE)
    assert head.startswith(b"<?xml")
