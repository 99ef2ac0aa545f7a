"""Attack a release, or the mechanism that all releases are made by, before anybody else does."""

import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import fields, replace
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow.parquet as pq

from data.attacks import ATTACKS, Attack, budgets, made_place
from data.attacks.case import Case, Count, Progress, Result
from data.attacks.made_events import made_rules
from data.attacks.made_place import MadePlace
from data.privacy.policy import Policy
from data.privacy.tables import Manifest
from data.release import chain
from data.release.publish import Settle
from data.release.release_files import Embed
from data.release.release_manifest import verify
from data.settings import Problem
from data.storage import batches
from data.storage.database import literal, query
from data.storage.store import Store

_YEARLY = 3000  # reports of the made place
_AS_OF = date(2022, 3, 20)  # a year of it is closed, and its late ones


def chosen(only: str = "", *, mechanism: bool | None = None) -> tuple[Attack, ...]:
    """All attacks, or those on the mechanism or on bytes alone, or the one of an id. Problem where
    there is none."""
    found = [a for a in ATTACKS if mechanism is None or a.on_mechanism == mechanism]
    if only:
        found = [a for a in ATTACKS if a.id == only.upper()]
    if not found:
        ids = ", ".join(attack.id for attack in ATTACKS)
        raise Problem(f"No attack is called {only!r}. There are {ids}.")
    return tuple(found)


@contextmanager
def released(
    store: Store,
    name: str,
    public: Path | None = None,
    embed: Embed | None = None,
    cites: Settle | None = None,
) -> Iterator[Case]:
    """A release of a store as a Case, with a scratch folder while it is attacked."""
    folder = chain.folder(store, name)
    manifest = verify(folder)
    tables = {
        path: pq.read_table(folder / f"{path}.parquet").to_pandas() for path in manifest["tables"]
    }
    with tempfile.TemporaryDirectory(prefix="porchlight-") as scratch:
        yield Case(
            rules=policy_of(manifest),
            scratch=Path(scratch),
            tables=tables,
            folder=folder,
            manifest=manifest,
            store=store,
            public=public,
            embed=embed,
            cites=cites,
            canaries=_canaries(store),
        )


@contextmanager
def mechanism(rules: Policy, embed: Embed | None = None) -> Iterator[Case]:
    """The mechanism by a policy as a Case, with a scratch folder while it is attacked."""
    with tempfile.TemporaryDirectory(prefix="porchlight-") as scratch:
        yield Case(rules=rules, scratch=Path(scratch), embed=embed)


@contextmanager
def made_release(
    rules: Policy, embed: Embed | None = None, cites: Settle | None = None
) -> Iterator[Case]:
    """The release of a made place by a policy, while it is open."""
    with tempfile.TemporaryDirectory(prefix="porchlight-") as scratch:
        place = MadePlace(Path(scratch) / "made")
        with made_place.open_place(place, made_rules(rules)):
            budgets.fill_place(place, _YEARLY, _AS_OF)
            name = place.release(_AS_OF, embed).id
            with released(place.store, name, place.public, embed, cites) as case:
                yield case


def run_attacks(
    case: Case, attacks: Iterable[Attack], count: Count, progress: Progress = lambda share: None
) -> Iterator[Result]:
    """Each attack's result as it comes. What an attack cannot make sense of, it fails."""
    attacks = tuple(attacks)
    for i, attack in enumerate(attacks):

        def move(share: float, done: int = i) -> None:
            progress((done + min(share, 1)) / len(attacks))

        try:
            passed, figure = attack.function(replace(case, progress=move), count)
        except ValueError as error:
            passed, figure = False, f"{error}"
        move(1)
        yield Result(attack.id, attack.name, bool(passed), figure, attack.limit)


def _canaries(store: Store) -> tuple[str, ...]:
    """Every id, origin and longer text of the store: none of them may be in a public byte. What
    articles are called is public."""
    found: set[str] = set()
    for file in batches.live_files(store):
        asked = f"SELECT incident_id, origin, text, source_kind FROM {literal(file)}"
        frame: pd.DataFrame = query(store.root, asked).to_pandas()
        frame["text"] = frame["text"].mask(frame["source_kind"] == "press")
        for column, least in (("incident_id", 8), ("origin", 8), ("text", 20)):
            texts = frame[column].dropna().astype(str).unique()
            found |= {text for text in texts if len(text) >= least}
    return tuple(sorted(found))


def policy_of(manifest: Manifest) -> Policy:
    """The policy that a manifest states."""
    entries = {name: entry["value"] for name, entry in manifest["policy"].items()}
    values: dict[str, Any] = {
        field.name: tuple(value) if isinstance(value, list) else value
        for field in fields(Policy)
        if field.name in entries and (value := entries[field.name]) is not None
    }
    if isinstance(values.get("since"), str):
        values["since"] = date.fromisoformat(values["since"])
    return replace(Policy(zone=manifest["place"]["zone"]), **values)
