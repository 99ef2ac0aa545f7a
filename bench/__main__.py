"""python -m bench NAME [--rows N]: one claim of speed, a line of JSON for each figure."""

import argparse
import importlib
import json
import sys
from typing import Any

from data.settings import Problem

# name, module, what it claims
NAMES = (
    ("import", "bench.import_", "records from CSV to the table that screens read"),
    ("locate", "bench.locate", "which area holds each point"),
    ("start", "bench.start", "from process start to the first page"),
    ("view", "bench.view", "the questions of the Map screen"),
)
FIELDS = (
    "name", "rows", "ours_s", "peer_s", "ratio", "equal", "peak_mb", "goal", "ok",
)  # fmt: skip
DIGITS = 4


def main() -> int:
    """0 where every figure is reached, 1 where one is not, 2 where nothing could run."""
    parser = argparse.ArgumentParser(
        prog="python -m bench",
        description="Measure one claim of speed: one line of JSON for each figure.",
        epilog="; ".join(f"{name}: {claims}" for name, _, claims in NAMES),
    )
    parser.add_argument("name", metavar="NAME")
    parser.add_argument("--rows", type=int, help="more or fewer rows than usual")
    asked = parser.parse_args()
    modules = {name: module for name, module, _ in NAMES}
    if asked.name not in modules:
        listed = ", ".join(modules)
        print(f"There is no bench {asked.name!r}: use {listed}.", file=sys.stderr)
        return 2
    if asked.rows is not None and asked.rows < 1:
        print(f"--rows is {asked.rows}: use 1 or more.", file=sys.stderr)
        return 2
    try:
        found = importlib.import_module(modules[asked.name]).run(asked.rows)
    except Problem as problem:
        print(problem, file=sys.stderr)
        return 2
    for figure in found:
        print(line(figure))
    return 0 if all(figure["ok"] for figure in found) else 1


def line(figure: dict[str, Any]) -> str:
    """A figure as one line of JSON: the fields that every bench has, then its own."""
    ordered = {field: figure.get(field) for field in FIELDS} | figure
    return json.dumps({name: _short(value) for name, value in ordered.items()})


def _short(value: Any) -> Any:
    if isinstance(value, float):
        return float(f"{value:.{DIGITS}g}")
    # numpy's own numbers and truths are not JSON's
    return value.item() if hasattr(value, "item") else value


if __name__ == "__main__":
    sys.exit(main())
