"""Damaged, too deep or too large files get a sentence, and nothing is lost."""

import os
import shutil
import subprocess
import sys
import zlib
from pathlib import Path

import pytest

from data import settings
from data.files import text_file
from data.settings import ROOT, Problem
from data.storage import batches
from data.storage.store import Store
from tests.conftest import command
from tests.publics import clear

DEEP = 100_000
NESTED = {
    "lists": "a = " + "[" * DEEP + "]" * DEEP,
    "inline tables": "a = " + "{b=" * DEEP + "1" + "}" * DEEP,
    "a dotted table": "[" + ".".join(["a"] * DEEP) + "]\nb = 1\n",
    "a dotted key": ".".join(["a"] * DEEP) + " = 1\n",
    "quoted keys": ".".join(['"a"'] * DEEP) + " = 1\n",
    "a large file": "#" * 1_000_001,
}
ROWS = "id,time,lat,lon,kind\n" + "".join(
    f"{n},2026-01-0{n} 10:00,44.9{n},-93.2{n},call_911\n" for n in (1, 2, 3)
)


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store of two imports, to be copied."""
    folder = tmp_path_factory.mktemp("filled")
    for name in ("calls", "other"):
        (folder / f"{name}.csv").write_text(ROWS.replace("1,2026", f"{name},2026"))
        done = command(
            "import", str(folder / f"{name}.csv"), "--source", name, store=folder / "store"
        )
        assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture
def store(filled: Path, tmp_path: Path) -> Store:
    shutil.copytree(filled / "store", tmp_path / "store")
    return Store(tmp_path / "store")


def refused(*words: str, store: Store, says: str) -> None:
    done = command(*words, store=store.root)
    assert done.returncode == 1 and says in done.stderr, done.stdout + done.stderr
    assert "Traceback" not in done.stderr and len(done.stderr.splitlines()) < 4


# mappings


@pytest.mark.parametrize("what", NESTED)
def test_a_mapping_of_a_hundred_thousand_levels(what: str, tmp_path: Path) -> None:
    file = tmp_path / "m.toml"
    file.write_text(NESTED[what])
    with pytest.raises(Problem, match=r"deep|larger than"):
        settings.read_toml(file)


def test_no_other_reader_of_toml() -> None:
    found = {
        str(file.relative_to(ROOT))
        for part in ("data", "ui")
        for file in (ROOT / part).rglob("*.py")
        if "tomllib.load" in file.read_text()
    }
    assert found == {"data/settings.py", "data/code_version.py"}  # the second reads pyproject.toml


def test_brackets_and_dots_in_strings_and_comments_are_no_tables(tmp_path: Path) -> None:
    file = tmp_path / "m.toml"
    told = 'a = "' + "[" * 99 + '"\nb = "' + "x." * 99 + '"\n# ' + "{" * 99 + "\nc = '" + "[" * 99
    file.write_text(told + "'\nd = '''" + "[\n" * 99 + "'''\n[e.f.g]\nh = [[1], [2]]\n")
    assert settings.read_toml(file)["e"]["f"]["g"]["h"] == [[1], [2]]


def test_a_nested_mapping_at_the_command(store: Store, tmp_path: Path) -> None:
    file = tmp_path / "m.toml"
    file.write_text(NESTED["lists"])
    (tmp_path / "c.csv").write_text(ROWS)
    words = ("import", str(tmp_path / "c.csv"), "--source", "third", "--map", str(file))
    refused(*words, store=store, says="deep")


# NUL


def test_nul_is_taken_out_and_said(tmp_path: Path) -> None:
    text = ROWS.replace("1,2026", "1\0,2026").replace("call_911\n2", "call\0_911\n2")
    (tmp_path / "c.csv").write_text(text)
    done = command("import", str(tmp_path / "c.csv"), "--source", "c", store=tmp_path / "store")
    assert done.returncode == 0 and "control characters that were taken out: 2" in done.stdout
    assert "3 kept + 0 rejected = 3 rows" in done.stdout


# batches


def test_an_empty_or_damaged_batch_gets_a_sentence_and_a_way_on(
    store: Store, filled: Path, tmp_path: Path
) -> None:
    name = batches.live(store)[0]
    file = store.batches / f"{name}.parquet"
    whole = file.read_bytes()
    third = tmp_path / "third.csv"
    third.write_text(ROWS.replace("2026-01", "2026-02"))
    for content, state in ((b"", "is empty"), (whole[:200], "is damaged")):
        file.write_bytes(content)
        says = (
            f"{name}.parquet {state}. Put its copy back; or take it back (python -m data unimport"
        )
        assert says in command("status", store=store.root).stdout
        refused("purge", "calls:2", store=store, says=says)
        refused("export", str(tmp_path / "out.csv"), store=store, says=says)
        refused("import", str(third), "--source", f"third{len(content)}", store=store, says=says)
    file.write_bytes(whole)  # its copy put back: all is as it was, and the import is there
    assert command("rebuild", store=store.root).returncode == 0
    assert Store(store.root).at(str(store.stamp())).meta["rows"] == 12
    file.write_bytes(b"")  # or taken back, and imported again
    assert command("unimport", name, store=store.root).returncode == 0
    refused("purge", "calls:2", store=store, says="It does not count: delete the file.")
    words = ("import", str(filled / "calls.csv"), "--source", "calls")
    assert command(*words, store=store.root).returncode == 0
    assert Store(store.root).at(str(store.stamp())).meta["rows"] == 12


def test_a_batch_damaged_in_the_middle(store: Store, tmp_path: Path) -> None:
    file = store.batches / f"{batches.live(store)[0]}.parquet"
    body = bytearray(file.read_bytes())
    body[40:400] = b"x" * 360
    file.write_bytes(bytes(body))
    refused("export", str(tmp_path / "out.csv"), store=store, says="is damaged")
    shutil.rmtree(store.current)
    shutil.rmtree(store.derived)  # what was made of it before would do
    refused("rebuild", store=store, says="is damaged")


def test_a_page_says_which_batch_is_damaged(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    from streamlit.testing.v1 import AppTest

    (store.batches / f"{batches.live(store)[0]}.parquet").write_bytes(b"")
    monkeypatch.setenv("PORCHLIGHT_STORE", str(store.root))
    clear()  # what other tests of this process have shown
    app = AppTest.from_file(str(ROOT / "dashboard.py"), default_timeout=60).run()
    app.switch_page("pages/records.py").run()
    clear()
    said = [text.value.replace("\\", "") for text in (*app.text, *app.error)]
    assert not app.exception and any("is empty. Put its copy back" in one for one in said), said


# a full disk

LIMITED = """
import resource, signal, sys
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]), int(sys.argv[1])))
sys.argv = ["data", *sys.argv[2:]]
from data.__main__ import app
app()
"""


@pytest.mark.parametrize("room", [0, 2_000, 20_000, 60_000])
def test_a_full_disk(store: Store, tmp_path: Path, room: int) -> None:
    """No file may grow beyond a size: what is written then fails as on a full disk."""
    before = Store(store.root).at(str(store.stamp())).meta["rows"]
    (tmp_path / "c.csv").write_text(ROWS)
    words = ["import", str(tmp_path / "c.csv"), "--source", "third"]
    done = subprocess.run(
        [sys.executable, "-c", LIMITED, str(room), *words],
        cwd=ROOT,
        env=os.environ | {"PORCHLIGHT_STORE": str(store.root)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Traceback" not in done.stderr, done.stderr
    assert done.returncode == 0 or "Stopped: " in done.stderr, done.stdout + done.stderr
    again = Store(store.root)
    rows = again.at(str(again.stamp())).meta["rows"]
    assert rows == (before if done.returncode else before + 3)
    assert command(*words, store=store.root).returncode == 0  # with room again: nothing was lost
    again = Store(store.root)
    assert again.at(str(again.stamp())).meta["rows"] == before + 3


# a file that unpacks to very much more

BOMBS = {
    "one cell": (b"", b"0" * (1 << 20)),
    "many rows": (b"", b"1,2026-01-01 10:00,44.91,-93.21,call_911\n" * 25_000),
    "after a good part": (os.urandom(1 << 20).hex().encode(), b"0" * (1 << 20)),
}


@pytest.mark.parametrize("what", BOMBS)
def test_a_bomb_is_refused_long_before_its_end(what: str, tmp_path: Path) -> None:
    """Refused before its end, in little memory; a larger one no later."""
    before, block = BOMBS[what]
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    file = tmp_path / "bomb.csv.gz"
    with file.open("wb") as out:
        out.write(packer.compress(b"id,time,lat,lon,kind\n" + before))
        for _ in range(160):
            out.write(packer.compress(block))
        out.write(packer.flush())
    unpacked = 0
    with pytest.raises(Problem, match=r"more than 250 times its size"):
        for piece in text_file.raw(file):
            unpacked += len(piece)
    assert unpacked < 130 << 20
    words = [sys.executable, "-c", MEASURED, "import", str(file), "--source", "calls"]
    env = os.environ | {"PORCHLIGHT_STORE": str(tmp_path / "store")}
    done = subprocess.run(words, cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    kilobytes = int(done.stdout.split()[-1])
    assert "more than 250 times" in done.stderr and "Traceback" not in done.stderr
    assert kilobytes < 512 << 10


MEASURED = """
import sys
from pathlib import Path
sys.argv = ["data", *sys.argv[1:]]
from data.__main__ import app
try:
    app()
finally:  # not ru_maxrss: that counts what this process was before it began
    print(Path("/proc/self/status").read_text().split("VmHWM:")[1].split()[0])
"""


def test_a_file_that_packs_well_is_read(tmp_path: Path) -> None:
    rows = "".join(f"{n},2026-01-01 10:00,44.91,-93.21,call_911\n" for n in range(1_500_000))
    file = tmp_path / "c.csv.gz"
    file.write_bytes(zlib.compress(("id,time,lat,lon,kind\n" + rows).encode(), 9, wbits=31))
    assert sum(map(len, text_file.raw(file))) > text_file.WINDOW
