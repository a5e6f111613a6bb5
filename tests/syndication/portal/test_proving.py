"""What a developer proves with: digests, what was sent, retractions and receipts, each their own."""

from __future__ import annotations

import subprocess
import sys
from urllib.parse import quote

import pytest

from services.syndication.portal.example import PROOF
from tests.receiver import Call, Reply
from tests.syndication.page.building import parsed
from tests.syndication.portal.scene import Developer, Scene, facts, says
from tests.syndication.webhooks.bed import story
from tests.waiting import until


def retract(scene: Scene, number: int = 1, reason: str = "It was wrong.") -> None:
    gone = story(number, 2, headline="", body_html="", status="canceled")
    scene.ledger.publish(gone, "article.retracted", reason=reason)


async def test_count_and_hash_are_those_of_the_program_that_is_shown(scene: Scene) -> None:
    developer, id, _ = await scene.subscribed(scene.ann)
    for number in (3, 1, 2):
        scene.ledger.publish(story(number))
    path = f"/portal/subscriptions/{id}/proof"
    await until_confirmed(developer, path, 3)
    told = await facts(developer, path)
    taken = "".join(f"{article} {version}\n" for article, version in (call.version for call in scene.receiver.calls))
    printed = subprocess.run(  # noqa: ASYNC221  # it runs in no time
        [sys.executable, "-c", PROOF], input=taken * 2, capture_output=True, text=True, check=True
    ).stdout
    assert printed.split() == [told["Count"], told["SHA-256"]]
    assert PROOF.splitlines()[-1] in parsed((await developer.get(path)).body).xpath("//pre")[0].text_content()
    assert (await facts(developer, f"{path}?from=2&to=2"))["Count"] == "1"


async def test_what_went_by_retention_is_not_said_to_be_old(scene: Scene) -> None:
    developer, id, _ = await scene.subscribed(scene.ann)
    for number in (1, 2):
        scene.ledger.publish(story(number))
    path = f"/portal/subscriptions/{id}/proof"
    await until_confirmed(developer, path, 2)
    assert "Not all of it" not in await facts(developer, path)
    scene.ledger.entries[0] = scene.ledger.entries[1]  # as a trimmed ledger: the first is not found any more
    assert "or than the newsroom keeps its articles" in (await facts(developer, path))["Not all of it"]


async def test_what_was_sent_is_listed_and_goes_on(scene: Scene) -> None:
    developer, id, _ = await scene.subscribed(scene.ann)
    for number in range(1, 61):
        scene.ledger.publish(story(number, headline=f"Ferry <{number}>"))
    path = f"/portal/subscriptions/{id}/proof"
    await until_confirmed(developer, path, 60)
    page = parsed((await developer.get(path)).body)
    assert page.xpath("//tbody/tr[1]/td[2]/a/text()") == ["Ferry <1>"]
    [onward] = page.xpath("//p[@class='turn']/a/@href")
    rest = parsed((await developer.get(onward.partition("#")[0])).body)
    assert [int(seq) for seq in rest.xpath("//tbody/tr/th/text()")] == [*range(51, 61)]


@pytest.mark.parametrize("query", ["from=x", "to=-1", "after=x", "from=-1", "from=1&to=9999999999999"])
async def test_a_wrong_span_is_refused_in_words(scene: Scene, query: str) -> None:
    developer, id, _ = await scene.subscribed(scene.ann)
    answer = await developer.get(f"/portal/subscriptions/{id}/proof?{query}")
    assert answer.status == 422
    assert parsed(answer.body).xpath("//*[@role='alert']/text()")


async def test_retractions_that_are_outstanding_come_first(scene: Scene) -> None:
    async def down(call: Call) -> Reply:
        return Reply(500 if call.event["data"].get("reason") == "<i>Deaf</i>" else 204)

    scene.receiver.answer = down
    developer, id, _ = await scene.subscribed(scene.ann)
    ben = await scene.signed_in(scene.ben)
    assert await says(developer, "/portal/retractions", "There are none.")
    for number in (1, 2):
        scene.ledger.publish(story(number))
    await until_confirmed(developer, f"/portal/subscriptions/{id}/proof", 2)
    retract(scene, 1, "<i>Deaf</i>")
    retract(scene, 2)
    await until_confirmed(developer, f"/portal/subscriptions/{id}/proof", 3)
    page = parsed((await developer.get("/portal/retractions")).body)
    rows = [" ".join(row.text_content().split()) for row in page.xpath("//tbody/tr/td[2]")]
    assert rows == ["1 outstanding 0 of 1", "1 of 1"]
    assert page.xpath("//tbody/tr[1]//span[@dir]/text()") == ["<i>Deaf</i>"]
    [article, link] = page.xpath("//tbody/tr[1]//a/@href")
    assert article == f"/articles/{story().id}"
    assert page.xpath("//tbody/tr/td[1]/a/text()") == [story().headline] * 2
    receipts = parsed((await developer.get(link)).body)
    assert receipts.xpath("//tbody/tr/th/a/@href") == [f"/portal/subscriptions/{id}"]
    assert receipts.xpath("//h1//text()") == [story().headline]
    assert "version 2 waiting" in " ".join(receipts.xpath("//tbody/tr/td")[0].text_content().split())
    assert await says(ben, "/portal/retractions", "There are none.")
    assert await says(ben, link, "It went to none of your subscriptions.")


@pytest.mark.parametrize("article", ["desk-none", "", "../consumers", '"><script>', "a/b?c#d"])
async def test_an_article_that_is_not_there_has_no_receipts(scene: Scene, article: str) -> None:
    developer = await scene.signed_in(scene.ann)
    answer = await developer.get(f"/portal/receipts?article={quote(article, safe='')}")
    assert answer.status == 404
    assert b"<script>" not in answer.body


async def test_anothers_proof_is_none(scene: Scene) -> None:
    _, id, _ = await scene.subscribed(scene.ann)
    ben = await scene.signed_in(scene.ben)
    assert (await ben.get(f"/portal/subscriptions/{id}/proof")).status == 404


async def until_confirmed(developer: Developer, path: str, count: int) -> None:
    async def confirmed() -> bool:
        return (await facts(developer, path)).get("Confirmed", "").startswith(str(count))

    await until(confirmed)
