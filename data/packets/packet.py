"""A case packet: a bag (BagIt) of records, history and evidence, zipped and sealed to a key (age)."""

import hashlib
import io
import json
import os
import re
import tempfile
import zipfile
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import bagit
import pyarrow as pa
import pyrage

from data.files.spreadsheet import as_csv
from data.packets.evidence_copies import Evidence, copy_evidence, require_files
from data.packets.packet_records import PACKET_COLUMNS, PacketRecords, collect_records
from data.people.actor import EDITOR, STEWARD, Actor, require
from data.settings import Problem, Settings
from data.storage import disk, identity
from data.storage.events import PacketSealed
from data.storage.store import Store

_VERIFY = Path(__file__).with_name("verify.py")
_README = Path(__file__).with_name("README.txt")
_LONG_AGO = (1980, 1, 1, 0, 0, 0)  # of every file in the zip: the same content, the same bytes
_MOST_LETTERS = 1000
_KEY = re.compile(r"age1[a-z0-9]+")


@dataclass(frozen=True)
class Request:
    """What goes into a packet, and to whom: ids of records, files, how they were obtained, and the
    recipient's key: an age recipient, or a file with one."""

    ids: Sequence[str]
    evidence: Sequence[Path]
    obtained: str
    to: str
    out: Path | None = None


class Packet(NamedTuple):
    """A packet that was sealed: the file, its SHA-256, the fingerprint of the recipient's key, how
    many records and files are in it, and those without a working copy."""

    file: Path
    sha256: str
    recipient: str
    records: int
    evidence: list[Evidence]


def make_packet(store: Store, settings: Settings, actor: Actor, request: Request) -> Packet:
    """Seal a packet and write down that it was. Problem, and nothing is there, for an unknown or too
    young record, a missing file, a key that is none, or an output that exists.

    What is unsealed lies in the store's scratch folder only, and is gone when this returns; after a
    kill the next command that writes removes it. The ledger keeps hashes and no text.
    """
    require(actor, EDITOR, STEWARD)
    recipient = read_recipient(request.to)
    mark = fingerprint(recipient)
    require_files(request.evidence)
    if request.evidence and not request.obtained.strip():
        raise Problem(
            'Say how the evidence was obtained: --how "filmed by a resident, handed over".'
        )
    if len(request.obtained) > _MOST_LETTERS:
        raise Problem(f"How it was obtained has at most {_MOST_LETTERS:,} letters.")
    if not request.ids:
        raise Problem("Name at least one record by its id.")
    collected = collect_records(store, settings, request.ids)
    out = _output(request.out, mark)
    if finished := _finished(store, out, mark, collected):
        return finished
    _require_new(out)
    with store.writing() as scratch:
        bag = Path(tempfile.mkdtemp(dir=scratch)) / "packet"
        evidence = _write_bag(bag, settings, collected, request)
        sealed = pyrage.encrypt(_zipped(bag), [pyrage.x25519.Recipient.from_str(recipient)])
        sha256 = hashlib.sha256(sealed).hexdigest()
        key = identity.store_key(store.root)
        subjects = [identity.subject(row["incident_id"], key) for row in collected.records]
        # the event first: no packet is anywhere that the ledger does not know of
        store.ledger.append(
            PacketSealed(mark, sha256, subjects, [one.sha256 for one in evidence], actor.who)
        )
        disk.write_new(sealed, out)
    return Packet(out, sha256, mark, len(collected.records), evidence)


def read_recipient(stated: str) -> str:
    """The age recipient that somebody names, or that stands in a file. Problem where it is none."""
    named = stated.strip()
    file = Path(named).expanduser()
    if not _KEY.fullmatch(named):
        with suppress(OSError, UnicodeDecodeError, ValueError):
            lines = [line.strip() for line in file.read_text("utf-8")[:10_000].splitlines()]
            named = next((line for line in lines if _KEY.fullmatch(line)), "")
    try:
        pyrage.x25519.Recipient.from_str(named)
    except (pyrage.RecipientError, ValueError):
        raise Problem(
            f"{stated!r} is no key to seal to: name the recipient's public age key, which begins "
            'with "age1", or a file that holds it.'
        ) from None
    return named


def fingerprint(recipient: str) -> str:
    """A short hash of a recipient's key, to tell it from another over the telephone."""
    return hashlib.sha256(recipient.encode()).hexdigest()[:16]


def _output(named: Path | None, mark: str) -> Path:
    """The file to write. Problem where there is no folder for it."""
    day = datetime.now(UTC).date().isoformat()
    out = (named or Path(f"packet-{day}-{mark[:8]}.zip.age")).expanduser().absolute()
    if not out.parent.is_dir() or not os.access(out.parent, os.W_OK):
        raise Problem(f"{out.parent} is no folder that can be written to: name a file with --out.")
    return out


def _require_new(out: Path) -> None:
    if out.exists() or out.is_symlink():
        raise Problem(f"{out} is there already: name another file with --out.")
    for left in out.parent.glob(f".{out.name}.[0-9]*"):  # sealed, by a command that was killed
        left.unlink()


def _finished(store: Store, out: Path, mark: str, collected: PacketRecords) -> Packet | None:
    """The packet that a command sealed whole before it was killed, cleared up behind; else None."""
    if not out.is_file() or not any(store.root.glob(".scratch-*")):
        return None
    sha256 = hashlib.sha256(out.read_bytes()).hexdigest()
    if (mark, sha256) not in {(one.recipient, one.sha256) for one in store.history().packets}:
        return None
    with store.writing():  # sweeps what it left
        for left in out.parent.glob(f".{out.name}.[0-9]*"):
            left.unlink()
    return Packet(out, sha256, mark, len(collected.records), [])


def _write_bag(
    bag: Path, settings: Settings, collected: PacketRecords, request: Request
) -> list[Evidence]:
    """The bag with everything in it; what is said of its evidence."""
    bag.mkdir(mode=0o700)
    evidence = copy_evidence(request.evidence, bag, request.obtained.strip())
    tables = {
        "records": collected.table(),
        "history": collected.history_table(),
        "dictionary": pa.table(
            {"column": [*PACKET_COLUMNS], "meaning": [*PACKET_COLUMNS.values()]}
        ),
    }
    if evidence:
        tables["evidence"] = pa.Table.from_pylist([one._asdict() for one in evidence])
    for name, table in tables.items():
        (bag / f"{name}.csv").write_bytes(as_csv(table))
    whole = {
        "place": settings.name,
        "records": collected.records,
        "history": collected.history,
        "evidence": [one._asdict() for one in evidence],
        "dictionary": PACKET_COLUMNS,
    }
    body = json.dumps(whole, ensure_ascii=False, indent=1, sort_keys=True)
    (bag / "packet.json").write_text(body + "\n", encoding="utf-8")
    made = bagit.make_bag(
        str(bag),
        {
            "Source-Organization": f"Porchlight, {settings.name}",
            "External-Description": f"{len(collected.records)} records, {len(evidence)} files of evidence",
        },
        checksums=["sha256"],
    )
    for source, name in ((_VERIFY, "verify.py"), (_README, "README.txt")):
        (bag / name).write_bytes(source.read_bytes())
    made.save()  # with these two in the list of what is checked
    return evidence


def _zipped(bag: Path) -> bytes:
    """The bag as a zip: the same content gives the same bytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for file in sorted(p for p in bag.rglob("*") if p.is_file()):
            entry = zipfile.ZipInfo(f"packet/{file.relative_to(bag).as_posix()}", _LONG_AGO)
            entry.external_attr = 0o600 << 16
            packed.writestr(entry, file.read_bytes(), zipfile.ZIP_DEFLATED)
    return out.getvalue()
