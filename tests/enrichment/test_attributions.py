from __future__ import annotations

import time
from pathlib import Path

import pytest

from services.enrichment.agencies import agencies
from services.enrichment.attributions import attributions
from shared.events import Evidence, Tag

KNOWN = agencies()
SEED = Path(__file__).parents[3] / "shared" / "reference" / "seed-story.txt"


def tag(name: str, *spelt: str, kind: str = "person", how: str = "name") -> Tag:
    evidence = tuple(Evidence(zone="body", start=0, end=len(text), text=text, how=how) for text in spelt or (name,))
    return Tag(id=name, slug="t", name=name, kind=kind, evidence=evidence)


RYDER = tag("Patrick Ryder", "Patrick Ryder", "Ryder")
HUR = tag("HUR", kind="org")


def said(text: str, *tags: Tag) -> list[tuple[str, str, str]]:
    found = attributions(text, tags, KNOWN)
    for one in found:
        assert " ".join(text[one.offset :].lower().split()).startswith(one.verb)
    return [(one.source, one.verb, one.kind) for one in found]


@pytest.mark.parametrize(
    ("text", "verb", "kind"),
    [
        ("He is gone, as reported by Reuters.", "as reported by", "quoted"),
        ("He is gone, reported by the news agency Reuters.", "reported by", "quoted"),
        ("A paper seen by Reuters says so.", "seen by", "quoted"),
        ("According to Reuters, he left.", "according to", "quoted"),
        ("The Reuters news agency quoted him.", "quoted", "quoted"),
        ("Reuters contributed to this report.", "contributed", "credit"),
        ("Il l'a dit à Reuters.", "dit à", "told"),
        ("Das sagte er der Agentur Reuters.", "sagte", "told"),
        ("He left, citing Reuters.", "citing", "quoted"),
        ("He left, Reuters reported.", "reported", "quoted"),
        ("Reuters later wrote that he left.", "wrote", "quoted"),
        ("Reuters has also said so.", "said", "quoted"),
        ("An aide told Reuters that he left.", "told", "told"),
        ("An aide told the news agency Reuters so.", "told", "told"),
        ("He said in an interview with Reuters.", "in an interview with", "told"),
        ("He said in a recent interview with Reuters.", "in a recent interview with", "told"),
        ("With files from Reuters", "with files from", "credit"),
        ("Laut Reuters ist er fort.", "laut", "quoted"),
        ("Selon Reuters, il est parti.", "selon", "quoted"),
        ("Selon l’agence Reuters, il est parti.", "selon", "quoted"),
        ("Nach Angaben der Nachrichtenagentur Reuters ist er fort.", "nach angaben der", "quoted"),
        ("Er ist fort, meldet die Agentur Reuters.", "meldet", "quoted"),
        ("But Reuters reported it.", "reported", "quoted"),
        ("Wie Reuters berichtet, ist er fort.", "berichtet", "quoted"),
        ("Se fue, informó la agencia Reuters.", "informó", "quoted"),
        ("Reuters, citing two aides, had the story.", "citing", "quoted"),
        ("据路透社报道，他走了。", "据", "quoted"),
        ("Як повідомляє Reuters, він пішов.", "як повідомляє", "quoted"),
        ("Как сообщает агентство Reuters, он ушёл.", "как сообщает", "quoted"),
    ],
)
def test_an_agency_is_told_with_verb_offset_and_kind(text: str, verb: str, kind: str) -> None:
    assert said(text) == [("Reuters", verb, kind)]


@pytest.mark.parametrize(
    ("text", "verb"),
    [
        ("So they did, Ryder said on Monday.", "said"),
        ("Patrick Ryder also added a word.", "added"),
        ("“So they did,” said Ryder.", "said"),
        ("According to Ryder they did.", "according to"),
        ("Ryder told the room.", "told"),
    ],
)
def test_a_tagged_person_speaks_by_any_spelling(text: str, verb: str) -> None:
    assert said(text, RYDER) == [("Patrick Ryder", verb, "quoted")]


def test_a_tagged_body_speaks_too() -> None:
    assert said("Military intelligence (HUR) claimed so.", HUR) == [("HUR", "claimed", "quoted")]


def test_one_may_quote_the_other() -> None:
    assert said("They did, Ryder said, as reported by Reuters.", RYDER) == [
        ("Patrick Ryder", "said", "quoted"),
        ("Reuters", "as reported by", "quoted"),
    ]
    assert said("Ryder told Reuters.", RYDER) == [("Patrick Ryder", "told", "quoted"), ("Reuters", "told", "told")]


@pytest.mark.parametrize(
    "text",
    [
        "Reuters has offices in Kyiv.",
        "Michael Bloomberg said so.",
        "Ein AP-Haus, selon lui.",
        "The AP-style bridge said nothing.",
        "Ryders said so.",
        "McRyder said so.",
        "Ryder spoke. Nobody said a word.",
        "Moscow said so.",
        "",
    ],
)
def test_a_name_without_a_verb_of_its_own_is_credited_with_nothing(text: str) -> None:
    assert said(text, RYDER, tag("Russia", "Moscow", kind="org", how="metonym"), tag("Kyiv", kind="place")) == []


def test_where_the_dateline_names_an_agency_it_is_credited() -> None:
    (one,) = attributions("KYIV (AP) - The bridge is open.", (), KNOWN, credited="Associated Press")

    assert (one.source, one.verb, one.offset, one.kind) == ("Associated Press", "dateline", 0, "credit")


@pytest.mark.skipif(not SEED.exists(), reason="the acceptance story lies beside the repository, not in it")
def test_the_acceptance_story_is_as_reported_by_reuters() -> None:
    text = SEED.read_text(encoding="utf-8")
    body = text[text.index("North Korean troops have joined") :]
    found = attributions(body, (RYDER, HUR), KNOWN)

    assert ("Reuters", "as reported by", 399) in [(one.source, one.verb, one.offset) for one in found]
    assert {(one.source, one.verb) for one in found} >= {
        ("Patrick Ryder", "said"),
        ("Patrick Ryder", "added"),
        ("HUR", "claimed"),
        ("HUR", "alleged"),
    }


@pytest.mark.parametrize(
    "piece", ["Reuters ", "told Reuters ", "Ryder ", "Ryder said ", "said ", "РЕЙТЕР", "e\u0301", "😀"]
)
def test_a_text_gone_astray_is_read_in_bounded_time_and_tells_fifty_at_most(piece: str) -> None:
    text = piece * (10_000_000 // len(piece))
    started = time.process_time()
    found = attributions(text, (RYDER,), KNOWN)
    assert time.process_time() - started < 1
    assert len(found) <= 50
