"""The API asked within the process: as the principal given, and never by a header that says so."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from services.syndication.portal.asking import Api, Said
from shared.auth import Consumer, Guard
from shared.problems import problem
from shared.redis import Store
from tests.asgi import ask


async def test_it_is_asked_as_who_is_signed_in(store: Store) -> None:
    guard = Guard(store, "an-admin-token-for-tests")

    async def who(request: Request) -> Response:
        return JSONResponse({"who": repr(await guard.identify(request)), "sent": (await request.body()).decode()})

    async def wrong(_request: Request) -> Response:
        return problem(422, "bad", errors=[("url", "not reachable")])

    routes = [Route("/who", who, methods=["GET", "POST"]), Route("/wrong", wrong)]
    api = Api(routes)
    said = await api.ask(Consumer("partner"), "POST", "/who?x=1", {"a": 1})
    assert (said.well, said.content) == (True, {"who": "Consumer(id='partner', reuse='full')", "sent": '{"a":1}'})
    assert (await api.ask(Consumer("partner"), "GET", "/wrong")).fault == "url: not reachable"
    assert (await api.ask(Consumer("partner"), "GET", "/none")).status == 404


async def test_no_header_makes_a_principal(store: Store) -> None:
    guard = Guard(store, "an-admin-token-for-tests")

    async def who(scope: dict[str, object], receive: object, send: object) -> None:
        found = await guard.identify(Request(scope))
        await JSONResponse({"who": repr(found)})(scope, receive, send)  # type: ignore[arg-type]

    headers = {"wireroom.principal": "admin", "x-wireroom-principal": "admin"}
    assert (await ask(who, "GET", "/", headers=headers)).json() == {"who": "None"}  # type: ignore[arg-type]


def test_faults_are_told_by_field_and_say_which_part_of_it() -> None:
    wrong = [("auth.oauth2.client_secret", "too short"), ("schedule.0", "too long"), ("schedule", "none"), ("", "odd")]
    wrong.append(("auth.oauth2.token_url", "is missing"))
    said = Said(422, {"errors": [{"field": field, "message": message} for field, message in wrong]})
    assert said.faults == {
        "auth": "client secret: too short; token url is missing",
        "schedule": "too long; none",
        "": "odd",
    }


def test_an_answer_without_details_still_says_something() -> None:
    assert Said(500, {}).fault == "this did not work"
    assert Said(204, None).fault == ""
