"""How a command finds Wireroom and its token, and how it ends when that fails."""

from __future__ import annotations

import json
import socket
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from tests.cli.running import TOKEN, Running
from tests.ports import free_port


def test_the_address_is_that_of_the_settings_when_no_url_is_given(line: Running) -> None:
    assert line.wireroom("status", WIREROOM_URL=None).exit_code == 0
    elsewhere = line.wireroom("status", WIREROOM_URL=None, WIREROOM_PORT=str(free_port()))
    assert elsewhere.exit_code == 3


def test_the_url_goes_before_the_settings(line: Running) -> None:
    assert line.wireroom("status", WIREROOM_URL=line.url + "/", WIREROOM_PORT="1").exit_code == 0


def test_the_token_kept_in_the_data_folder_is_used_when_none_is_given(line: Running, tmp_path: Path) -> None:
    given = {"WIREROOM_ADMIN_TOKEN": None, "WIREROOM_DATA_DIR": str(tmp_path)}
    without = line.wireroom("sources", "list", **given)
    assert without.exit_code == 1
    assert without.stderr.startswith("no admin token: set WIREROOM_ADMIN_TOKEN")
    (tmp_path / "admin-token").write_text(TOKEN + "\n")
    assert line.wireroom("sources", "list", **given).exit_code == 0
    (tmp_path / "admin-token").write_text("the-token-of-another-line\n")
    another = line.wireroom("sources", "list", **given)
    assert another.exit_code == 1
    assert another.stderr.startswith(f"401: the token kept in {tmp_path} is not one of the Wireroom at ")


def test_a_wrong_token_is_refused_in_plain_words(line: Running) -> None:
    result = line.wireroom("sources", "list", WIREROOM_ADMIN_TOKEN="not-the-token-of-this-one")
    assert result.exit_code == 1
    assert result.stderr.startswith(
        f"401: the token in WIREROOM_ADMIN_TOKEN is not one of the Wireroom at {line.url}: "
    )


def test_nobody_there_is_exit_code_3_and_names_the_address(line: Running) -> None:
    url = f"http://127.0.0.1:{free_port()}"
    for command in (("status",), ("tail",)):
        result = line.wireroom(*command, WIREROOM_URL=url)
        assert result.exit_code == 3
        assert result.stderr.startswith(f"nobody answers at {url}: ")


@pytest.mark.parametrize(
    "spoken", [b"220 mail.example.org ESMTP\r\n", b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nhi"]
)
def test_somebody_else_there_is_exit_code_3(line: Running, spoken: bytes) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:

        def speak() -> None:
            connection, _ = other.accept()
            with connection:
                connection.recv(65536)
                connection.sendall(spoken)

        speaker = threading.Thread(target=speak)
        speaker.start()
        result = line.wireroom("status", WIREROOM_URL=f"http://127.0.0.1:{other.getsockname()[1]}")
        speaker.join(5)
    assert result.exit_code == 3
    assert "answers at http://127.0.0.1:" in result.stderr


@pytest.mark.parametrize("url", ["127.0.0.1:8000", "file:///etc/passwd"])
def test_an_address_that_is_not_the_webs_is_refused(line: Running, url: str) -> None:
    result = line.wireroom("status", WIREROOM_URL=url)
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == f"WIREROOM_URL: must be an http or https address, not {url!r}\n"


def test_a_refusal_names_the_field(line: Running) -> None:
    result = line.wireroom("articles", "push", "-", given='{"guid": "g"}')
    assert result.exit_code == 1
    assert result.stderr.startswith("422: ")
    assert "headline" in result.stderr


def test_wrong_usage_is_exit_code_2(line: Running) -> None:
    for args in (("no-such-command",), ("sources", "add"), ("tail", "--after", "x"), ("articles", "retract", "a")):
        assert line.wireroom(*args).exit_code == 2


def test_a_list_that_comes_in_pages_is_shown_whole(line: Running) -> None:
    pages: dict[str, tuple[str, str | None]] = {
        "/api/v1/sources": ("a", "a"),
        "/api/v1/sources?after=a": ("b", None),
    }

    class Paged(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            id, following = pages[self.path]
            body = json.dumps({"sources": [{"id": id}], "next": following}).encode()
            self.send_response(200)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with HTTPServer(("127.0.0.1", 0), Paged) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        url = f"http://127.0.0.1:{server.server_port}"
        result = line.wireroom("sources", "list", "--json", WIREROOM_URL=url)
        server.shutdown()
        thread.join()
    assert json.loads(result.stdout) == {"sources": [{"id": "a"}, {"id": "b"}]}
