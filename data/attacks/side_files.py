"""A20: what a release leaves beside itself: keys, exact counts in logs, crash and temporary files.

The release's own store and files are searched. Then the commands run on a made place, with its home
and its temporary files in the same folder, where they also fail and are killed; all that they say
and leave there is searched.
"""

import base64
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from datetime import date
from itertools import islice
from pathlib import Path

import numpy as np
import pandas as pd

from data.attacks import budgets, killed, made_place
from data.attacks.case import Case, Count, Found
from data.attacks.made_events import made_rules
from data.attacks.made_place import MadePlace
from data.attacks.record import pretend_survived
from data.privacy import budget, issue_key, measured_tables
from data.privacy.issue_key import key_folder
from data.privacy.tables import LATE, MEASURED, MEASURED_TABLES
from data.release import chain
from data.release.data_package import PACKAGE
from data.settings import ROOT, load_settings
from data.storage.batches import live_files
from data.storage.store import Store
from geo.arrays import Ints

_YEARLY = 6000  # so many that exact counts are numbers which nothing else says by chance
_LENGTH = re.compile(rb'"bytes": ?\d+')
LARGE = 1000
_AS_OF = date(2022, 3, 20)
_CELLS = 30  # so many numbers are never all exact by chance
# private by their purpose: records, what was decided of them, the ledger, the table of screens, the
# team's cites; and those of a release, whose numbers have chance added
_RECORDS = ("batches", "rejected", "current", "areas", "release-budget", "ledger.db", "cites")
_TABLES = ("community/", "official/", "press/", "embed/")  # numbers of a release, with chance added


def leftovers(case: Case, _: Count) -> Found:
    """Check that no exact count and no key is left anywhere."""
    wrong, searched = [], 0
    if case.store is not None and case.folder is not None:
        mine = [case.store.root, *([case.public] if case.public else [])]
        keys = _keys(key_folder(load_settings()))
        wrong += [f"{case.folder.name}: {what}" for what in _kept_keys(case.store)]
        wrong += exact_tables(case.store, case.folder)
        exact = large_counts(case.store)
        searched += _search(mine, keys, exact, wrong)
    case.progress(0.3)
    place = MadePlace(case.scratch / "side")
    with made_place.open_place(place, made_rules(case.rules)):
        budgets.fill_place(place, _YEARLY, _AS_OF)
        searched += _tried(place, case, wrong)
    first = f": {wrong[0]}" if wrong else ""
    return Found(not wrong, f"{searched:,} files searched, {len(wrong)} telling{first}")


def _tried(place: MadePlace, case: Case, wrong: list[str]) -> int:
    """Let commands work, fail and be killed on a made place, and search what they leave."""
    broken = place.copy(case.scratch / "side-broken")
    for file in islice(map(Path, live_files(broken.store)), 1):
        file.write_bytes(file.read_bytes()[:-400])
    said = [_command(broken, "release", "--as-of", _AS_OF.isoformat())]
    with killed.runs(case.scratch / "side-killed.log") as run:
        for step in (25, 45):
            run("release", place.environment, _AS_OF.isoformat(), step)
        said.append(_command(place, "release", "--as-of", _AS_OF.isoformat()))
        if not chain.known_releases(place.store):  # drawing its pages failed: not what is asked
            run("release", place.environment, _AS_OF.isoformat(), budgets.NEVER)
    case.progress(0.6)
    keys, exact = _keys(place.keys), large_counts(place.store)
    if not keys or not exact:
        wrong.append("the made place has no key, or no large count: nothing was tried")
    name = chain.known_releases(place.store)[-1]
    folder = chain.folder(place.store, name)
    wrong += exact_tables(place.store, folder)
    many = _search([case.scratch], keys, exact, wrong)
    pretend_survived(place.store, folder, made_rules(case.rules))
    said.append(_command(place, "publish", name))
    case.progress(0.8)
    if left := [file.name for file in place.keys.rglob("*") if file.is_file()]:
        wrong.append(f"the key {left[0]} is there after publishing")
    (case.scratch / "side.log").write_text("\n".join(said), encoding="utf-8")
    return many + _search([case.scratch], keys, exact, wrong)


def _command(place: MadePlace, *words: str) -> str:
    """What a command says, its home and its temporary files being in the place's folder."""
    home, scratch = place.folder / "home", place.folder / "temporary"
    for folder in (home, scratch):
        folder.mkdir(exist_ok=True)
    variables = {"HOME": str(home), "TMPDIR": str(scratch), "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-m", "data", *words],
        cwd=home,
        env=made_place.clean_environment() | place.environment | variables,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout + done.stderr


def _keys(folder: Path) -> dict[str, bytes]:
    """The keys that there are, by name."""
    return {file.stem: file.read_bytes() for file in folder.glob("*.key")}


def _kept_keys(store: Store) -> Iterator[str]:
    """Keys of issues that a published release shows."""
    history = store.history()
    shown = {
        i
        for name in history.published
        if name in history.built
        for i in history.built[name].issues or ()
    }
    for issue in sorted(shown):
        if issue_key.load_key(load_settings(), issue) is not None:
            yield f"the key of {issue} is there after publishing"


def exact_tables(store: Store, folder: Path) -> list[str]:
    """Whether the measured numbers of a release, or those of a large table of it, are all exact."""
    wrong, many, same = [], 0, 0
    for path, frame in chain.tables(folder, MEASURED).items():
        exact = _exact(store, path, frame)
        equal = int((exact == frame["n"].to_numpy(np.int64)).sum()) if len(exact) else 0
        many, same = many + len(exact), same + equal
        if equal == len(exact) >= _CELLS:
            wrong.append(f"{path}: every number is exact")
    return wrong or (["every number is exact"] if same == many >= _CELLS else [])


def _exact(store: Store, path: str, frame: pd.DataFrame) -> Ints:
    """The exact counts of a measured table's rows, in their order; none where it was not decided."""
    table, history = MEASURED_TABLES[path], store.history()
    decisions, parts = budget.decisions_of(store), []
    for year, own in frame.groupby(frame["period"].str[:4], sort=True):
        axes = budget.axes_of(history.budgets[str(year)])
        cells = measured_tables.grid(table, list(dict.fromkeys(own["period"])), axes)
        months = [str(year)] if table.sort == LATE else sorted(budget.months_of(own["period"]))
        if not all(decisions.has(month) for month in months):
            return np.empty(0, np.int64)
        n = measured_tables.count_events(decisions.read(months), table, cells, axes)
        names = measured_tables.keys_of(cells, table).assign(exact=n)
        parts.append(own.merge(names, "left", table.keys)["exact"])
    return pd.concat(parts).to_numpy(np.int64) if parts else np.empty(0, np.int64)


def large_counts(store: Store) -> set[int]:
    """Exact numbers of decided events, by month, quarter, year and sort, that are large."""
    decisions, found = budget.decisions_of(store), set[int]()
    for period in decisions.decided():
        rows = decisions.read([period])
        found |= {len(rows), *rows["sort"].value_counts().tolist()}
    months = [p for p in decisions.decided() if len(p) > 4]
    rows = decisions.read(months)
    for unit in ("Q", "Y"):
        by = [rows["day"].dt.to_period(unit), rows["sort"]]
        found |= {*rows.groupby(by).size().tolist(), *rows.groupby(by[0]).size().tolist()}
    return {n for n in found if n >= LARGE}


def _search(roots: list[Path], keys: Mapping[str, bytes], exact: set[int], wrong: list[str]) -> int:
    """Search every file for keys, and those that hold no records or tables for exact counts."""
    forms = {form: name for name, key in keys.items() for form in _forms(key)}
    text = "|".join(f"{n:,}|{n}" for n in sorted(exact))
    number = re.compile(rf"(?<![\w.,-])(?:{text})(?![\w.,-]*\d)".encode()) if exact else None
    many = 0
    for root in roots:
        for file in sorted(f for f in root.rglob("*") if f.is_file() and f.suffix != ".key"):
            body, name = file.read_bytes(), str(file.relative_to(root))
            many += 1
            wrong += [f"{name}: the key of {of}" for form, of in forms.items() if form in body]
            if number and not _private(file, root) and (hit := number.search(_told(body, file))):
                wrong.append(f"{name}: the exact count {hit.group().decode()}")
    return many


def _told(body: bytes, file: Path) -> bytes:
    """What a file tells, without the lengths of files: one may be a count by chance."""
    return _LENGTH.sub(b"", body) if file.name == PACKAGE else body


def _forms(key: bytes) -> set[bytes]:
    """The ways in which a key is written."""
    encoded = {base64.b64encode(key).rstrip(b"="), base64.urlsafe_b64encode(key).rstrip(b"=")}
    return {key, key.hex().encode(), key.hex().upper().encode(), *encoded}


def _private(file: Path, root: Path) -> bool:
    """Return whether a file holds records by its purpose, or numbers with chance added."""
    name = file.relative_to(root).as_posix()
    parts = name.split("/")
    return any(part.startswith(known) for part in parts for known in _RECORDS) or any(
        f"/{table}" in f"/{name}" for table in _TABLES
    )
