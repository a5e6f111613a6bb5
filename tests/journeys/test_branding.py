"""The newsroom's name, from site.toml to every item of every feed, and again when the file is edited."""

from __future__ import annotations

from pathlib import Path

from shared.redis import Store
from tests.journeys.line import a_line
from tests.waiting import until

FEEDS = ("/feeds/all.atom", "/feeds/sources/desk.atom")


async def test_a_tombstone_bears_the_newsrooms_name_as_it_is_now(redis_url: str, store: Store, short_dir: Path) -> None:
    newsroom = short_dir / "newsroom"
    newsroom.mkdir()
    (newsroom / "site.toml").write_text('name = "Bay Chronicle"\n')
    async with a_line(redis_url, short_dir / "data", newsroom) as line:

        async def by(name: str) -> bool:
            pages = [(await line.get(feed)).body.decode() for feed in FEEDS]
            return all("deleted-entry" in page and f"<name>{name}</name></at:by>" in page for page in pages)

        made = await line.push()
        await until(line.events)
        status, _ = await line.post(f"/api/v1/articles/{made['id']}/retract", {"reason": "It was not so."})
        assert status == 202
        await until(lambda: by("Bay Chronicle"))
        (newsroom / "site.toml").write_text('name = "Hill Chronicle"\n')
        await until(lambda: by("Hill Chronicle"))
