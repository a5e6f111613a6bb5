"""What a sealed document promises."""

from __future__ import annotations

import gzip
from hashlib import sha256

import brotli
import zstandard

from services.syndication.feeds.document import seal


def test_every_coding_holds_the_same_bytes_under_its_own_strong_tag() -> None:
    document = seal([b"a", b"bc"], media_type="text/plain", modified=None)
    digest = sha256(b"abc").hexdigest()
    opened = {
        "br": brotli.decompress,
        "zstd": zstandard.ZstdDecompressor().decompress,
        "gzip": gzip.decompress,
        "identity": bytes,
    }
    assert list(document.variants) == list(opened)
    for name, variant in document.variants.items():
        assert opened[name](variant.body) == b"abc"
        assert variant.etag == (f'"{digest}"' if name == "identity" else f'"{digest}-{name}"')


def test_the_same_parts_give_the_same_bytes_in_every_coding() -> None:
    first, second = (seal([b"x" * 5000], media_type="text/plain", modified=None) for _ in range(2))
    assert first == second


def test_its_size_is_what_all_codings_hold() -> None:
    document = seal([b"x" * 5000], media_type="text/plain", modified=None)
    assert document.size == 5000 + sum(len(document.variants[name].body) for name in ("br", "zstd", "gzip"))
