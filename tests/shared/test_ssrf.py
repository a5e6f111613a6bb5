"""The known ways to have a server ask inside addresses, each tried at subscribing and at connecting: all blocked."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator, Sequence

import pytest
from aiohttp.abc import AbstractResolver, ResolveResult

from shared.http_client import NoAnswer, Session, connect, post
from shared.netguard import check_url
from tests.receiver import Receiver, Reply, a_receiver
from tests.syndication.webhooks.bed import LOOPBACK
from tests.waiting import PATIENCE

PUBLIC = "93.184.216.34"
# After PayloadsAllTheThings, SSRF-Testing, smokescreen and Advocate; {port} is that of a real receiver on loopback.
NUMBERS = """
http://2130706433:{port}/ http://0x7f000001:{port}/ http://0x7f.0x0.0x0.0x1:{port}/ http://0X7F000001:{port}/
http://017700000001:{port}/ http://0177.0.0.1:{port}/ http://0177.0.0.01:{port}/ http://00000177.0.0.1:{port}/
http://127.1:{port}/ http://127.0.1:{port}/ http://0:{port}/ http://0.0.0.0:{port}/ http://127.0.0.1.:{port}/
http://127.127.127.127:{port}/ http://4294967297:{port}/ http://425.510.425.510:{port}/ http://7147006462:{port}/
http://0xa9fea9fe/ http://2852039166/ http://0251.0376.0251.0376/ http://0xA9.0xFE.0xA9.0xFE/ http://169.16689662/
http://169.254.43518/ http://0251.254.169.254/ http://3232235777/ http://0xc0a80101/ http://192.168.257/
""".split()
LETTERS = [
    "http://①②⑦.⓪.⓪.①:{port}/",
    "http://⑯⑨。②⑤④。⑯⑨｡②⑤④/",
    "http://１２７.０.０.１:{port}/",
    "http://𝟣𝟤𝟩.𝟢.𝟢.𝟣:{port}/",
    "http://127。0。0。1:{port}/",
    "http://127.0.0.1\u00ad:{port}/",
    "http://loc\u00adalhost:{port}/",
    "http://ⓛⓞⓒⓐⓛⓗⓞⓢⓣ:{port}/",
    "http://%6c%6f%63%61%6c%68%6f%73%74:{port}/",
    "http://127.0.0.1%2f@partner.example/",
]
IPV6 = """
http://[::1]:{port}/ http://[::]:{port}/ http://[0:0:0:0:0:0:0:1]:{port}/ http://[0000::1]:{port}/
http://[::ffff:127.0.0.1]:{port}/ http://[::ffff:7f00:1]:{port}/ http://[::ffff:169.254.169.254]/
http://[::127.0.0.1]:{port}/ http://[::ffff:0:127.0.0.1]:{port}/ http://[0:0:0:0:0:ffff:127.0.0.1]:{port}/
http://[64:ff9b::127.0.0.1]/ http://[64:ff9b::a9fe:a9fe]/ http://[64:ff9b:1::169.254.169.254]/
http://[2002:7f00:1::]/ http://[2002:a9fe:a9fe::]/ http://[2001:0:a9fe:a9fe::1]/ http://[2001:0:0:0:0:0:80ff:fffe]/
http://[fe80::1%25lo]:{port}/ http://[fe80::1%25eth0]/ http://[::1%25lo]:{port}/ http://[fd00:ec2::254]/
http://[fec0::1]/ http://[ff02::1]/ http://[100::1]/ http://[2001:db8::1]/ http://[5f00::1]/
""".split()
TRICKS = [
    "http://partner.example@127.0.0.1:{port}/",
    "http://partner.example:80@127.0.0.1:{port}/",
    "http://127.0.0.1:{port}\\@partner.example/",
    "http://partner.example\\@127.0.0.1:{port}/",
    "http:\\\\127.0.0.1:{port}\\",
    "http:127.0.0.1:{port}/",
    "http:/127.0.0.1:{port}/",
    "http:///127.0.0.1:{port}/",
    "http://127.0.0.1:{port}#@partner.example/",
    "http://127.0.0.1:{port}?@partner.example/",
    "http://127.0.0.1:{port}/\r\nhost: partner.example",
    "http://127.0.0.1:{port}/%0d%0ahost:%20partner.example",
    "http://127.0.0.1:{port}\t/",
    " http://127.0.0.1:{port}/",
    "http://127.0.0.1:{port}\x00.partner.example/",
    "http://127.0.0.1 &@partner.example# @127.0.0.1/",
    "http://localhost:{port}/",
    "http://LOCALHOST:{port}/",
    "http://localhost.:{port}/",
]
PORTS = [
    f"http://{PUBLIC}:{port}/" for port in (0, 22, 23, 25, 53, 110, 143, 389, 445, 1433, 3306, 3389, 5432, 6379, 26379)
]
SCHEMES = """
gopher://127.0.0.1:6379/_FLUSHALL file:///etc/passwd ftp://127.0.0.1/ dict://127.0.0.1:6379/info ldap://127.0.0.1/
sftp://127.0.0.1/ tftp://127.0.0.1/ jar:http://127.0.0.1!/ netdoc:///etc/passwd data:text/plain,x unix:///run/docker.sock
ws://127.0.0.1/ http+unix://%2Frun%2Fdocker.sock/ javascript:alert(1) //127.0.0.1/ 127.0.0.1 ://127.0.0.1
""".split()
CORPUS = [*NUMBERS, *LETTERS, *IPV6, *TRICKS, *SCHEMES, *PORTS]


class Names(AbstractResolver):
    """Resolves `localhost` and nothing else truly; other names to the next of the answers, the last ever after."""

    def __init__(self, *answers: Sequence[str]) -> None:
        self.answers = list(answers)

    async def __call__(self, host: str) -> Sequence[str]:
        if host.rstrip(".").lower() == "localhost":
            return ["127.0.0.1"]
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        assert family is not None
        return [
            ResolveResult(
                hostname=host,
                host=text,
                port=port,
                family=socket.AF_INET6 if ":" in text else socket.AF_INET,
                proto=0,
                flags=socket.AI_NUMERICHOST,
            )
            for text in await self(host)
        ]

    async def close(self) -> None:
        """Nothing is held."""


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with a_receiver() as made:
        yield made


def port_of(receiver: Receiver) -> str:
    return receiver.url.split(":")[2].partition("/")[0]


async def sent(session: Session, url: str) -> NoAnswer:
    answer = await post(session, url, body=b"{}", headers={}, timeout=PATIENCE)
    assert isinstance(answer, NoAnswer), (url, answer)
    return answer


async def test_every_address_of_the_corpus_is_blocked_at_subscribing_and_at_connecting(receiver: Receiver) -> None:
    port, names = port_of(receiver), Names(["127.0.0.1"])
    async with connect((), resolver=names) as session:
        for template in CORPUS:
            url = template.replace("{port}", port)
            assert await check_url(url, (), names) is not None, url
            assert (await sent(session, url)).refused, url
    assert receiver.calls == []


@pytest.mark.parametrize(
    "inside",
    "127.0.0.1 0.0.0.0 10.0.0.1 172.16.0.1 192.168.0.1 100.64.0.1 169.254.169.254 169.254.170.2 168.63.129.16 "
    "192.0.0.192 198.18.0.1 224.0.0.1 240.0.0.1 255.255.255.255 ::1 :: ::ffff:10.0.0.1 64:ff9b::10.0.0.1 2002:a00:1:: "
    "fd00:ec2::254 fe80::1".split(),
)
async def test_a_name_for_an_inside_address_is_blocked_even_after_it_was_a_public_one(inside: str) -> None:
    assert await check_url("http://partner.example/", (), Names([inside]))
    assert await check_url("http://partner.example/", (), Names([PUBLIC, inside]))
    rebinding = Names([PUBLIC], [inside])
    assert await check_url("http://partner.example/", (), rebinding) is None
    async with connect((), resolver=rebinding) as session:
        assert (await sent(session, "http://partner.example/")).refused


async def test_an_inside_address_beside_others_is_never_dialled(receiver: Receiver) -> None:
    # What stands beside them is inside, too: a test must not reach a public address.
    names = Names(["169.254.169.254", "127.0.0.1", "10.0.0.1"])
    async with connect((), resolver=names) as session:
        assert (await sent(session, f"http://mixed.example:{port_of(receiver)}/")).refused
    assert receiver.calls == []


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("to", ["http://169.254.169.254/latest/meta-data/", "http://127.0.0.1:6379/", "gopher://x/_"])
async def test_a_redirect_is_an_answer_and_leads_nowhere(receiver: Receiver, status: int, to: str) -> None:
    async def answer(_: object) -> Reply:
        return Reply(status, {"location": to})

    receiver.answer = answer
    async with connect(LOOPBACK) as session:
        found = await post(session, receiver.url, body=b"{}", headers={}, timeout=PATIENCE)
    assert not isinstance(found, NoAnswer)
    assert found.status == status
    assert len(receiver.calls) == 1


@pytest.mark.parametrize("port", [6379, 5432, 25, 22, 11211])
async def test_a_port_that_is_not_for_http_is_blocked_even_in_an_allowed_network(port: int) -> None:
    url = f"http://127.0.0.1:{port}/"
    assert await check_url(url, LOOPBACK)
    async with connect(LOOPBACK) as session:
        assert (await sent(session, url)).refused


@pytest.mark.parametrize("value", ["a\r\nx-more: 1", "a\nx: 1", "a\rb", "a\x00b"])
async def test_a_header_that_would_begin_another_is_not_sent(receiver: Receiver, value: str) -> None:
    async with connect(LOOPBACK) as session:
        for headers in ({"x-a": value}, {value: "x"}):
            answer = await post(session, receiver.url, body=b"{}", headers=headers, timeout=PATIENCE)
            assert isinstance(answer, NoAnswer), value
    assert receiver.calls == []
