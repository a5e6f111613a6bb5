"""What articles have in common, by the format that it is the dictionary of; packing.py packs with the last."""

from __future__ import annotations

from base64 import b85decode
from importlib.resources import files

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
WORDS = (
    b"agriculture communities environmental championship manufacturing infrastructure intelligence negotiations "
    b"representatives construction particularly organisation organization technology independence responsibility "
    b"authorities investigation significant administration development international government parliament ministry "
    b"president minister official officials spokesperson spokeswoman spokesman statement announced according reported "
    b"confirmed published expected including following between against through during without because before after "
    b"since until while although however whether another several hundreds thousands millions billion percent September"
    b" October November December January February Monday Tuesday Wednesday Thursday Friday Saturday Sunday morning "
    b"afternoon evening yesterday tomorrow tonight weekend century decade people children students workers residents "
    b"families customers players leaders members voters victims soldiers troops forces military security defence "
    b"defense police officers prosecutors lawyers judges court trial prison hospital doctors patients health medical "
    b"research scientists university school education election campaign candidate political party democratic "
    b"republican opposition coalition policy economic economy financial finance market markets investors shares "
    b"company companies business industry trade workers prices energy climate weather water transport traffic railway "
    b"airport building buildings housing property council councillors mayor city county region national country "
    b"countries European American British Russian Ukrainian Chinese London Washington States Kingdom Union Nations "
    b"league season match goals team coach club film music theatre museum festival artist author writer photograph "
    b"photo image courtesy Reuters Associated Press Agence France-Presse"
    b"told reporters in a statement on Monday. The company said that it would be the first time that the new rules had"
    b' been agreed by members of the government. "We have been working with local authorities to make sure that this '
    b'does not happen again," he said. "It is not clear what this will mean for the people who live there," she added.'
    b" According to a report published on Thursday, more than half of those who took part said they would not have "
    b"done so if they had known about it at the time. He has also been asked to help with the search for the missing, "
    b"who were last seen near the city centre. It comes as the number of people who can no longer afford their homes "
    b"is rising across the country. The decision was made after a meeting between the two sides, which are expected to"
    b" meet again next week. There were no reports of injuries. Police said they were looking for witnesses. The case "
    b"continues. One of the most important things is that they can now see each other every day, and that is what they"
    b" want. Most of them are still waiting to hear from us about how much they should get back. But the plan was "
    b"criticised by those who say it could take years. Some would like to go back, others are about to leave for good."
    b" At least two others were taken to hospital. In the past few years, a number of other large companies have made "
    b"similar changes to their work. She is one of the best known, and he was among the first to say so when the war "
    b"began. What is being done under the new law, and why did it take so long? They are not only, where, when, many, "
    b"such, these, those, their, them, then, than, from, into, over, under, with, will, were, which, being, would, "
    b"could, should, about, there, after, other, first, last, next, year, years, month, week, days, time, part, place,"
    b" world, home, house, life, work, call, called, used, using, made, make, take, took, come, came, given, found, "
    b"left, right, high, long, great, small, early, later, early on, as well as, in order to, due to, because of, as "
    b"part of, is expected to, has been, have been, had been, will be, can be, to be, it is, it was, of the, in the, "
    b"to the, on the, for the, and the, at the, by the, with the, from the, that the, in a, of a, to a, for a, with a,"
    b" is a, was a, as a,"
)
"""What English stories often say: a twentieth less is kept of one."""

COMMON_3 = WORDS + COMMON_2

TAGS = (
    b'{"id":"person/","id":"org/","kind":"org","kind":"person","id":"topic/","slug":"","name":"","kind":"topic",'
    b'"same_as":[],"score":.0,"primary":true,"status":"applied","method":"dictionary","confidence":0.95,'
    b'"evidence":[{"zone":"headline","start":0,"end":1,"text":"","how":"name"},{"zone":"body","start":1'
)
TABLES_4 = b85decode(
    "H>5D^$r+4cK@hl`Gza|u|AqM<Lx#XZg{lw$#ZWZ5+O^xZlw!BYmD^<Z%I^AQMuhg${##{5t@4d#cM}mIB6n-dZln6ICjwIe000bx"
    "MdMSERA##Y1Yl55Nr}rT<VY+DK@fmJ48tG{gfI{Q002xGWsEXtiVOe%lrbq4x*T)}DPzC@z`y_i000000RR911ONa42mk;8"
)
"""How often letters, lengths and distances come, as `finalize_dict` of zstd found it in stories of the sample newsroom
and the labelled ones: without, each document says so for itself."""


def _english() -> bytes:
    """Return some of the words and turns of news stories, in sentences of our own, as one line."""
    return b" ".join((files("services.syndication.packing") / "english.txt").read_bytes().split())


def dictionaries() -> dict[bytes, bytes]:
    """Return every dictionary by its format.

    None is to be changed: what was packed with it can only be unpacked with it.
    """
    common_4 = TABLES_4 + _english() + WORDS + TAGS + COMMON_2
    return {b"1": COMMON_1, b"2": COMMON_2, b"3": COMMON_3, b"4": common_4}
