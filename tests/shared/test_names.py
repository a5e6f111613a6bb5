"""The key that two spellings of a name share."""

from __future__ import annotations

import pytest

from shared.names import name_key


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Anna Kovalenko", "  anna   KOVALENKO "),
        ("Dr. Anna B. Kovalenko Jr.", "Anna Kovalenko"),
        ("Kovalenko, Anna", "Anna Kovalenko"),
        ("Seán O’Brien", "Sean O'Brien"),
        ("Пак Ріна", "Pak Rina"),
    ],
)
def test_spellings_of_one_name_share_a_key(one: str, other: str) -> None:
    assert name_key(one) == name_key(other) != ""


def test_likeness_is_no_identity() -> None:
    assert name_key("Anna Kovalenko") != name_key("Hanna Kovalenko")
