"""Who is told what of the metrics."""

from __future__ import annotations

import pytest

from shared.auth import Guard
from shared.health import Health
from shared.metrics import EMBARGOED
from shared.redis import Store
from shared.web import application
from tests.asgi import ask

TOKEN = "an-admin-token-for-tests"


@pytest.mark.parametrize(("token", "told"), [(None, False), ("wrk_someone_key", False), (TOKEN, True)])
async def test_how_much_waits_under_embargo_is_told_to_the_admin_alone(
    store: Store, token: str | None, *, told: bool
) -> None:
    EMBARGOED.set(3)
    health = Health(store, [], list, Guard(store, TOKEN))
    answer = await ask(application(health.routes), "GET", "/metrics", token=token)
    assert (answer.status, b"wireroom_dead_letters" in answer.body) == (200, True)
    assert (b"wireroom_embargoed 3.0" in answer.body) is told
