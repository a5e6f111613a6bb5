"""What is sealed is opened by its key and for its purpose alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from shared.sealing import KEY_FILE, Sealer, SealError, is_sealed, sealer

OLD, NEW = "the old key, of thirty-two characters", "the new key, of thirty-two characters"
PLAIN = b"whsec_of somebody"


def test_what_is_sealed_is_opened_and_shows_nothing() -> None:
    sealed = Sealer((OLD,)).seal(PLAIN, "a secret")
    assert is_sealed(sealed)
    assert Sealer((OLD,)).open(sealed, "a secret") == PLAIN
    assert "whsec" not in sealed
    assert Sealer((OLD,)).seal(PLAIN, "a secret") != sealed


def test_old_keys_open_and_the_first_seals() -> None:
    both = Sealer((NEW, OLD))
    assert both.open(Sealer((OLD,)).seal(PLAIN, "a"), "a") == PLAIN
    assert Sealer((NEW,)).open(both.seal(PLAIN, "a"), "a") == PLAIN


def test_another_key_opens_nothing_and_says_what_to_look_at() -> None:
    with pytest.raises(SealError, match="a secret was sealed under another key; is WIREROOM_SECRET_KEY"):
        Sealer((NEW,)).open(Sealer((OLD,)).seal(PLAIN, "a secret"), "a secret")


@pytest.mark.parametrize("spoil", ["", "sealed1", "sealed2.x.y", "cut", "turned", "bad base64"])
def test_what_was_moved_or_changed_is_not_opened(spoil: str) -> None:
    sealed = Sealer((OLD,)).seal(PLAIN, "a secret")
    text = {"cut": sealed[:-8], "turned": sealed[:30] + ("A" if sealed[30] != "A" else "B") + sealed[31:]}
    text["bad base64"] = sealed[:-3]
    with pytest.raises(SealError) as refused:
        Sealer((OLD,)).open(text.get(spoil, spoil), "a secret")
    assert "whsec" not in str(refused.value)
    with pytest.raises(SealError):
        Sealer((OLD,)).open(sealed, "another's secret")


def test_without_a_key_one_is_kept_in_the_data_folder(tmp_path: Path) -> None:
    sealed = sealer((), tmp_path).seal(PLAIN, "a")
    assert sealer((), tmp_path).open(sealed, "a") == PLAIN
    assert (tmp_path / KEY_FILE).stat().st_mode & 0o077 == 0
    assert sealer((OLD,), tmp_path / "unused").seal(PLAIN, "a")
    assert not (tmp_path / "unused").exists()
