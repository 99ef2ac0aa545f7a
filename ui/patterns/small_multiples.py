"""Small charts of both sides, one an area, all on one scale."""

import altair as alt
import numpy as np
import numpy.typing as npt
import pandas as pd
import streamlit as st

from data import words
from data.palette import Theme
from data.patterns.compare import AREAS, PERIODS, SOURCES, Pair
from data.views import coverage
from data.views.filters import period
from data.views.recording import KnownChange
from data.views.view import WEEK
from ui.parts import charts, pictures
from ui.patterns import comparison_tables, forest
from ui.patterns.comparison_choice import ComparisonChoice

_MOST = 12
_A_ROW = 2
_BARS = 30  # about as many as a small chart can show
_WIDTHS = (1, 2, 4, 8, 13, 26, 52)  # steps in a bar
_CALM = 4  # weeks in a bar at least, for shares of a source that has few

Frames = tuple[pd.DataFrame, pd.DataFrame]


def width(pair: Pair) -> int:
    """The number of steps that one bar spans."""
    least = _CALM if pair.what == SOURCES and pair.step == WEEK else 1
    steps = len(pair.a.starts)
    return next((w for w in _WIDTHS if steps / w <= _BARS and w >= min(least, steps)), _WIDTHS[-1])


def unit(pair: Pair) -> str:
    """The unit of one bar, in words."""
    wide = width(pair)
    per = f"a {pair.unit}" if wide == 1 else f"in {wide} {pair.unit}s"
    what = {
        PERIODS: "incidents",
        AREAS: "incidents per 1,000 residents",
        SOURCES: "% of each source's incidents",
    }
    return f"{what[pair.what]} {per}"


def _frames(pair: Pair) -> dict[str, Frames]:
    """Both series of the areas with the largest counts: start, end, n, on; `on` says when.

    Two periods lie over each other from their first steps on, on the dates of A.
    """
    rows = pair.table
    if pair.what == AREAS:
        rows = rows[(rows["side"] == "A") & (rows["population"] > 0)]
    size = rows["a"] + rows.get("b", 0)
    order = size[size > 0].sort_values(ascending=False, kind="stable").index[:_MOST]
    return {str(rows.at[i, "area"]): _both(pair, int(i)) for i in order}


def _both(pair: Pair, unit: int) -> Frames:
    a, b = pair.a, pair.b
    left, right = a.counts[unit].astype(float), b.counts[unit].astype(float)
    if pair.what == AREAS:
        rest = b.counts[b.asked & _known(pair)].sum(axis=0)
        own = pair.table["population"].to_dict()[unit]
        left, right = 1000 * left / own, 1000 * rest / (b.residents or np.nan)
    wide = width(pair)
    bins = [_binned(v, wide) for v in (left, right)]
    if pair.what == SOURCES:
        every = (_binned(side.counts[side.asked].sum(axis=0), wide) for side in (a, b))
        bins = [100 * v / np.maximum(total, 1) for v, total in zip(bins, every)]
    starts = a.starts[::wide][: len(bins[0])]
    long = min(len(bins[0]), len(bins[1]))
    ends, ends_b = (_ends(side.starts, wide, pair.step) for side in (a, b))
    drawn = _frame(starts, ends, bins[0], (starts, ends))
    said = b.starts[::wide][:long], ends_b[:long]
    return drawn, _frame(starts[:long], ends[:long], bins[1][:long], said)


def _ends(starts: npt.NDArray[np.datetime64], wide: int, step: int) -> npt.NDArray[np.datetime64]:
    """The first day after each whole block of steps."""
    every = [coverage.last_day(day, step) for day in starts.astype(object)]
    return np.array(every, "datetime64[D]")[wide - 1 :: wide] + 1


def _known(pair: Pair) -> npt.NDArray[np.bool_]:
    """Mask of the units that have residents."""
    known = np.zeros(len(pair.b.asked), bool)
    known[pair.table.index[pair.table["population"] > 0]] = True
    return known


def _binned(values: npt.NDArray[np.float64], wide: int) -> npt.NDArray[np.float64]:
    """Sums of whole blocks of steps."""
    held = len(values) // wide * wide
    return np.asarray(values[:held].reshape(-1, wide).sum(axis=1), float)


def _frame(
    starts: npt.NDArray[np.datetime64],
    ends: npt.NDArray[np.datetime64],
    n: npt.NDArray[np.float64],
    said: tuple[npt.NDArray[np.datetime64], npt.NDArray[np.datetime64]],
) -> pd.DataFrame:
    first, last = said[0].astype(object), (said[1] - 1).astype(object)
    on = [period(one, other) for one, other in zip(first, last)]
    begin, end = pd.to_datetime(starts), pd.to_datetime(ends)
    return pd.DataFrame({"start": begin, "end": end, "n": n, "on": on})


def _draw_side(
    both: Frames, theme: Theme, name: str, top: float, changes: list[KnownChange], form: str
) -> alt.LayerChart:
    """A in bars, B as a line of steps; a line of dashes where recording changed."""
    a, b = both
    tips = [
        alt.Tooltip("side:N", title="side"),
        alt.Tooltip("on:N", title="when"),
        alt.Tooltip("n:Q", title="value", format=form),
    ]
    axis = alt.Axis(values=[0, top], format=form)
    y = alt.Y("n:Q", title=None, scale=alt.Scale(domain=[0, top], nice=False), axis=axis)
    base = alt.Chart(a.assign(side="A")).mark_bar(color=theme.accent, binSpacing=0, opacity=0.75)
    first = alt.X("start:T", title=None, axis=charts.dates(a["start"], 2))
    bars = base.encode(x=first, x2="end:T", y=y, y2=alt.datum(0), tooltip=tips)
    ends = b.tail(1).assign(start=b["end"].tail(1))  # a step needs its end to be drawn
    line = pd.concat([b, ends]).assign(side="B")
    x = alt.X("start:T")
    steps = alt.Chart(line).mark_line(interpolate="step-after", color=theme.ink, strokeWidth=1.5)
    drawn = [bars, steps.encode(x=x, y=y, tooltip=tips), *charts.marked(changes, theme)]
    title = alt.TitleParams(**charts.chart_title(name, theme))
    return alt.LayerChart(layer=drawn, title=title).properties(height=112)


def show_small_multiples(
    pair: Pair, choice: ComparisonChoice, changes: list[KnownChange], theme: Theme
) -> None:
    """The small charts, and what they show."""
    found = _frames(pair)
    values = [f["n"].max() for both in found.values() for f in both if len(f)]
    top = float(np.nanmax(values)) if values else 0.0
    if not top:
        return
    counts = pair.what == PERIODS
    top = float(np.ceil(top)) if counts or top > 3 else float(np.ceil(top * 10) / 10)
    form = ",d" if counts else ",.1f"
    a, b = comparison_tables.side_names(pair, choice)
    many = f"The {len(found)} areas with the most incidents"
    if len(found) < _MOST:
        many = "The areas of A" if pair.what == AREAS else "Areas with incidents"
    st.header(many, anchor=False)
    over = f", drawn over A from its first {pair.unit} on" if counts else ""
    first, last = pair.a.starts[0], pair.a.starts[-1]
    inside = [] if counts else [c for c in changes if first <= np.datetime64(c.day) <= last]
    with st.container(key="told_twins"):
        said = words.sentence_case(unit(pair))
        st.text(f"{said}, all on one scale. Bars are A: {a}. The line is B: {b}{over}.")
        for day, what in inside:
            st.text(f"Dashed line, {period(day, day)}: {what}")
    names = list(found)
    for row in range(0, len(names), _A_ROW):
        with st.container(horizontal=True):
            for name in names[row : row + _A_ROW]:
                with st.container():
                    drawn = _draw_side(found[name], theme, forest.short(name), top, inside, form)
                    says = f"{name}: {said}, A and B over time"
                    told = pictures.spread_words(
                        found[name][0], "start", "n", form.replace("d", ".0f")
                    )
                    pictures.show_chart(drawn, name, f"{says}. A: {told}", says=says)
