"""Losses are told once each, and never without end."""

from __future__ import annotations

from services.ingest.parse.losses import MOST, Losses


def test_the_same_loss_is_counted() -> None:
    losses = Losses()
    losses.note("a  thing")
    losses.note("a thing")
    assert losses.told() == ("a thing (2 times)",)


def test_what_is_cut_is_told() -> None:
    losses = Losses()
    assert losses.fit("abc", 2, "a text") == "ab"
    assert losses.told() == ("a text is cut after 2 characters",)


def test_there_is_an_end_to_telling() -> None:
    losses = Losses()
    for number in range(MOST + 7):
        losses.note(f"loss {number}")
    assert len(losses.told()) == MOST + 1
    assert losses.told()[-1] == "and 7 more"
