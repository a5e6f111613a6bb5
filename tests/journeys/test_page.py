"""The News Feed page and its siblings on a running line, read as a browser without JavaScript would."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from lxml import html

from shared.redis import Store
from tests.builders import a_push
from tests.journeys.line import Line, a_line
from tests.waiting import until

HOSTILE = '</title><script>alert(1)</script> "&'


@pytest.fixture
async def line(store: Store, redis_url: str, tmp_path: Path) -> AsyncIterator[Line]:
    (tmp_path / "newsroom").mkdir()
    async with a_line(redis_url, tmp_path / "data", tmp_path / "newsroom") as line:
        await until(line.ready)
        yield line


async def test_a_story_stands_on_every_page_it_belongs_to(line: Line) -> None:
    pushed = await line.push(
        **a_push(headline="Storm over the bay", authors=[{"name": "Ann Writer"}], tags=["Weather"])
    )
    await until(lambda: _there(line, pushed["id"]))
    for path in ("/", f"/articles/{pushed['id']}", "/authors/ann-writer", "/tags/weather", "/search?q=storm"):
        answer = await line.get(path)
        assert (answer.status, answer.headers["content-type"]) == (200, "text/html; charset=utf-8"), path
        assert "script-src 'self'" in answer.headers["content-security-policy"]
        assert "Storm over the bay" in _text(answer.body), path
    assert (await line.get("/feeds")).status == 200


async def test_markup_in_a_headline_is_text(line: Line) -> None:
    pushed = await line.push(**a_push(headline=HOSTILE))
    await until(lambda: _there(line, pushed["id"]))
    for path in ("/", f"/articles/{pushed['id']}"):
        body = (await line.get(path)).body
        assert b"<script>alert" not in body
        assert "alert(1)" in _text(body)


async def test_a_retracted_story_gives_way_to_a_notice(line: Line) -> None:
    pushed = await line.push(**a_push(headline="Wrong story", body_html="<p>Secret words.</p>"))
    await until(lambda: _there(line, pushed["id"]))
    await line.post(f"/api/v1/articles/{pushed['id']}/retract", {"reason": "It was made up."})
    await until(lambda: _says(line, pushed["id"], b"It was made up."))
    assert b"Secret words." not in (await line.get(f"/articles/{pushed['id']}")).body


async def test_what_is_not_there_is_not_found(line: Line) -> None:
    for path in ("/articles/nothing", "/tags/nothing", "/authors/nothing"):
        assert (await line.get(path)).status == 404, path


def _text(body: bytes) -> str:
    return "".join(str(part) for part in html.fromstring(body).itertext())


async def _there(line: Line, id: str) -> bool:
    return (await line.get(f"/api/v1/articles/{id}")).status == 200


async def _says(line: Line, id: str, words: bytes) -> bool:
    return words in (await line.get(f"/articles/{id}")).body
