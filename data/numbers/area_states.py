"""States of areas on a map without a class: zero, not chosen, without a rate, without data.

Each has a look of its own, told apart without color, and words that legends, tips, tables and
files share.
"""

from collections.abc import Iterable
from enum import Enum
from typing import NamedTuple, NotRequired, TypedDict

import numpy as np
import numpy.typing as npt
import pandas as pd

from data.palette import Theme


class MapLegendRow(TypedDict):
    """A row of the legend: a color or a hatch of static/map/fills.js, and its words.

    A `weak` row is striped: its numbers are not to be relied on; in a second color, `stripe`, they
    reach from one class to another.
    """

    text: str
    color: NotRequired[str]
    hatch: NotRequired[str]
    weak: NotRequired[bool]
    stripe: NotRequired[str]


class State(Enum):
    """A state of an area on a map; an area has one at most."""

    COUNTED = "counted"
    ZERO = "zero"
    NOT_CHOSEN = "not chosen"
    OUTSIDE = "outside"
    NO_RESIDENTS = "no residents"
    NOT_KNOWN = "population not known"
    CUT = "cut by a drawn shape"
    NO_COUNT = "no count"
    NO_POINT = "no point"
    NO_DATA = "no data"


class Look(NamedTuple):
    """The look and the name of a state.

    `hatch` is one of static/map/fills.js ("unchosen" is a plain grey there), "" the paper.
    """

    hatch: str
    text: str


# those that a map can show, in the order of the legend
STATE_LOOKS = {
    State.ZERO: Look("", "0"),
    State.NO_RESIDENTS: Look("residents", "no residents"),
    State.NOT_KNOWN: Look("few", "residents not known"),
    State.NO_COUNT: Look("nodata", "not a count of what happened"),
    State.NO_POINT: Look("nodata", "no record has an exact place"),
    State.NO_DATA: Look("nodata", "no data: not covered"),
    State.NOT_CHOSEN: Look("unchosen", "not chosen"),
    State.OUTSIDE: Look("unchosen", "outside the drawn shape"),
}
# reasons why there is no rate, for tables and files
NO_RATE = {
    State.NO_RESIDENTS: "no residents",
    State.NOT_KNOWN: "residents not known",
    State.CUT: "a drawn shape cuts the area",
    State.NO_COUNT: "not a count of what happened",
}

# the reasons in the narrow cell of a rate
SHORT = {State.NO_RESIDENTS: "no residents", State.NOT_KNOWN: "not known"}

States = npt.NDArray[np.object_]


def of_rates(table: pd.DataFrame) -> States:
    """The reason why each area has no rate: COUNTED where it has one.

    `table` is that of data.views.answers, or has its `population` and perhaps `cut` and `is_count`.
    """
    people = table["population"].to_numpy(float)
    found = np.full(len(table), State.COUNTED, object)
    found[people == 0] = State.NO_RESIDENTS
    found[np.isnan(people)] = State.NOT_KNOWN
    if "cut" in table:
        found[table["cut"].to_numpy(bool)] = State.CUT
    if "is_count" in table:
        found[~table["is_count"].to_numpy(bool)] = State.NO_COUNT
    return found


def of_areas(table: pd.DataFrame, rate: bool, covered: bool, placed: bool) -> States:
    """The state of each area of a table of data.views.answers; `rate` says what is measured.

    Without a period that is `covered`, or a record that is `placed`, zeros are no zeros.
    """
    found = of_rates(table) if rate else np.full(len(table), State.COUNTED, object)
    if not placed:
        found[:] = State.NO_POINT
    if not covered:
        found[:] = State.NO_DATA
    shape = "cut" in table and bool(table["cut"].any())
    found[~table["asked"].to_numpy(bool)] = State.OUTSIDE if shape else State.NOT_CHOSEN
    return found


def with_zeros(states: States, values: npt.NDArray[np.float64]) -> States:
    """The states, with ZERO for areas that count nothing."""
    found = states.copy()
    found[(states == State.COUNTED) & (values == 0)] = State.ZERO
    return found


def fill(state: State, theme: Theme) -> str:
    """The map's fill for an area of a state."""
    return STATE_LOOKS[state].hatch or theme.paper


def state_legend(held: Iterable[State], theme: Theme) -> list[MapLegendRow]:
    """A row of the legend for each of the states that a map shows."""
    seen = set(held)
    return [
        {"hatch": look.hatch, "text": look.text}
        if look.hatch
        else {"color": theme.paper, "text": look.text}
        for state, look in STATE_LOOKS.items()
        if state in seen
    ]


def no_rate(table: pd.DataFrame, short: bool = False) -> list[str]:
    """The reason why each area has no rate, in words, else empty; `short` below "per 1,000"."""
    said = NO_RATE | (SHORT if short else {})
    return [said.get(state, "") for state in of_rates(table)]
