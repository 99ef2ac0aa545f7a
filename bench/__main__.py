"""python -m bench NAME [--rows N]: one claim of speed, a line of JSON for each figure.

Without a name: what there is to measure, a line each.
"""

import argparse
import importlib
import json
import sys
from typing import Any

from data.settings import Problem

# name, module, its claim
NAMES = (
    ("import", "bench.import_", "records from CSV and JSON Lines to the table that screens read"),
    ("build", "bench.build", "the table that screens read, whole and after a new batch"),
    ("after_import", "bench.after_import", "from an import to the next click on an open Map"),
    ("pull", "bench.pull", "a feed of features, until they can be imported"),
    ("locate", "bench.locate", "which area holds each point"),
    ("start", "bench.start", "from process start to the first page, and what visits load"),
    ("view", "bench.view", "the questions of the Map screen"),
    ("newsroom", "bench.newsroom", "police response, force and harm by city, month and area"),
    ("heat", "bench.heat", "the heat layer, server time and bytes to the browser"),
    ("episodes", "bench.episodes", "which records are of one episode"),
    ("points", "bench.points", "incidents at any zoom in Chromium"),
    ("scan", "bench.scan", "clusters in space and in time, with what chance does"),
    (
        "screen",
        "bench.screen",
        "from a filter's change to the finished rerun of the Map screen, and every page alone",
    ),
    ("browser", "bench.browser", "from a click on a filter to changed pixels in Chromium"),
    ("gi", "bench.gi", "hot spots: Gi* of every area and week"),
    ("gi_permute", "bench.gi_permute", "hot spots: the p of Gi* by permutation"),
    ("now", "bench.now", "everything that the page Now asks for, on the sample"),
    ("cite", "bench.cite", "a cite of the Map screen with its picture, and the page of it"),
    (
        "release",
        "bench.release",
        "what is public of a million reports, and of networks of three sizes",
    ),
    ("utility", "bench.utility", "what readers get of a release, beside thresholds and rounding"),
    ("pictures", "bench.pictures", "pictures to take away: each kind, size and form"),
    ("embed", "bench.embed", "the public embed: bytes, first picture, requests a second"),
    ("entrance", "bench.entrance", "what the gate adds to a request"),
    ("calibration", "bench.calibration", "false findings and power of each statistical method"),
    ("desk", "bench.desk", "deals and grades of sixty people, a burst of reports, and approvals"),
    (
        "volunteers",
        "bench.volunteers",
        "what share of wrong tips becomes records, with sixty made volunteers, one in ten hostile",
    ),
    ("sessions", "bench.sessions", "many people at once, each with a change in ten seconds"),
)
FIELDS = ("name", "rows", "ours_s", "peer_s", "ratio", "equal", "peak_mb", "goal", "ok")
# each option and the benches that have it
OWN = {"sessions": ("sessions",), "runs": ("calibration", "utility"), "only": ("calibration",)}
DIGITS = 4


def main() -> int:
    """0 where every figure is reached (or nothing asked), 1 where one is not, 2 where nothing
    could run."""
    parser = argparse.ArgumentParser(
        prog="python -m bench",
        description="Measure one claim of speed: one line of JSON for each figure.",
        epilog="; ".join(f"{name}: {claims}" for name, _, claims in NAMES),
    )
    parser.add_argument("name", metavar="NAME", nargs="?")
    parser.add_argument("--rows", type=int, help="more or fewer rows than usual")
    parser.add_argument("--sessions", type=int, help="sessions only: how many people at once")
    parser.add_argument(
        "--runs", type=int, help="calibration: trials of each case; utility: data sets"
    )
    parser.add_argument("--only", help="calibration only: one of its methods")
    asked = parser.parse_args()
    if asked.name is None:
        print("\n".join(f"{name:<14}{claims}" for name, _, claims in NAMES))
        return 0
    modules = {name: module for name, module, _ in NAMES}
    if asked.name not in modules:
        listed = ", ".join(modules)
        print(f"There is no bench {asked.name!r}: use {listed}.", file=sys.stderr)
        return 2
    for option in ("rows", "sessions", "runs"):
        value = getattr(asked, option)
        if value is not None and value < 1:
            print(f"--{option} is {value}: use 1 or more.", file=sys.stderr)
            return 2
    for option, names in OWN.items():
        if getattr(asked, option) is not None and asked.name not in names:
            have = " and ".join(names) + (" has" if len(names) == 1 else " have")
            print(f"{asked.name} has no --{option}: only {have}.", file=sys.stderr)
            return 2
    more = {o: getattr(asked, o) for o in OWN if getattr(asked, o) is not None}
    try:
        found = importlib.import_module(modules[asked.name]).run(asked.rows, **more)
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
