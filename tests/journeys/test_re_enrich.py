"""Completing articles anew: by command after an edit of the taxonomy, and by itself after an edit of the authors."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import orjson
import pytest

from shared import recalls
from shared.redis import Store
from tests.builders import a_push
from tests.journeys.line import Line, a_line
from tests.waiting import until

AUTHORS = '[[author]]\nid = "ann-writer"\nname = "Ann Writer"\nrole = "{role}"\n'
TAXONOMY = '[[term]]\nid = "place/bay"\nname = "Windy Bay"\nkind = "place"\n'
OTHER = '[[term]]\nid = "topic/tides"\nname = "tides"\n'


@pytest.fixture
async def line(
    store: Store, redis_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[tuple[Line, Path]]:
    monkeypatch.setattr(recalls, "SETTLE_SECONDS", 0.1)
    newsroom = tmp_path / "newsroom"
    newsroom.mkdir()
    (newsroom / "authors.toml").write_text(AUTHORS.format(role="Reporter"))
    (newsroom / "taxonomy.toml").write_text(TAXONOMY)
    async with a_line(redis_url, tmp_path / "data", newsroom) as line:
        await until(line.ready)
        yield line, newsroom


async def push(line: Line, guid: str, **over: Any) -> str:
    answer = await line.push(**a_push(guid=guid, headline=f"Storm over Windy Bay {guid}", **over))
    await until(lambda: _there(line, answer["id"]))
    return str(answer["id"])


async def _there(line: Line, id: str) -> bool:
    return (await line.get(f"/api/v1/articles/{id}")).status == 200


async def article(line: Line, id: str) -> dict[str, Any]:
    found: dict[str, Any] = orjson.loads((await line.get(f"/api/v1/articles/{id}")).body)
    return found


async def test_a_profile_edit_updates_the_articles_by_it_and_only_those(line: tuple[Line, Path]) -> None:
    running, newsroom = line
    hers = await push(running, "1", authors=[{"name": "Ann Writer"}], updated_at="2026-11-22T11:00:00Z")
    others = await push(running, "2", authors=[{"name": "Bo Else"}])
    (newsroom / "authors.toml").write_text(AUTHORS.format(role="Editor"))

    async def edited() -> bool:
        return bool((await article(running, hers))["authors"][0]["role"] == "Editor")

    await until(edited)
    last = (await running.events())[-1]
    data = last["data"]
    assert (last["type"], data["changed"], data["article"]["id"]) == ("article.updated", ["authors"], hers)
    assert data["article"]["updated_at"] == "2026-11-22T11:00:00Z"
    assert (await article(running, others))["version"] == 1
    again = await running.push(**a_push(guid="1", headline="Storm over Windy Bay 1", authors=[{"name": "Ann Writer"}]))
    assert again["status"] in {"unchanged", "accepted"}


async def test_re_enrich_brings_new_terms_to_old_articles(line: tuple[Line, Path]) -> None:
    running, newsroom = line
    with_tides = await push(running, "1", body_html="<p>High tides are due.</p>")
    without = await push(running, "2", body_html="<p>Nothing new.</p>")
    (newsroom / "taxonomy.toml").write_text(TAXONOMY + OTHER)
    await until(lambda: _known(running))
    status, asked = await running.post("/api/v1/re-enrich", {"since": "2026-01-01T00:00:00Z"})
    assert status == 202

    async def done() -> bool:
        return bool(orjson.loads((await running.get(f"/api/v1/re-enrich/{asked['id']}")).body)["status"] == "done")

    await until(done)

    async def tagged() -> bool:
        return "tides" in [tag["slug"] for tag in (await article(running, with_tides))["tags"]]

    await until(tagged)
    changed = [(event["data"]["article"]["id"], event["data"]["changed"]) for event in await running.events()]
    assert changed.count((with_tides, ["tags"])) == 1
    assert all(id != without or not fields for id, fields in changed)


async def _known(line: Line) -> bool:
    """Tell whether an article pushed now gets the new term: the file is in force."""
    id = await push(line, f"probe-{len(await line.events())}", body_html="<p>tides</p>")
    return "tides" in [tag["slug"] for tag in (await article(line, id))["tags"]]
