"""Attack a release, or what the job makes of made records, before anybody else does."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import fields, replace
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow.parquet as pq

from data.attacks import ATTACKS, Attack, made_records
from data.attacks.case import Build, Case, Count, Result
from data.release import chain, release_numbers
from data.release.policy import Policy
from data.release.release_manifest import MANIFEST, digest, verify
from data.release.tables import Manifest, Tables
from data.settings import Problem
from data.storage import batches
from data.storage.disk import sync
from data.storage.store import Store, literal, query

SIZES = (300, 3000, 20_000)  # made reports a year


def job(policy: Policy, groups: list[int] | None = None) -> Build:
    """Return the function that builds a release's tables by this policy, as attacks need it."""

    def build(
        records: pd.DataFrame, as_of: date, secret: bytes, before: Tables | None = None, **more: Any
    ) -> Tables:
        areas = more.pop("groups", None) or groups or made_records.groups()
        rules = replace(policy, since=None, **more)
        return release_numbers.build(records, areas, rules, secret, as_of, before).tables

    return build


def case_of(tables: Tables, policy: Policy, **more: Any) -> Case:
    """Tables and the policy that they are public with, as an attacker has them."""
    return Case(
        tables=tables,
        base=policy.base,
        least=policy.records - policy.spread,
        build=job(policy),
        zone=policy.zone,
        more={"hour": policy.hour, "sensitive": policy.sensitive_settings, **more.pop("more", {})},
        **more,
    )


def released(store: Store, name: str) -> Case:
    """A release of a store, with what its files must not hold."""
    folder = chain.folder(store, name)
    manifest = verify(folder)
    tables = {
        path: pq.read_table(folder / f"{path}.parquet").to_pandas() for path in manifest["tables"]
    }
    tables = {path: frame.astype({"n": "Int32"}) for path, frame in tables.items()}
    return case_of(tables, policy_of(manifest), folder=folder, canaries=_secrets(store))


def _secrets(store: Store) -> tuple[str, ...]:
    """Every id, origin and longer text of the store: none of them may be in a public byte."""
    found: set[str] = set()
    for file in batches.live_files(store):
        asked = f"SELECT incident_id, origin, text FROM {literal(file)}"
        frame: pd.DataFrame = query(store.root, asked).to_pandas()
        for column, least in (("incident_id", 8), ("origin", 8), ("text", 20)):
            told = frame[column].dropna().astype(str).unique()
            found |= {text for text in told if len(text) >= least}
    return tuple(sorted(found))


def policy_of(manifest: Manifest) -> Policy:
    """The policy that a manifest states."""
    said = {name: entry["value"] for name, entry in manifest["policy"].items()}
    kept = {f.name for f in fields(Policy)} - {"zone", "since"}
    values: dict[str, Any] = {
        n: tuple(v) if isinstance(v, list) else v for n, v in said.items() if n in kept
    }
    return replace(Policy(zone=manifest["place"]["zone"]), **values)


def chosen(only: str) -> tuple[Attack, ...]:
    """All attacks, or the one of an id. Problem where there is none."""
    found = tuple(a for a in ATTACKS if not only or a.id == only.upper())
    if not found:
        raise Problem(
            f"No attack is called {only!r}. There are {', '.join(a.id for a in ATTACKS)}."
        )
    return found


def run_attacks(case: Case, attacks: Iterable[Attack], count: Count) -> Iterator[Result]:
    """Each attack's result as it comes. What an attack cannot make sense of, it fails."""
    for attack in attacks:
        try:
            passed, figure = attack.function(case, count)
        except ValueError as error:
            passed, figure = False, f"{error}"
        yield Result(attack.id, attack.name, bool(passed), figure, attack.limit)


def run_made(
    policy: Policy, attacks: Iterable[Attack], count: Count, sizes: Iterable[int] = SIZES
) -> Iterator[Result]:
    """Run attacks on made records of several sizes; those on the job itself run once."""
    attacks = list(attacks)
    empty = case_of({}, policy)
    yield from run_attacks(empty, [a for a in attacks if a.needs == "job"], count)
    by_tables = [a for a in attacks if a.needs == "tables"]
    for yearly in sizes if by_tables else ():
        for result in run_attacks(made_case(policy, yearly), by_tables, count):
            yield result._replace(name=f"{result.name}, {yearly:,} a year")


def made_case(policy: Policy, yearly: int, years: int = 5, many: int = made_records.GROUPS) -> Case:
    """The Case of a release built from made records of some years."""
    records = made_records.records_known_on(
        made_records.history(yearly, years, many=many), date(2100, 1, 1)
    )
    as_of = date(made_records.FIRST_DAY.year + years, 2, 1)
    tables = job(policy)(
        records,
        as_of,
        b"made records only, made secret",
        groups=made_records.groups(many),
        years=years,
    )
    return case_of(tables, policy, records=records, as_of=as_of, more={"truthful": True})


def write_results(folder: Path, results: list[Result], count: Count) -> bool:
    """Leave attack.json beside the manifest whose bytes were attacked, with how often each attack
    tried; whether all passed."""
    passed = bool(results) and all(r.passed for r in results)
    listed = [r._asdict() for r in results]
    attacked = digest(folder / MANIFEST)
    tried = {"release": attacked, "count": count._asdict(), "results": listed, "passed": passed}
    text = json.dumps(tried, indent=1)
    beside = folder / ".attack.json"
    beside.write_text(text + "\n", encoding="utf-8")
    sync(beside)
    beside.replace(folder / "attack.json")
    sync(folder)
    return passed
