"""Advice where most rows of a file were rejected, by the reason met most often."""

from collections.abc import Mapping

from data import words
from data.imports.losses import Loss

IN_COLUMNS = "look whether [columns] in the mapping names the right columns of the file"
Advice = tuple[tuple[str, str], ...]
# how a reason begins -> the advice for it; the first that fits is given
ADVICE: Advice = (
    ("unknown kind", "give --kind KIND, or rules under [values.kind] in the mapping"),
    ("no kind", "give --kind KIND for the rows that state none"),
    ("no time", "name the column that says when it happened: --time COLUMN"),
    ("the date does not fit", 'say how dates are written, e.g. --date-format "%d/%m/%Y"'),
    (
        "the time of day does not fit",
        'say how it is written: time_of_day_format under [time] in the mapping, e.g. "%H:%M"',
    ),
    ("a date", "name the column (--time COLUMN) or the way of writing (--date-format)"),
    ("the coordinate cannot", IN_COLUMNS + ", and give --decimal where the mark is a comma"),
    ("the coordinate is out", "say in which system coordinates are, e.g. --crs EPSG:26915"),
    ("the coordinate", "map area_label or city instead, if the file has them"),
    ("only one of latitude", IN_COLUMNS),
    ("latitude and longitude are swapped", "set swapped = true under [place] in the mapping"),
    (
        "far outside",
        "set reach_km under [place] in the mapping (0 is no limit), "
        "or the place itself: python -m data init",
    ),
    ("no place", "map lat and lon, area_label or city under [columns] in the mapping"),
    ("too few or too many cells", "say what separates columns: --delimiter"),
    ("a quote opens", "ask for the file anew: its quotes are broken"),
    ("longer than", "look whether --delimiter and --encoding are right"),
    ("purged", "nothing: these records were removed on purpose"),
    ("cannot be told from", "nothing: they may be what was removed on purpose, written anew"),
)
# advice on rows that go by their label, without a point
_LEFT_OUT = (
    "nothing, if the source left these points out: counts by area hold, maps of points do not"
)
WITHOUT_POINTS: Advice = (
    ("the coordinate is 0/0", _LEFT_OUT),
    ("the coordinate is NaN", _LEFT_OUT),
)


def advise(rows: int, rejected: Mapping[str, int]) -> list[str]:
    """Advice where no row was kept, or more than half were rejected; [] elsewhere."""
    lost = sum(rejected.values())
    if lost * 2 <= rows:
        return []
    begins = (
        f"No row was kept ({lost:,} of {rows:,} were rejected, readers see nothing of it)"
        if lost == rows
        else f"More than half of the rows were rejected ({lost:,} of {rows:,})"
    )
    return [f"{begins}, {_mostly(rejected)}"]


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


def _mostly(reasons: Mapping[str, int], first: Advice = ()) -> str:
    """The reason met most often, and what to do about it by the first advice that fits."""
    reason = max(reasons, key=lambda why: reasons[why])
    todo = next((what for start, what in (*first, *ADVICE) if reason.startswith(start)), IN_COLUMNS)
    return f"most often for: {reason} ({reasons[reason]:,}). What to do: {todo}."
