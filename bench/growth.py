"""The cost as work grows: every bench at 10^4 to 10^7 rows, as a table and a plot.

Writes bench/README.md and bench/growth.svg. A bench joins by being a row of NAMES.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from bench import plot
from bench.__main__ import NAMES
from data.settings import ROOT

SIZES = (10_000, 100_000, 1_000_000, 10_000_000)
STILL = ("start", "gi_permute")  # measure the sample, 9,999 permutations: they do not grow
SUM = ": all"  # how the name of a figure ends that adds up others
LONGEST = 3 * 3600  # seconds for one bench of one size
README, PICTURE = ROOT / "bench" / "README.md", ROOT / "bench" / "growth.svg"
LIBRARIES = ("streamlit", "duckdb", "pandas", "geopandas")

Lines = list[dict[str, Any]]
# bench and size -> its figures, or the reason why there are none
Found = dict[str, dict[int, Lines | str]]


def main() -> int:
    """Write table and plot and return 0; figures that are missed are told by the benches."""
    parser = argparse.ArgumentParser(description="Measure the cost as work grows.")
    parser.add_argument("--upto", type=int, default=SIZES[-1], help="the most rows")
    parser.add_argument("--only", nargs="*", help="these benches, not all of them")
    told = parser.parse_args()
    upto, only = told.upto, told.only
    asks = {
        name: _asked(name)
        for name, _, _ in NAMES
        if name not in STILL and (not only or name in only)
    }
    sizes = [size for size in SIZES if size <= upto]
    found: Found = {name: {} for name in asks}
    for size in sizes:  # a size after the other: its store is made once
        for name, lines_of in asks.items():
            print(f"{name}, {size:,} rows ...", file=sys.stderr, flush=True)
            found[name][size] = lines_of(size)
    README.write_text(text(found, machine()))
    PICTURE.write_text(plot.drawn(series(found), sizes))
    return 0


def _asked(name: str) -> Callable[[int], Lines | str]:
    """A function that measures a bench at so many rows, in a process of its own."""

    def lines(rows: int) -> Lines | str:
        command = [sys.executable, "-m", "bench", name, "--rows", str(rows)]
        try:
            done = subprocess.run(
                command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=LONGEST
            )
        except subprocess.TimeoutExpired:
            return f"longer than {LONGEST // 3600} hours"
        told = [json.loads(line) for line in done.stdout.splitlines()]
        said = done.stderr.strip().splitlines()
        return told or (said[-1] if said else "no figure")

    return lines


def series(found: Found) -> dict[str, dict[str, list[tuple[int, float, float | None]]]]:
    """The series by bench and figure: rows, our seconds, the peer's. Sums stand for their parts."""
    out: dict[str, dict[str, list[tuple[int, float, float | None]]]] = {}
    for bench, sizes in found.items():
        for size, lines in sizes.items():
            for line in lines if isinstance(lines, list) else []:
                point = (size, line["ours_s"], line["peer_s"])
                out.setdefault(bench, {}).setdefault(line["name"], []).append(point)
    for bench, figures in out.items():
        sums = {name: points for name, points in figures.items() if name.endswith(SUM)}
        out[bench] = sums or figures
    return out


def text(found: Found, where: list[str]) -> str:
    """The page: the machine, the plot and the table."""
    sizes = sorted({size for told in found.values() for size in told})
    head = "".join(f" {size:,} rows |" for size in sizes)
    rows, gaps = [], []
    for bench, told in found.items():
        names = dict.fromkeys(
            line["name"] for lines in told.values() if isinstance(lines, list) for line in lines
        )
        for name in names:
            cells = "".join(f" {_cell(told.get(size), name)} |" for size in sizes)
            rows.append(f"| {name} |{cells}")
        gaps += [
            f"- {bench}, {size:,} rows: {why}" for size, why in told.items() if isinstance(why, str)
        ]
    claims = [f"- `{name}`: {claim}" for name, _, claim in NAMES]
    gaps += [f"- {name}: not in this run" for name, _, _ in NAMES if name not in (*found, *STILL)]
    return "\n".join(
        [
            "# The cost as work grows",
            "",
            "Made by `make bench`; do not edit. Each cell: our seconds, the peer's seconds and how",
            "many times as fast ours is. What is promised for which size, `python -m bench NAME`",
            "says and holds to.",
            "",
            *[f"- {line}" for line in where],
            "",
            "![Our seconds and the peer's by number of rows, both axes logarithmic](growth.svg)",
            "",
            f"| figure |{head}",
            f"| --- |{' --- |' * len(sizes)}",
            *rows,
            "",
            *(["Not measured:", "", *gaps, ""] if gaps else []),
            "What each measures:",
            "",
            *claims,
            "",
        ]
    )


def _cell(lines: Lines | str | None, name: str) -> str:
    """One figure at one size, or a dash."""
    line = next((x for x in lines or [] if isinstance(x, dict) and x["name"] == name), None)
    if line is None:
        return "-"
    told = seconds(line["ours_s"])
    if line["peer_s"] is not None:
        told += f" / {seconds(line['peer_s'])}"
    if line["ratio"] is not None:
        told += f" ({line['ratio']:.3g}x)"
    return told if line["equal"] else f"{told}, **not equal**"


def seconds(value: float) -> str:
    """Seconds as readers want them, three figures at most."""
    return f"{1000 * value:.3g} ms" if value < 1 else f"{value:.3g} s"


def machine() -> list[str]:
    """The machine that it ran on, in words; no name of a host and no path."""
    told = {"cpuinfo": "model name", "meminfo": "MemTotal"}
    read = {}
    for file, word in told.items():
        lines = Path(f"/proc/{file}").read_text().splitlines()
        line = next((x for x in lines if x.startswith(word)), f"{word}: unknown")
        read[file] = line.partition(":")[2].strip()
    memory = int(read["meminfo"].split()[0]) / 2**20 if read["meminfo"] != "unknown" else 0
    system = platform.freedesktop_os_release().get("PRETTY_NAME", platform.system())
    versions = ", ".join(f"{name} {version(name)}" for name in LIBRARIES)
    return [
        f"{read['cpuinfo']}, {len(os.sched_getaffinity(0))} cores, {memory:.0f} GB of memory",
        f"{system}, Python {platform.python_version()}, {versions}",
        f"{datetime.now(UTC):%Y-%m-%d}",
    ]


if __name__ == "__main__":
    sys.exit(main())
