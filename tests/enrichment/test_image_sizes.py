"""The measures of a lead image: from the first bytes, within bounds of size and time, or unknown."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from typing import Any
from zlib import crc32

import pytest

from services.enrichment.image_sizes import AT_ONCE, HEAD, SHUNNED, ImageSizes, Measured, measured
from shared.events import Image
from shared.http_client import NoAnswer, Page, TooLarge
from shared.redis import Store, connect

URL = "https://img.example.org/ferry"


def png(width: int = 640, height: int = 480) -> bytes:
    chunk = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + chunk + struct.pack(">I", crc32(chunk))


def jpeg(width: int = 640, height: int = 480, turned: int | None = None) -> bytes:
    exif = b""
    if turned is not None:
        tiff = b"MM\0*\0\0\0\x08\0\x01" + struct.pack(">HHIHH", 0x0112, 3, 1, turned, 0) + b"\0\0\0\0"
        exif = b"\xff\xe1" + struct.pack(">H", len(tiff) + 8) + b"Exif\0\0" + tiff
    frame = b"\xff\xc0" + struct.pack(">HBHHB", 17, 8, height, width, 3) + bytes(9)
    return b"\xff\xd8" + exif + frame + b"\xff\xd9"


def gif() -> bytes:
    return b"GIF89a" + struct.pack("<HH", 640, 480) + bytes(3)


def webp() -> bytes:
    return b"RIFF\0\0\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0" + (639).to_bytes(3, "little") + (479).to_bytes(3, "little")


@pytest.mark.parametrize(
    ("head", "type"),
    [(png(), "image/png"), (jpeg(), "image/jpeg"), (gif(), "image/gif"), (webp(), "image/webp")],
)
def test_each_kind_is_measured(head: bytes, type: str) -> None:
    assert measured(head) == Measured(640, 480, type)


def test_a_picture_taken_upright_is_measured_as_shown() -> None:
    assert measured(jpeg(turned=6)) == Measured(480, 640, "image/jpeg")


@pytest.mark.parametrize(
    "head",
    [
        b"",
        b"<html>",
        b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>',
        b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><svg width="1" height="1"/>',
        png(0, 9),
        png(2**31, 9),
        png()[:20],
        jpeg()[:8],
        b"\xff\xd8\xff" * 20_000,
        b"\xff\xd8\xff\xe1\xff\xff" + b"\xff" * 60_000,
        b"\0\0\0\x18ftypavif" + b"\0" * 60_000,
        b"\0\0\0\x18ftypheic\xff\xff\xff\xff" * 4_000,
        webp()[:14],
        b"RIFF\0\0\0\0WEBPXXXX" + bytes(20),
    ],
    ids=lambda head: repr(head[:12]),
)
def test_what_is_no_whole_head_of_a_picture_has_no_measures(head: bytes) -> None:
    assert measured(head) is None


class Hosts:
    """Answers as told, and counts."""

    def __init__(self, *answers: Page | TooLarge | NoAnswer) -> None:
        self.answers, self.asked, self.headers = list(answers), 0, {}  # type: list[Any], int, Mapping[str, str]

    async def __call__(self, _url: str, headers: Mapping[str, str]) -> Page | TooLarge | NoAnswer:
        self.asked, self.headers = self.asked + 1, headers
        return self.answers[min(self.asked, len(self.answers)) - 1]  # type: ignore[no-any-return]


def page(body: bytes, status: int = 206, **headers: str) -> Page:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Page(status=status, headers=named, body=body, url=URL, moved_to=None, ms=1.0)


def lead(**over: Any) -> tuple[Image, ...]:
    return (Image.model_validate({"url": URL, "lead": True} | over),)


async def sized(store: Store, hosts: Hosts, images: tuple[Image, ...] | None = None) -> Image:
    (image, *_) = await ImageSizes(store, hosts, lambda: 0.0).completed(lead() if images is None else images)
    return image


async def test_the_lead_image_is_completed_from_its_first_bytes(store: Store) -> None:
    hosts = Hosts(page(png(), content_range=f"bytes 0-{HEAD - 1}/812345"))

    image = await sized(store, hosts)
    assert (image.width, image.height, image.type, image.bytes) == (640, 480, "image/png", 812_345)
    assert hosts.headers["range"] == "bytes=0-65535"


async def test_what_the_source_gave_stays_but_half_measures(store: Store) -> None:
    given = lead(type="image/jpg", bytes=9, width=10, alt="A ferry", caption="At dawn")

    image = await sized(store, Hosts(page(png(), 200)), given)
    assert (image.width, image.height, image.type, image.bytes) == (640, 480, "image/jpg", 9)
    assert (image.alt, image.caption) == ("A ferry", "At dawn")


@pytest.mark.parametrize("images", [(), (Image(url=URL),), lead(width=1, height=1)], ids=["none", "no lead", "known"])
async def test_nobody_is_asked_without_need(store: Store, images: tuple[Image, ...]) -> None:
    hosts = Hosts(page(png()))

    assert await ImageSizes(store, hosts, lambda: 0.0).completed(images) == images
    assert hosts.asked == 0


@pytest.mark.parametrize(
    "answer",
    [page(b"<html>", 200), page(png(), 404), page(png(), 416), TooLarge(HEAD, URL, 1.0), NoAnswer("timed out", 1.0)],
    ids=["a page", "404", "416", "too large", "no answer"],
)
async def test_a_failure_leaves_the_image_as_it_was_and_is_remembered(store: Store, answer: Any) -> None:
    hosts = Hosts(answer, page(png()))

    assert (await sized(store, hosts), await sized(store, hosts)) == (*lead(), *lead())
    assert hosts.asked == 1


async def test_what_was_found_is_remembered_for_a_time(store: Store) -> None:
    hosts = Hosts(page(png()), page(gif()))

    assert await sized(store, hosts) == await sized(store, hosts)
    (key,) = [key async for key in store.client.scan_iter()]
    assert 0 < await store.do("TTL", key) <= 7 * 86_400


async def test_a_host_that_does_not_answer_is_left_alone_for_a_while(store: Store) -> None:
    moment = 0.0
    hosts = Hosts(NoAnswer("timed out", 1500.0), page(png()))
    sizes = ImageSizes(store, hosts, lambda: moment)
    other = lead(url=URL + "/2")

    await sizes.completed(lead())
    assert await sizes.completed(other) == other
    moment = SHUNNED + 1
    assert (await sizes.completed(other))[0].width == 640


async def test_while_many_are_asked_others_go_without(store: Store) -> None:
    hosts = Hosts(page(png()))
    sizes = ImageSizes(store, hosts, lambda: 0.0)
    sizes._asking = AT_ONCE  # noqa: SLF001  # as if so many hosts were slow

    assert await sizes.completed(lead()) == lead()
    sizes._asking = 0  # noqa: SLF001  # they answered
    assert (await sizes.completed(lead()))[0].width == 640


async def test_redis_away_leaves_the_image_as_it_was() -> None:
    hosts = Hosts(page(png()))

    assert await sized(Store(connect("redis://127.0.0.1:1/0")), hosts) == lead()[0]
    assert hosts.asked == 0
