"""A19: a period measured twice, by a second issue, another split, a backup or a killed command.

The ledger of the release's own store is audited. Then all of it is tried on a made place with the
same policy: what was measured once is the same for ever, or nothing is published.
"""

import shutil
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path

import numpy as np

from data.attacks import killed, made_place, made_records
from data.attacks.case import Case, Count, Found
from data.attacks.made_events import made_rules
from data.attacks.made_place import MadePlace
from data.attacks.record import pretend_survived
from data.attacks.weekly_builds import Lines, lines
from data.privacy import budget
from data.privacy.policy import Policy
from data.privacy.tables import LATE, PROFILES
from data.release import publish
from data.settings import Problem
from data.storage.store import Store

_YEARLY = 500
_AS_OF = date(2021, 5, 30)  # the first quarter is closed, and April of the city
SOON = _AS_OF + timedelta(days=91)
NEVER = -1  # no step to be killed at


def spending(case: Case, count: Count) -> Found:
    """Check that nothing is measured twice, whatever happens to a command or a store."""
    wrong = audit(case.store) if case.store is not None else []
    rules = made_rules(case.rules)
    place = MadePlace(case.scratch / "budget")
    with made_place.open_place(place, rules):
        fill_place(place, _YEARLY, _AS_OF)
        begun = place.copy(case.scratch / "begun")
        first = published(place, rules, _AS_OF)
        tries = {
            "a second issue": _second(place, first),
            "another split": _split(place, rules, first),
            "a backup put back": _backup(place, begun, first),
        }
        kills, more = _killed(begun, case, rules, count.kills)
    wrong += [*(f"{name}: {said}" for name, said in tries.items() if said), *more]
    first_wrong = f": {wrong[0]}" if wrong else ""
    return Found(
        not wrong, f"{len(tries)} ways, {kills} kills: {len(wrong)} measured anew{first_wrong}"
    )


def fill_place(place: MadePlace, yearly: int, as_of: date) -> None:
    """Give an open made place its areas, and the reports that are known on a day."""
    made_place.fill_areas(place)
    history = made_records.history(yearly, 2, many=made_place.AREAS)
    known = made_records.records_known_on(history, as_of)
    place.import_rows(made_place.report_rows(known))


def published(place: MadePlace, rules: Policy, as_of: date) -> Lines:
    """Make and publish a release of an open made place; its lines."""
    release = place.release(as_of)
    pretend_survived(place.store, release.folder, rules)
    publish.publish(place.store, place.settings(), release.id, place.public)
    return lines((place.public / "current").resolve())


def audit(store: Store) -> list[str]:
    """What a ledger spent twice, spent too much, or does not keep as it was."""
    history = store.history()
    wrong: list[str] = []
    seen: set[tuple[str, str]] = set()
    for issue, event in history.drawn.items():
        for table, periods in event.tables.items():
            again = {(table, p) for p in periods} & seen
            if again and not event.again:
                wrong.append(f"{issue} measured {table} of {min(again)[1]} a second time")
            seen |= {(table, period) for period in periods}
    for year, opened in history.budgets.items():
        epsilon = budget.tables_of(opened)
        whole = max((e for t, e in epsilon.items() if t.sort == LATE), default=0)
        for sort in {table.sort for table in epsilon}:
            spent = sum(e for table, e in epsilon.items() if table.sort == sort)
            if spent > whole:
                wrong.append(f"{year}: {sort} tables spend {float(spent):g} of {float(whole):g}")
    return wrong


def _second(place: MadePlace, first: Lines) -> str:
    """Other records, and issues of the same day and a later one."""
    history = made_records.history(_YEARLY, 2, seed=19, many=made_place.AREAS)
    place.import_rows(made_place.report_rows(made_records.records_known_on(history, SOON)))
    said = [_other(first, place.release(day).folder) for day in (_AS_OF, SOON)]
    return "; ".join([*filter(None, said), *audit(place.store)])


def _split(place: MadePlace, rules: Policy, first: Lines) -> str:
    """Another volume and twice the epsilon in the settings, in the same year."""
    other = next(volume for volume in PROFILES if volume != rules.volume)
    changed = replace(rules, volume=other, expected=0, epsilon=2 * rules.epsilon)
    with made_place.open_place(place, changed):
        release = place.release(SOON + timedelta(days=91))
    year = str(_AS_OF.year)
    before = place.store.history().budgets[year].epsilon
    spent = {name: float(Fraction(e)) for name, e in before.items()}
    said = [_other(first, release.folder), *audit(place.store)]
    if release.manifest["years"][year] != spent or max(spent.values()) > rules.epsilon:
        said.append("the split of a year that is begun changed")
    return "; ".join(filter(None, said))


def _backup(place: MadePlace, begun: MadePlace, first: Lines) -> str:
    """A backup from before the first issue put back, with more records, beside what is public."""
    shutil.rmtree(place.store.root)
    shutil.copytree(begun.store.root, place.store.root)
    history = made_records.history(_YEARLY, 2, seed=20, many=made_place.AREAS)
    place.import_rows(made_place.report_rows(made_records.records_known_on(history, SOON)))
    try:
        said = [_other(first, place.release(day).folder) for day in (_AS_OF, SOON)]
    except Problem:
        return ""  # refused
    return "; ".join([*filter(None, said), *audit(place.store)])


def _killed(begun: MadePlace, case: Case, rules: Policy, many: int) -> tuple[int, list[str]]:
    """Making and publishing a release killed at so many steps: how often it was, what is wrong."""
    wrong: list[str] = []
    kills = 0
    with killed.runs(case.scratch / "killed.log") as run:
        whole = begun.copy(case.scratch / "whole")
        making = run("release", whole.environment, _AS_OF.isoformat(), NEVER)[0]
        name = _only(whole.store.root / "releases")
        _pretend(whole, name, rules)
        ready = whole.copy(case.scratch / "ready")
        publishing = run("publish", whole.environment, name, NEVER)[0]
        for i, step in enumerate(_spread(making, publishing, many)):
            made = step < making
            place = (begun if made else ready).copy(case.scratch / f"kill-{i}")
            if made:
                code = run("release", place.environment, _AS_OF.isoformat(), step)[1]
            else:
                code = run("publish", place.environment, name, step - making)[1]
            kills += code < 0
            wrong += [f"kill at {step}: {said}" for said in _finished(place, rules, run)]
            shutil.rmtree(place.folder)
            case.progress((i + 1) / many)
    return kills, wrong


def _finished(place: MadePlace, rules: Policy, run: killed.Run) -> list[str]:
    """Make and publish again what a killed command left; what is not the same as it left it."""
    left = [lines(folder) for folder in _shown(place)]
    drawn = {file.name: file.read_bytes() for file in _measured(place)}
    if run("release", place.environment, _AS_OF.isoformat(), NEVER)[1]:
        return ["it cannot be made again"]
    name = _only(place.store.root / "releases")
    _pretend(place, name, rules)
    if run("publish", place.environment, name, NEVER)[1]:
        return ["it cannot be published"]
    shown = (place.public / "current").resolve()
    said = [_other(one, shown) for one in left]
    said += [
        f"{f.name} drawn anew"
        for f in _measured(place)
        if drawn.get(f.name, b"") not in (b"", f.read_bytes())
    ]
    said += ["a key is left"] if any(place.keys.rglob("*")) else []
    with made_place.environment(place.environment):
        return [*filter(None, said), *audit(place.store)]


def _shown(place: MadePlace) -> list[Path]:
    """The releases of a place, made and published, with their numbers."""
    return [f.parent for f in place.folder.glob("*/releases/*/manifest.json")] + [
        f.parent for f in place.folder.glob("releases/*/manifest.json")
    ]


def _measured(place: MadePlace) -> list[Path]:
    return sorted((place.store.root / "release-budget" / "measured").glob("*.parquet"))


def _pretend(place: MadePlace, name: str, rules: Policy) -> None:
    folder = place.store.root / "releases" / name
    pretend_survived(place.store, folder, rules)


def _only(folder: Path) -> str:
    """The one release of a folder."""
    (name,) = sorted(f.name for f in folder.iterdir() if not f.name.startswith("."))
    return name


def _spread(making: int, publishing: int, many: int) -> list[int]:
    """Steps of making and then of publishing, half of each, evenly spread."""
    half = many // 2
    ends = ((0, making, many - half), (making, making + publishing, half))
    return [int(at) for first, last, n in ends for at in np.linspace(first, last - 1, n)]


def _other(first: Lines, folder: Path) -> str:
    """How many measured cells another release shows with another number; empty where none."""
    now = lines(folder)
    many = sum(
        now.get(path, {}).get(cell, line) != line
        for path, old in first.items()
        if path.startswith("measured/")
        for cell, line in old.items()
    )
    return f"{many} cells measured anew" if many else ""
