"""The spool: sealed and padded, read with the key only, on the disk when it is acknowledged."""

import os
import time
from pathlib import Path

import msgspec
import pyrage
import pytest

from data.reports import spool
from data.reports.spool import (
    SUFFIX,
    make_keys,
    mark_opened,
    read_key,
    remove_opened,
    seal_report,
    sweep_spool,
    unsealed,
)
from data.reports.tip import Incoming, Tip
from data.settings import Problem

WORDS = "two vans and four agents"


def report(text: str = WORDS, **more: object) -> Incoming:
    return Incoming("form", Tip(text=text, **more), "2026-01-17T12:00:00+00:00")  # type: ignore[arg-type]


@pytest.fixture
def recipient(tmp_path: Path) -> str:
    return make_keys(tmp_path / "store")


def test_what_is_sealed_comes_back_and_is_read_with_the_key_only(
    tmp_path: Path, recipient: str
) -> None:
    sent = report(
        agencies=("federal",), injured=True, links=("https://a.example/1",), masked={"phone": 1}
    )
    file = seal_report(tmp_path / "spool", recipient, sent)
    assert WORDS.encode() not in file.read_bytes()
    assert list(unsealed(tmp_path / "spool", read_key(tmp_path / "store"))) == [(file, sent)]
    make_keys(tmp_path / "other")
    assert list(unsealed(tmp_path / "spool", read_key(tmp_path / "other"))) == [(file, None)]
    assert file.exists()  # it stays for whoever has its key


def test_keys_are_made_once_and_are_for_their_owner(tmp_path: Path, recipient: str) -> None:
    assert make_keys(tmp_path / "store") == recipient
    assert (tmp_path / "store/door.key").stat().st_mode & 0o777 == 0o600
    (tmp_path / "store/door.key").write_text("AGE-SECRET-KEY_FILE-1NOTHING")
    with pytest.raises(Problem, match=r"door\.key is damaged"):
        make_keys(tmp_path / "store")
    with pytest.raises(Problem, match="python -m data door"):
        read_key(tmp_path / "none")


def test_sizes_and_times_tell_nothing(tmp_path: Path, recipient: str) -> None:
    short = seal_report(tmp_path, recipient, report(""))
    withdrawn = Incoming(
        "form", Tip(), "2026-01-17T12:00:00+00:00", receipt="0" * 64, withdraws=True
    )
    long = seal_report(tmp_path, recipient, report("\U0001f6a8" * 1000, cross_streets='"' * 120))
    files = (short, long, seal_report(tmp_path, recipient, withdrawn))
    # age adds a header of random length, which follows from nothing in the report
    assert {f.stat().st_size // spool.SIZE_STEP for f in files} == {1}
    for file in files:
        assert file.stat().st_mtime % 3600 == 0 and file.stat().st_atime % 3600 == 0
        assert time.time() - 3600 <= file.stat().st_mtime <= time.time()
    assert len({f.name for f in files}) == 3


@pytest.mark.parametrize(
    "other",
    [
        {"kind": "no such kind"},
        {"kind": 7},
        {"text": "x" * 1001},
        {"links": ["https://a.example"] * 9},
        {"day": "<script>"},
        {"day": "2026-13-45"},
        {"day": "20260117"},
        {"hour": 99},
        {"officers": 10**9},
        {"force": ["telepathy"]},
        {"area": "x" * 5000},
    ],
)
def test_who_knows_the_public_key_cannot_hand_in_what_no_form_can_say(
    tmp_path: Path, recipient: str, other: dict[str, object]
) -> None:
    stated = msgspec.to_builtins(report())
    stated["tip"] |= other
    content = msgspec.json.encode(stated)
    padded = (len(content).to_bytes(4, "big") + content).ljust(spool.SIZE_STEP, b"\0")
    file = tmp_path / f"forged{SUFFIX}"
    file.write_bytes(pyrage.encrypt(padded, [pyrage.x25519.Recipient.from_str(recipient)]))
    assert list(unsealed(tmp_path, read_key(tmp_path / "store"))) == [(file, None)]


def test_damaged_and_large_files_stay_and_are_reported(tmp_path: Path, recipient: str) -> None:
    file = seal_report(tmp_path, recipient, report())
    file.write_bytes(file.read_bytes()[:-1])
    large = tmp_path / f"large{SUFFIX}"
    large.write_bytes(bytes(spool.LARGEST + 1))
    found = list(unsealed(tmp_path, read_key(tmp_path / "store")))
    assert sorted(found) == sorted([(file, None), (large, None)])


def test_opened_ones_go_after_their_days(tmp_path: Path, recipient: str) -> None:
    old, new = (seal_report(tmp_path, recipient, report()) for _ in range(2))
    for file in (old, new):
        mark_opened(file)
    assert not list(unsealed(tmp_path, read_key(tmp_path / "store")))
    eight_days = time.time() - 8 * 86400
    os.utime(tmp_path / "opened" / old.name, (eight_days, eight_days))
    assert remove_opened(tmp_path, days=7) == 1
    assert [f.name for f in (tmp_path / "opened").iterdir()] == [new.name]


def test_a_sweep_takes_half_written_files_only(tmp_path: Path, recipient: str) -> None:
    whole = seal_report(tmp_path, recipient, report())
    left, fresh, other = (
        tmp_path / f".{'a' * 32}.age.12",
        tmp_path / f".{'b' * 32}.age.13",
        tmp_path / ".keep",
    )
    for file in (left, fresh, other):
        file.write_bytes(b"x")
    for file in (left, other, whole):
        os.utime(file, (0, 0))
    sweep_spool(tmp_path)
    assert not left.exists() and fresh.exists() and other.exists() and whole.exists()


def test_a_sweep_of_the_store_meanwhile_loses_nothing(
    tmp_path: Path, recipient: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A command that begins to write to the store removes what looks half written."""
    real, swept = Path.rename, []

    def rename(self: Path, target: Path) -> Path:
        if not swept:
            swept.append(self)
            self.unlink()
        return real(self, target)

    monkeypatch.setattr(Path, "rename", rename)
    file = seal_report(tmp_path / "spool", recipient, report())
    assert swept and file.exists()


def test_a_folder_that_cannot_be_written_is_no_receipt(tmp_path: Path, recipient: str) -> None:
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(OSError):
        seal_report(tmp_path / "file", recipient, report())
