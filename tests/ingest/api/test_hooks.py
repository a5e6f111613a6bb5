"""Ghost's hooks over HTTP: signed, unsigned, repeated, out of time, and when the store is away."""

from __future__ import annotations

import asyncio
import hmac
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import orjson
import pytest
from structlog.testing import capture_logs

from services.ingest.api.hooks import BODY_LIMIT, GhostHooks
from services.ingest.ghost.post import submission_of
from services.ingest.ghost.store import Replays
from services.ingest.results import Unchanged
from services.ingest.source import Settings
from services.ingest.submission import Submission
from shared.redis import RedisError, Store, connect
from shared.sealing import Sealer
from shared.web import application
from tests.asgi import Answer, ask
from tests.ingest.ghost.posts import BODY, a_hook, a_post
from tests.ingest.parts import Bench

SECRET = "a-made-up-secret"


class Site(Bench):
    """A Ghost site's hooks on a store."""

    def __init__(self, store: Store) -> None:
        super().__init__(store)
        self.replays = Replays(store)
        self.app = application(
            GhostHooks(self.sources, self.intake, self.pressure, self.replays, self.clock).routes,
        )

    async def added(self, **over: Any) -> None:
        plain = {"id": "bay", "kind": "ghost", "url": "https://bay.example/", "secret": SECRET, "key": "k"}
        await self.sources.replace(Settings(**plain | over))

    async def tell(self, payload: Any, path: str = "/hooks/ghost/bay", **over: Any) -> Answer:
        body = over.get("body", orjson.dumps(payload))
        header = over.get("header", self.signed(body, **{k: v for k, v in over.items() if k in ("secret", "late")}))
        return await ask(self.app, "POST", path, body=body, headers={"x-ghost-signature": header})

    def signed(self, body: bytes, secret: str = SECRET, late: float = 0) -> str:
        at = str(int((self.clock.seconds() - late) * 1000))
        return f"sha256={hmac.new(secret.encode(), body + at.encode(), 'sha256').hexdigest()}, t={at}"


@pytest.fixture
async def site(store: Store) -> AsyncIterator[Site]:
    site = Site(store)
    await site.added()
    yield site
    await site.outbox.idle(5)


async def test_a_published_post_is_durable_before_the_answer(site: Site) -> None:
    site.line.away = True
    answer = await site.tell(a_hook())
    assert (answer.status, answer.json()["version"], answer.json()["status"]) == (202, 1, "accepted")
    assert len((await site.items.waiting("bay", 10))[0]) == 1


async def test_nothing_private_leaves_the_hook(site: Site) -> None:
    with capture_logs() as lines:
        await site.tell(a_hook())
        await site.tell(a_hook(a_post(id="b", title="Second")), secret="wrong")
        await site.sent()
    written = repr(lines) + repr(site.line.bodies)
    assert "@private.example" not in written
    assert SECRET not in written


async def test_the_two_hooks_of_one_edit_make_one_version(site: Site) -> None:
    await site.tell(a_hook())
    edited = a_post(title="Ferry returns, late", updated_at="2026-11-22T12:45:00.000+02:00")
    first = await site.tell(a_hook(edited, {"title": "x"}), "/hooks/ghost/bay?event=post.published.edited")
    site.clock.forward(1)
    second = await site.tell(a_hook(edited, {"title": "x"}), "/hooks/ghost/bay/post.edited")
    assert (first.status, first.json()["version"]) == (202, 2)
    assert (second.status, second.json()["version"], second.json()["status"]) == (200, 2, "unchanged")
    assert [version for _, version in await site.sent()] == [1, 2]


async def test_the_same_hook_again_has_no_effect(site: Site) -> None:
    body = orjson.dumps(a_hook(previous={"status": "draft"}))
    header = site.signed(body)
    first = await site.tell(None, body=body, header=header)
    site.clock.forward(60)
    await site.tell(a_hook(a_post(status="draft"), {"status": "published"}))
    again = await site.tell(None, body=body, header=header.upper().replace("SHA256", "sha256").replace("T=", "t="))
    assert (first.status, again.status, again.json()) == (202, 200, {"status": "repeated"})
    assert [version for _, version in await site.sent()] == [1, 2]
    assert site.line.bodies[-1]["article"]["status"] == "canceled"


async def test_hooks_that_overtake_each_other_leave_the_newest_word_standing(site: Site) -> None:
    def at(minute: int, **over: Any) -> dict[str, Any]:
        return a_post(updated_at=f"2026-11-22T10:{minute}:00.000Z", **over)

    await site.tell(a_hook(at(30)))
    await site.tell(a_hook(at(40, title="Ferry returns, late")))
    late = await site.tell(a_hook(at(35, title="Ferry returns, perhaps"), {"title": "x"}))
    assert (late.status, late.json()["status"], late.json()["version"]) == (200, "unchanged", 2)
    await site.tell(a_hook(at(50, status="draft"), {"status": "published"}))
    overtaken = await site.tell(a_hook(at(45), {"status": "draft"}))
    assert (overtaken.json()["status"], overtaken.json()["version"]) == ("unchanged", 3)
    await site.tell(a_hook(at(55), {"status": "draft"}))
    await site.tell(a_hook(at(52, status="draft"), {"status": "published"}))
    await site.sent()
    assert [body["article"]["status"] for body in site.line.bodies] == ["usable", "usable", "canceled", "usable"]


async def test_a_hook_killed_between_commit_and_answer_is_the_same_version_again(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def killed(_self: Replays, _source: str, _signature: str) -> None:
        raise RuntimeError("killed")

    body = orjson.dumps(a_hook())
    header = site.signed(body)
    with monkeypatch.context() as patch:
        patch.setattr(Replays, "keep", killed)
        with pytest.raises(RuntimeError, match="killed"):
            await site.tell(None, body=body, header=header)
    again = await site.tell(None, body=body, header=header)
    assert (again.status, again.json()["version"], again.json()["status"]) == (200, 1, "unchanged")
    assert [version for _, version in await site.sent()] == [1]


async def test_a_hook_that_cannot_be_remembered_is_answered_all_the_same(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(_self: Replays, _source: str, _signature: str) -> None:
        raise RedisError("away")

    monkeypatch.setattr(Replays, "keep", away)
    assert (await site.tell(a_hook())).status == 202


@pytest.mark.parametrize("late", [-299.0, 299.0])
async def test_clocks_may_differ_by_five_minutes(site: Site, late: float) -> None:
    assert (await site.tell(a_hook(), late=late)).status == 202


@pytest.mark.parametrize("over", [{"late": 301}, {"late": -301}, {"secret": "wrong"}, {"header": ""}, {"header": "x"}])
async def test_what_is_not_signed_now_by_the_source_is_refused(site: Site, over: dict[str, Any]) -> None:
    answer = await site.tell(a_hook(), **over)
    assert answer.status == 401
    assert SECRET not in answer.body.decode()
    assert await site.sent() == []


@pytest.mark.parametrize(
    ("path", "settings"),
    [
        ("/hooks/ghost/other", {}),
        ("/hooks/ghost/bay", {"kind": "feed"}),
        ("/hooks/ghost/bay", {"active": False}),
    ],
)
async def test_an_unknown_source_is_not_found_and_never_gone(site: Site, path: str, settings: dict[str, Any]) -> None:
    await site.added(**settings)
    assert (await site.tell(a_hook(), path)).status == 404


async def test_without_a_secret_no_hook_is_believed(site: Site) -> None:
    await site.added(secret=None)
    assert (await site.tell(a_hook(), secret="")).status == 401


@pytest.mark.parametrize("visibility", ["members", "paid", "tiers"])
async def test_paid_posts_are_refused_unless_wanted(site: Site, visibility: str) -> None:
    hook = a_hook(a_post(visibility=visibility))
    answer = await site.tell(hook)
    assert (answer.status, answer.json()) == (200, {"status": "ignored", "reason": "it is for members only"})
    assert await site.sent() == []
    await site.added(members_only=True)
    site.clock.forward(1)
    assert (await site.tell(hook)).status == 202


async def test_an_unpublished_post_is_retracted_and_published_again_it_is_back(site: Site) -> None:
    await site.tell(a_hook())
    gone = await site.tell(a_hook(a_post(status="draft"), {"status": "published"}))
    site.clock.forward(1)
    deleted = await site.tell(a_hook({}, a_post()))
    back = await site.tell(a_hook(a_post(), {"status": "draft"}))
    assert [(one.status, one.json()["version"]) for one in (gone, deleted, back)] == [(202, 2), (200, 2), (202, 3)]
    await site.sent()
    assert [event["article"]["status"] for event in site.line.bodies] == ["usable", "canceled", "usable"]
    assert site.line.bodies[1]["retraction"]["reason"] == "It is no longer published at its source."


async def test_an_edit_of_what_the_newsroom_took_back_does_not_bring_it_back(site: Site) -> None:
    await site.tell(a_hook())
    await site.tell(a_hook({}, a_post()))
    edited = await site.tell(a_hook(a_post(title="New"), {"title": "x"}))
    assert (edited.status, edited.json()["status"]) == (200, "unchanged")


@pytest.mark.parametrize(
    "payload",
    [
        {"page": {"current": a_post(), "previous": {}}},
        {},
        a_hook({}, a_post(id="never-seen")),
        a_hook(a_post(title="")),
    ],
)
async def test_what_is_no_business_of_ours_is_told_so(site: Site, payload: dict[str, Any]) -> None:
    answer = await site.tell(payload)
    assert (answer.status, answer.json()["status"]) == (200, "ignored")
    assert await site.sent() == []


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b"\xff", b"7", b"[" * 5_000])
async def test_a_signed_body_that_is_no_object_is_refused(site: Site, body: bytes) -> None:
    assert (await site.tell(None, body=body)).status == 422


async def test_a_body_over_the_limit_is_refused(site: Site) -> None:
    answer = await site.tell(None, body=b" " * (BODY_LIMIT + 1))
    assert answer.status == 413


async def test_intake_that_waits_asks_to_come_back(site: Site) -> None:
    site.pressure.tell_full()
    answer = await site.tell(a_hook())
    assert (answer.status, answer.headers["retry-after"]) == (503, "5")


async def test_a_store_that_is_away_is_a_503_and_the_hook_counts_when_it_comes_again(short_dir: Path) -> None:
    store = Store(connect(f"unix://{short_dir}/redis.sock"))
    answer = await Site(store).tell(a_hook())
    assert (answer.status, answer.headers["retry-after"]) == (503, "5")
    await store.close()


async def test_hooks_that_come_at_once_make_one_version(site: Site) -> None:
    body = orjson.dumps(a_hook())
    answers = await asyncio.gather(*(site.tell(None, body=body) for _ in range(8)))
    assert max(one.status for one in answers) == 202
    assert [version for _, version in await site.sent()] == [1]


async def test_the_content_api_tells_of_the_same_version_as_the_hook(site: Site) -> None:
    told = a_post(html=f'{BODY}<p><a href="https://x.example/?ref=bay.example">x</a></p>')
    await site.tell(a_hook(told))
    private = ("email", "comment_notifications")
    authors = [{name: value for name, value in author.items() if name not in private} for author in told["authors"]]
    listed = {name: value for name, value in told.items() if name != "status"}
    listed |= {"authors": authors, "access": True, "excerpt": "x", "reading_time": 1, "comment_id": "7"}
    source = await site.sources.get("bay")
    assert source is not None
    mapped = submission_of(listed, source.settings)
    assert isinstance(mapped, Submission)
    (result,) = await site.intake.accept(source, [mapped])
    assert isinstance(result, Unchanged)


async def test_a_secret_that_cannot_be_opened_lets_nothing_in_and_asks_for_patience(site: Site, store: Store) -> None:
    sealed = Sealer(["another key that is long enough"]).seal(SECRET.encode(), "the secret of source bay")
    await site.added(secret=sealed)
    for secret in (SECRET, sealed):
        answer = await site.tell(a_hook(a_post()), secret=secret)
        assert (answer.status, "retry-after" in answer.headers) == (503, True)
        assert "sealed" not in answer.body.decode()
