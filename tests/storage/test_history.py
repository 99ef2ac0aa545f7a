"""Events: what every version wrote reads again, and one fold gives what counts."""

import json
import random
import sqlite3
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from data.imports import importer
from data.imports.importer import Options
from data.settings import Settings
from data.storage.disk import State
from data.storage.events import (
    AreasSet,
    BatchRewritten,
    CrsFixed,
    Event,
    EventRow,
    Imported,
    RecordPurged,
    ReleasePublished,
    Unimported,
    Unknown,
    parse_row,
    to_row,
)
from data.storage.history import History, fold_events
from data.storage.ledger import Lost, SqliteLedger
from data.storage.store import Store
from data.tables import build
from data.upkeep import purge

TOWN = Settings("Minneapolis", "America/Chicago", crs="EPSG:26915")
IMPORT = {
    "file": "a.csv",
    "source": "calls",
    "source_kind": "official",
    "rows": 3,
    "kept": 2,
    "rejected": {"no time": 1},
    "repeats": 0,
    "dropped": {"forbidden": ["name"], "not named": [], "free text": [], "telling": []},
    "others": [],
    "notes": {},
    "by_label": {},
    "missing": [],
    "first": None,
    "last": None,
    "replaces": ["0ld"],
    "sha256": "ab",
    "imported_at": "2024-03-01T00:00:00+00:00",
    "mapping": {"place": {"place_by": "point"}},
    "key": "k",
}
HASHES = {"base": "b", "row": "r", "repeat": 1, "last": False, "key": "k"}
# rows as the versions so far have written them
ROWS: list[tuple[str, str, dict[str, Any]]] = [
    ("import", "b1", IMPORT),
    ("unimport", "b1", {}),
    ("purge", "h1", {}),
    ("purge", "h2", {"key": "k"}),
    ("purge", "h3", HASHES),
    ("purge", "h4", {**HASHES, "mark": "m", "columns": "c"}),
    ("purge", "b2", {"batch": "b1", "became": "b2"}),
    ("areas", "s1", {"set": "wards", "how": "official"}),
    ("areas", "s1", {"set": "wards", "how": "official", "place_by": {"calls": "point"}}),
    ("crs", "EPSG:26915", {}),
    ("merge", "b1", {"rows": 9, "merged": 4}),
    (
        "release",
        "2025-09-01-ab",
        {"as_of": "2025-09-01", "areas": "s1", "least": 1, "stamp": "t", "secret": "x"},
    ),
    ("publish", "2025-09-01-ab", {"manifest": "ab"}),
    ("publish", "2025-09-01-ab", {}),
    ("recall", "2025-09-01-ab", {}),
    ("revoke", "everybody", {}),
    ("recover", "ledger", {"counts": {"import": 1}}),
    ("note", "x", {"text": "å"}),
    ("recall", "2025-09-01-ab", {"why": "of a later version"}),
]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_what_stands_in_a_ledger_stays_as_it_is(row: tuple[str, str, dict[str, Any]]) -> None:
    stored = EventRow(7, "2024-03-01T00:00:00+00:00", *row)
    event = parse_row(stored)
    assert to_row(event) == stored
    assert json.dumps(to_row(event).detail) == json.dumps(row[2])  # in the same order, too
    assert isinstance(event, Unknown) == (row[0] == "note")


def test_appended_bytes_are_those_of_earlier_versions(tmp_path: Path) -> None:
    ledger = SqliteLedger(tmp_path / "ledger.db")
    ledger.append(*(parse_row(EventRow(0, "", *row)) for row in ROWS))
    with sqlite3.connect(ledger.file) as connection:
        found = connection.execute("SELECT verb, subject, detail FROM events").fetchall()
    assert found == [(v, s, json.dumps(d, ensure_ascii=False)) for v, s, d in ROWS]
    assert [e.seq for e in ledger.events()] == list(range(1, len(ROWS) + 1))


@pytest.mark.parametrize("detail", ["[1]", '{"how": "official"}', "no JSON"])
def test_an_event_that_cannot_be_read_is_a_lost_ledger(detail: str, tmp_path: Path) -> None:
    ledger = SqliteLedger(tmp_path / "ledger.db")
    ledger.begin()
    with sqlite3.connect(ledger.file) as connection:
        words = "INSERT INTO events (at, verb, subject, detail) VALUES ('', 'areas', 's', ?)"
        connection.execute(words, [detail])
    with pytest.raises(Lost, match="an event cannot be read"):
        ledger.events()


def test_an_event_of_a_later_version_changes_nothing() -> None:
    events = [parse_row(EventRow(i, "", *row)) for i, row in enumerate(ROWS) if row[0] != "note"]
    before = fold_events(events)
    after = fold_events([*events, Unknown("vet", "b1", {"batch": "b2"}, seq=before.last)])
    assert replace(after, count=before.count) == before


def test_the_first_versions_told_of_a_record_and_its_batch_in_one_event() -> None:
    """What they purged stays away, as what was purged since."""
    old = EventRow(3, "", "purge", "f" * 64, {"batch": "b1", "became": "b2"})
    history = fold_events([Imported("b1", source="calls"), parse_row(old)])
    assert [event.subject for event in history.purged] == ["f" * 64]
    assert history.live == ["b2"] and history.purges == 1
    assert not fold_events([BatchRewritten("b2", "b1", "b2")]).purged


def random_events(rng: random.Random) -> list[Event]:
    """Events of few batches, sources and sets, in an order that no command would take."""
    names, made = "abcdef", list[Event]()
    for seq in range(1, rng.randrange(2, 30)):
        one, two = rng.sample(names, 2)
        source = rng.choice(["calls", "stops"])
        by = rng.choice([None, "label", "point"])
        mapping = {"place": {"place_by": by}} if by else None
        again = [two] if rng.random() < 0.3 else []
        about = {"kept": rng.randrange(3), "replaces": again, "mapping": mapping}
        kinds: Sequence[Event] = (
            Imported(one, source=source, key=rng.choice([None, "k", "l"]), **about),
            Imported(one, source=source),
            Unimported(one),
            BatchRewritten(f"{one}+", one, f"{one}+"),
            RecordPurged(f"hash of {one}", key="k"),
            AreasSet(f"set {one}", rng.choice(["wards", "tracts"]), place_by={source: "label"}),
            CrsFixed(rng.choice(["EPSG:1", "EPSG:2"])),
            ReleasePublished(f"2025-0{rng.randrange(1, 4)}-01-{one}"),
            parse_row(EventRow(0, "", "recall", f"2025-0{rng.randrange(1, 4)}-01-{one}", {})),
            Unknown("note", one),
        )
        made.append(replace(rng.choice(kinds), seq=seq))
    return made


def plain(events: list[Event]) -> dict[str, Any]:
    """The state that rows leave, one thing after the other, by the words that stand in them."""
    rows = [to_row(event) for event in events]

    def live(rows: list[EventRow]) -> list[tuple[str, int]]:
        """The batches that count, and the number of the import of each."""
        names: list[tuple[str, int]] = []
        for seq, _, verb, subject, detail in rows:
            gone = {subject, *detail.get("replaces", ())}
            if verb in ("import", "unimport"):
                names = [n for n in names if n[0] not in gone]
            if verb == "import":
                names.append((subject, seq))
            if verb == "purge" and "batch" in detail and detail["batch"] in dict(names):
                at = [n for n, _ in names].index(detail["batch"])
                renamed = (detail["became"], names[at][1])
                same = [n for n, _ in names].index(renamed[0]) if renamed[0] in dict(names) else at
                names[at] = renamed
                if same != at:  # two of one name: the first place, the later value
                    names[min(at, same)] = names[max(at, same)]
                    del names[max(at, same)]
        return names

    def stated() -> dict[str, str]:
        found: dict[str, list[tuple[str, str]]] = {}
        for _, _, verb, subject, detail in rows:
            if verb == "import":
                of = found.setdefault(detail["source"], [])
                of[:] = [x for x in of if x[0] not in (subject, *detail["replaces"])]
                if by := (detail.get("mapping") or {}).get("place", {}).get("place_by"):
                    of.append((subject, by))
            elif verb == "unimport":
                for of in found.values():
                    of[:] = [x for x in of if x[0] != subject]
            elif verb == "purge" and "batch" in detail:
                for of in found.values():
                    if moved := [by for name, by in of if name == detail["batch"]]:
                        of[:] = [x for x in of if x[0] != detail["batch"]]
                        there = [i for i, x in enumerate(of) if x[0] == detail["became"]]
                        if there:
                            of[there[0]] = (detail["became"], moved[0])
                        else:
                            of.append((detail["became"], moved[0]))
        return {source: of[-1][1] for source, of in found.items() if of}

    def rewritten() -> set[str]:
        """Batches of which the last that was done is that a purge wrote them anew."""
        gone: set[str] = set()
        for row in rows:
            if row.verb == "purge" and "batch" in row.detail:
                gone = (gone | {row.detail["batch"]}) - {row.detail["became"]}
            elif row.verb == "import":
                gone -= {row.subject}
        return gone

    kept: dict[str, list[int]] = {}
    for row in rows:
        if row.verb == "import":
            kept.setdefault(row.subject, []).append(row.detail["kept"])
    published = [r.subject for r in rows if r.verb == "publish"]
    recalled = {r.subject for r in rows if r.verb == "recall"}
    standing = [n for n in dict.fromkeys(published) if n not in recalled]
    return {
        "live": live(rows),
        "stated": stated(),
        "sets": {r.detail["set"]: r.subject for r in rows if r.verb == "areas"},
        "rewritten": rewritten(),
        "kept_anew": {
            name: kept[name][-1]
            for name, _ in live(rows)
            if name in kept and kept[name][0] != kept[name][-1]
        },
        "crs": next((r.subject for r in rows if r.verb == "crs"), None),
        "purged": [r.subject for r in rows if r.verb == "purge" and "batch" not in r.detail],
        "purges": sum(r.verb == "purge" for r in rows),
        "keys": {r.detail["key"] for r in rows if "key" in r.detail},
        "standing": sorted(standing, key=lambda n: (n[:10], standing.index(n))),
        "unimported": {r.subject for r in rows if r.verb == "unimport"},
        "last": len(rows),
    }


def folded(history: History) -> dict[str, Any]:
    """The same of the fold."""
    return {
        "live": [(name, event.seq) for name, event in history.imports.items()],
        "stated": history.decisions.stated,
        "sets": {name: event.id for name, event in history.area_sets.items()},
        "rewritten": set(history.rewritten),
        "kept_anew": history.kept_anew,
        "crs": history.crs,
        "purged": [event.subject for event in history.purged],
        "purges": history.purges,
        "keys": history.keys,
        "standing": history.standing,
        "unimported": history.unimported,
        "last": history.last,
    }


def test_any_sequence_of_events_folds_to_the_plain_state() -> None:
    rng = random.Random(13)
    for _ in range(1_500):
        events = random_events(rng)
        assert folded(fold_events(events)) == plain(events), events


class MemoryLedger:
    """A ledger that is a list: all that a store asks of another database."""

    def __init__(self) -> None:
        self.rows: list[EventRow] = []
        self.begun = False

    def exists(self) -> bool:
        return self.begun

    def begin(self) -> None:
        self.begun = True

    def events(self) -> list[Event]:
        return [parse_row(row) for row in self.rows]

    def append(self, *events: Event) -> None:
        self.renew(events, len(self.rows) + 1)

    def renew(self, events: Sequence[Event], first: int) -> None:
        self.begun = True
        rows = [to_row(event)._replace(seq=first + i) for i, event in enumerate(events)]
        self.rows += [row._replace(detail=json.loads(json.dumps(row.detail))) for row in rows]

    def state(self) -> tuple[State, ...]:
        return ((len(self.rows), 0, 0),)


def test_another_ledger_can_stand_behind_a_store(tmp_path: Path) -> None:
    file, other = tmp_path / "a.csv", tmp_path / "b.csv"
    head = "id,date,lat,lon,kind\n"
    file.write_text(head + "".join(f"{i},2024-03-0{i} 10:07,44.9{i},-93.2,other\n" for i in (1, 2)))
    other.write_text(head + "3,2024-03-03 10:07,44.93,-93.2,other\n")

    def shown(store: Store) -> tuple[object, ...]:
        """Import, purge, take back and bring again: what readers see, and all that was done."""
        for taken in (file, other, file):
            options = Options(source="calls")
            importer.import_file(store, TOWN, taken, options, say=lambda _: None)
            if taken == file and not store.history().purged:
                purge.purge(store, "calls:1")
        purge.unimport(store, store.history().live[-1])
        meta = store.at(build.rebuild(store, TOWN)).meta
        return meta["rows"], len(meta["sources"]), [to_row(e).verb for e in store.events()]

    ledger = MemoryLedger()
    told = shown(Store(tmp_path / "memory", ledger))
    assert told == shown(Store(tmp_path / "sqlite"))
    assert told[0] == 1 and len(ledger.rows) > 4
    assert not list((tmp_path / "memory").glob("ledger*"))
