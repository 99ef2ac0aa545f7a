"""The files of a release: written beside, sealed by a manifest, and moved in whole."""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

import pandas as pd

from data import words
from data.code_version import code_version
from data.privacy import budget, issue, partitions, policy
from data.privacy.closed_periods import moment
from data.privacy.issue import Issue
from data.privacy.partitions import Partition
from data.privacy.policy import Policy
from data.privacy.tables import (
    ARTICLES,
    DESCRIBED,
    LATE_TABLE,
    Manifest,
    ReleasedSource,
    Tables,
    ordinary_events,
)
from data.release import chain, official_tables, press_articles, release_manifest, table_files
from data.release.data_package import PACKAGE, data_package
from data.settings import Problem, Settings
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
        job = Issue(store, settings, rules, as_of, budget.decisions_of(store))
        chain.require_newest(store, as_of)
        _adopt_public(job, public)
        budgets = issue.open_budgets(job)
        issue.require_redoable(job, again)
        newest_partition = partitions.load_partition(store, budgets[-1].partition)
        records = issue.decide_events(job, budgets, newest_partition, again)
        issue.draw_due(job, budgets, again)
        measured, lost = budget.measured_numbers(store, store.history())
        estimates = issue.fit_numbers(job, measured, budgets, chain.latest_estimates(store))
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


def _adopt_public(job: Issue, public: Path | None) -> None:
    """Take what the public folder shows as spent, whatever the ledger says."""
    current = public / "current" if public else None
    if current is None or not (current / release_manifest.MANIFEST).exists():
        return
    place = current.resolve()
    shown = {path.rpartition("/")[2]: frame for path, frame in chain.tables(place).items()}
    budgets = release_manifest.verify(place).get("budgets", {})
    issue.adopt_numbers(job, shown, place.name, budgets)


def _exact(job: Issue, records: pd.DataFrame, partition: Partition) -> Tables:
    """The official and press tables, which add no chance."""
    groups = sorted({*partition.groups}) if partition.has_areas else []
    found = official_tables.official_tables(records, groups, job.rules, job.as_of)
    press = press_articles.read_press(job.store)
    return found | {ARTICLES: press_articles.press_articles(press, job.rules, job.as_of)}


def _declared(rules: Policy, volume: str) -> int:
    """The ordinary events a year that the newest year's colors compare with."""
    return ordinary_events(volume, rules.expected if rules.volume == volume else 0)


def _manifest(
    job: Issue, tables: Tables, budgets: Sequence[BudgetOpened], lost: Sequence[str]
) -> Manifest:
    """The manifest of a release, but for its files and its id: nothing in it follows from events."""
    last = budgets[-1]
    partition = partitions.load_partition(job.store, last.partition)
    history = job.store.history()
    return {
        "place": {"name": job.settings.name, "zone": job.settings.zone},
        "as_of": job.as_of.isoformat(),
        "code": code_version(),
        "volume": last.volume,
        "declared": _declared(job.rules, last.volume),
        "epsilon": float(budget.tables_of(last)[LATE_TABLE]),  # which spends all of it
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


def _write_areas(job: Issue, folder: Path, budgets: Sequence[BudgetOpened]) -> None:
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


def _sealed_release(job: Issue, folder: Path, manifest: Manifest) -> WrittenRelease:
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
        f"Next: python -m data attack {made.id}, python -m data attack --mechanism (once for this code "
        f"and policy), then python -m data publish {made.id}",
    ]
