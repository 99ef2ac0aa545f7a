"""What to do where most rows of a file were rejected, by the reason met most often."""

from collections.abc import Mapping

IN_COLUMNS = "look whether [columns] in the mapping names the right columns of the file"
# how a reason begins: what to do; the first that fits
ADVICE = (
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


def told(rows: int, rejected: Mapping[str, int]) -> list[str]:
    """What to do where no row was kept, or more than half were rejected; [] elsewhere."""
    lost = sum(rejected.values())
    if lost * 2 <= rows:
        return []
    reason = max(rejected, key=lambda why: rejected[why])
    todo = next((what for start, what in ADVICE if reason.startswith(start)), IN_COLUMNS)
    begins = (
        f"No row was kept ({lost:,} of {rows:,} were rejected, readers see nothing of it)"
        if lost == rows
        else f"More than half of the rows were rejected ({lost:,} of {rows:,})"
    )
    why = f"{reason} ({rejected[reason]:,})"
    return [f"{begins}, most often for: {why}. What to do: {todo}."]
