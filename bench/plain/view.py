"""The questions of the Map screen as a careful analyst asks them of a frame in memory."""

import h3ronpy
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from data import words
from data.storage.store import Current
from data.views.view import View
from data.words import HEXAGONS

WORDS = ("kind", "grade", "place_precision")
EXACT = ["exact", "block"]  # what a heatmap may show


def load(current: Current, sources: list[str]) -> pd.DataFrame:
    """All rows in memory, each column in its smallest type, words as categories."""
    files = [pq.read_table(part.file) for part in current.partitions]
    frame: pd.DataFrame = pa.concat_tables(files).to_pandas(date_as_object=False)
    named = {name: pd.Index([word.code for word in words.TABLES[name]]) for name in WORDS}
    named["source"] = pd.Index(sources)
    return frame.assign(
        **{name: pd.Categorical.from_codes(frame[name], w) for name, w in named.items()}
    )


def headline(frame: pd.DataFrame, view: View) -> dict[str, int]:
    """Count the incidents that the View shows, and those that it leaves out, by reason."""
    asked = _asked(frame, view)
    no_hour = no_weekday = 0
    if view.hours:
        no_hour = int((asked & frame["hour"].isna()).sum())
    if view.weekdays:
        no_weekday = int((asked & frame["weekday"].isna()).sum())
    shown = asked & _on_the_clock(frame, view)
    return {
        "n": int(shown.sum()),
        "no_point": int((shown & ~frame["place_precision"].isin(EXACT)).sum()),
        "outside": int((shown & (_units(frame, view) < 0)).sum()),
        "no_hour": no_hour,
        "no_weekday": no_weekday,
        "no_step": int((shown & frame["weekday"].isna()).sum()),
        "no_month": 0,  # official records are known to the day
        **_nights(frame, view),
        "no_place": 0,  # no shape is drawn
        "young": 0,  # official records are of any age
    }


def _nights(frame: pd.DataFrame, view: View) -> dict[str, int]:
    """The rows before the first night of the View, and those in a last one cut short."""
    if not view.night:
        return {"no_night": 0, "cut_night": 0}
    passed = _of_the_kind(frame, view) & _on_the_clock(frame, view)
    last = frame["day"].max()
    early = passed & (frame["day"] == pd.Timestamp(view.start)) & (frame["hour"] < 6)
    cut = passed & (_days(frame, view) == last) & (last <= pd.Timestamp(view.end))
    return {"no_night": int(early.sum()), "cut_night": int(cut.sum())}


def by_area_and_step(frame: pd.DataFrame, view: View, step: int) -> pd.DataFrame:
    """Counts: a row a unit, a column a step of days that holds any."""
    shown = _asked(frame, view) & _on_the_clock(frame, view)
    first = pd.Timestamp(view.start)
    if step == 7:
        first -= pd.Timedelta(first.weekday(), "D")
    kept = pd.DataFrame({"unit": _units(frame, view), "day": _days(frame, view)})[shown]
    steps = pd.Grouper(key="day", freq=f"{step}D", origin=first)
    return kept.groupby(["unit", steps]).size().unstack(fill_value=0)


def pixels(frame: pd.DataFrame, view: View, shift: int) -> pd.DataFrame:
    """Counts by map pixel of a world 2**(30 - shift) wide, and where in it they lie."""
    shown = _asked(frame, view) & _on_the_clock(frame, view)
    shown &= frame["place_precision"].isin(EXACT)
    kept = frame.loc[shown, ["mx", "my"]]
    size = 2**shift
    pixel = [(kept[axis] // size).rename(name) for axis, name in (("mx", "column"), ("my", "row"))]
    within = pd.DataFrame({"east": kept["mx"] % size, "south": kept["my"] % size})
    groups = within.groupby(pixel, sort=False)
    means = groups.mean() / size
    return means.assign(n=groups.size())[["n", "east", "south"]]


def _asked(frame: pd.DataFrame, view: View) -> pd.Series:
    """Mask of the rows that pass the filters on source, dates, kinds and grade."""
    start, end = pd.Timestamp(view.start), pd.Timestamp(view.end)
    return _of_the_kind(frame, view) & _days(frame, view).between(start, end)


def _of_the_kind(frame: pd.DataFrame, view: View) -> pd.Series:
    """Mask of the rows that pass the filters on source, kinds and grade."""
    asked = frame["source"].isin(view.sources) & (frame["grade"] != "rejected")
    if view.kinds:
        asked &= frame["kind"].isin(view.kinds)
    return asked


def _on_the_clock(frame: pd.DataFrame, view: View) -> pd.Series | bool:
    """Mask of the rows that pass the filters on hours and weekdays."""
    passed: pd.Series | bool = True
    if view.hours:
        start, end = view.hours
        after, before = frame["hour"] >= start, frame["hour"] < end
        passed = after & before if start < end else after | before
    if view.weekdays:
        weekday = frame["weekday"]
        if view.night:
            weekday = (weekday + 6 * (frame["hour"] < 6)) % 7
        passed = passed & weekday.isin(view.weekdays)
    return passed


def _days(frame: pd.DataFrame, view: View) -> pd.Series:
    """The date that a row counts to: with `night`, before 06:00 the evening before."""
    if not view.night:
        return frame["day"]
    return frame["day"].mask(frame["hour"] < 6, frame["day"] - pd.Timedelta(1, "D"))


def _units(frame: pd.DataFrame, view: View) -> pd.Series:
    """The area's row number, or the hexagon's index; below 0 outside."""
    if view.area_set not in HEXAGONS:
        return frame["area0"]
    parents = h3ronpy.change_resolution(frame["cell"].to_numpy(), HEXAGONS[view.area_set])
    return pd.Series(np.asarray(pa.array(parents)).view(np.int64), frame.index)
