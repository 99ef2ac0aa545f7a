"""Corrections, updates and retractions as the team reads them."""

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from data import words
from data.correction_terms import (
    Correction,
    CorrectionKind,
    CorrectionStage,
    spell_reason,
    spell_stage,
)
from data.corrections.changeable import CHANGEABLE, spell_value
from data.corrections.contents import read_content
from data.corrections.corrected_rows import correct_rows, standing_corrections
from data.settings import Problem, Settings
from data.sources import read_catalogue, source_of
from data.storage.store import Store


class CorrectionRow(NamedTuple):
    """A correction as the team reads it. `day` is when it began to count, else when it was proposed
    (local date of the place); `change` is what changed, in words; `record` is "" where it is gone."""

    code: str
    day: str
    kind: CorrectionKind
    stage: CorrectionStage
    source: str
    record: str
    change: str
    reason: str
    note: str
    proposed_by: str


def list_corrections(store: Store, settings: Settings) -> list[CorrectionRow]:
    """Every correction, the newest first. Lost where the ledger is."""
    zone, known = ZoneInfo(settings.zone), read_catalogue(store.root)
    newest = sorted(store.history().corrections.values(), key=lambda one: one.number, reverse=True)
    return [_row(store, one, zone, source_of(one.source, known).title) for one in newest]


def _row(store: Store, one: Correction, zone: ZoneInfo, title: str) -> CorrectionRow:
    moment = datetime.fromisoformat(one.counts_from or one.proposed_at).astimezone(zone)
    record = note = ""
    change = ", ".join(label_of(column) for column in one.columns) or "the whole record"
    if one.stage is not CorrectionStage.PURGED:
        try:
            content = read_content(store, one.code)
        except Problem as problem:
            change = str(problem)
        else:
            record, note = content.incident_id, content.note
            change = (
                "; ".join(
                    spell_change(column, content.before, content.after) for column in one.columns
                )
                or "the whole record"
            )
    return CorrectionRow(
        one.code, f"{moment:%Y-%m-%d}", one.kind, one.stage, title, record, change,
        spell_reason(one.reason), note, one.proposed_by,
    )  # fmt: skip


def label_of(column: str) -> str:
    """How readers call a column that was corrected."""
    row = CHANGEABLE.get(column)
    return row.label if row else column.replace("_", " ")


def spell_change(column: str, before: dict[str, object], after: dict[str, object]) -> str:
    """What changed in a column, for the team: from what to what."""
    old, new = (spell_value(column, v) or _plainly(column, v) for v in (before, after))
    return f"{label_of(column)}: {old} → {new}"


def _plainly(column: str, values: dict[str, object]) -> str:
    """A value that is no word of ours."""
    shown = {"area": ("area_label",), "day": ("local_date",), "time": ("local_date", "hour")}
    parts = [values.get(name) for name in shown.get(column, (column,))]
    return " ".join(str(part) for part in parts if part is not None) or "not recorded"


def list_lines(store: Store, settings: Settings) -> Iterator[str]:
    """The list for a terminal."""
    rows = list_corrections(store, settings)
    if not rows:
        yield "No record was corrected, updated or retracted."
    for row in rows:
        yield f"{row.day}  {row.code}  {row.kind}, {spell_stage(row.kind, row.stage)}: {row.record or row.source}"
        yield f"    {row.change}; {row.reason}{f'; note: {row.note}' if row.note else ''}"


def say_what_stands(store: Store, source: str) -> list[str]:
    """Sentences for who has just imported records of a source: how many corrections stand over
    them, and which the source itself now says otherwise of; none where none do."""
    standing = standing_corrections(store, source)
    if not standing:
        return []
    contradicted = correct_rows(store, source).contradicted
    many = f"{words.counted(len(standing), 'correction')} of {source} {'stands' if len(standing) == 1 else 'stand'}"
    told = [f"{many} over what was imported: python -m data corrections"]
    if contradicted:
        told.append(
            f"The source says now something else than before, and than the correction, in "
            f"{', '.join(contradicted)}: look at it, and take it back if the source is right."
        )
    return told
