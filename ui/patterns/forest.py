"""The forest plot: a ratio and its interval an area, on a log axis with 1 marked."""

from typing import Literal

import altair as alt
import numpy as np
import pandas as pd
import streamlit as st

from data import palette, words
from data.palette import Theme
from data.patterns.compare import AREAS, PERIODS, SOURCES, Pair
from geo import forest
from ui.parts import charts, intervals, pictures
from ui.patterns import comparison_tables
from ui.patterns.comparison_choice import ComparisonChoice

_FIRST = 40  # rows at first look
_ROW = 17  # pixels
_NARROWEST, _WIDEST = 1.6, 20.0  # how far from 1 the axis reaches, as a ratio
ORDERS = ("by count", "by ratio")
_FIRSTS = dict(zip(ORDERS, ("largest count first", "largest ratio first, too few last")))
_TICKS = {
    1 / 16: "1/16",
    1 / 8: "1/8",
    1 / 4: "a quarter",
    1 / 2: "half",
    0.8: "0.8",
    1: "same",
    1.25: "1.25",
    2: "twice",
    4: "4 times",
    8: "8 times",
    16: "16 times",
}
_TOGETHER = {PERIODS: "All together", AREAS: "A together"}
_LOOKS = (
    "clearly more",
    "clearly fewer",
    "no clear change",
    "too few to test",
    "may be season",
    "no clear difference",
)
_SIDES = {
    PERIODS: "Left of the line: fewer in A, right: more",
    AREAS: "Left of the line: fewer per resident than in B, right: more",
    SOURCES: "Left of the line: a smaller share of A's records than of B's is there, right: a larger one",
}
_NARROW = "windowSize()[0] < 640 ? 118 : 200"  # pixels of a name, on a phone and wide


def show_forest(pair: Pair, choice: ComparisonChoice, theme: Theme) -> None:
    """The plot, what it is ordered by, and how many of the areas it shows."""
    st.header("Area by area", anchor=False)
    rows = pair.table[pair.table["ratio"].notna() | (pair.table["low"] > 0)]
    with st.container(key="told_forest"):
        st.text(
            f"{_measure(pair, *comparison_tables.side_names(pair, choice))}. {comparison_tables.count_clear(pair)}"
        )
        with st.container(horizontal=True, vertical_alignment="center"):
            order = st.segmented_control(
                "Order",
                ORDERS,
                default=ORDERS[0],
                key="order",
                bind="query-params",
                required=True,
                label_visibility="collapsed",
            )
            every = len(rows) <= _FIRST or st.toggle(
                f"All {len(rows)}", key="every", bind="query-params"
            )
        held = _ordered(pair, rows, order, len(rows) if every else _FIRST)
        first = _FIRSTS[order] if every or order == ORDERS[0] else "the largest and smallest ratios"
        many = words.counted(int(pair.a.asked.sum()), "area")
        st.text(f"Showing {len(held)} of {many}, {first}. {_SIDES[pair.what]}.")
    frame = _mark_rows(pair, held)
    said = pictures.spread_words(frame[~frame["all"]], "area", "ratio", ",.2f")
    told = f"Ratio of each area with its 95% interval. {said}"
    pictures.show_chart(_draw_forest(frame, theme), "Area by area", told)


def _measure(pair: Pair, a: str, b: str) -> str:
    """The words for what the ratio is of."""
    if pair.what == PERIODS:
        return f"Incidents a {pair.unit}: {a} divided by {b}"
    if pair.what == AREAS:
        return f"Incidents per resident: each area of A divided by {b} together"
    return f"Share of {a} divided by share of {b}; same: as in the whole place"


def _ordered(pair: Pair, rows: pd.DataFrame, order: str, most: int) -> pd.DataFrame:
    """The rows to draw in their order; by ratio those with too few come last."""
    n = rows["a"] + (rows["b"] if pair.what != AREAS and "b" in rows else 0)
    held = rows.assign(
        n=n, look=comparison_tables.name_findings(pair), few=rows["finding"] == forest.FEW
    )
    if order == ORDERS[0]:
        return held.sort_values("n", ascending=False, kind="stable").head(most)
    held["by"] = held["ratio"].fillna(np.inf)
    held = held.sort_values(["few", "by"], ascending=[True, False], kind="stable")
    if len(held) <= most:
        return held
    enough = held[~held["few"]]  # both ends: what is largest and what is smallest
    return pd.concat([enough.head(most // 2), enough.iloc[most // 2 :].tail(most // 2)])


def _mark_rows(pair: Pair, rows: pd.DataFrame) -> pd.DataFrame:
    """A row a mark: area, at, left, right, n, look, all, said, and what hovering tells."""
    rows = rows.assign(area=[short(name) for name in rows["area"]])
    frame = rows[["area", "ratio", "low", "high", "n", "look", "few"]].assign(all=False)
    if pair.overall is not None and len(rows) > 1:
        value, low, high = (float(v[0]) for v in pair.overall[:3])
        top = {
            "area": _TOGETHER[pair.what],
            "ratio": value,
            "low": low,
            "high": high,
            "n": pair.a.n + (pair.b.n if pair.what == PERIODS else 0),
            "look": comparison_tables.name_finding(pair, pair.overall.finding[0]),
            "few": False,
            "all": True,
        }
        frame = pd.concat([pd.DataFrame([top]), frame], ignore_index=True)
    lowest, highest = _reach(frame)
    ratio = frame["ratio"].fillna(np.inf)
    said = frame["ratio"].map("{:.2f}".format)
    said = said.where(ratio > 0, "0 in A").where(np.isfinite(ratio), "0 in B")
    clear = frame["look"].isin(_LOOKS[:2])
    beyond = (ratio < lowest) | (ratio > highest)
    interval = [intervals.ratio_interval(a, b) for a, b in zip(frame["low"], frame["high"])]
    return frame.assign(
        at=ratio.clip(lowest, highest),
        left=frame["low"].clip(lowest, highest),
        right=frame["high"].fillna(np.inf).clip(lowest, highest),
        label=said.where(clear | beyond | frame["all"], ""),
        said=said,
        interval=interval,
        lowest=lowest,
        highest=highest,
    )


def short(name: str) -> str:
    """The name of an area; of a hexagon the area that it lies in, and its code."""
    return words.spell_area(name).replace(", hexagon ", " \u00b7 ")


def _reach(frame: pd.DataFrame) -> tuple[float, float]:
    """Both ends of the axis: all intervals but those of few, as far as it is readable."""
    held = frame[~frame["few"]]
    low = held["low"][held["low"] > 0].min()
    high = held["high"].max()
    lowest = np.clip(np.nan_to_num(low, nan=1.0), 1 / _WIDEST, 1 / _NARROWEST)
    return float(lowest), float(np.clip(np.nan_to_num(high, nan=1.0), _NARROWEST, _WIDEST))


def _draw_forest(frame: pd.DataFrame, theme: Theme) -> alt.LayerChart:
    """Return the plot of rows as `_mark_rows` gives them."""
    low, high = float(frame["lowest"].iloc[0]), float(frame["highest"].iloc[0])
    room = (high / low) ** 0.17  # for the number at the end of a bar
    ticks = [t for t in _TICKS if low <= t <= high and (high / low < 6 or t not in (0.8, 1.25))]
    names = frame["area"].tolist()
    bold = alt.condition(
        f"indexof({list(_TOGETHER.values())}, datum.value) >= 0", alt.value(700), alt.value(400)
    )
    y = alt.Y(
        "area:N",
        title=None,
        sort=names,
        scale=alt.Scale(domain=names),
        axis=alt.Axis(
            labelLimit=alt.ExprRef(_NARROW),
            labelFontWeight=bold,
            labelPadding=8,
            labelOverlap=False,
            labelFlush=False,
            ticks=False,
            domain=False,
        ),
    )
    said = {t: _TICKS[t] for t in ticks}
    axis = alt.Axis(
        values=ticks,
        labelExpr=f"({said})[datum.value]",
        orient="top",
        title=None,
        gridOpacity=0.5,
        domain=False,
        ticks=False,
        labelOverlap="greedy",
        labelFlush=False,
    )
    scale = alt.Scale(type="log", domain=[low / room, high * room], nice=False)
    tips = [
        alt.Tooltip("area:N", title="area"),
        alt.Tooltip("said:N", title="ratio"),
        alt.Tooltip("interval:N", title="95% interval"),
        alt.Tooltip("n:Q", title="incidents", format=","),
        alt.Tooltip("look:N", title="finding"),
    ]
    looks = [look for look in _LOOKS if look in set(frame["look"])]
    lower, *_, higher = palette.diverging(theme)
    lines = dict(zip(_LOOKS, (higher, lower, theme.quiet, theme.quiet, theme.ink, theme.quiet)))
    insides = dict(zip(_LOOKS, (higher, lower, theme.paper, theme.paper, theme.quiet, theme.paper)))
    legend = alt.Legend(
        title=None,
        orient="top",
        columns=2,
        offset=4,
        symbolType="circle",
        symbolSize=80,
        symbolStrokeWidth=1.6,
    )
    stroke = alt.Stroke(
        "look:N", scale=alt.Scale(domain=looks, range=[lines[k] for k in looks]), legend=legend
    )
    fill = alt.Fill(
        "look:N", scale=alt.Scale(domain=looks, range=[insides[k] for k in looks]), legend=legend
    )
    base = alt.Chart(frame).encode(y=y, tooltip=tips)
    faint = alt.condition(alt.datum.few, alt.value(0.78), alt.value(1.0))
    x = alt.X("at:Q", scale=scale, axis=axis)
    one = alt.Chart(pd.DataFrame({"at": [1.0]})).mark_rule(color=theme.ink, size=1.2)
    bar = base.mark_rule(strokeWidth=2, strokeCap="round").encode(
        x=alt.X("left:Q", scale=scale, axis=axis), x2="right:Q", opacity=faint, stroke=stroke
    )
    size = alt.Size("n:Q", scale=alt.Scale(range=[24, 260]), legend=None)
    dot = base.transform_filter("!datum.all").mark_point(strokeWidth=1.6, opacity=1)
    whole = base.transform_filter("datum.all").mark_point(
        shape="diamond", size=190, opacity=1, strokeWidth=1.6
    )
    dots = [
        dot.encode(x=x, size=size, stroke=stroke, fill=fill, strokeOpacity=faint),
        whole.encode(x=x, stroke=stroke, fill=fill),
    ]
    layers = [one.encode(x=x), bar, *dots, *_labels(base, scale, axis, theme)]
    title = charts.chart_title(
        "A divided by B, with 95% interval. Larger dot: more incidents", theme
    )
    return alt.LayerChart(layer=layers, title=title).properties(height=alt.Step(_ROW))


def _labels(base: alt.Chart, scale: alt.Scale, axis: alt.Axis, theme: Theme) -> list[alt.Chart]:
    """The ratio beside its bar, on the side that is away from 1."""
    made = []
    for test, end, dx in (("datum.at < 1", "left", -6), ("datum.at >= 1", "right", 6)):
        align: Literal["left", "right"] = "right" if dx < 0 else "left"
        text = base.transform_filter(test).mark_text(
            align=align, dx=dx, fontSize=11, fontWeight=600, color=theme.ink
        )
        x = alt.X(f"{end}:Q", scale=scale, axis=axis)
        made.append(text.encode(x=x, text="label:N"))
    return made
