"""What `wireroom listen` takes for genuine, and what it prints; the whole journey is in journeys/test_listen.py."""

from __future__ import annotations

import base64
import socket

import pytest

from services.cli.listen import VerificationError, line, verify
from tests.cli.running import Running, free_port

# The fixed vector of the Standard Webhooks libraries' own tests.
KEY = base64.b64decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
BODY = b'{"test": 2432232314}'
SENT = 1614265330
SIGNATURE = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
HEADERS = {
    "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
    "webhook-timestamp": str(SENT),
    "webhook-signature": SIGNATURE,
}
V1A = "v1a,hnO3f9T8Ytu9HwrXslvumlUpqtNVqkhqw/enGzPCXe5BdqzCInXqYXFymVJaA7AZdpXwVLPo3mNl8EM+m7TBAg=="


def refused(headers: dict[str, str], *, key: bytes = KEY, body: bytes = BODY, now: float = SENT) -> str:
    with pytest.raises(VerificationError) as raised:
        verify(key, headers, body, now)
    return str(raised.value)


def test_the_fixed_vector_of_the_specification_is_genuine() -> None:
    verify(KEY, HEADERS, BODY, SENT)


@pytest.mark.parametrize("others", [f"v1,AAAA {SIGNATURE}", f"{V1A} {SIGNATURE}", f"nonsense {SIGNATURE} v2,x"])
def test_one_fitting_signature_among_others_is_enough(others: str) -> None:
    verify(KEY, HEADERS | {"webhook-signature": others}, BODY, SENT)


def test_a_wrong_secret_or_a_changed_part_is_refused() -> None:
    assert refused(HEADERS, key=b"x" * 24) == "no signature fits the secret"
    assert refused(HEADERS, body=BODY + b" ") == "no signature fits the secret"
    for name, other in (("id", "msg_other"), ("timestamp", str(SENT + 1)), ("signature", "v1,AAAA")):
        assert refused(HEADERS | {f"webhook-{name}": other}) == "no signature fits the secret"


def test_a_signature_of_another_kind_alone_is_refused() -> None:
    assert refused(HEADERS | {"webhook-signature": V1A}) == "no signature fits the secret"
    assert refused(HEADERS | {"webhook-signature": SIGNATURE.replace("v1,", "v2,")}) == "no signature fits the secret"


@pytest.mark.parametrize("off", [-301, 301])
def test_a_time_more_than_five_minutes_off_is_refused(off: int) -> None:
    assert refused(HEADERS, now=SENT + off) == "the timestamp is more than five minutes off"
    verify(KEY, HEADERS, BODY, SENT + off * 300 / 301)


@pytest.mark.parametrize("name", HEADERS)
def test_a_missing_header_is_refused(name: str) -> None:
    without = {given: value for given, value in HEADERS.items() if given != name}
    assert refused(without) == "the webhook-… headers are missing or malformed"


@pytest.mark.parametrize("stamp", ["", "soon", "1e9", "9" * 5000])
def test_a_malformed_timestamp_is_refused(stamp: str) -> None:
    assert refused(HEADERS | {"webhook-timestamp": stamp}) == "the webhook-… headers are missing or malformed"


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


def test_a_test_event_is_told_without_an_article() -> None:
    event = {"type": "webhook.test", "data": {"subscription": "sub_1"}}
    assert line("msg_3", event) == "verified  webhook.test       msg_3"


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
