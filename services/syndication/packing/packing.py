"""Packs articles' JSON by zstd with a dictionary, and unpacks it; the dictionaries are in dictionaries.py."""

from __future__ import annotations

import zstandard

from services.syndication.packing.dictionaries import dictionaries

LARGEST = 64 * 1024 * 1024

FORMAT = b"4"
"""Before every packed document; a new dictionary needs a new one, and the old ones to be read for ever."""

PARAMETERS = zstandard.ZstdCompressionParameters(
    strategy=zstandard.STRATEGY_GREEDY,
    window_log=16,
    hash_log=14,
    chain_log=15,
    search_log=4,
    min_match=4,
    write_checksum=False,
    write_dict_id=False,
)
"""Those of level 4 for documents of 8 KB: beside a dictionary of 14 KB that level means others, and packs less."""


class Packing:
    """Packs and unpacks documents; for one thread."""

    def __init__(self) -> None:
        common = {name: zstandard.ZstdCompressionDict(each) for name, each in dictionaries().items()}
        self._compressor = zstandard.ZstdCompressor(dict_data=common[FORMAT], compression_params=PARAMETERS)
        self._decompressors = {name: zstandard.ZstdDecompressor(dict_data=each) for name, each in common.items()}

    def pack(self, document: bytes) -> bytes:
        """Return a document as it is kept."""
        return FORMAT + self._compressor.compress(document)

    def unpack(self, packed: bytes) -> bytes:
        """Return the document. Raises ValueError for what was packed in a format this program does not know."""
        decompressor = self._decompressors.get(packed[:1])
        if decompressor is None:
            raise ValueError(f"a kept document has the format {packed[:1]!r}, which this version does not read")
        return decompressor.decompress(packed[1:], max_output_size=LARGEST)
