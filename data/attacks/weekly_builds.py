"""A3: the job run week after week, while reports come late, are taken back and corrected."""

from datetime import timedelta
from pathlib import Path

import pandas as pd

from data.attacks import made_place, made_records
from data.attacks.case import Case, Count, Found
from data.attacks.made_events import made_rules
from data.attacks.made_place import MadePlace

_YEARLY, _YEARS = 900, 3
FIRST = made_records.FIRST_DAY + timedelta(days=385)
_STATUSES = ("provisional", "quarter", "year")
Lines = dict[str, dict[str, str]]  # by path: what names a cell -> the rest of its line
_RANGE = 5  # number, low, high, sd, status


def weekly(case: Case, count: Count) -> Found:
    """Check that measured cells never change, and estimates only with their quarter and year."""
    place = MadePlace(case.scratch / "weekly")
    history = made_records.history(_YEARLY, _YEARS, many=made_place.AREAS)
    seen: set[tuple[object, ...]] = set()
    before: Lines = {}
    cells = changed = builds = 0
    with made_place.open_place(place, made_rules(case.rules)):
        made_place.fill_areas(place)
        for week in range(count.weeks):
            as_of = FIRST + timedelta(weeks=week)
            rows = made_place.report_rows(made_records.records_known_on(history, as_of))
            new = [row not in seen for row in rows.itertuples(index=False, name=None)]
            seen.update(rows.itertuples(index=False, name=None))
            place.import_rows(pd.DataFrame(rows[new]))
            now = lines(place.release(as_of).folder)
            cells += sum(len(old) for old in before.values())
            changed += differences(before, now)
            before, builds = now, builds + 1
            case.progress(builds / count.weeks)
    figure = f"{builds} builds: {changed} of {cells:,} cells changed that had been measured"
    return Found(changed == 0 and cells > 0, figure)


def lines(folder: Path) -> Lines:
    """The lines of the community tables of a release, by path and cell."""
    found: Lines = {}
    for file in sorted(folder.glob("community/*/*.csv")):
        most = 2 if file.parent.name == "measured" else _RANGE
        rows = file.read_text(encoding="utf-8").splitlines()[1:]
        parts = (row.split(",") for row in rows)
        path = f"{file.parent.name}/{file.stem}"
        found[path] = {",".join(p[:-most]): ",".join(p[-most:]) for p in parts}
    return found


def differences(before: Lines, now: Lines) -> int:
    """How many cells are gone, changed without a new status, or have an earlier status."""
    many = 0
    for path, old in before.items():
        new = now.get(path, {})
        for cell, line in old.items():
            if new.get(cell) != line and not (
                path.startswith("estimate") and _later(line, new.get(cell, ""))
            ):
                many += 1
    return many


def _later(old: str, new: str) -> bool:
    """Return whether an estimate was fitted anew with its quarter or its year."""
    was, now = (line.rpartition(",")[2] for line in (old, new))
    return now in _STATUSES and _STATUSES.index(now) > _STATUSES.index(was)
