"""A small store of official, press and community records, for tests of corrections and packets."""

import shutil
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner, Result

from data.__main__ import app
from data.storage.store import Store

CALLS = """id,time,lat,lon,kind,response,ward
1,2026-01-05 10:00,44.95,-93.28,call_911,none,north
2,2026-01-06 11:00,44.96,-93.27,call_911,in_person,south
2,2026-01-06 11:30,44.96,-93.27,call_911,in_person,south
3,2026-02-07 12:00,44.97,-93.26,shooting,in_person,east
4,2026-03-08 12:00,44.97,-93.26,other,none,west
"""
PRESS = "id,time,kind,area\np1,2026-01-09,shooting,Area 1\np2,2026-01-10,arrest_operation,Area 2\n"
REPORTS = "id,time,lat,lon,kind\nr1,2026-01-09 10:00,44.95,-93.28,sighting\n"
SOURCES = """
[calls]
title = "City calls"
kind = "official"
url = "https://city.example"
licence = "CC0"
already_public = true
[paper]
title = "The Paper"
kind = "press"
[hotline]
title = "Hotline"
kind = "community"
"""
CONFIG = """
[place]
name = "Toy"
zone = "America/Chicago"
crs = "EPSG:26915"
center = [44.95, -93.27]
[release]
since = 2026-01-01
"""


class Town:
    """A store with its settings, its public folder, and the commands typed there."""

    def __init__(self, root: Path) -> None:
        self.root, self.store, self.public = root, Store(root / "store"), root / "public"

    def type(self, *words: str) -> Result:
        return CliRunner().invoke(app, list(words))

    def run(self, *words: str) -> str:
        """What a command that must go through prints."""
        done = self.type(*words)
        assert done.exit_code == 0, done.output
        return done.output

    def refused(self, *words: str) -> str:
        """The sentence of a command that must not go through; nothing of the store is changed."""
        before = self.state()
        done = self.type(*words)
        assert done.exit_code == 1 and "Traceback" not in done.output, done.output
        assert self.state() == before
        return done.output

    def state(self) -> tuple[object, ...]:
        store = Store(self.store.root)
        files = sorted(str(p) for p in store.root.rglob("*.parquet"))
        contents = [p.read_bytes() for p in sorted((store.root / "corrections").glob("*"))]
        return store.now(), store.history().last, files, contents

    def records(self) -> dict[str, dict[str, object]]:
        """The records that readers see, by id."""
        store = Store(self.store.root)
        current = store.at(str(store.stamp()))
        batches = [pq.read_table(file).to_pylist() for file in current.batches]
        rows = current.query("SELECT batch, row FROM {facts}").to_pylist()
        found = [batches[row["batch"]][row["row"]] for row in rows]
        assert len({row["incident_id"] for row in found}) == len(found)
        return {row["incident_id"]: row for row in found}

    def save(self, name: str, text: str) -> str:
        file = self.root / name
        file.write_text(text)
        return str(file)

    def bytes_with(self, text: str) -> list[str]:
        """The files of the store that hold a text, also inside Parquet."""
        found = []
        for file in self.store.root.rglob("*"):
            if file.is_file():
                body = file.read_bytes()
                if file.suffix == ".parquet":
                    body += repr(pq.read_table(file).to_pylist()).encode()
                    body += repr(pq.read_metadata(file).metadata).encode()
                if text.encode() in body:
                    found.append(file.name)
        return found


@pytest.fixture(scope="session")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a town, to be copied."""
    root = tmp_path_factory.mktemp("town")
    with pytest.MonkeyPatch.context() as patched:
        made = opened_town(root, patched)
        for source, text, kind in (
            ("calls", CALLS, "--official"),
            ("paper", PRESS, "--press"),
            ("hotline", REPORTS, "--community"),
        ):
            made.run("import", made.save(f"{source}.csv", text), "--source", source, kind)
        (made.store.root / "sources.toml").write_text(SOURCES)
        made.run("rebuild")
    return root


def opened_town(root: Path, patched: pytest.MonkeyPatch) -> Town:
    """The town of a folder: commands go there from now on."""
    made = Town(root)
    made.public.mkdir(exist_ok=True)
    made.save("porchlight.toml", CONFIG)
    for name, value in {
        "PORCHLIGHT_CONFIG": str(root / "porchlight.toml"),
        "PORCHLIGHT_STORE": str(made.store.root),
        "PORCHLIGHT_KEYS": str(root / "keys"),
    }.items():
        patched.setenv(name, value)
    patched.delenv("PORCHLIGHT_PUBLIC", raising=False)
    return made


@pytest.fixture
def town(tmp_path: Path, filled: Path, monkeypatch: pytest.MonkeyPatch) -> Town:
    """A town of its own."""
    root = Path(shutil.copytree(filled, tmp_path / "town"))
    return opened_town(root, monkeypatch)
