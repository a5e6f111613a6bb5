"""What a JSON Feed says in `_news` is taken, whatever shape it has."""

from __future__ import annotations

from typing import Any

import pytest

from services.ingest.document import Withdrawal
from tests.ingest.parse.test_jsonfeed import document

ITEM: dict[str, Any] = {"id": "1", "url": "https://bay.example/1", "title": "T", "content_html": "<p>Text.</p>"}


def test_an_author_has_role_and_bio_and_a_picture_its_credit() -> None:
    news = {
        "section": "World",
        "dateline": "KYIV",
        "rights": "© Bay",
        "lead_image": {"alt": "A quay", "caption": "At the quay.", "credit": "Ann/AFP", "width": 1600, "height": 900},
        "related": [
            {"url": "/2", "title": "Tugs", "summary": "They left.", "kind": "editorial"},
            {"url": "/3", "title": "Found by us", "kind": "computed"},
        ],
    }
    author = {"name": "Ann Lens", "_news": {"role": "Reporter", "bio": "Covers ports."}}
    (item,) = document(ITEM | {"image": "/a.jpg", "authors": [author], "_news": news}).submissions
    assert (item.authors[0].role, item.authors[0].bio) == ("Reporter", "Covers ports.")
    (image,) = item.images
    assert (image.alt, image.caption, image.credit) == ("A quay", "At the quay.", "Ann/AFP")
    assert (image.width, image.height) == (1600, 900)
    assert [(one.url, one.headline, one.summary) for one in item.related] == [
        ("https://bay.example/2", "Tugs", "They left.")
    ]
    assert (item.section, item.dateline, item.rights) == ("World", "KYIV", "© Bay")


def test_what_was_taken_back_is_a_withdrawal_and_no_item() -> None:
    gone = ITEM | {"summary": "Wrong.", "_news": {"pub_status": "canceled"}}
    found = document(gone, ITEM | {"id": "2", "url": "https://bay.example/2"})
    assert [item.guid for item in found.submissions] == ["2"]
    assert found.withdrawals == (Withdrawal(guid="1", url="https://bay.example/1", reason="Wrong."),)
    assert (found.skipped, found.cut) == (0, 0)
    told = document(ITEM | {"_news": {"pub_status": "canceled", "reason": "Wrong <b> & untrue."}})
    assert [one.reason for one in told.withdrawals] == ["Wrong <b> & untrue."]


@pytest.mark.parametrize("news", [None, [], "x", {"lead_image": [], "related": {}, "section": 5}, {"related": [1, {}]}])
def test_what_has_another_shape_says_nothing(news: object) -> None:
    (item,) = document(ITEM | {"image": "/a.jpg", "authors": [{"name": "A", "_news": news}], "_news": news}).submissions
    assert (item.section, item.related, item.authors[0].role, item.images[0].credit) == (None, (), None, None)
