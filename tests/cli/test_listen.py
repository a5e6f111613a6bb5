"""What `wireroom listen` prints, and when it refuses; the whole journey is in journeys/test_listen.py."""

from __future__ import annotations

import socket
import threading
from http.server import HTTPServer

import pytest

from services.cli.listen import _receiver, line
from tests.cli.running import Running
from tests.ports import free_port


def test_an_update_is_one_line_with_its_number_version_and_changes() -> None:
    article = {"id": "desk-a", "version": 2, "headline": "Sly\x1b[31m\nnews"}
    event = {"type": "article.updated", "data": {"seq": 8, "changed": ["headline", "tags"], "article": article}}
    told = line("msg_1", event)
    assert told.startswith("verified  article.updated    seq=8 v2 changed=headline,tags  Sly")
    assert told.endswith("news  msg_1")
    assert told.isprintable()


def test_a_retraction_is_told_by_the_id_of_its_article() -> None:
    event = {"type": "article.retracted", "data": {"seq": 9, "changed": [], "article": {"id": "desk-a", "version": 3}}}
    assert line("msg_2", event) == "verified  article.retracted  seq=9 v3  desk-a  msg_2"


def test_what_comes_early_is_told_by_when_it_is_released_and_when_it_is_withdrawn() -> None:
    article = {"id": "desk-a", "version": 1, "headline": "Later"}
    data = {"embargoed_until": "2026-11-22T11:00:00Z", "previous_version": 1, "article": article, "matched": ["later"]}
    told = line("msg_1", {"type": "article.embargoed", "data": data})
    assert told == "verified  article.embargoed  until=2026-11-22T11:00:00Z v1  Later  msg_1"
    withdrawn = {"article": {"id": "desk-a", "version": 1}, "published_version": None, "reason": "taken back"}
    told = line("msg_2", {"type": "article.withdrawn", "data": withdrawn})
    assert told == "verified  article.withdrawn  early v1  desk-a  msg_2"


def test_a_test_event_is_told_without_an_article() -> None:
    event = {"type": "webhook.test", "data": {"subscription": "sub_1"}}
    assert line("msg_3", event) == "verified  webhook.test       msg_3"


def test_a_length_without_end_is_refused() -> None:
    with HTTPServer(("127.0.0.1", 0), _receiver([], threading.Lock(), as_json=False)) as server:
        answering = threading.Thread(target=server.handle_request)
        answering.start()
        with socket.create_connection(("127.0.0.1", server.server_port), 10) as caller:
            caller.sendall(b"POST / HTTP/1.1\r\ncontent-length: " + b"9" * 5_000 + b"\r\n\r\n")
            assert b" 413 " in caller.recv(100)
        answering.join(10)


def test_a_port_in_use_is_said_plainly(line: Running) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        result = line.wireroom("listen", "--port", str(port))
    assert (result.exit_code, result.stderr) == (1, f"cannot listen on 127.0.0.1:{port}: Address already in use\n")


@pytest.mark.parametrize("secret", ["whsec_", "whsec_not base64", "é"])
def test_what_is_no_secret_is_wrong_usage(line: Running, secret: str) -> None:
    result = line.wireroom("listen", "--secret", secret)
    assert result.exit_code == 2
    assert "whsec_ and base64" in result.stderr


def test_a_filter_that_cannot_be_read_ends_it_with_the_position(line: Running) -> None:
    result = line.wireroom("listen", "--port", str(free_port()), "--filter", "tag:")
    assert result.exit_code == 1
    assert "position 4" in result.stderr
    assert "ALLOW_NETWORKS" not in result.stderr


def test_where_this_machine_may_not_be_called_it_says_what_allows_it(bare: Running) -> None:
    result = bare.wireroom("listen", "--port", str(free_port()), "--filter", "")
    assert result.exit_code == 1
    assert result.stderr.startswith("422: ")
    assert "for this machine 127.0.0.0/8" in result.stderr
