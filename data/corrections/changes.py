"""What an editor does to a record: proposes, approves, declines, takes back.

Where people sign in, two of them do it: one proposes, another approves, and who proposed it does not
take it back alone either. On a machine that asks
nobody who they are there is one person and one step.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from data.correction_terms import (
    CORRECTION_REASONS,
    Correction,
    CorrectionKind,
    CorrectionStage,
    reasons_for,
)
from data.corrections.changeable import CHANGEABLE, Asking, Values, read_values, spell_value
from data.corrections.contents import Content, note_event, same_unfinished, write_content
from data.corrections.corrected_rows import (
    RecordRow,
    correct_rows,
    imported_rows,
    plain_value,
    values_of,
)
from data.people import roster
from data.people.actor import EDITOR, HERE, STEWARD, Actor, require
from data.settings import Problem, Settings, settings_path
from data.storage import identity
from data.storage.events import (
    CorrectionDecided,
    RecordChanged,
    RecordCorrected,
    RecordRetracted,
    RecordUpdated,
)
from data.storage.store import Store

_EVENTS: dict[CorrectionKind, type[RecordChanged]] = {
    CorrectionKind.CORRECTION: RecordCorrected,
    CorrectionKind.UPDATE: RecordUpdated,
    CorrectionKind.RETRACTION: RecordRetracted,
}
MOST_NOTE = 500  # letters
# of the name of a correction, which is random: of one made from what it says, who has the key could
# try out, after a purge, the few words that a value may be
CODE_LETTERS = 12


class Already(Problem):
    """A record says already what somebody wants it to say: nothing was changed."""


@dataclass(frozen=True)
class Proposal:
    """What somebody wants done to a record: `stated` are texts by column, of `CHANGEABLE`."""

    kind: CorrectionKind
    incident_id: str
    reason: str
    stated: Mapping[str, str]
    note: str = ""


def people_sign_in() -> bool:
    """Return whether the settings list people or groups who sign in: then it takes two of them."""
    return any(roster.listed(settings_path()))


def propose(
    store: Store, settings: Settings, actor: Actor, proposal: Proposal, *, waits: bool
) -> Correction:
    """Write down a correction, update or retraction; with `waits` somebody else approves it.

    Problem, and nothing is changed, for an unknown record, column, value or reason, and for what
    the record says already (Already). The caller rebuilds `current`.
    """
    require(actor, EDITOR)
    if proposal.reason not in reasons_for(proposal.kind):
        raise Problem(
            f"{proposal.reason!r} is no reason for {_ARTICLES[proposal.kind]}. Reasons: "
            + ", ".join(
                f"{code} ({CORRECTION_REASONS[code].label})" for code in reasons_for(proposal.kind)
            )
            + "."
        )
    zone = ZoneInfo(settings.zone)
    with store.writing():
        imported, now = _record(store, proposal.incident_id)
        key = identity.store_key(store.root)
        record = identity.subject(proposal.incident_id, key)
        _require_open(store, record, proposal, now)
        values = read_values(proposal.stated, Asking(store, zone, datetime.now(UTC)))
        if proposal.kind is not CorrectionKind.RETRACTION:
            _require_new(proposal, now, values)
        content = _content("", proposal, imported, now, values)
        code = same_unfinished(store, content) or _new_code(store)
        kind = _EVENTS[proposal.kind]
        columns = list(proposal.stated)
        event = kind(code, record, imported["source"], proposal.reason, columns, actor.who, waits)
        write_content(store, replace(content, code=code))
        note_event(store, code, event)
        store.ledger.append(event)
    return store.history().corrections[code]


_ARTICLES = {
    CorrectionKind.CORRECTION: "a correction",
    CorrectionKind.UPDATE: "an update",
    CorrectionKind.RETRACTION: "a retraction",
}


def _new_code(_: Store) -> str:
    return secrets.token_hex(CODE_LETTERS // 2)


def find_row(store: Store, incident_id: str) -> tuple[RecordRow, RecordRow]:
    """A record as the newest import brought it, and as it stands. Problem where there is none."""
    found = imported_rows(store, _bases(incident_id))
    row = found.get(incident_id)
    if row is None:
        raise Problem(
            f"No record of this store has the id {incident_id!r}. "
            "Records and exports show ids as source:number."
        )
    base = row["same_id"] or incident_id
    return row, correct_rows(store, row["source"], [base]).now[incident_id]


def _record(store: Store, incident_id: str) -> tuple[RecordRow, RecordRow]:
    """The same of an official or press source; Problem for community reports."""
    row, now = find_row(store, incident_id)
    if row["source_kind"] not in ("official", "press"):
        raise Problem(
            f"{incident_id} is a community report. What the desk approved is corrected on the "
            "desk's page “History”; a file of reports is corrected and imported again."
        )
    return row, now


def _bases(incident_id: str) -> list[str]:
    """What the id of a record may be without its counter (-2, -3 ...)."""
    head, _, counter = incident_id.rpartition("-")
    return [incident_id, head] if head and counter.isdigit() else [incident_id]


def _require_open(store: Store, record: str, proposal: Proposal, now: RecordRow) -> None:
    """Problem where a record waits for somebody, or was retracted."""
    if now["occurred_at"] is None:
        raise Already(f"{proposal.incident_id} was retracted already: nothing was changed.")
    of = [one for one in store.history().corrections.values() if one.record == record]
    if waiting := next((one for one in of if one.stage is CorrectionStage.WAITS), None):
        raise Already(
            f"{waiting.kind.capitalize()} {waiting.code} of {proposal.incident_id} waits for approval: "
            "nothing was changed. Approve or decline it first, on the page “Corrections”."
        )


def _require_new(proposal: Proposal, now: RecordRow, values: Values) -> None:
    """Problem where nothing would change, or two entries speak of the same."""
    if not values:
        raise Problem("Say what is right, for example --set kind=use_of_force.")
    if {"day", "time"} <= proposal.stated.keys():
        raise Problem("State the day or the time, not both.")
    for name, text in proposal.stated.items():
        own = _columns_of(name, values)
        if all(plain_value(now[column]) == values[column] for column in own):
            raise Already(
                f"{proposal.incident_id} says already that {name} is {text!r}: nothing was changed."
            )


_TIMES = ("occurred_at", "local_date", "hour", "weekday", "time_precision", "settled_at")
_COLUMNS_OF = {"day": ("local_date", "time_precision"), "time": _TIMES, "area": ("area_label",)}


def _columns_of(name: str, values: Values) -> list[str]:
    """The columns of the record that tell whether an entry changes anything."""
    return [column for column in _COLUMNS_OF.get(name, (name,)) if column in values]


def _content(
    code: str, proposal: Proposal, imported: RecordRow, now: RecordRow, values: Values
) -> Content:
    sorts = [now["kind"], values.get("kind", now["kind"])]
    settings = [now["setting"] or "", values.get("setting", now["setting"]) or ""]
    days = [
        plain_value(now["local_date"]),
        values.get("local_date", plain_value(now["local_date"])),
    ]
    note = " ".join(proposal.note.split())
    if len(note) > MOST_NOTE:
        raise Problem(f"A note has at most {MOST_NOTE} letters.")
    return Content(
        code=code,
        incident_id=proposal.incident_id,
        base=imported["same_id"] or proposal.incident_id,
        source=imported["source"],
        source_kind=imported["source_kind"],
        months=[day[: len("2026-01")] for day in days],
        sorts=sorts,
        settings=settings,
        before=values_of(now, values),
        after=values,
        imported=values_of(imported, values),
        note=note,
        events=[],
    )


def approve(store: Store, actor: Actor, code: str) -> Correction:
    """Let a correction that waits count. Problem where who approves is who proposed it."""
    return _decide(store, actor, code, CorrectionStage.STANDS)


def decline(store: Store, actor: Actor, code: str) -> Correction:
    """Let a correction that waits be none; also who proposed it may."""
    return _decide(store, actor, code, CorrectionStage.DECLINED)


def undo(store: Store, actor: Actor, code: str) -> Correction:
    """Take a correction back that counts: the record says again what it said before. Problem where
    who takes it back is who proposed it."""
    return _decide(store, actor, code, CorrectionStage.UNDONE)


_NEEDED = {
    CorrectionStage.STANDS: (CorrectionStage.WAITS, "waits for approval"),
    CorrectionStage.DECLINED: (CorrectionStage.WAITS, "waits for approval"),
    CorrectionStage.UNDONE: (CorrectionStage.STANDS, "counts"),
}


# what nobody does to what they proposed, where people sign in
_BY_ANOTHER = {CorrectionStage.STANDS: "approves it", CorrectionStage.UNDONE: "takes it back"}


def _decide(store: Store, actor: Actor, code: str, stage: CorrectionStage) -> Correction:
    require(actor, EDITOR, STEWARD)
    with store.writing():
        one = find_correction(store, code)
        needed, spelled = _NEEDED[stage]
        if one.stage is stage:
            raise Already(f"Correction {one.code} is {stage} already: nothing was changed.")
        if one.stage is not needed:
            raise Problem(
                f"Correction {one.code} is {one.stage}: only what {spelled} can become {stage}."
            )
        mine = actor.who == one.proposed_by and actor.who != HERE
        if mine and stage in _BY_ANOTHER:
            raise Problem(f"You proposed this: somebody else {_BY_ANOTHER[stage]}.")
        event = CorrectionDecided(one.code, stage, actor.who)
        note_event(store, one.code, event)
        store.ledger.append(event)
    return store.history().corrections[one.code]


def find_correction(store: Store, code: str) -> Correction:
    """The correction that a code or its beginning names. Problem where none or several are."""
    known = store.history().corrections
    fits = [one for name, one in known.items() if code and name.startswith(code)]
    if len(fits) != 1:
        raise Problem(f"No single correction is called {code!r}. See: python -m data corrections")
    return fits[0]


def describe_record(store: Store, incident_id: str) -> dict[str, str]:
    """What a record says as it stands, in words, by the columns that can be corrected. Problem for
    one that cannot be."""
    _, now = _record(store, incident_id)
    if now["occurred_at"] is None:
        raise Already(f"{incident_id} was retracted.")
    shown = {"day": plain_value(now["local_date"]), "area": now["area_label"] or "not recorded"}
    for name, row in CHANGEABLE.items():
        if name in now and now[name] not in (None, [], "not_recorded"):
            shown[row.label] = spell_value(name, now) or str(now[name])
    return shown
