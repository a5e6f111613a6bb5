"""Who is told what of health and the metrics."""

from __future__ import annotations

import time

import pytest

from shared.auth import Guard
from shared.health import Health, refusing
from shared.metrics import EMBARGOED
from shared.redis import Store
from shared.refusals import Refusals
from shared.web import application
from tests.asgi import ask

TOKEN = "an-admin-token-for-tests"


def healthy(store: Store, *problems: str) -> Health:
    checks = [lambda problem=problem: problem for problem in problems]
    return Health(store, checks, list, Guard(store, TOKEN), Refusals(store, time.time))


@pytest.mark.parametrize(("problems", "status"), [((), 200), (("Nothing is read",), 503)])
async def test_a_refused_file_is_a_warning_and_its_reasons_are_the_admins(
    store: Store, problems: tuple[str, ...], status: int
) -> None:
    reason = "site.toml, line 3: name: is too long\nsite.toml, line 5: there is no such setting"
    await Refusals(store, time.time).tell("syndication-1", [reason])
    app = application(healthy(store, *problems).routes)
    anybody, admin = await ask(app, "GET", "/readyz"), await ask(app, "GET", "/readyz", token=TOKEN)
    assert (anybody.status, anybody.json()["problems"]) == (status, [*problems])
    assert anybody.json()["warnings"] == ["site.toml is refused: what was good last stays in force"]
    [warning] = admin.json()["warnings"]
    assert warning.endswith("in force; line 3: name: is too long; line 5: there is no such setting")


def test_why_a_server_takes_no_writes_is_said_first_of_all() -> None:
    well = {"maxmemory": 100, "used_memory": 99, "aof_last_write_status": "ok"}
    assert refusing(well) == refusing({"maxmemory": 0, "used_memory": 99}) == []
    assert refusing({**well, "used_memory": 100}) == ["the store is full: all of its 100 bytes are used"]
    [told] = refusing({**well, "aof_last_write_status": "err"})
    assert told.startswith("the store cannot write its append-only file")


async def test_a_server_says_what_its_readiness_is_read_from(store: Store) -> None:
    [server] = await store.servers()
    assert {"maxmemory", "used_memory", "aof_last_write_status"} <= (
        await server.client.info("memory", "persistence")
    ).keys()


@pytest.mark.parametrize(("token", "told"), [(None, False), ("wrk_someone_key", False), (TOKEN, True)])
async def test_how_much_waits_under_embargo_is_told_to_the_admin_alone(
    store: Store, token: str | None, *, told: bool
) -> None:
    EMBARGOED.set(3)
    health = healthy(store)
    answer = await ask(application(health.routes), "GET", "/metrics", token=token)
    assert (answer.status, b"wireroom_dead_letters" in answer.body) == (200, True)
    assert (b"wireroom_embargoed 3.0" in answer.body) is told
