"""Case packets: whole, sealed, checked offline, without a name, and written down."""

import io
import json
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import bagit
import pyrage
import pytest
from PIL import Image

from data.correction_terms import CorrectionKind
from data.corrections import changes
from data.corrections.changes import Proposal
from data.packets.packet import Request, make_packet, read_recipient
from data.packets.packet_records import collect_records
from data.people.actor import Actor, Forbidden, machine
from data.settings import Problem, load_settings
from data.storage.store import Store
from tests.corrections.conftest import Town

OWN = pyrage.x25519.Identity.generate()
TO = str(OWN.to_public())
HOW = "filmed by a resident, handed over on paper"


def picture(file: Path) -> Path:
    """A JPEG with a place, a camera and an orientation in its metadata."""
    image = Image.new("RGB", (40, 20), (200, 30, 30))
    exif = Image.Exif()
    exif[0x010F], exif[0x0112] = "SecretCamera", 6
    exif.get_ifd(0x8825)[1] = "N"
    image.save(file, exif=exif)
    return file


def opened(file: Path, folder: Path) -> Path:
    """The unsealed packet."""
    with zipfile.ZipFile(io.BytesIO(pyrage.decrypt(file.read_bytes(), [OWN]))) as packed:
        packed.extractall(folder)
    return folder / "packet"


def verified(bag: Path) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, "-I", str(bag / "verify.py")], capture_output=True, text=True, check=False,
        env={"PATH": "/nonexistent"},
    )  # fmt: skip
    assert not done.stderr
    return done.returncode, done.stdout


@pytest.fixture
def bag(town: Town) -> Path:
    town.run(
        "correct", "calls:1", "--set", "kind=shooting", "--reason", "entry_error", "--note", "zebra"
    )
    (town.root / "statement.txt").write_text("I saw it.")
    told = town.run(
        "packet", "calls:1", "paper:p1", "hotline:r1", "--evidence", str(picture(town.root / "a.jpg")),
        "--evidence", str(town.root / "statement.txt"), "--how", HOW, "--to", TO,
        "--out", str(town.root / "out.age"),
    )  # fmt: skip
    assert "no working copy" in told and "Sealed" in told
    return opened(town.root / "out.age", town.root / "unsealed")


def test_it_is_a_bag_that_others_can_check(bag: Path) -> None:
    bagit.Bag(str(bag)).validate()
    assert verified(bag)[0] == 0 and "Every file is as it was" in verified(bag)[1]


@pytest.mark.parametrize(
    "name", ["data/records.csv", "data/evidence/01.jpg", "README.txt", "bag-info.txt"]
)
def test_a_changed_byte_is_found(bag: Path, name: str) -> None:
    body = bytearray((bag / name).read_bytes())
    body[len(body) // 2] ^= 1
    (bag / name).write_bytes(body)
    code, told = verified(bag)
    assert code == 1 and told == f"changed: {name}\n"


def test_missing_and_added_files_are_found(bag: Path) -> None:
    (bag / "data/history.csv").unlink()
    (bag / "data/more.txt").write_text("x")
    assert verified(bag) == (1, "missing: data/history.csv\nadded: data/more.txt\n")
    (bag / "manifest-sha256.txt").unlink()
    assert verified(bag)[0] == 1 and "not the whole packet" in verified(bag)[1]


def test_evidence_is_byte_for_byte_and_the_working_copy_without_metadata(
    bag: Path, town: Town
) -> None:
    assert (bag / "data/evidence/01.jpg").read_bytes() == (town.root / "a.jpg").read_bytes()
    working = bag / "data/working/01.png"
    body = working.read_bytes()
    assert b"SecretCamera" in (town.root / "a.jpg").read_bytes() and b"SecretCamera" not in body
    with Image.open(working) as shown:
        assert shown.size == (20, 40) and not shown.getexif() and not shown.info  # turned upright
    assert not (bag / "data/working/02.txt").exists()
    whole = json.loads((bag / "data/packet.json").read_text())
    assert [e["obtained"] for e in whole["evidence"]] == [HOW, HOW]
    assert "no working copy" in whole["evidence"][1]["working_note"]


def test_records_and_history_name_nobody(bag: Path, town: Town) -> None:
    whole = json.loads((bag / "data/packet.json").read_text())
    assert [r["standing"] for r in whole["records"]] == ["corrected", "imported", "imported"]
    assert whole["records"][0]["kind"] == "shooting"
    mine = [h for h in whole["history"] if h["record"] == "calls:1"]
    assert [h["what"] for h in mine] == ["imported", "correction proposed", "correction counts"]
    assert mine[1]["details"]["before"] == {"kind": "call_911"}
    body = b"".join(p.read_bytes() for p in bag.rglob("*") if p.is_file())
    record = next(iter(Store(town.store.root).history().corrections.values())).record
    for secret in ("zebra", "this machine", record, "row_hash", 'origin"'):
        assert secret.encode() not in body, secret
    assert {*whole["records"][0]} == {*whole["dictionary"]}


def test_it_is_written_down_and_nothing_unsealed_stays(bag: Path, town: Town) -> None:
    (event,) = Store(town.store.root).history().packets
    assert len(event.records) == 3 and len(event.evidence) == 2 and len(event.sha256) == 64
    assert "calls:1" not in json.dumps(vars(event), default=str)
    assert not list(town.store.root.glob(".scratch-*"))
    assert town.bytes_with("I saw it.") == [] and town.bytes_with("SecretCamera") == []
    assert b"I saw it." not in (town.root / "out.age").read_bytes()
    town.run("purge", "calls:1")
    assert town.bytes_with("calls:1") == []


def test_the_same_packet_is_the_same_zip(bag: Path, town: Town) -> None:
    words = ["packet", "paper:p1", "--to", TO, "--out"]
    zips = []
    for name in ("x.age", "y.age"):
        town.run(*words, str(town.root / name))
        zips.append(pyrage.decrypt((town.root / name).read_bytes(), [OWN]))
    assert zips[0] == zips[1]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["calls:1", "--to", "age1nonsense"], "no key to seal to"),
        (["calls:1", "--to", "/nonexistent"], "no key to seal to"),
        (["calls:99", "--to", TO], "No record"),
        (["calls:1", "--to", TO, "--evidence", "/nonexistent/a.jpg", "--how", "x"], "There is no file"),
        (["calls:1", "--to", TO, "--evidence", __file__], "Say how"),
        (["calls:1", "--to", TO, "--out", __file__], "is there already"),
        (["calls:1", "--to", TO, "--out", "/nonexistent/a/b.age"], "no folder"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_a_sentence_and_nothing_is_there(
    town: Town, words: list[str], says: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(town.root)
    before = sorted(town.root.iterdir())
    assert says in town.refused("packet", *words)
    assert sorted(town.root.iterdir()) == before and not list(town.store.root.glob(".scratch-*"))


def test_a_young_community_report_is_in_no_packet(town: Town) -> None:
    config = town.root / "porchlight.toml"
    config.write_text(config.read_text() + "[team]\nminimum_age = 999999\n")
    assert "younger than" in town.refused("packet", "hotline:r1", "--to", TO)
    town.run("packet", "calls:1", "--to", TO, "--out", str(town.root / "a.age"))


def test_it_is_for_editors_and_stewards(town: Town) -> None:
    request = Request(["calls:1"], [], "", TO, town.root / "a.age")
    for role in ("viewer", "reviewer"):
        with pytest.raises(Forbidden):
            make_packet(town.store, load_settings(), Actor("x", frozenset({role})), request)
    made = make_packet(town.store, load_settings(), Actor("x", frozenset({"editor"})), request)
    assert made.file.exists() and town.store.history().packets[0].by == "x"


def test_a_key_may_stand_in_a_file(tmp_path: Path) -> None:
    (tmp_path / "key.txt").write_text(f"# of the lawyer\n{TO}\n")
    assert read_recipient(str(tmp_path / "key.txt")) == TO
    (tmp_path / "key.txt").write_text(str(OWN))  # a secret key is no recipient
    with pytest.raises(Problem):
        read_recipient(str(tmp_path / "key.txt"))


@pytest.mark.parametrize("body", [b"\xff\xd8\xff" + b"x" * 100, b"\x89PNG\r\n\x1a\n" + b"\0" * 50])
def test_a_picture_that_is_none_has_no_working_copy(town: Town, body: bytes) -> None:
    (town.root / "bad.jpg").write_bytes(body)
    told = town.run("packet", "calls:1", "--to", TO, "--evidence", str(town.root / "bad.jpg"),
                    "--how", "x", "--out", str(town.root / "a.age"))  # fmt: skip
    assert "cannot be read as a picture" in told
    bag = opened(town.root / "a.age", town.root / "u")
    assert (bag / "data/evidence/01.jpg").read_bytes() == body
    shutil.rmtree(bag)


def test_the_history_says_a_role_only_where_somebody_with_it_acted(bag: Path, town: Town) -> None:
    whole = json.loads((bag / "data/packet.json").read_text())
    assert {step["by"] for step in whole["history"]} == {"whoever runs the machine"}
    ann, bob = (Actor(name, frozenset({"editor"})) for name in ("ann", "bob"))
    asked = Proposal(CorrectionKind.RETRACTION, "paper:p1", "same_event", {})
    one = changes.propose(town.store, load_settings(), ann, asked, waits=True)
    changes.approve(town.store, bob, one.code)
    changes.undo(town.store, machine(), one.code)
    history = collect_records(town.store, load_settings(), ["paper:p1"]).history
    assert [(step["what"], step["by"]) for step in history] == [
        ("imported", "whoever runs the machine"),
        ("retraction proposed", "an editor"),
        ("retraction stands", "an editor or steward"),
        ("retraction undone", "whoever runs the machine"),
    ]
