"""A secret that several processes need is made by one of them, and readable by its owner alone."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from shared.kept import kept


def test_who_comes_together_agrees_on_one_that_nobody_else_reads(tmp_path: Path) -> None:
    path = tmp_path / "data" / "secret-key"
    with ThreadPoolExecutor(8) as pool:
        found = [*pool.map(lambda _: kept(path), range(8))]
    assert len({text for text, _ in found}) == 1
    assert [made for _, made in found].count(True) == 1
    assert len(found[0][0]) >= 40
    assert path.stat().st_mode & 0o777 == 0o600
    assert [entry.name for entry in path.parent.iterdir()] == ["secret-key"]
