"""Made stores that are kept between benches: the same rows are not made twice."""

import hashlib
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from data.settings import ROOT, Problem
from data.storage.store import Store

KEPT = ROOT / "bench" / "out"
MADE_BY = (
    "bench/made.py",
    "bench/metro.py",
    "bench/made_force.py",
    "porchlight.toml",
    "data/**/*.py",
    "data/**/*.toml",
    "geo/*.py",
)


def kept(rows: int, module: str = "bench.made") -> Path:
    """The folder of a store of so many rows that a module makes; made, with a word on it, when
    absent."""
    kind = {"bench.made": "store"}.get(module, module.rpartition(".")[2])
    folder = KEPT / f"{kind}-{rows}-{_version()}"
    if not folder.exists():
        for old in KEPT.glob(f"{kind}-{rows}-*"):
            shutil.rmtree(old, ignore_errors=True)
        KEPT.mkdir(parents=True, exist_ok=True)
        start = time.perf_counter()
        with tempfile.TemporaryDirectory(prefix="making-", dir=KEPT) as scratch:
            _make(Path(scratch) / "store", rows, module)
            (Path(scratch) / "store").rename(folder)
        taken = time.perf_counter() - start
        print(f"A {kind} of {rows:,} rows was made in {taken:.0f} s and kept.", file=sys.stderr)
    return folder


def files(root: Path) -> tuple[Path, Path]:
    """The files of a made store that a plain screen starts from: records and areas."""
    store = Store(root)
    (batch,) = store.batches.glob("*.parquet")
    return batch, store.at(str(store.stamp())).folder / "areas0.parquet"


def _make(root: Path, rows: int, module: str) -> None:
    """Make a store in a process of its own: its memory is not ours."""
    command = [sys.executable, "-m", module, str(root), "--rows", str(rows)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Problem(done.stderr.strip())


def _version() -> str:
    """A digest of all code that a store comes from."""
    digest = hashlib.sha256()
    for pattern in MADE_BY:
        for file in sorted(ROOT.glob(pattern)):
            digest.update(file.read_bytes())
    return digest.hexdigest()[:12]
