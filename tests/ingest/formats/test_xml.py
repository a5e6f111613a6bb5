"""XML read strictly: nothing of a document's own making is followed, opened or expanded."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from services.ingest.document import Unreadable
from services.ingest.formats.xml import prolog_of, tree_of, words


def reason(body: bytes) -> str:
    found = tree_of(body)
    assert isinstance(found, Unreadable)
    return found.reason


def text(body: bytes) -> str | None:
    found = tree_of(body)
    assert not isinstance(found, Unreadable), found
    return words(found)


@pytest.mark.parametrize(
    "body",
    [
        "<?xml version='1.0' encoding='utf-8'?><a>Київ</a>".encode(),
        "\ufeff<?xml version='1.0'?><a>Київ</a>".encode(),
        "<?xml version='1.0' encoding='utf-16'?><a>Київ</a>".encode("utf-16"),
        "<?xml version='1.0' encoding='utf-16'?><a>Київ</a>".encode("utf-16-le"),
        "<a>Київ</a>".encode("utf-16-be"),
        "<?xml version='1.0' encoding='windows-1251'?><a>Київ</a>".encode("cp1251"),
        "<a>Ки&#1111;в<!-- no --></a>".encode(),
        '<!DOCTYPE a SYSTEM "a.dtd"><a>Київ</a>'.encode(),
        "\n <a>Київ</a>".encode(),
    ],
)
def test_any_encoding_is_read(body: bytes) -> None:
    assert text(body) == "Київ"


def test_entities_of_html_are_read_and_text_after_them_is_not_lost() -> None:
    body = b'<!DOCTYPE nitf SYSTEM "nitf.dtd"><nitf>caf&eacute;&nbsp;&amp; bar &mdash; open</nitf>'
    assert text(body) == "café & bar — open"


def test_no_file_is_read_and_no_entity_is_expanded(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("hidden")
    for doctype in (
        f'<!DOCTYPE a [<!ENTITY x SYSTEM "file://{secret}">]>',
        f'<!doctype a [<!ENTITY % x SYSTEM "file://{secret}"> %x;]>',
        '<!-- > --><!DOCTYPE a [<!ENTITY x "y">]>',
    ):
        assert reason(f"{doctype}<a>&x;</a>".encode()) == "has a DTD of its own, which is not read"
    external = f'<!DOCTYPE a SYSTEM "file://{secret}"><a>&x;</a>'.encode()
    found = tree_of(external)
    assert isinstance(found, Unreadable) or "hidden" not in (words(found) or "")


def test_a_dtd_hidden_by_its_encoding_is_not_read() -> None:
    hidden = '<?xml version="1.0" encoding="utf-7"?>+ADwAIQ-DOCTYPE a [+ADwAIQ-ENTITY x "y"+AD4-]+AD4-+ADw-a/+AD4-'
    assert isinstance(tree_of(hidden.encode()), Unreadable)
    wide = '<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>'.encode("utf-16")
    assert reason(wide) == "has a DTD of its own, which is not read"


@pytest.mark.parametrize(
    "body",
    [
        b"<a>" * 100_000,
        b"<!--" * 500_000,
        b"<!DOCTYPE" * 200_000,
        b"<?" * 500_000,
        b"<a " + b"x" * 2_000_000,
        b"&a" * 500_000,
        b"<" * 1_000_000,
        b"<a>" + b"&eacute" * 200_000,
    ],
)
def test_what_is_made_to_take_long_does_not(body: bytes) -> None:
    started = time.process_time()
    assert isinstance(tree_of(body), Unreadable)
    prolog_of(body)
    assert time.process_time() - started < 2.0


@pytest.mark.parametrize(
    ("body", "root"),
    [
        (b"<?xml version='1.0'?><!-- <no> --><!DOCTYPE x [<!ENTITY y 'z'>]><n:newsItem a='b'", "newsItem"),
        (b"<!DOCTYPE html><HTML>", "HTML"),
        (b"nothing < 3", None),
        (b"<!-- open", None),
    ],
)
def test_the_first_element_is_known_before_the_rest_is_read(body: bytes, root: str | None) -> None:
    assert prolog_of(body).root == root


@pytest.mark.parametrize("body", [b"<a", b"<a><b></a>", b"<a>&nope;</a>", b"", b"PK\x03\x04", b"\x1f\x8b\x08", b"text"])
def test_what_is_not_well_formed_says_so(body: bytes) -> None:
    assert reason(body)
