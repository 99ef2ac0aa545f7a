"""The place that comes with Porchlight: real public records, and made ones if asked for."""

import csv
import subprocess
import sys
import tempfile
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

from data.areas import area_import
from data.imports import importer
from data.sample import made_reports
from data.settings import ROOT, Problem, Settings, settings_path
from data.storage import area_sets
from data.storage.events import RowsMerged
from data.storage.store import Store

MAPPINGS = Path(__file__).with_name("mappings")
PRESS = Path(__file__).with_name("press.csv")
NO_RESIDENTS = ("Camden Industrial", "Humboldt Industrial Area")
_NOT_KNOWN = ("Near - North",)

Bar = Callable[[str], AbstractContextManager[Callable[[int, int], None]]]


def fill(
    store: Store,
    settings: Settings,
    *,
    community: bool = False,
    say: Callable[[str], None] = print,
    bar: Bar,
) -> None:
    """Import the sample's sources and learn its areas. What is there already stays."""
    if not settings.sample:
        raise Problem(
            f"{settings_path()} describes {settings.name}; the records that come with "
            "Porchlight are of Minneapolis. Import your own: python -m data import FILE"
        )
    with tempfile.TemporaryDirectory(prefix="porchlight-") as made:
        folder = Path(made)
        with bar("Reading the public records") as move:
            move(0, 1)
            _records(folder)
        _take(store, settings, folder / "stops.csv", "police-stops", say, bar)
        if "neighborhoods" not in area_sets.current_sets(store):
            with bar("Learning the neighborhoods from labelled points") as move:
                move(0, 1)
                people = _population(folder / "population.csv")
                area_import.learn(store, settings, population=people, say=say)
        _merged(store, settings, folder / "force.csv", say, bar)
        _take(store, settings, PRESS, "press", say, bar)
        if community:
            _made(store, settings, folder, say, bar)


def _records(folder: Path) -> None:
    """Let a process of its own read the data package and write CSV files."""
    done = subprocess.run(
        [sys.executable, "-m", "data.sample.rdata", str(folder)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise Problem(
            "The public records could not be read: "
            + (done.stdout.strip() or done.stderr.strip().splitlines()[-1])
        )


def _take(
    store: Store, settings: Settings, file: Path, source: str, say: Callable[[str], None], bar: Bar
) -> importer.Report:
    options = importer.Options(source=source, map=MAPPINGS / f"{source}.toml")
    with bar(f"Importing {source}") as move:
        report = importer.import_file(
            store, settings, file, options, ask=None, say=lambda text: None, progress=move
        )
    say(f"{source}: {report.sentences()[-1]}")
    return report


def _merged(
    store: Store, settings: Settings, file: Path, say: Callable[[str], None], bar: Bar
) -> None:
    """Use of force: one incident an event; how many rows that merged goes to the ledger."""
    with file.open(newline="") as opened:
        rows = sum(int(row["rows"]) for row in csv.DictReader(opened))
    report = _take(store, settings, file, "use-of-force", say, bar)
    merged = rows - report.rows
    if report.batch not in store.history().merges:
        store.ledger.append(RowsMerged(report.batch, rows, merged))
    say(
        f"use-of-force: {rows:,} rows of the source are {report.rows:,} events; "
        f"{merged:,} rows were merged into their event."
    )


def _population(file: Path) -> dict[str, int | None]:
    """Residents by the source's names of neighborhoods; None where not known."""
    with file.open(newline="") as opened:
        people: dict[str, int | None] = {
            row["neighborhood"]: int(row["population"]) for row in csv.DictReader(opened)
        }
    return people | dict.fromkeys(NO_RESIDENTS, 0) | dict.fromkeys(_NOT_KNOWN)


def _made(
    store: Store, settings: Settings, folder: Path, say: Callable[[str], None], bar: Bar
) -> None:
    areas, _ = area_sets.read_areas(area_sets.current_sets(store)["neighborhoods"])
    file = folder / "community-made.csv"
    made_reports.reports(areas).to_csv(file, index=False)
    _take(store, settings, file, "community-made", say, bar)
