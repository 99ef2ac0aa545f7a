"""Every command that writes, killed at its steps: readers see old or new, and typing it again
finishes it. Ten kills of each in `make test`; a hundred in `make prove`."""

import itertools
import json
import random
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pandas as pd
import pyarrow.parquet as pq
import pytest

from data.cites.cite_folder import CITES, is_cite_name, read_cite
from data.cites.released_cites import is_recalled, read_released_cite
from data.privacy import issue_key
from data.release import chain, release_manifest
from data.settings import Problem
from data.storage import batches, identity
from data.storage.events import to_row
from data.storage.store import Store
from tests.kills import SAMPLE, forks
from tests.release.test_publish import SIDE, SOUTH, WEST, areas, reports
from tests.releases import survived

Run = Callable[[list[str], dict[str, str], int], tuple[int, int]]
SPOKEN = ["--source", "hotline", "--kind", "sighting"]
PURGED = "hotline:r7"
# of one moment: the same cite whenever it is typed
CITED = "/areas?source=hotline&from=2025-05-01&to=2025-12-31&settled=2026-01-01T00%3A00"
HERE = "{root}"  # in the words of a command: the folder of the town that it is typed in


@dataclass
class Town:
    """A folder with a store, its public folder, its secret and the files to import."""

    root: Path
    run: Run

    @property
    def store(self) -> Store:
        return Store(self.root / "store")

    @property
    def public(self) -> Path:
        return self.root / "public"

    def type(self, words: list[str], at: int = -1) -> tuple[int, int]:
        """Type a command and kill it at a step; how many steps, and its exit code."""
        told = {
            "PORCHLIGHT_STORE": str(self.store.root),
            "PORCHLIGHT_PUBLIC": str(self.public),
            "PORCHLIGHT_KEYS": str(self.root / "home" / "keys"),
            "LOG": str(self.root / "log"),
        }
        words = [word.replace(HERE, str(self.root)) for word in words]
        if words == ["sample"]:
            told[SAMPLE] = str(self.root / "sample")
        return self.run(words, told, at)

    def finish(self, words: list[str]) -> int:
        """Type a command that must go through; how many steps it takes."""
        steps, code = self.type(words)
        assert code == 0, (words, (self.root / "log").read_text())
        return steps

    def copy(self, to: Path) -> "Town":
        """The same town in a folder of its own."""
        shutil.copytree(self.root, to, symlinks=True)
        return Town(to, self.run)


def small(file: Path) -> list[str]:
    return ["import", str(file), *SPOKEN]


@pytest.fixture(scope="module")
def run() -> Iterator[Run]:
    with forks() as started:
        yield started


@pytest.fixture(scope="module")
def town(run: Run, tmp_path_factory: pytest.TempPathFactory) -> Town:
    """Two imports of which the second replaces rows of the first, and an area set."""
    made = Town(tmp_path_factory.mktemp("kill") / "town", run)
    (made.root / "sample").mkdir(parents=True)
    keys = made.root / "home" / "keys"
    keys.mkdir(parents=True, mode=0o700)
    for issue in ("2025-09-01", "2025-09-08"):  # one for all copies: releases have one name then
        (keys / f"{issue}.key").write_bytes(b"k" * issue_key.BYTES)
        (keys / f"{issue}.key").chmod(0o600)
    rows = reports(made.root / "a.csv", 500).read_text().splitlines()
    (made.root / "b.csv").write_text("\n".join([*rows[:40], *rows[7:9]]) + "\n")
    reports(made.root / "c.csv", 30, 3, first=3000)
    areas(made.root / "a.geojson")
    other = json.loads((made.root / "a.geojson").read_text())
    other["features"].pop()
    (made.root / "b.geojson").write_text(json.dumps(other))
    _sample(made.root / "sample")
    made.finish(small(made.root / "a.csv"))
    made.finish(_areas(made, "a"))
    made.finish(small(made.root / "b.csv"))
    return made


def _areas(town: Town, name: str) -> list[str]:
    more = ["--name-column", "name", "--population-column", "people"]
    return ["areas", str(town.root / f"{name}.geojson"), *more]


def _sample(folder: Path) -> None:
    """Files as data/sample/rdata.py writes them, of two neighborhoods."""
    n = range(40)
    stops = {
        "idNum": [f"17-{i:06}" for i in n],
        "date": [f"2017-01-{1 + i % 28:02}T06:00:00Z" for i in n],
        "problem": "traffic",
        "lat": [SOUTH + SIDE * (i % 5) / 9 for i in n],
        "long": [WEST + SIDE * (i % 2 + (i % 7) / 9) for i in n],
        "neighborhood": [f"Area {i % 2}" for i in n],
    }
    force = {
        "response_datetime": [f"2016/01/{1 + i:02} 00:47:36" for i in range(9)],
        "problem": "Fight",
        "is_911_call": "Yes",
        "neighborhood": "Area 1",
        "city": "Minneapolis",
        "precinct": 1,
        "force": "body",
        "injured": "",
        "actions": "",
        "rows": 2,
        "race": "",
        "sex": "",
        "age": "",
        "type_resistance": "",
        "primary_offense": "",
    }
    absent = ("MDC", "citationIssued", "personSearch", "vehicleSearch", "preRace", "race", "gender")
    frame = pd.DataFrame(stops).assign(**dict.fromkeys(absent, ""), policePrecinct=1)
    frame.to_csv(folder / "stops.csv", index=False)
    pd.DataFrame(force).to_csv(folder / "force.csv", index=False)
    people = {"neighborhood": ["Area 0", "Area 1"], "population": [100, 200]}
    pd.DataFrame(people).to_csv(folder / "population.csv", index=False)


def _empty(town: Town) -> list[str]:
    key = identity.key_file(town.store.root).read_bytes()
    shutil.rmtree(town.store.root)
    town.store.root.mkdir(mode=0o700)
    identity.key_file(town.store.root).write_bytes(key)  # rows without an id are named by it
    return ["sample"]


def _damaged(town: Town) -> list[str]:
    current = town.store.at(str(town.store.now()))
    for file in (current.partitions[0].file, current.folder / "meta.json"):
        file.write_bytes(b"")
    return ["rebuild"]


def _behind(town: Town) -> list[str]:
    (town.store.current / "now").unlink()
    return ["rebuild"]


def _made(town: Town, day: str) -> str:
    town.finish(["release", "--as-of", day])
    name = chain.past(town.store)[-1].id
    survived(chain.folder(town.store, name))
    return name


def _publish(town: Town) -> list[str]:
    town.finish(["publish", _made(town, "2025-09-01")])
    return ["publish", _made(town, "2025-09-08")]


def _recall(town: Town) -> list[str]:
    words = _publish(town)
    town.finish(words)
    return ["recall", words[1]]


def _calls(town: Town) -> Town:
    """The town with three official records."""
    rows = [f"{n},2025-06-0{n} 10:00,44.91,-93.2{n},call_911\n" for n in (1, 2, 3)]
    (town.root / "calls.csv").write_text("id,time,lat,lon,kind\n" + "".join(rows))
    town.finish(["import", str(town.root / "calls.csv"), "--source", "calls", "--official"])
    return town


def _undo(town: Town) -> list[str]:
    _calls(town).finish(["retract", "calls:1", "--reason", "outside"])
    return ["corrections", "--undo", next(iter(town.store.history().corrections))]


def _packet(town: Town) -> list[str]:
    """A sealed packet; the file that it makes is not one of the store."""
    _calls(town)
    words = ["packet", "calls:1", "--to", TO, "--evidence", f"{HERE}/a.csv", "--how", "handed over"]
    return [*words, "--out", f"{HERE}/packet.age"]


def _lost(town: Town) -> list[str]:
    """Purge, unimport and recall, then empty the ledger; return the command that recovers it."""
    town.finish(["purge", PURGED])
    town.finish(["unimport", batches.live(town.store)[-1]])
    _calls(town).finish([*CORRECT, "calls:1", *WHY])
    town.finish(_recall(town))
    town.store.ledger.file.write_bytes(b"")
    return ["recover"]


CORRECT = ["correct", "--set", "kind=other", "--set", "day=2025-07-01"]
WHY = ["--reason", "entry_error"]
TO = "age1t65v55lc5pfr7wt8kderh3jxlj5xzr54mzaxjywwtn30vmrwa4kqkqluxl"  # whose secret nobody kept
# each brings a town to where the command has something to do, and says what to type
TABLE: dict[str, Callable[[Town], list[str]]] = {
    "import": lambda town: small(town.root / "c.csv"),
    "sample": _empty,
    "areas": lambda town: _areas(town, "b"),
    "purge": lambda town: ["purge", PURGED],
    "unimport": lambda town: ["unimport", batches.live(town.store)[-1][:10]],
    "rebuild": _damaged,
    "rebuild anew": _behind,
    "release": lambda town: ["release", "--as-of", "2025-09-01"],
    "publish": _publish,
    "recall": _recall,
    "recover": _lost,
    "cite": lambda town: ["cite", CITED],
    "revoke": lambda town: ["revoke", "--everybody"],
    "correct": lambda town: [*CORRECT, _calls(town) and "calls:1", *WHY],
    "update": lambda town: [
        "update",
        _calls(town) and "calls:2",
        "--set",
        "kind=other",
        "--reason",
        "new_evidence",
    ],
    "retract": lambda town: ["retract", _calls(town) and "calls:3", "--reason", "same_event"],
    "corrections": _undo,
    "packet": _packet,
    "sources": lambda town: ["sources", "hotline", "--title", "A hotline"],
}


def seen(store: Store) -> tuple[object, ...]:
    """The table that readers see; every file that it names must be there and whole."""
    try:
        stamp = store.stamp()
    except Problem as problem:
        return ("refused", "python -m data re" in str(problem))
    if stamp is None:
        return ("nothing",)
    current = store.at(stamp)
    if not current.whole():
        with pytest.raises(Problem, match="python -m data rebuild"):
            current.query("SELECT count(*) FROM {facts}")
            current.meta  # noqa: B018
        return ("refused", True)
    facts = duckdb.sql(f"SELECT batch, row FROM ({current.facts_sql()})").to_arrow_table()
    assert facts.num_rows == current.meta["rows"]
    held = [pq.read_table(file)["incident_id"].to_pylist() for file in current.batches]
    ids = sorted(held[b][r] for b, r in zip(*(facts[c].to_pylist() for c in ("batch", "row"))))
    return stamp, tuple(ids)


def shown(town: Town) -> tuple[object, ...]:
    """The release that the public sees; every release with a name must be whole."""
    for folder in (town.store.root / "releases").glob("*"):
        release_manifest.verify(folder)
    for folder in (town.public / "releases").glob("[!.]*"):
        if not (folder / release_manifest.TOMBSTONE).exists():
            release_manifest.verify(folder)
    for name in cite_names(town.store.root):
        read_cite(town.store.root / CITES, name)
    for name in cite_names(town.public):
        assert is_recalled(town.public, name) or read_released_cite(town.public, name)
    current = town.public / "current"
    if current.is_symlink():
        return current.readlink().name, (current / release_manifest.TOMBSTONE).exists()
    return ()


def cite_names(folder: Path) -> list[str]:
    """The cites in a folder that have a name."""
    return [path.name for path in (folder / CITES).glob("*") if is_cite_name(path.name)]


def left(town: Town) -> tuple[object, ...]:
    """All that a command leaves: what is seen, what the ledger tells, and every file."""
    store = town.store
    folders = (store.batches, store.rejected, store.areas, store.release_events)
    files = [p for folder in folders for p in folder.glob("*")]
    files += [*(store.root / "releases").rglob("*"), *town.public.rglob("*")]
    files += [*(store.root / CITES).rglob("*")]
    names = sorted(str(p.relative_to(town.root)) for p in files if p.name != "attack.json")
    assert not list(store.root.glob(".scratch-*")) and not list(store.root.glob(".??*.*"))
    verbs = sorted({to_row(e)[2:4] for e in store.events()})
    return seen(store), shown(town), batches.live(store), verbs, names


def told_anywhere(store: Store, name: str) -> bool:
    """Return whether a batch that is left holds an id."""
    return any(
        name in pq.read_table(file, columns=["incident_id"])["incident_id"].to_pylist()
        for file in store.batches.glob("*.parquet")
    )


def points(steps: int, times: int) -> list[int]:
    """Steps to be killed at: all of them if there is time, else spread, early and late ones too."""
    if steps <= times:
        return list(range(steps))
    rng = random.Random(steps)
    edges = [steps * i // times for i in range(times + 1)]
    return [rng.randrange(low, max(high, low + 1)) for low, high in itertools.pairwise(edges)]


@pytest.mark.parametrize("name", TABLE)
@pytest.mark.parametrize(
    "times", [10, pytest.param(100, marks=pytest.mark.prove)], ids=["ten", "hundred"]
)
def test_killed_commands_finish_when_typed_again(
    name: str, times: int, town: Town, tmp_path: Path
) -> None:
    before = town.copy(tmp_path / "before")
    words = TABLE[name](before)
    whole = before.copy(tmp_path / "whole")
    words = [word.replace(str(before.root), str(town.root)) for word in words]
    steps = whole.finish(words)
    wanted = left(whole)
    either = {(seen(t.store), shown(t)) for t in (before, whole)}
    dying = before.copy(tmp_path / "dying")
    caught = 0
    for i, at in enumerate(points(steps, times)):
        _, code = dying.type(words, at)
        caught += code < 0
        now = seen(dying.store), shown(dying)
        for part in (0, 1):  # each is old or new; what waits to be built is said, not guessed
            olds = {pair[part] for pair in either}
            assert now[part] in olds or now[part] == ("refused", True), (at, now[part])
        # typed again: killed once more, or to its end
        if code >= 0 or times > 10 or i == times - 1:
            if code:
                dying.finish(words)
            assert left(dying) == wanted, at
            shutil.rmtree(dying.root)
            dying = before.copy(tmp_path / "dying")
    assert caught >= min(times, steps) // 2
    assert name not in ("purge", "recover") or not told_anywhere(whole.store, PURGED)


def test_the_table_has_every_command_that_writes_the_store() -> None:
    from data.__main__ import app

    # attack writes one file beside the release, address a key in one step, find one list beside
    # the store; test_kill_pull kills pull, and city is init, areas and pull, one after the other
    reading = {"init", "status", "export", "attack", "address", "find", "pull", "city", "claims"}
    # tests/desk/killed.py kills the desk, test_door_process the form, tests/commands/test_ledger the
    # move of a ledger; verify and exposure read, door writes a key in one step
    reading |= {"collect", "tips", "expire", "hold", "verify", "exposure", "door", "ledger"}
    typed = {c.name or c.callback.__name__.strip("_") for c in app.registered_commands}
    assert {name.partition(" ")[0] for name in TABLE} == typed - reading
