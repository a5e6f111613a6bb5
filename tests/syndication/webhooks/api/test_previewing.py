"""What a filter would have matched, before anybody subscribes with it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from shared.times import now, rfc3339
from tests.syndication.webhooks.api.asking import Bed
from tests.syndication.webhooks.bed import TOKEN, story


async def test_preview_shows_what_would_have_matched_and_why(bed: Bed) -> None:
    for number in range(1, 5):
        bed.ledger.publish(story(number, language="uk" if number % 2 else "en"))
    told = (await bed("POST", "/preview", json={"filter": "lang:uk ferry", "limit": 1})).json()
    assert (told["scanned"], told["count"], told["complete"]) == (4, 2, True)
    assert told["terms"] == {"lang:uk": 2, "ferry": 2}
    assert [(each["seq"], each["matched"]) for each in told["matched"]] == [(3, ["lang:uk", "ferry"])]


async def test_what_is_withheld_matches_nothing(bed: Bed) -> None:
    withheld = story(1, headline="Unfit to print", status="withheld")
    bed.ledger.publish(withheld)
    for filter in ("", f"source:{withheld.source.id}", "NOT lang:uk"):
        told = (await bed("POST", "/preview", json={"filter": filter})).json()
        assert (told["scanned"], told["matched"]) == (1, [])


@pytest.mark.parametrize("status", ["withheld", "canceled"])
async def test_what_an_article_said_before_is_found_out_by_the_newsroom_alone(bed: Bed, status: str) -> None:
    before = story(1, headline="Unfit to print")
    bed.ledger.publish(before)
    type = "article.updated" if status == "withheld" else "article.retracted"
    bed.ledger.publish(story(1, 2, headline="", body_html="", status=status), type)
    key = await bed.consumer("partner")
    found = {}
    for filter in ("unfit", f"source:{before.source.id}"):
        for token in (TOKEN, key):
            told = (await bed("POST", "/preview", json={"filter": filter}, token=token)).json()
            found[filter[:5], token] = [(each["seq"], each["headline"]) for each in told["matched"]]
    taken_back = [] if status == "withheld" else [(2, None)]
    assert found == {
        ("unfit", TOKEN): [(1, "Unfit to print")],
        ("unfit", key): [],
        ("sourc", TOKEN): [*taken_back, (1, "Unfit to print")],
        ("sourc", key): [] if status == "withheld" else [(2, None), (1, None)],
    }


async def test_preview_counts_each_day_of_those_asked_for(bed: Bed) -> None:
    today = now()
    for number, ago in enumerate((9, 6, 1, 1, 0)):
        bed.ledger.publish(story(number), timestamp=rfc3339(today - timedelta(days=ago)))
    told = (await bed("POST", "/preview", json={"days": 5})).json()
    days = [rfc3339(today - timedelta(days=ago))[:10] for ago in (0, 1)]
    assert told["per_day"] == [
        {"day": days[0], "scanned": 1, "matched": 1},
        {"day": days[1], "scanned": 2, "matched": 2},
    ]
    assert (await bed("POST", "/preview", json={})).json()["scanned"] == 4


async def test_types_narrow_a_preview_and_bad_ones_are_refused(bed: Bed) -> None:
    bed.ledger.publish(story(1))
    bed.ledger.publish(story(1, 2), "article.updated")
    told = (await bed("POST", "/preview", json={"types": ["article.updated"]})).json()
    assert [each["seq"] for each in told["matched"]] == [2]
    refused = await bed("POST", "/preview", json={"days": 8})
    assert (refused.status, refused.json()["errors"][0]["field"]) == (422, "days")
