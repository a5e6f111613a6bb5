"""A WordPress site through the whole of polling: what is published, changed and taken back."""

from __future__ import annotations

from services.ingest.readers import wordpress
from shared.redis import Store
from tests.ingest.cms.asking import a_server
from tests.ingest.polling import a_polling
from tests.ingest.wordpress.site import WordPress


async def test_posts_come_once_changes_are_versions_and_what_vanished_is_retracted(store: Store) -> None:
    site = WordPress()
    async with a_server(site.answer) as site.url, a_polling(store) as polling:
        polling.readers["wordpress"] = wordpress.read
        await polling.add(url=site.url, kind="wordpress")
        for number in range(1, 26):
            site.add(number, minutes=number * 300)
        source = await polling.poll()
        assert await polling.news() == [f"Story {number}" for number in range(6, 26)]
        assert (source.health.title, source.health.home) == ("Bay & Coast", "https://bay.example")
        site.add(26, minutes=9_000)
        await polling.again()
        assert await polling.news() == ["Story 26"]
        site.remove(25)
        for _ in range(3):
            await polling.again()
        await polling.sent()
        assert [(body["article"]["guid"], body["article"]["status"]) for body in polling.line.bodies] == [
            ("https://bay.example/?p=25", "canceled")
        ]
        site.add(25, minutes=9_100)
        await polling.again()
        await polling.sent()
        assert polling.line.bodies[-1]["article"]["status"] == "usable"
