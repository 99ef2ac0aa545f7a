"""The records of a packet as they stand, and what was done to each, without a name of anybody.

By a role where somebody who signed in with it did it; else by whoever runs the machine.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import duckdb
import pyarrow as pa

from data.correction_terms import Correction, CorrectionStage, spell_reason, spell_stage
from data.corrections.changes import find_row
from data.corrections.contents import read_content
from data.corrections.corrected_rows import plain_value
from data.desk.desk import open_desk
from data.desk.desk_records import tip_of
from data.desk.event_words import spell_event
from data.people.actor import HERE
from data.record import COLUMNS
from data.settings import Problem, Settings
from data.storage import batches, identity
from data.storage.database import literal
from data.storage.store import Store
from data.tips import desk_events
from data.tips.desk_events import DeskEvent, from_log
from data.views.whole_records import other_columns

# texts never leave those who sign in, and origins and hashes nobody
SHOWN = tuple(column for column in COLUMNS if column.shown)
PACKET_COLUMNS = {column.name: column.meaning for column in SHOWN} | {
    "standing": "imported: as the source gave it; corrected: with corrections; retracted: as the source gave it, and it no longer counts.",
    "attributes": "The source's other columns, as JSON, without those about persons; never of community reports.",
}
_RUNS = "whoever runs the machine"  # commands, and pages where nobody signs in
_NOBODY = ("the desk", "who sent it")  # no role that somebody signs in with
# who does such things, by role: nothing else is said of who it was
_BY: dict[type[DeskEvent], str] = {
    desk_events.TipReceived: "the desk",
    desk_events.TipDealt: "the desk",
    desk_events.DealReturned: "the desk",
    desk_events.TipGraded: "a reviewer",
    desk_events.TipApproved: "an editor",
    desk_events.TipDeclined: "an editor",
    desk_events.TipReopened: "an editor",
    desk_events.MergeProposed: "a member of the desk",
    desk_events.MergeConfirmed: "an editor",
    desk_events.TipUnmerged: "a member of the desk",
    desk_events.TipCorrected: "an editor",
    desk_events.TipRetracted: "an editor",
    desk_events.TipWithdrawn: "who sent it",
    desk_events.StepUndone: "an editor",
}


@dataclass(frozen=True)
class PacketRecords:
    """The records as plain JSON values, and the history of all, in order: record, at (UTC), what,
    by (a role), details."""

    records: list[dict[str, Any]]
    history: list[dict[str, Any]]

    def table(self) -> pa.Table:
        """The records as a table of texts and numbers."""
        return pa.Table.from_pylist(self.records)

    def history_table(self) -> pa.Table:
        """The history as a table of texts."""
        rows = [{**row, "details": json.dumps(row["details"])} for row in self.history]
        return pa.Table.from_pylist(rows)


def collect_records(store: Store, settings: Settings, ids: Sequence[str]) -> PacketRecords:
    """The records of some ids. Problem for an id that there is none of, and for a community report
    younger than team.minimum_age, which nobody sees but the desk: a packet is no way around it."""
    records, history = [], list[dict[str, Any]]()
    for incident_id in dict.fromkeys(ids):
        row, now = find_row(store, incident_id)
        _require_age(row, settings, datetime.now(UTC))
        retracted = now["occurred_at"] is None
        standing = "retracted" if retracted else ("imported" if now == row else "corrected")
        records.append(_shown(row if retracted else now) | {"standing": standing})
        history += _imports(store, incident_id) + _corrections(store, incident_id)
        history += _desk(store, settings, incident_id)
    return PacketRecords(records, sorted(history, key=lambda one: (one["record"], one["at"])))


def _require_age(row: dict[str, Any], settings: Settings, now: datetime) -> None:
    age = timedelta(hours=settings.minimum_age)
    if row["source_kind"] == "community" and row["settled_at"] + age > now:
        raise Problem(
            f"{row['incident_id']} is a community report younger than {settings.minimum_age:g} hours: "
            "nobody but the desk sees it yet, and no packet holds it. Try again later."
        )


def _shown(row: dict[str, Any]) -> dict[str, Any]:
    """The columns of a record that may leave, as plain JSON values."""
    found = {column.name: plain_value(row[column.name]) for column in SHOWN}
    public = row["source_kind"] != "community"
    other = other_columns(row["attributes"], ()) if public else {}
    return found | {"attributes": json.dumps(other, ensure_ascii=False) if other else None}


def _event(record: str, at: str, what: str, by: str, **details: Any) -> dict[str, Any]:
    return {"record": record, "at": at, "what": what, "by": by, "details": details}


def _imports(store: Store, incident_id: str) -> list[dict[str, Any]]:
    """The imports that brought a record, with the hash of the file that each was of."""
    found = []
    with duckdb.connect() as connection:
        for file in batches.live_files(store):
            event = store.history().imports[file.stem]
            sql = f"SELECT 1 FROM {literal(file)} WHERE incident_id = ? LIMIT 1"
            if event.follows is None and connection.execute(sql, [incident_id]).fetchall():
                at = event.at or event.imported_at or ""
                details = {
                    "source": event.source,
                    "sha256_of_file": event.sha256,
                    "batch": file.stem,
                }
                found.append(_event(incident_id, at, "imported", _RUNS, **details))
    return found


def _corrections(store: Store, incident_id: str) -> list[dict[str, Any]]:
    """What was corrected in a record, from what to what, by whom in words of roles only."""
    file = identity.key_file(store.root)
    record = identity.subject(incident_id, file.read_bytes()) if file.exists() else ""
    own = [one for one in store.history().corrections.values() if one.record == record]
    found = []
    for one in own:
        content = read_content(store, one.code)
        details = {
            "reason": spell_reason(one.reason),
            "before": content.before,
            "after": content.after,
        }
        by = _role(one.proposed_by, "an editor")
        found.append(_event(incident_id, one.proposed_at, f"{one.kind} proposed", by, **details))
        found += [_event(incident_id, *step) for step in _steps(one)]
    return found


def _steps(one: Correction) -> list[tuple[str, str, str]]:
    """When a correction began to count, was declined or taken back."""
    either = "an editor or steward"
    counts = f"{one.kind} {spell_stage(one.kind, CorrectionStage.STANDS)}"
    steps = [(one.counts_from, counts, _role(one.counts_by, either))]
    if one.stage in (CorrectionStage.DECLINED, CorrectionStage.UNDONE):
        by = _role(one.decided_by, either)
        steps.append((one.decided_at, f"{one.kind} {one.stage}", by))
    return [step for step in steps if step[0]]


def _role(who: str, role: str) -> str:
    """A role, where somebody who signed in did something; a machine has none."""
    return _RUNS if who == HERE and role not in _NOBODY else role


def _desk(store: Store, settings: Settings, incident_id: str) -> list[dict[str, Any]]:
    """What the desk did with a tip that became a record: no text, no note, no name."""
    tip = tip_of(incident_id)
    if not tip:
        return []
    events = [one for row in open_desk(store, settings).history(tip) if (one := from_log(row))]
    return [
        _event(incident_id, one.at, spell_event(one), _role(one.who, by))
        for one in events
        if (by := _BY.get(type(one)))
    ]
