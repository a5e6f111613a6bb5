"""What clients may rely on in an error document."""

from __future__ import annotations

from http import HTTPStatus

import orjson
import pytest

from shared.problems import problem


def test_a_problem_has_the_members_and_the_media_type_of_rfc_9457() -> None:
    response = problem(404, "There is no feed of that name.")
    assert response.status_code == 404
    assert response.headers["content-type"] == "application/problem+json"
    assert orjson.loads(response.body) == {
        "type": "about:blank",
        "title": "Not Found",
        "status": 404,
        "detail": "There is no feed of that name.",
    }


def test_wrong_fields_are_named_in_the_order_given() -> None:
    response = problem(422, "Two fields are wrong.", errors=[("before", "too small"), ("limit", "too large")])
    assert orjson.loads(response.body)["errors"] == [
        {"field": "before", "message": "too small"},
        {"field": "limit", "message": "too large"},
    ]


def test_headers_and_title_of_the_caller_are_kept() -> None:
    response = problem(503, "Come back later.", title="Closed", headers={"Retry-After": "5"})
    assert response.headers["retry-after"] == "5"
    assert orjson.loads(response.body)["title"] == "Closed"


@pytest.mark.parametrize("status", [400, 401, 409, 413, 429, 500])
def test_the_title_is_the_registered_phrase(status: int) -> None:
    assert orjson.loads(problem(status, "x").body)["title"] == HTTPStatus(status).phrase


def test_a_status_nobody_registered_still_gives_a_document() -> None:
    assert orjson.loads(problem(499, "The caller left.").body)["title"] == "Status 499"


def test_text_of_any_kind_stays_json() -> None:
    detail = 'quote " backslash \\ newline \n emoji 📰'
    assert orjson.loads(problem(400, detail).body)["detail"] == detail
