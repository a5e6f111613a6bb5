"""Settings as they are stored: secrets sealed, what is not sealed yet read, what cannot be opened never lost."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from services.ingest.source import SECRETS, NewSource, Settings
from services.ingest.stored import is_whole, read, written
from shared.sealing import Sealer
from tests.builders import SEALS

OTHER = Sealer(["another key that is long enough"])
FULL = Settings(id="bay", url="https://bay.example/", key="a-key", secret="a-secret", authorization="Bearer of-news")


def test_no_secret_is_stored_as_it_is_and_each_is_read_again() -> None:
    text = written(FULL, SEALS)
    assert all(secret not in text for secret in FULL.secrets)
    assert text.count("sealed1.") == len(SECRETS)
    assert read(text, SEALS) == FULL
    assert not FULL.shut


def test_settings_without_secrets_have_none_after() -> None:
    plain = Settings(id="bay", name="Bay Wire")
    assert read(written(plain, SEALS), SEALS) == plain
    assert is_whole(written(plain, SEALS))


def test_what_was_stored_before_anything_was_sealed_is_read() -> None:
    old = FULL.model_dump_json()
    assert read(old, SEALS) == FULL
    assert not is_whole(old)
    assert is_whole(written(read(old, SEALS), SEALS))


def test_one_secret_that_is_not_sealed_makes_it_less_than_whole() -> None:
    one = Settings.model_validate_json(written(FULL, SEALS)).model_copy(update={"key": "a-key"})
    assert not is_whole(one.model_dump_json())
    assert read(one.model_dump_json(), SEALS) == FULL


def test_what_another_key_sealed_is_shut_and_kept_through_a_change() -> None:
    shut = read(written(FULL, SEALS), OTHER)
    assert shut.shut
    assert "a-secret" not in shut.model_dump_json()
    changed = written(shut.model_copy(update={"name": "New", "authorization": "Bearer new"}), OTHER)
    assert read(changed, Sealer(["another key that is long enough", "a key for tests that is long enough"])) == (
        FULL.model_copy(update={"name": "New", "authorization": "Bearer new"})
    )


def test_one_sources_sealed_secret_is_none_of_another() -> None:
    moved = Settings.model_validate_json(written(FULL, SEALS)).model_copy(update={"id": "hill"})
    assert read(moved.model_dump_json(), SEALS).shut


@pytest.mark.parametrize("name", SECRETS)
def test_nobody_can_give_what_looks_sealed(name: str) -> None:
    with pytest.raises(ValidationError, match=r"must not begin with sealed1\."):
        NewSource.model_validate({"url": "https://bay.example/", name: "sealed1.00000000.AAAA"})
