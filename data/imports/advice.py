"""Advice where most rows of a file were rejected, by the reason met most often."""

from collections.abc import Mapping

from data import words
from data.files.row_reasons import RowReason
from data.imports.losses import Loss, OtherKind
from data.own_kinds import SHIPPED
from data.settings import ROOT

# what to do about texts that no kind is known for; pages have words of their own for the first two
GIVE_KINDS = (
    "give --kinds FILE, a table of kinds of your own with the texts that stand for them (for crime "
    "data: --kinds crime), or rules under [values.kind] in the mapping"
)
COPY_KINDS = (
    "copy the table of kinds {table} ({file}), add the texts that it does not know, and give the "
    "copy with --kinds; or give rules under [values.kind] in the mapping"
)
ADD_TO_KINDS = (
    "add the texts that it does not know to {table} and give it with --kinds again, or give rules "
    "under [values.kind] in the mapping"
)
DRAFTED = ". {file} lists them all, to copy from"
DRAFT_OF_KINDS = (
    "All texts without a kind, with their rows, as a table to edit and give back with --kinds: "
)
ANOTHER_TIME = "name the column (--time COLUMN) or the way of writing (--date-format)"
NO_POINT = "map area_label or city instead, if the file has them"
IN_COLUMNS = "look whether [columns] in the mapping names the right columns of the file"
# what to do where most rows have a reason; [columns] are looked at where it is none of these
ADVICE: dict[str, str] = {
    RowReason.UNKNOWN_KIND: GIVE_KINDS,
    RowReason.NO_KIND: "give --kind KIND for the rows that state none",
    RowReason.NO_TIME: "name the column that says when it happened: --time COLUMN",
    RowReason.BAD_DATE: 'say how dates are written, e.g. --date-format "%d/%m/%Y"',
    RowReason.BAD_CLOCK: "say how it is written: time_of_day_format under [time] in the mapping, "
    'e.g. "%H:%M"',
    RowReason.TOO_OLD: ANOTHER_TIME,
    RowReason.IN_FUTURE: ANOTHER_TIME,
    RowReason.BAD_COORDINATE: IN_COLUMNS + ", and give --decimal where the mark is a comma",
    RowReason.OUT_OF_RANGE: "say in which system coordinates are, e.g. --crs EPSG:26915",
    RowReason.NULL_ISLAND: NO_POINT,
    RowReason.NOT_FINITE: NO_POINT,
    RowReason.SWAPPED: "set swapped = true under [place] in the mapping",
    RowReason.FAR_OUTSIDE: "set reach_km under [place] in the mapping (0 is no limit), "
    "or the place itself: python -m data init",
    RowReason.NO_PLACE: "map lat and lon, area_label or city under [columns] in the mapping",
    RowReason.CELLS: "say what separates columns: --delimiter",
    RowReason.NEVER_CLOSES: "ask for the file anew: its quotes are broken",
    RowReason.TOO_LONG: "look whether --delimiter and --encoding are right",
    RowReason.PURGED: "nothing: these records were removed on purpose",
    RowReason.UNSURE: "nothing: they may be what was removed on purpose, written anew",
}
# on rows that go by their label, without a point
LEFT_OUT = (
    "nothing, if the source left these points out: counts by area hold, maps of points do not"
)
WITHOUT_POINTS = {**ADVICE, RowReason.NULL_ISLAND: LEFT_OUT, RowReason.NOT_FINITE: LEFT_OUT}


def about_kinds(table: str = "", draft: str | None = None) -> str:
    """What to do about texts of kinds that are not known, where a `table` was given with --kinds
    ("" for none), and all of them stand in a `draft`."""
    more = DRAFTED.format(file=draft) if draft else ""
    if not table:
        return GIVE_KINDS
    shipped = SHIPPED.get(table)
    if shipped is None:
        return ADD_TO_KINDS.format(table=table) + more
    file = shipped.relative_to(ROOT).as_posix()
    return COPY_KINDS.format(table=table, file=file) + more


def advise(rows: int, rejected: Mapping[str, int], kinds: str = GIVE_KINDS) -> list[str]:
    """Advice where no row was kept, or more than half were rejected; [] elsewhere.

    `kinds` is the advice where most rows are of an unknown kind.
    """
    lost = sum(rejected.values())
    if lost * 2 <= rows:
        return []
    begins = (
        f"No row was kept ({lost:,} of {rows:,} were rejected, readers see nothing of it)"
        if lost == rows
        else f"More than half of the rows were rejected ({lost:,} of {rows:,})"
    )
    return [f"{begins}, {_mostly(rejected, {**ADVICE, RowReason.UNKNOWN_KIND: kinds})}"]


def points_lost(rows: int, by_label: Mapping[str, int]) -> list[str]:
    """Advice where more than half of the rows were left without a point; [] elsewhere."""
    lost = sum(by_label.values())
    if lost * 2 <= rows:
        return []
    begins = f"More than half of the rows go by their label, without a point ({lost:,} of {rows:,})"
    return [f"{begins}, {_mostly(by_label, WITHOUT_POINTS)}"]


def kind_lost(loss: Loss) -> str:
    """A sentence that a kind of incidents lost more than half of its rows, and why."""
    share = "all of its" if loss.lost == loss.rows else "more than half of its"
    kind = words.spoken(loss.kind)
    what = f'What the source calls "{loss.own[:60]}" ({kind})' if loss.own else f'The kind "{kind}"'
    return (
        f"{what} lost {share} rows: {loss.lost:,} of {loss.rows:,} "
        f"were rejected, most often for: {loss.reason} ({loss.by_reason:,}). "
        "What is counted of it is too low."
    )


def many_other(found: OtherKind, kinds: str = GIVE_KINDS) -> str:
    """A sentence on how many rows are of no kind that anything is counted by, with the advice."""
    listed = ", ".join(f'"{text[:60]}" ({n:,})' for text, n in found.texts.items())
    what = f': most often "{found.column}" says {listed}' if listed else ""
    return (
        f"{round(100 * found.n / found.rows)}% of the rows ({found.n:,} of {found.rows:,}) are "
        f"of the kind other{what}. To count them by more kinds, {kinds}."
    )


def _mostly(reasons: Mapping[str, int], advice: Mapping[str, str] = ADVICE) -> str:
    """The reason met most often, and what to do about it."""
    reason = max(reasons, key=lambda why: reasons[why])
    todo = advice.get(reason, IN_COLUMNS)
    return f"most often for: {reason} ({reasons[reason]:,}). What to do: {todo}."
