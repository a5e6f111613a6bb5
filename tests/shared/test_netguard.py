"""The address guard against the known ways to smuggle an inside address past it."""

from __future__ import annotations

import socket
from collections.abc import Sequence
from ipaddress import ip_address, ip_network

import pytest

from shared.netguard import (
    AddressRefused,
    NotAWebAddress,
    addresses_of,
    check_url,
    guarded_socket,
    refusal,
    web_address,
)
from shared.settings import Network

PUBLIC = "93.184.216.34"


def networks(*texts: str) -> tuple[Network, ...]:
    return tuple(ip_network(text) for text in texts)


class Resolver:
    """Answers each look-up with the next of the given answers, and remembers what was asked."""

    def __init__(self, *answers: Sequence[str] | Exception) -> None:
        self.answers = list(answers)
        self.asked: list[str] = []

    async def __call__(self, host: str) -> Sequence[str]:
        self.asked.append(host)
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


@pytest.mark.parametrize(
    "text",
    [
        PUBLIC,
        "1.1.1.1",
        "9.255.255.255",
        "11.0.0.0",
        "100.63.255.255",
        "100.128.0.0",
        "126.255.255.255",
        "128.0.0.0",
        "169.253.255.255",
        "169.255.0.0",
        "172.15.255.255",
        "172.32.0.0",
        "192.167.255.255",
        "192.169.0.0",
        "198.17.255.255",
        "198.20.0.0",
        "223.255.255.255",
        "168.63.129.15",
        "2606:2800:220:1:248:1893:25c8:1946",
        "2a00::1",
        "::ffff:8.8.8.8",
        "64:ff9b::8.8.8.8",
    ],
)
def test_public_addresses_may_be_reached(text: str) -> None:
    assert refusal(ip_address(text), ()) is None


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("0.0.0.0", "unspecified"),
        ("0.1.2.3", "this network"),
        ("10.0.0.0", "private"),
        ("10.255.255.255", "private"),
        ("100.64.0.0", "carrier-grade NAT"),
        ("100.100.100.200", "carrier-grade NAT"),
        ("100.127.255.255", "carrier-grade NAT"),
        ("127.0.0.1", "loopback"),
        ("127.255.255.255", "loopback"),
        ("168.63.129.16", "cloud host"),
        ("169.254.0.0", "link-local"),
        ("169.254.169.254", "cloud metadata"),
        ("169.254.170.2", "cloud metadata"),
        ("172.16.0.0", "private"),
        ("172.31.255.255", "private"),
        ("192.0.0.192", "IETF"),
        ("192.0.2.1", "documentation"),
        ("192.88.99.1", "6to4 relay"),
        ("192.168.255.255", "private"),
        ("198.18.0.0", "benchmarking"),
        ("198.19.255.255", "benchmarking"),
        ("198.51.100.7", "documentation"),
        ("203.0.113.7", "documentation"),
        ("224.0.0.1", "multicast"),
        ("239.255.255.250", "multicast"),
        ("240.0.0.1", "reserved"),
        ("255.255.255.254", "reserved"),
        ("255.255.255.255", "broadcast"),
        ("::", "unspecified"),
        ("::1", "loopback"),
        ("::2", "IPv4-compatible"),
        ("100::1", "discard"),
        ("200::1", "outside the global unicast range"),
        ("2001:2::1", "benchmarking"),
        ("2001:10::1", "IETF"),
        ("2001:db8::1", "documentation"),
        ("3fff::1", "documentation"),
        ("4000::1", "outside the global unicast range"),
        ("5f00::1", "SRv6"),
        ("fc00::1", "private"),
        ("fd00:ec2::254", "private"),
        ("fe80::1", "link-local"),
        ("fe80::1%eth0", "link-local"),
        ("fec0::1", "site-local"),
        ("ff02::1", "multicast"),
        ("ff0e::1", "multicast"),
    ],
)
def test_special_addresses_are_refused_with_their_kind_in_words(text: str, reason: str) -> None:
    assert reason in (refusal(ip_address(text), ()) or "")


@pytest.mark.parametrize(
    ("text", "form", "inner"),
    [
        ("::ffff:127.0.0.1", "IPv4-mapped", "127.0.0.1, a loopback"),
        ("::ffff:a9fe:a9fe", "IPv4-mapped", "169.254.169.254, a link-local"),
        ("::ffff:10.0.0.1%1", "IPv4-mapped", "10.0.0.1, a private"),
        ("::127.0.0.1", "IPv4-compatible", "127.0.0.1, a loopback"),
        ("::ffff:0:127.0.0.1", "IPv4-translated", "127.0.0.1, a loopback"),
        ("64:ff9b::7f00:1", "NAT64", "127.0.0.1, a loopback"),
        ("64:ff9b::169.254.169.254", "NAT64", "169.254.169.254, a link-local"),
        ("64:ff9b:1::10.0.0.1", "local NAT64", "10.0.0.1, a private"),
        ("64:ff9b:1:a00:0:100::", "local NAT64", "10.0.0.1, a private"),
        ("2002:7f00:1::", "6to4", "127.0.0.1, a loopback"),
        ("2002:a9fe:a9fe::1", "6to4", "169.254.169.254, a link-local"),
        ("2001:0:0a00:1::f7f7:f7f7", "Teredo", "10.0.0.1, a private"),  # the server
        ("2001:0:808:808::80ff:fffe", "Teredo", "127.0.0.1, a loopback"),  # the client, inverted
    ],
)
def test_an_inside_address_in_an_ipv6_form_is_unwrapped_and_refused(text: str, form: str, inner: str) -> None:
    reason = refusal(ip_address(text), ()) or ""
    assert form in reason
    assert inner in reason


@pytest.mark.parametrize(
    "text",
    ["::8.8.8.8", "::ffff:0:8.8.8.8", "64:ff9b:1::8.8.8.8", "2002:808:808::", "2001:0:808:808::f7f7:f7f7"],
)
def test_tunnels_and_outdated_forms_are_refused_even_around_a_public_address(text: str) -> None:
    assert refusal(ip_address(text), ()) is not None


@pytest.mark.parametrize(
    ("text", "allowed", "open_"),
    [
        ("10.1.2.3", ["10.1.0.0/16"], True),
        ("10.2.2.3", ["10.1.0.0/16"], False),
        ("127.0.0.1", ["10.0.0.0/8", "127.0.0.1/32"], True),
        ("127.0.0.2", ["10.0.0.0/8", "127.0.0.1/32"], False),
        ("::1", ["::1/128"], True),
        ("::1", ["127.0.0.0/8"], False),
        ("fd00::5", ["fd00::/8"], True),
        ("fd00::5", ["10.0.0.0/8"], False),
        ("::ffff:127.0.0.1", ["127.0.0.0/8"], True),
        ("::ffff:127.0.0.1", ["::ffff:0:0/96"], False),
        ("::ffff:127.0.0.1", ["::/0"], False),
        ("64:ff9b::10.0.0.1", ["10.0.0.0/8"], True),
        ("64:ff9b::10.0.0.1", ["64:ff9b::/96"], False),
        ("64:ff9b:1::8.8.8.8", ["64:ff9b:1::/48"], True),
        ("64:ff9b:1::10.0.0.1", ["64:ff9b:1::/48"], False),
        ("64:ff9b:1:808:8:800::", ["64:ff9b:1::/48"], True),
        ("2002:a00:1::", ["10.0.0.0/8"], False),
        ("2002:a00:1::", ["2002::/16"], False),
        ("2002:a00:1::", ["2002::/16", "10.0.0.0/8"], True),
    ],
)
def test_allowed_networks_open_exactly_what_they_name(text: str, allowed: list[str], open_: bool) -> None:
    assert (refusal(ip_address(text), networks(*allowed)) is None) is open_


def test_a_guarded_socket_is_made_for_a_public_address() -> None:
    with guarded_socket((socket.AF_INET, socket.SOCK_STREAM, 0, "", (PUBLIC, 443)), ()) as made:
        assert (made.family, made.type) == (socket.AF_INET, socket.SOCK_STREAM)


@pytest.mark.parametrize(
    ("family", "where"),
    [
        (socket.AF_INET, ("127.0.0.1", 80)),
        (socket.AF_INET6, ("::ffff:127.0.0.1", 80, 0, 0)),
        (socket.AF_INET6, ("fe80::1%lo", 80, 0, 1)),
    ],
)
def test_no_socket_is_made_for_an_inside_address(family: int, where: tuple[str, int]) -> None:
    with pytest.raises(AddressRefused, match="WIREROOM_ALLOW_NETWORKS"):
        guarded_socket((family, socket.SOCK_STREAM, 0, "", where), ())


@pytest.mark.parametrize("port", [0, 22, 25, 6379, 5432, 11211])
def test_no_socket_is_made_for_a_port_that_takes_a_request_for_commands(port: int) -> None:
    with pytest.raises(AddressRefused, match=f"port {port} is not one for HTTP"):
        guarded_socket((socket.AF_INET, socket.SOCK_STREAM, 0, "", (PUBLIC, port)), ())


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("ftp://partner.example/", "must start with http"),
        ("file:///etc/passwd", "must start with http"),
        ("gopher://127.0.0.1:6379/_x", "must start with http"),
        ("unix:///run/docker.sock", "must start with http"),
        ("javascript:alert(1)", "must start with http"),
        ("partner.example/hook", "must start with http"),
        ("//partner.example/hook", "must start with http"),
        ("", "must start with http"),
        ("http://", "has no host"),
        ("http:///path", "has no host"),
        ("http:127.0.0.1", "has no host"),
        ("https:partner.example", "has no host"),
        ("http://user:word@partner.example/", "user name or password"),
        ("http://user@partner.example/", "user name or password"),
        ("http://@partner.example/", "user name or password"),
        ("http://partner.example@127.0.0.1/", "user name or password"),
        ("http://127.0.0.1:80@partner.example/", "user name or password"),
        ("http://partner.example\\@127.0.0.1/", "backslash"),
        ("http:\\\\127.0.0.1\\", "backslash"),
        ("http://partner.example/ HTTP/1.1\r\nX: y", "control character"),
        ("http://partner\t.example/", "control character"),
        ("http://partner.example/\x00", "control character"),
        ("http://a b/", "a space"),
        ("http://partner.example:99999/", "is not a web address"),
        ("http://partner.example:80:90/", "is not a web address"),
        ("http://[::1/", "is not a web address"),
        ("http://[fe80::1%25eth0]/", "is not a web address"),
        ("http://[2606:2800::1%25eth0]/", "is not a web address"),
        ("http://%31%32%37.0.0.1/", "not a host name"),
        ("http://127.0.0.1%00.partner.example/", "not a host name"),
        ("http://partner..example/", "not a host name"),
        (f"http://{'a.' * 130}example/", "not a host name"),
        ("http://2130706433/", "not a plain IPv4 address"),
        ("http://0x7f000001/", "not a plain IPv4 address"),
        ("http://0x7f.0.0.1/", "not a plain IPv4 address"),
        ("http://0177.0.0.1/", "not a plain IPv4 address"),
        ("http://017700000001/", "not a plain IPv4 address"),
        ("http://127.1/", "not a plain IPv4 address"),
        ("http://127.0.1/", "not a plain IPv4 address"),
        ("http://0/", "not a plain IPv4 address"),
        ("http://127.0.0.1./", "not a plain IPv4 address"),
        ("http://127.0.0.1.1/", "not a plain IPv4 address"),
        ("http://134744072/", "not a plain IPv4 address"),
        ("http://partner.example:6379/", "port 6379"),
        ("https://partner.example:25/", "port 25"),
        ("http://partner.example:0/", "port 0"),
    ],
)
def test_a_url_that_no_request_can_use_safely_is_refused_before_any_look_up(url: str, reason: str) -> None:
    with pytest.raises(NotAWebAddress, match=reason):
        web_address(url)


@pytest.mark.parametrize(
    "url",
    [
        "http://partner.example",
        "HTTPS://Partner.Example:8443/hook?to=a@b#c",
        "http://partner.example/@handle",
        "http://partner.example?user@host",
        "http://новини.example/",
        "http://partner.example./",
        "http://under_score.example/",
        "http://93.184.216.34/",
        "http://[2606:2800:220:1::1]:8080/",
        "http://1e100.example/",
    ],
)
def test_ordinary_web_addresses_are_taken(url: str) -> None:
    assert web_address(url).scheme in ("http", "https")


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("http://127.0.0.1:8000/hook", "127.0.0.1 is a loopback address"),
        ("http://169.254.169.254/latest/meta-data/", "169.254.169.254 is a link-local address"),
        ("http://[::1]/", "::1 is a loopback address"),
        ("http://[::]/", ":: is the unspecified address"),
        ("http://[::ffff:127.0.0.1]/", "for 127.0.0.1, a loopback address"),
        ("http://[0:0:0:0:0:ffff:7f00:1]/", "for 127.0.0.1, a loopback address"),
        ("http://[64:ff9b::7f00:1]/", "for 127.0.0.1, a loopback address"),
        ("http://[2002:7f00:1::]/", "for 127.0.0.1, a loopback address"),
        ("http://①②⑦.⓪.⓪.①/", "127.0.0.1 is a loopback address"),
        ("http://１２７.0.0.1/", "127.0.0.1 is a loopback address"),
        ("http://127。0。0。1/", "127.0.0.1 is a loopback address"),
    ],
)
async def test_a_literal_inside_address_is_refused_without_a_look_up(url: str, shown: str) -> None:
    resolver = Resolver()
    assert shown in (await check_url(url, (), resolver) or "")
    assert resolver.asked == []


async def test_a_url_of_a_public_host_is_permitted() -> None:
    resolver = Resolver([PUBLIC, "2606:2800:220:1::1"])
    assert await check_url("https://Partner.example/hook", (), resolver) is None
    assert resolver.asked == ["partner.example"]


async def test_a_host_with_an_inside_address_is_refused_in_plain_words() -> None:
    assert await check_url("https://partner.example/hook", (), Resolver(["10.0.0.1"])) == (
        "partner.example resolves to 10.0.0.1, a private address; "
        "name its network in WIREROOM_ALLOW_NETWORKS to allow it"
    )


async def test_one_inside_address_among_public_ones_is_enough_to_refuse() -> None:
    found = await check_url("http://mixed.example/", (), Resolver([PUBLIC, "2a00::1", "169.254.169.254", PUBLIC]))
    assert "169.254.169.254" in (found or "")


async def test_a_host_in_an_allowed_network_is_permitted() -> None:
    assert await check_url("http://inside.example/", networks("10.0.0.0/8"), Resolver(["10.0.0.1"])) is None
    assert await check_url("http://10.0.0.1/", networks("10.0.0.0/8"), Resolver()) is None


@pytest.mark.parametrize(
    "answer",
    [OSError("no such host"), TimeoutError(), UnicodeError("label too long"), ["not an address"], []],
)
async def test_a_host_that_does_not_resolve_now_is_no_fault_of_the_address(answer: Sequence[str] | Exception) -> None:
    assert await check_url("http://example.invalid/", (), Resolver(answer)) is None


async def test_the_systems_resolver_gives_addresses_as_text() -> None:
    assert await addresses_of("127.0.0.1") == ["127.0.0.1"]
