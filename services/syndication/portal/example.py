"""The example programs that the portal shows, read from the files that the tests run."""

from __future__ import annotations

from pathlib import Path

HERE = Path(__file__).parent
RECEIVER = (HERE / "receiver.txt").read_text(encoding="utf-8")
PROOF = (HERE / "proof.txt").read_text(encoding="utf-8")
