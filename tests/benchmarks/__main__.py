"""Runs every bench_*.py beside this file, prints a table, and writes bench.json."""

from __future__ import annotations

import importlib
import platform
import sys
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import orjson

from tests.benchmarks.apart import on_uvloop
from tests.benchmarks.rows import Row

OUTPUT = Path("bench.json")


def _modules(wanted: list[str]) -> list[str]:
    names = sorted(path.stem.removeprefix("bench_") for path in Path(__file__).parent.glob("bench_*.py"))
    unknown = [name for name in wanted if name not in names]
    if unknown:
        sys.exit(f"no benchmark is called {unknown[0]}; there are {', '.join(names)}")
    return [f"bench_{name}" for name in names if not wanted or name in wanted]


def _line(row: Row) -> str:
    ratio = "" if row.ratio is None else f"{row.ratio:8.2f}"
    ceiling = "" if row.ceiling is None else f"{row.ceiling:12,.1f}"
    target = "" if row.target is None else f"{row.target:g}"
    return f"{row.name:44} {row.value:12,.1f} {row.unit:12} {ceiling:>12} {ratio:>8} {target:>7}  {row.note}"


def _run(name: str) -> list[Row]:
    rows: list[Row] = on_uvloop(importlib.import_module(f"tests.benchmarks.{name}").run())
    return rows


def main(wanted: list[str]) -> None:
    """Run the benchmarks named (bus for bench_bus.py), or all."""
    sys.stdout.write(f"{'what':44} {'value':>12} {'unit':12} {'ceiling':>12} {'ratio':>8} {'target':>7}  note\n")
    results: dict[str, list[Row]] = {}
    for name in _modules(wanted):
        results[name] = _run(name)
        for row in results[name]:
            sys.stdout.write(_line(row) + "\n")
            sys.stdout.flush()
    machine = {"python": platform.python_version(), "machine": platform.machine(), "system": platform.system()}
    told = {name: [{**asdict(row), "ratio": row.ratio} for row in rows] for name, rows in results.items()}
    OUTPUT.write_bytes(
        orjson.dumps(
            {"at": datetime.now(UTC), "machine": machine, "results": told},
            option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE,
        )
    )


if __name__ == "__main__":
    main(sys.argv[1:])
