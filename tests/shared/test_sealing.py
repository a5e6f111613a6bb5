"""What is sealed opens with the right key at the right place, and nowhere else."""

from __future__ import annotations

from pathlib import Path

import pytest

from shared.sealing import KEY_FILE, PREFIX, Seal, SealError, keys_of

OLD, NEW = "an older key of forty characters or so..", "a newer key of forty characters or so..."
PLAIN = b"whsec_c2VjcmV0IHRoYXQgbm9ib2R5IG1heSBzZWU="


def test_what_was_sealed_opens_and_shows_nothing() -> None:
    sealed = Seal([NEW]).seal(PLAIN, "sub_1")
    assert sealed.startswith(PREFIX)
    assert PLAIN not in sealed
    assert Seal([NEW]).open(sealed, "sub_1") == PLAIN
    assert Seal([NEW]).seal(PLAIN, "sub_1") != sealed


def test_what_was_kept_before_there_was_a_seal_is_read_as_it_is() -> None:
    assert Seal([NEW]).open(PLAIN, "sub_1") == PLAIN


def test_an_older_key_still_opens_and_the_newer_seals() -> None:
    before = Seal([OLD]).seal(PLAIN, "sub_1")
    both = Seal([NEW, OLD])
    assert both.open(before, "sub_1") == PLAIN
    assert Seal([NEW]).open(both.seal(PLAIN, "sub_1"), "sub_1") == PLAIN


def test_another_key_is_told_by_the_settings_name_and_shows_no_secret() -> None:
    with pytest.raises(SealError, match="WIREROOM_SECRET_KEY") as told:
        Seal([NEW]).open(Seal([OLD]).seal(PLAIN, "sub_1"), "sub_1")
    assert OLD not in str(told.value)
    assert NEW not in str(told.value)


@pytest.mark.parametrize("cut", [len(PREFIX), len(PREFIX) + 8, -1, -5])
def test_a_damaged_one_does_not_open(cut: int) -> None:
    with pytest.raises(SealError):
        Seal([NEW]).open(Seal([NEW]).seal(PLAIN, "sub_1")[:cut], "sub_1")


def test_one_moved_to_another_place_does_not_open() -> None:
    with pytest.raises(SealError, match="damaged"):
        Seal([NEW]).open(Seal([NEW]).seal(PLAIN, "sub_1"), "sub_2")


def test_without_a_key_one_is_made_that_only_its_owner_can_read(tmp_path: Path) -> None:
    first = keys_of((), tmp_path / "data")
    assert keys_of((), tmp_path / "data") == first
    assert len(first[0]) >= 32
    assert (tmp_path / "data" / KEY_FILE).stat().st_mode & 0o777 == 0o600
    assert keys_of((NEW, OLD), tmp_path / "none") == (NEW, OLD)
    assert not (tmp_path / "none").exists()
