"""The example receiver that the portal shows, read from the file that the tests run."""

from __future__ import annotations

from pathlib import Path

RECEIVER = (Path(__file__).parent / "receiver.txt").read_text(encoding="utf-8")
