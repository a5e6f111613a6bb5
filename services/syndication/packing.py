"""Articles' JSON as it is kept: zstd with what every article has in common as its dictionary."""

from __future__ import annotations

import zstandard

LEVEL = 3
LARGEST = 64 * 1024 * 1024

FORMAT = b"2"
"""Before every packed document; a new dictionary needs a new one, and the old ones to be read for ever."""

COMMON_1 = (
    b'</p><p><a href="https://www.<img src="https:// alt=" the of and to in is that for on with was at by from '
    b'{"zone":"headline","start":0,"end":0,"text":"","how":"name"}{"zone":"body","start":,"end":,"text":"","how":"alias"}'
    b'{"zone":"summary","start":"how":"demonym"}{"url":"https://","alt":"","caption":"","credit":"/Getty Images",'
    b'"type":"image/jpeg","width":null,"height":null,"bytes":null,"lead":true}],"related":[{"id":null,"url":"https://",'
    b'"headline":"","summary":null,"kind":"editorial","score":null}],"attributions":[{"source":"Reuters","verb":"","offset":0,'
    b'"kind":"quoted"}{"id":"place/","slug":"","name":"","kind":"place","same_as":["wikidata:Q"],"score":,"primary":false,'
    b'"status":"applied","method":"dictionary","confidence":0.95,"evidence":[{"id":"source/","slug":"","name":"",'
    b'"kind":"topic","same_as":[],"score":1.0,"primary":false,"status":"applied","method":"source","confidence":1.0,'
    b'"evidence":[{"zone":"category","start":0,"end":,"text":"","how":"category"}]}'
    b'{"id":"","version":1,"status":"usable","source":{"id":"","name":null,"url":null},"guid":"https://","url":"https://",'
    b'"canonical_url":null,"section":null,"rights":null,"reuse":"full","headline":"","summary":null,"body_html":"<p>'
    b'</p>","body_text":"","language":"en","dateline":null,"published_at":"2026-01-01T00:00:00Z","updated_at":null,'
    b'"ingested_at":"2026-01-01T00:00:00.000000Z","embargoed_until":null,"authors":[{"id":null,"name":"","role":null,'
    b'"bio":null,"avatar":null,"url":null,"links":[],"how":"unresolved"}],"tags":[{"id":"],"images":[{"url":"https://'
    b'"lead":true}],"related":[],"attributions":[],"duplicate_of":null,"revision_of":null,"word_count":0,'
    b'"reading_minutes":1}'
)
COMMON_2 = (
    b'</p><p><a href="https://www.<img src="https:// alt=" the of and to in is that for on with was at by from '
    b'{"zone":"headline","start":0,"end":0,"text":"","how":"name"}{"zone":"body","start":,"end":,"text":"","how":"alias"}'
    b'{"zone":"summary","start":"how":"demonym"}],"attributions":[{"source":"Reuters","verb":"as reported by",'
    b'"offset":0,"kind":"quoted"},{"source":"","verb":"according to","offset":,"kind":"told"}'
    b'{"id":null,"url":"https://","headline":"","summary":null,"kind":"editorial","score":null,"published_at":null},'
    b'"summary":null,"kind":"computed","score":0.,"published_at":"2026-'
    b'{"id":"geo/","slug":"","name":"","kind":"place","same_as":[],"score":,"primary":false,"status":"applied",'
    b'"method":"gazetteer","confidence":0.7,"evidence":[{"zone":"body","start":'
    b'{"id":"place/","slug":"","name":"","kind":"place","same_as":["wikidata:Q"],"score":,"primary":false,'
    b'"status":"applied","method":"dictionary","confidence":0.95,"evidence":[{"id":"source/","slug":"","name":"",'
    b'"kind":"topic","same_as":[],"score":1.0,"primary":false,"status":"applied","method":"source","confidence":1.0,'
    b'"evidence":[{"zone":"category","start":0,"end":,"text":"","how":"category"}],"evidence_count":1}'
    b'\n{"byline":"","categories":[{"term":""}],"authors":[{"name":""}],"images":[{"url":"https://","alt":"","caption":"",'
    b'"credit":"","lead":true}],"related":[{"url":"https://","headline":""}],"summary":"","language":"en"}'
    b'{"id":"","version":1,"status":"usable","source":{"id":"","name":null,"url":null},"guid":"https://","url":"https://",'
    b'"canonical_url":null,"section":null,"rights":null,"reuse":"full","headline":"","summary":null,"body_html":"<p>'
    b'</p>","body_text":"","language":"en","dateline":null,"published_at":"2026-01-01T00:00:00Z","updated_at":null,'
    b'"ingested_at":"2026-01-01T00:00:00.000000Z","embargoed_until":null,"authors":[{"id":null,"name":"",'
    b'"kind":"person","role":null,"bio":null,"avatar":null,"url":null,"links":[],"how":"unresolved"}],"tags":[{"id":'
    b'"evidence_count":1}],"images":[{"url":"https://","alt":"","caption":"","credit":"/Getty Images",'
    b'"type":"image/jpeg","width":null,"height":null,"bytes":null,"lead":true}],"enclosures":[],"related":[],'
    b'"attributions":[],"duplicate_of":null,"revision_of":null,"word_count":0,"reading_minutes":1,"corrections":[],'
    b'"retraction":null}'
)
DICTIONARIES = {b"1": COMMON_1, b"2": COMMON_2}
"""None is to be changed: what was packed with it can only be unpacked with it."""


class Packing:
    """Packs and unpacks documents; for one thread."""

    def __init__(self) -> None:
        common = {
            name: zstandard.ZstdCompressionDict(each, dict_type=zstandard.DICT_TYPE_RAWCONTENT)
            for name, each in DICTIONARIES.items()
        }
        self._compressor = zstandard.ZstdCompressor(level=LEVEL, dict_data=common[FORMAT], write_checksum=False)
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
