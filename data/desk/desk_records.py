"""Approved tips as records: a file a month, imported as any other, so that all pages treat them alike.

Nothing of the desk leaves it: no text, no note, no name of a reviewer.
"""

import csv
import hashlib
import io
import tempfile
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from data.desk.desk import Desk
from data.desk.forgetting import purge_tip
from data.imports import importer
from data.imports.options import Options
from data.mappings import mapping_read
from data.reports.tip import Channel
from data.storage.batches import remove_unnamed
from data.storage.events import Imported, RecordPurged
from data.storage.identity import key_mark, store_key, subject
from data.storage.store import Store
from data.tables import build
from data.tips.tip_state import TipState

SOURCE, MADE = "desk", "desk-made"
LOG = "desk"  # what their batches follow from
MAPPING = Path(__file__).with_name("mappings") / "desk.toml"
_VIA: dict[str, str] = {Channel.FORM: "form", Channel.OBSERVERS: "not_recorded"}
_YES_NO = {"True": "yes", "False": "no"}
_COLUMNS = (
    "id", "time", "time_precision", "received", "lat", "lon", "place_precision", "area", "kind",
    "grade", "reason", "via", "setting", "response", "force", "injured", "officers", "vehicles",
    "agencies", "origin",
)  # fmt: skip


def tip_of(incident_id: str) -> str:
    """The tip that a record of the desk was; "" for a record of another source."""
    source, _, tip = incident_id.partition(":")
    return tip if source in (SOURCE, MADE) else ""


class Written(NamedTuple):
    """What became of approved tips: the stamp that readers see, months anew, rows refused."""

    stamp: str
    months: list[str]
    refused: int


def write_records(desk: Desk, source: str = SOURCE) -> Written | None:
    """Bring the records of approved tips into `current`; None where nothing changed.

    A month whose records changed is imported anew in the place of what it was before.
    """
    wanted = _wanted(desk)
    live = _live(desk.store, source)
    stale = [m for m in {**live, **wanted} if _digest(wanted.get(m)) != _sha256(live.get(m))]
    if not stale and not (live and _is_behind(desk)):
        return None
    refused = 0
    rules = mapping_read.read_mapping(MAPPING)
    for month in sorted(stale):
        before = tuple(live[month][:1]) if month in live else ()
        if month not in wanted:
            with desk.store.writing():
                desk.store.keep_derived(None, before)
            continue
        with tempfile.TemporaryDirectory(prefix="porchlight-") as folder:
            file = Path(folder) / _name(month)
            file.write_bytes(wanted[month])
            options = Options(source=source, rules=rules, replaces=before, derived=LOG)
            report = importer.import_file(
                desk.store, desk.settings, file, options, ask=None, say=lambda _: None
            )
            refused += sum(report.rejected.values())
    stamp = build.rebuild(desk.store, desk.settings)
    remove_unnamed(desk.store, LOG)
    return Written(stamp, sorted(stale), refused)


def _is_behind(desk: Desk) -> bool:
    """Return whether readers see an older table: a process that imported ended before it built."""
    return desk.store.now() != build.required_stamp(desk.store, desk.settings)


def _wanted(desk: Desk) -> dict[str, bytes]:
    """The file of each month that has records."""
    with desk.lock:
        state = desk.state()
        months = {
            month: [state.tips[i] for i in sorted(tips)]
            for month, tips in state.records.items()
            if tips
        }
        state.changed.clear()
        zone = ZoneInfo(desk.settings.zone)
        return {month: _csv(tips, zone) for month, tips in months.items()}


def _live(store: Store, source: str) -> dict[str, tuple[str, Imported]]:
    """The batch that counts for each month, and its import."""
    return {
        event.file.removesuffix(".csv").removeprefix("desk-"): (name, event)
        for name, event in store.history().imports.items()
        if event.source == source
    }


def _name(month: str) -> str:
    return f"desk-{month}.csv"


def _digest(content: bytes | None) -> str | None:
    return None if content is None else hashlib.sha256(content).hexdigest()


def _sha256(live: tuple[str, Imported] | None) -> str | None:
    return live[1].sha256 if live else None


def _csv(tips: Iterable[TipState], zone: ZoneInfo) -> bytes:
    text = io.StringIO()
    writer = csv.DictWriter(text, _COLUMNS, lineterminator="\n")
    writer.writeheader()
    for tip in tips:
        writer.writerow(record_row(tip, zone))
    return text.getvalue().encode()


def record_row(tip: TipState, zone: ZoneInfo) -> dict[str, Any]:
    """A tip as the row of a record, in the words of the record; times on the place's clock."""
    says = tip.says
    received = datetime.fromisoformat(tip.received).astimezone(zone)
    # received is cut to the hour: its last minute is the earliest that waits 24 hours at least
    arrived = received.replace(minute=59).strftime("%Y-%m-%d %H:%M")
    hour = says.get("hour")
    day = str(says.get("day", "")) or received.date().isoformat()
    point = says.get("lat") is not None and says.get("lon") is not None
    area = str(says.get("area", ""))
    return {
        "id": tip.id,
        "time": f"{day} {int(hour or 0):02d}:00",
        "time_precision": "day" if hour is None else "hour",
        "received": arrived,
        "lat": says.get("lat") if point else "",
        "lon": says.get("lon") if point else "",
        "place_precision": "block" if point else ("area" if area else "city"),
        "area": area,
        "kind": says.get("kind", "sighting"),
        "grade": tip.decision.grade,
        "reason": tip.decision.reason,
        "via": _VIA.get(tip.channel, "hotline"),
        "setting": says.get("setting", ""),
        "response": says.get("response", "not_recorded"),
        "force": ",".join(says.get("force", ())),
        "injured": _YES_NO.get(str(says.get("injured")), ""),
        "officers": says.get("officers", ""),
        "vehicles": says.get("vehicles", ""),
        "agencies": ",".join(says.get("agencies", ())),
        "origin": tip.origin,
    }


def purge_record(desk: Desk, tip: str) -> str:
    """Destroy a tip and the record that it became: a sentence on it. Problem where a hold is on, or
    where there is no such tip."""
    month = desk.tip(tip).month
    gone = purge_tip(desk, tip)
    source = next(iter({SOURCE, MADE} & set(desk.store.history().sources)), SOURCE)
    key = store_key(desk.store.root)
    purged = subject(f"{source}:{tip}", key)
    desk.store.ledger.append(RecordPurged(purged, last=True, key=key_mark(key)))
    write_records(desk, source)
    build.rebuild(desk.store, desk.settings)  # older tables go, also where no month changed
    remove_unnamed(desk.store, LOG)
    return (
        f"What {gone:,} events of the tip said is destroyed; records of {month} are written anew."
    )
