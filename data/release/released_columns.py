"""The columns of released tables: type and meaning, the one place for files and docs."""

from typing import Any, NamedTuple

import pyarrow as pa

from data import words
from data.privacy.tables import BANDS, OF_QUARTER, OF_YEAR, OTHER_SETTING, PROVISIONAL, UNKNOWN_BAND

TEXT, WHOLE, REAL = pa.string(), pa.int32(), pa.float64()
_PERIOD = r"\d{4}(-W\d{2}|-Q[1-4]|-\d{2}(-\d{2}(/\d{4}-\d{2}-\d{2})?)?)?"
_BANDS = (*BANDS, UNKNOWN_BAND)
_STATUSES = (PROVISIONAL, OF_QUARTER, OF_YEAR)


class ReleasedColumn(NamedTuple):
    """One column: its type, its meaning, the values that it may have.

    `key` columns tell the rows of a table apart; `empty` ones may say nothing in a row.
    """

    type: pa.DataType
    meaning: str
    key: bool = False
    empty: bool = False
    least: float | None = None
    among: tuple[str, ...] = ()
    pattern: str = ""

    @property
    def constraints(self) -> dict[str, Any]:
        """What holds for each value, in the words of a Table Schema (Frictionless)."""
        rules = {
            "required": not self.empty,
            "minimum": self.least,
            "enum": list(self.among),
            "pattern": self.pattern,
        }
        return {name: rule for name, rule in rules.items() if rule not in (None, "", [])}


RELEASED_COLUMNS = {
    "period": ReleasedColumn(
        TEXT,
        "The day (2026-01-05), week (2026-W05), part of a week within one month "
        "(2026-01-26/2026-01-31), month (2026-01), quarter (2026-Q1) or year (2026), local time.",
        key=True,
        pattern=_PERIOD,
    ),
    "district": ReleasedColumn(
        WHOLE,
        "The number of the district in districts.geojson; 0: no area is known.",
        key=True,
        least=0,
    ),
    "area": ReleasedColumn(
        WHOLE, "The number of the area in areas.geojson; 0: no area is known.", key=True, least=0
    ),
    "kind": ReleasedColumn(TEXT, "The code of what happened.", key=True),
    "band": ReleasedColumn(
        TEXT, "Six hours of the day, local time, or that no hour is known.", key=True, among=_BANDS
    ),
    "setting": ReleasedColumn(
        TEXT,
        "What kind of place it was at; other: of a sensitive kind, at none that is.",
        key=True,
        among=(*words.CODES["setting"], OTHER_SETTING),
    ),
    "n": ReleasedColumn(
        WHOLE,
        "The number of events with chance added to it once, so that no single event can be told "
        "from it; it may be negative.",
    ),
    "epsilon": ReleasedColumn(
        REAL, "How little chance was added: the lower, the more of it (Laplace).", least=0
    ),
    "number": ReleasedColumn(
        WHOLE, "The number of events that fits all released tables best.", least=0
    ),
    "low": ReleasedColumn(
        WHOLE, "The low end of the range that holds the true number 9 times of 10.", least=0
    ),
    "high": ReleasedColumn(
        WHOLE, "The high end of the range that holds the true number 9 times of 10.", least=0
    ),
    "sd": ReleasedColumn(
        REAL, "The standard deviation of the chance that is left in the number, in events.", least=0
    ),
    "status": ReleasedColumn(
        TEXT,
        "What the number was fitted with: provisional until its quarter closed, then with its "
        "quarter, at last with its year.",
        among=_STATUSES,
    ),
    "paper": ReleasedColumn(TEXT, "Who published the article."),
    "title": ReleasedColumn(
        TEXT, "The article's title, or what it tells in our own words.", empty=True
    ),
    "area_written": ReleasedColumn(
        TEXT, "The area or city as the article names it; it is no number of a map.", empty=True
    ),
    "url": ReleasedColumn(
        TEXT, "The article's address, only where somebody has read it there.", empty=True
    ),
}
# columns that mean something else in the tables of one folder
_IN_FOLDER = {
    ("official", "n"): ReleasedColumn(
        WHOLE, "The number of records that the source published, exact.", least=1
    ),
    ("press", "kind"): RELEASED_COLUMNS["kind"]._replace(key=False),
    ("press", "period"): RELEASED_COLUMNS["period"]._replace(
        key=False, meaning="The day (2025-12-06) or month (2025-12) that the article names."
    ),
}


def released_column(path: str, name: str) -> ReleasedColumn:
    """The column of a table by its path without suffix. KeyError where there is none."""
    found = _IN_FOLDER.get((path.partition("/")[0], name)) or RELEASED_COLUMNS[name]
    # a place's own kinds come with its store
    return found._replace(among=tuple(words.CODES["kind"])) if name == "kind" else found


def key_columns(path: str, names: list[str]) -> list[str]:
    """The columns of a table that together tell its rows apart."""
    return [name for name in names if released_column(path, name).key]
