"""What editors of the desk corrected and took back: for the team, never in public."""

from datetime import datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from data.correction_terms import CorrectionKind
from data.desk.desk import Desk
from data.people.actor import VIEWER, Actor, require
from data.tips.desk_events import StepUndone, TipCorrected, TipRetracted, from_log
from data.tips.reasons import REASONS, Reason
from data.tips.tip_state import Stage


class DeskCorrection(NamedTuple):
    """A correction or retraction of a record of the desk: the local day on which it was done, the
    record's month, the fields that changed, and why a record was taken back."""

    day: str
    kind: CorrectionKind
    month: str
    fields: tuple[str, ...]
    reason: str
    undone: bool


def desk_corrections(desk: Desk, actor: Actor) -> list[DeskCorrection]:
    """Corrections of the desk's records, the newest first. Forbidden for who has no role.

    Of records that no screen shows yet (younger than team.minimum_age) nothing is told.
    """
    require(actor, VIEWER)
    zone = ZoneInfo(desk.settings.zone)
    shown = desk.clock() - timedelta(hours=desk.settings.minimum_age)
    with desk.lock:
        tips = dict(desk.state().tips)
    events = [one for row in desk.log.read(0) if (one := from_log(row))]
    undone = {one.undone for one in events if isinstance(one, StepUndone)}
    found = []
    for one in events:
        tip = tips.get(one.tip)
        if tip is None or tip.stage not in (Stage.RECORD, Stage.RETRACTED):
            continue
        if datetime.fromisoformat(tip.received) > shown:
            continue
        day = f"{datetime.fromisoformat(one.at).astimezone(zone):%Y-%m-%d}"
        if isinstance(one, TipCorrected):
            kind, fields, reason = CorrectionKind.CORRECTION, tuple(one.says), ""
        elif isinstance(one, TipRetracted):
            kind, fields, reason = CorrectionKind.RETRACTION, (), REASONS[Reason(one.reason)]
        else:
            continue
        found.append(DeskCorrection(day, kind, tip.month, fields, reason, one.seq in undone))
    return found[::-1]  # the log is in order
