"""A release is made: months decided, due periods measured, all fitted, and the files written.

Written beside and moved in whole. The order of steps makes every stop safe: the key is on the disk
before anything is drawn from it, what was drawn is on the disk before the ledger says so, and the
ledger says so before a release shows it; made again, a step gives the same bytes.
"""

import subprocess
import tomllib
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from data import words
from data.release import (
    budget,
    chain,
    issue_key,
    official_tables,
    partitions,
    placed_records,
    policy,
    press_articles,
    release_manifest,
    table_files,
)
from data.release.closed_periods import closed, moment
from data.release.data_package import PACKAGE, data_package
from data.release.decided_events import Decisions, Sensitive, admitted
from data.release.estimated_tables import estimate
from data.release.measured_tables import measure
from data.release.partitions import Partition
from data.release.policy import Policy
from data.release.tables import (
    ARTICLES,
    DECLARED,
    DESCRIBED,
    LATE,
    MEASURED,
    Manifest,
    ReleasedSource,
    Table,
    Tables,
)
from data.settings import ROOT, Problem, Settings
from data.sources import read_catalogue, source_of
from data.storage.disk import sync
from data.storage.events import BudgetOpened, NoiseDrawn, ReleaseBuilt
from data.storage.store import Store

Embed = Callable[[Path, Manifest], None]
GROUPS, DISTRICTS = "areas.geojson", "districts.geojson"


class WrittenRelease(NamedTuple):
    """A release on the disk, and whether these bytes were there already."""

    id: str
    folder: Path
    manifest: Manifest
    old: bool


class _Job(NamedTuple):
    """What a release is made with."""

    store: Store
    settings: Settings
    rules: Policy
    as_of: date
    decisions: Decisions


def today(settings: Settings, rules: Policy, now: datetime | None = None) -> date:
    """The newest date whose fixed hour has come in the place's zone."""
    now = now or datetime.now(UTC)
    day = now.astimezone(ZoneInfo(settings.zone)).date()
    return day if moment(day, rules.hour, settings.zone, latest=True) <= now else day - timedelta(1)


def write_release(
    store: Store,
    settings: Settings,
    as_of: date | None = None,
    *,
    embed: Embed | None = None,
    now: datetime | None = None,
    public: Path | None = None,
    again: str = "",
) -> WrittenRelease:
    """Build a release of the store as of a date and move it into releases/<id>/.

    `embed` writes its files into the folder that it is given, from the manifest so far. `public` is
    the folder of what is published, where it is known: what it shows is spent, whatever the ledger
    says. `again` is a year that is measured a second time.
    """
    rules = policy.load_policy(settings)
    newest = today(settings, rules, now)
    as_of = as_of or newest
    if as_of > newest:
        raise Problem(f"{as_of} at {rules.hour:02d}:00 is not over yet: the newest is {newest}.")
    with store.writing() as scratch:
        job = _Job(store, settings, rules, as_of, budget.decisions_of(store))
        chain.require_newest(store, as_of)
        _adopt(job, public)
        budgets = _open_budgets(job)
        _require_redoable(job, again)
        newest_partition = partitions.load_partition(store, budgets[-1].partition)
        records = _decide(job, budgets, newest_partition, again)
        _draw(job, budgets, again)
        measured, lost = budget.measured_numbers(store, store.history())
        estimates = _fitted(job, measured, budgets)
        folder = scratch / "release"
        folder.mkdir(mode=0o700)
        tables = measured | estimates | _exact(job, records, newest_partition)
        manifest = _manifest(job, tables, budgets, lost)
        for path, frame in tables.items():
            table_files.write_table(folder, path, frame)
        _write_areas(job, folder, budgets)
        clock = moment(as_of, rules.hour, settings.zone, latest=False)
        package = data_package(
            folder, manifest["place"], clock, manifest["tables"], manifest["sources"]
        )
        (folder / PACKAGE).write_bytes(package)
        if embed is not None:
            embed(folder, manifest)
        return _sealed_release(job, folder, manifest)


def _open_budgets(job: _Job) -> list[BudgetOpened]:
    """The budgets of all years that have a closed period, opened where they are not."""
    partition = partitions.current_partition(job.store, job.settings, job.rules)
    opened = job.store.history().budgets
    months = budget.decided_months(job.as_of, job.rules)
    if not months:
        raise Problem(
            f"No month is old enough to be published as of {job.as_of}: the first is decided "
            f"{job.rules.decided_after_days} days after its end."
        )
    found = []
    for year in dict.fromkeys(month[:4] for month in months):
        event = opened.get(year)
        if event is None:
            event = budget.new_budget(year, job.rules, partition)
            job.store.ledger.append(event)
        found.append(event)
    chain.keep_budget(job.store)
    return found


def _require_redoable(job: _Job, again: str) -> None:
    """Problem unless a year may be measured a second time: once, and never while its first numbers
    stand."""
    if not again:
        return
    history = job.store.history()
    issues = [name for name, event in history.drawn.items() if _has_year(event, again)]
    if not issues:
        raise Problem(f"Nothing of {again} was measured: there is nothing to do again.")
    if again in budget.years_again(history):
        raise Problem(f"{again} was measured a second time already: there is no third.")
    standing = [name for name in history.standing if name in history.built]
    if shown := [n for n in standing if {*history.built[n].issues} & {*issues}]:
        raise Problem(f"Release {shown[-1]} shows numbers of {again}: recall it first.")


def _has_year(event: NoiseDrawn, year: str) -> bool:
    return any(period[:4] == year for periods in event.tables.values() for period in periods)


def _decide(
    job: _Job, budgets: Sequence[BudgetOpened], newest: Partition, again: str
) -> pd.DataFrame:
    """Fix the events of months and late ones that are due; the records placed by the newest
    partition, for what is exact."""
    if again:
        job.decisions.withdraw(again)
    lost = budget.lost_months(job.store.history(), job.decisions)
    lost = {month for month in lost if month[:4] != again}
    months = budget.undecided_months(job.as_of, job.rules, job.decisions, lost)
    placed: dict[str, pd.DataFrame] = {}
    for event in budgets:
        if event.partition not in placed:
            of = partitions.load_partition(job.store, event.partition)
            placed[event.partition] = _placed(job, of)
        own = [month for month in months if month[:4] == event.year]
        late = not job.decisions.has(event.year) and event.year in closed(
            _LATE, job.as_of, job.rules
        )
        if own or late:
            own_year = placed[event.partition]
            own_year = own_year[own_year["local_date"].dt.year == int(event.year)]
            sensitive = Sensitive(frozenset(event.sensitive_kinds), tuple(event.sensitive_settings))
            events = admitted(own_year, job.rules.grades, event.kinds, sensitive)
            job.decisions.decide(own, events)
            if late and not any(month[:4] == event.year for month in lost):
                job.decisions.decide_late(event.year, events)
    return placed[newest.digest] if newest.digest in placed else _placed(job, newest)


_LATE = Table("city", "year", "", LATE)


def _placed(job: _Job, of: Partition) -> pd.DataFrame:
    """The store's records, each with its group of a partition."""
    areas = partitions.placed_areas(job.store, job.settings, of)
    return placed_records.records(job.store, areas.frame, areas.meta, np.asarray(of.groups))


def _draw(job: _Job, budgets: Sequence[BudgetOpened], again: str) -> None:
    """Measure what is due: key, numbers, ledger, in this order."""
    history = job.store.history()
    due = budget.due_periods(history, budgets, job.as_of, job.rules, again)
    due = budget.without_months(due, budget.lost_months(history, job.decisions))
    issue = job.as_of.isoformat() + (f"-again-{again}" if again else "")
    if issue in history.drawn:  # drawn as of this day before: what has come since waits a day
        _restore(job, history.drawn[issue], budgets)
        return
    if not due:
        return
    key = issue_key.make_key(job.settings, issue)
    tables = _measured(job, budgets, due, key, issue)
    budget.write_measured(job.store, issue, tables)
    periods = {table.name: names for table, names in due.items()}
    digest = budget.digest_of(tables)
    event = NoiseDrawn(issue, issue_key.mark(key), periods, digest, again=again or None)
    job.store.ledger.append(event)
    chain.keep_budget(job.store)


def _restore(job: _Job, event: NoiseDrawn, budgets: Sequence[BudgetOpened]) -> None:
    """Draw an issue's numbers again from its key, where their file is gone: the same, or none."""
    if budget.read_measured(job.store, event) is not None:
        return
    key = issue_key.load_key(job.settings, event.issue)
    if key is None or issue_key.mark(key) != event.key:
        return
    named = {table.name: table for each in budgets for table in budget.tables_of(each)}
    due = {named[name]: periods for name, periods in event.tables.items()}
    tables = _measured(job, budgets, due, key, event.issue)
    if budget.digest_of(tables) == event.digest:
        budget.write_measured(job.store, event.issue, tables)


def _measured(
    job: _Job, budgets: Sequence[BudgetOpened], due: budget.Periods, key: bytes, issue: str
) -> Tables:
    """The measured numbers of due periods, by table's name."""
    parts: dict[str, list[pd.DataFrame]] = {}
    for event in budgets:
        epsilon = budget.tables_of(event)
        for table, names in due.items():
            own = [name for name in names if name[:4] == event.year]
            if not own or table not in epsilon:
                continue
            months = [event.year] if table.sort == LATE else sorted(budget.months_of(own))
            events = job.decisions.read(months)
            frame = measure(events, table, own, budget.axes_of(event), epsilon[table], key, issue)
            parts.setdefault(table.name, []).append(frame)
    return {name: pd.concat(frames, ignore_index=True) for name, frames in parts.items()}


def _adopt(job: _Job, public: Path | None) -> None:
    """Take what the public folder shows as spent, where the ledger does not know of it.

    A backup that was put back has forgotten what was drawn since.
    """
    current = public / "current" if public else None
    if current is None or not (current / release_manifest.MANIFEST).exists():
        return
    place = current.resolve()
    manifest = release_manifest.verify(place)
    history = job.store.history()
    spent = budget.spent_periods(history)
    unknown: Tables = {}
    for path, frame in chain.tables(place).items():
        name = path.removeprefix(f"{MEASURED}/")
        new = frame[~frame["period"].isin(spent.get(name, set()))].reset_index(drop=True)
        if len(new):
            unknown[name] = new
    if not unknown:
        return
    for year, detail in manifest["budgets"].items():
        if year not in history.budgets:
            job.store.ledger.append(BudgetOpened(year, **detail))
    issue = f"adopted-{place.name}"
    budget.write_measured(job.store, issue, unknown)
    periods = {name: list(dict.fromkeys(frame["period"])) for name, frame in unknown.items()}
    digest = budget.digest_of(unknown)
    job.store.ledger.append(NoiseDrawn(issue, "", periods, digest, adopted=place.name))
    chain.keep_budget(job.store)


def _fitted(job: _Job, measured: Tables, budgets: Sequence[BudgetOpened]) -> Tables:
    """Estimates of all measured numbers; those of an earlier release where nothing closed since."""
    fitted: Tables = {}
    for event in budgets:
        year = event.year
        axes = budget.axes_of(event)
        own = estimate(measured, {year: event.volume}, {year: axes}, bool(event.districts))
        for path, frame in own.items():
            fitted[path] = (
                pd.concat([fitted[path], frame], ignore_index=True) if path in fitted else frame
            )
    again = budget.years_again(job.store.history())
    for path, old in chain.latest_estimates(job.store).items():
        if path in fitted:
            fitted[path] = _kept(fitted[path], old[~old["period"].str[:4].isin(again)])
    return fitted


def _kept(new: pd.DataFrame, old: pd.DataFrame) -> pd.DataFrame:
    """New estimates, with the old rows where a period's status is the same."""
    keys = [c for c in new.columns if c not in ("number", "low", "high", "sd")]
    both = new[keys].merge(old, "left", keys)
    same = both["number"].notna().to_numpy()
    found = new.copy()
    for column in ("number", "low", "high", "sd"):
        found.loc[same, column] = both.loc[same, column].astype(new[column].dtype)
    return found


def _exact(job: _Job, records: pd.DataFrame, partition: Partition) -> Tables:
    """The official and press tables, which add no chance."""
    groups = sorted({*partition.groups}) if partition.has_areas else []
    found = official_tables.official_tables(records, groups, job.rules, job.as_of)
    press = press_articles.read_press(job.store)
    return found | {ARTICLES: press_articles.press_articles(press, job.rules, job.as_of)}


def _manifest(
    job: _Job, tables: Tables, budgets: Sequence[BudgetOpened], lost: Sequence[str]
) -> Manifest:
    """The manifest of a release, but for its files and its id: nothing in it follows from events."""
    last = budgets[-1]
    partition = partitions.load_partition(job.store, last.partition)
    history = job.store.history()
    return {
        "place": {"name": job.settings.name, "zone": job.settings.zone},
        "as_of": job.as_of.isoformat(),
        "code": _code(),
        "volume": last.volume,
        "declared": DECLARED[last.volume],
        "epsilon": float(budget.tables_of(last)[_LATE]),  # which spends all of it
        "made": job.settings.sample,
        "residents": partition.residents,
        "policy": policy.policy_entries(job.rules),
        "warnings": [*policy.warnings(job.rules), *_lost_words(history.drawn, lost)],
        "years": {
            event.year: {t.name: float(e) for t, e in budget.tables_of(event).items()}
            for event in budgets
        },
        "budgets": {event.year: _frozen(event) for event in budgets},
        "redone": budget.years_again(history),
        "sources": _sources(job.store),
        "tables": {
            path: {"columns": list(frame.columns), "rows": len(frame), "what": DESCRIBED[path]}
            for path, frame in sorted(tables.items())
        },
    }


def _frozen(event: BudgetOpened) -> dict[str, object]:
    """What was fixed for a year when it began."""
    names = (
        *("series", "volume", "epsilon", "partition", "districts", "kinds"),
        *("sensitive_kinds", "sensitive_settings"),
    )
    return {name: getattr(event, name) for name in names}


def _lost_words(drawn: dict[str, NoiseDrawn], lost: Sequence[str]) -> list[str]:
    """Sentences on numbers that were drawn, and are lost."""
    return [
        f"Numbers that were drawn as of {issue} are lost: they are never drawn again, and stay blank."
        for issue in lost
        if issue in drawn
    ]


def _sources(store: Store) -> list[ReleasedSource]:
    """The official and press sources that may be in a table: of the community none is named."""
    known = read_catalogue(store.root)
    found = [source_of(name, known) for name in sorted(store.history().sources)]
    return [
        {
            "name": source.name,
            "title": source.title,
            "kind": source.kind,
            "says": source.says,
            "covers": source.covers,
            "licence": source.licence,
            "url": source.url,
        }
        for source in found
        if source.kind == "press" or (source.kind == "official" and source.already_public)
    ]


def _write_areas(job: _Job, folder: Path, budgets: Sequence[BudgetOpened]) -> None:
    """The groups and districts of the newest partition; those of earlier ones beside, by name."""
    for event in {event.partition: event for event in budgets}.values():
        of = partitions.load_partition(job.store, event.partition)
        placed = partitions.placed_areas(job.store, job.settings, of)
        older = "" if event.partition == budgets[-1].partition else f"-{event.partition}"
        for name, features in (
            (GROUPS, partitions.group_features(placed, of)),
            (DISTRICTS, partitions.district_features(placed, of)),
        ):
            (folder / name.replace(".", f"{older}.")).write_bytes(features)


def _code() -> str:
    """The version of the code: what git calls it, else the package's number."""
    asked = ["git", "-C", str(ROOT), "describe", "--always", "--dirty"]
    try:
        done = subprocess.run(asked, capture_output=True, text=True, check=True)
        return done.stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
        return str(project["version"])


def _sealed_release(job: _Job, folder: Path, manifest: Manifest) -> WrittenRelease:
    """Write manifest.json with the hash of every file, and move the folder in."""
    files = sorted(p for p in folder.rglob("*") if p.is_file())
    hashes = {str(p.relative_to(folder)): release_manifest.digest(p) for p in files}
    manifest = {**manifest, "files": hashes}
    manifest = {**manifest, "id": release_manifest.release_id(manifest)}
    (folder / release_manifest.MANIFEST).write_bytes(release_manifest.manifest_bytes(manifest))
    name = manifest["id"]
    target = chain.folder(job.store, name)
    if target.exists():
        return WrittenRelease(name, target, manifest, True)
    _into(job.store, folder, target)
    history = job.store.history()
    issues = [issue for issue in history.drawn if issue not in history.hidden]
    job.store.ledger.append(ReleaseBuilt(name, as_of=job.as_of.isoformat(), issues=issues))
    chain.keep_events(job.store, name)
    folder.rename(target)
    sync(target.parent)
    return WrittenRelease(name, target, manifest, False)


def _into(store: Store, folder: Path, target: Path) -> None:
    """Bring all of a folder to the disk before it gets its name."""
    target.parent.mkdir(exist_ok=True, mode=0o700)
    sync(store.root)
    for path in sorted(folder.rglob("*")):
        sync(path)
    sync(folder)


def sentences(made: WrittenRelease) -> list[str]:
    """Sentences on what was made, for who typed the command."""
    listed = made.manifest["tables"]
    what = "is there already" if made.old else "is made; nothing of it is public yet"
    return [
        *(f"Warning: {text}" for text in made.manifest["warnings"]),
        f"Release {made.id} {what}: {made.folder}",
        *(f"  {path}: {words.counted(entry['rows'], 'row')}" for path, entry in listed.items()),
        f"Next: python -m data attack {made.id}, then python -m data publish {made.id}",
    ]
