"""The charts of official and community records: ratios by area, both by month, what each covers."""

from datetime import date
from typing import NamedTuple

import altair as alt
import numpy as np
import pandas as pd

from data import palette, words
from data.numbers import side_words
from data.palette import Theme
from data.patterns.sides import Sides
from ui.parts import charts, pictures

MOST_AREAS = 40  # in the forest
PANELS = 6  # areas with a small chart of their own
_WIDEST = 30.0  # how far the axis of ratios reaches from the ratio of all together
_LOOKS = ("clearly more", "clearly fewer", "not clear", "too few to test", "all together")
_NARROW = "windowSize()[0] < 640 ? 118 : 180"


class Covered(NamedTuple):
    """What a source is called, and the first and last day that it covers."""

    says: str
    first: date
    last: date


def draw_coverage(spans: list[Covered], asked: tuple[date, date], theme: Theme) -> alt.LayerChart:
    """One bar a source over the days that it covers; the period asked for behind them."""
    frame = pd.DataFrame(
        [
            (words.sentence_case(one.says), pd.Timestamp(one.first), pd.Timestamp(one.last))
            for one in spans
        ],
        columns=["source", "start", "end"],
    )
    band = pd.DataFrame({"start": [pd.Timestamp(asked[0])], "end": [pd.Timestamp(asked[1])]})
    x = alt.X("start:T", title=None, axis=alt.Axis(grid=False, tickCount=8))
    behind = alt.Chart(band).mark_rect(color=theme.rule, opacity=0.6).encode(x=x, x2="end:T")
    y = alt.Y(
        "source:N",
        title=None,
        sort=frame["source"].tolist(),
        axis=alt.Axis(labelLimit=220, ticks=False, domain=False),
    )
    tips = [
        alt.Tooltip(c, title=t, format="%b %-d, %Y")
        for c, t in (("start:T", "from"), ("end:T", "to"))
    ]
    bars = (
        alt.Chart(frame)
        .mark_bar(size=14, color=theme.accent)
        .encode(x=x, x2="end:T", y=y, tooltip=["source:N", *tips])
    )
    title = charts.chart_title("Days that each source covers; shaded: the period you chose", theme)
    return alt.LayerChart(layer=[behind, bars], title=title).properties(height=alt.Step(34))


def draw_forest(sides: Sides, theme: Theme) -> alt.LayerChart:
    """The ratio of each area with its 95% interval, on a log axis with the ratio of all together."""
    frame = forest_rows(sides)
    middle = sides.overall[0] * side_words.HUNDRED
    low, high = _reach(frame, middle)
    frame = frame.assign(
        at=frame["ratio"].clip(low, high),
        left=frame["low"].clip(low, high),
        right=frame["high"].clip(low, high),
    )
    names = frame["name"].tolist()
    x = alt.X(
        "at:Q",
        title=None,
        scale=alt.Scale(type="log", domain=[low, high], nice=False),
        axis=alt.Axis(orient="top", tickCount=5, format="~g", gridOpacity=0.5, domain=False),
    )
    y = alt.Y(
        "name:N",
        title=None,
        sort=names,
        scale=alt.Scale(domain=names),
        axis=alt.Axis(
            labelLimit=alt.ExprRef(_NARROW),
            labelOverlap=False,
            labelFlush=False,
            labelPadding=8,
            ticks=False,
            domain=False,
        ),
    )
    looks = [look for look in _LOOKS if look in set(frame["look"])]
    lower, *_, higher = palette.diverging(theme)
    colors = dict(zip(_LOOKS, (higher, lower, theme.quiet, theme.rule, theme.ink)))
    color = alt.Color(
        "look:N",
        scale=alt.Scale(domain=looks, range=[colors[look] for look in looks]),
        legend=alt.Legend(title=None, orient="top", columns=2),
    )
    tips = [
        alt.Tooltip("name:N", title="area"),
        alt.Tooltip("said:N", title=f"community reports for {side_words.HUNDRED} official records"),
        alt.Tooltip("ends:N", title="95% interval"),
        alt.Tooltip("community:Q", title="community reports", format=","),
        alt.Tooltip("official:Q", title="official records", format=","),
        alt.Tooltip("look:N", title="beside all together"),
    ]
    base = alt.Chart(frame).encode(y=y, color=color, tooltip=tips)
    rule = (
        alt.Chart(pd.DataFrame({"at": [middle]})).mark_rule(color=theme.ink, size=1.2).encode(x=x)
    )
    bars = base.mark_rule(strokeWidth=2, strokeCap="round").encode(x=alt.X("left:Q"), x2="right:Q")
    dots = base.mark_point(filled=True, size=60, opacity=1).encode(x=x)
    title = charts.chart_title(
        f"Community reports for {side_words.HUNDRED} official records, 95% interval", theme
    )
    return alt.LayerChart(layer=[rule, bars, dots], title=title).properties(height=alt.Step(17))


def forest_rows(sides: Sides) -> pd.DataFrame:
    """The rows of the forest: all together, then the areas with the most records.

    name, ratio, low, high (for 100 official records), community, official, look, said, ends.
    """
    table = sides.table[np.isfinite(sides.table["low"])]
    size = table["community"] + table["official"]
    held = table.loc[size.sort_values(ascending=False, kind="stable").index].head(MOST_AREAS)
    total = table[["community", "official"]].sum()
    first = dict(zip(("ratio", "low", "high"), sides.overall))
    top = {"area": "All together", "look": _LOOKS[-1], **first, **total.to_dict()}
    rows = held.assign(look=held["finding"].map(side_words.FINDING_WORDS))
    frame = pd.concat([pd.DataFrame([top]), rows], ignore_index=True)
    low, high = frame["low"].to_numpy(float), frame["high"].fillna(np.inf).to_numpy(float)
    ratio = frame["ratio"].fillna(np.inf).to_numpy(float)
    return pd.DataFrame(
        {
            "name": [words.spell_area(name) for name in frame["area"]],
            "ratio": side_words.HUNDRED * ratio,
            "low": side_words.HUNDRED * low,
            "high": side_words.HUNDRED * high,
            "community": frame["community"].astype(int),
            "official": frame["official"].astype(int),
            "look": frame["look"],
            "said": [
                side_words.ratio_number(v) if np.isfinite(v) else "no official record"
                for v in ratio
            ],
            "ends": [side_words.ratio_ends(*pair) for pair in zip(low, high)],
        }
    )


def _reach(frame: pd.DataFrame, middle: float) -> tuple[float, float]:
    """Both ends of the axis: all intervals, as far as it is readable."""
    low = frame["low"][frame["low"] > 0].min()
    high = frame["high"][np.isfinite(frame["high"])].max()
    least, most = middle / _WIDEST, middle * _WIDEST
    return float(np.clip(low, least, middle / 1.6)), float(np.clip(high, middle * 1.6, most))


def draw_months(sides: Sides, names: tuple[str, str], theme: Theme) -> alt.VConcatChart:
    """Both sides by month on one axis of time, each in a panel with its own counts."""
    frame = sides.monthly.groupby("month", as_index=False)[["community", "official"]].sum()
    panels = []
    for column, name, color in zip(
        ("official", "community"), names[::-1], (theme.quiet, theme.accent)
    ):
        rows = frame.assign(n=frame[column], end=frame["month"] + pd.offsets.MonthBegin(1))
        tips = [
            alt.Tooltip("month:T", title="month", format="%B %Y"),
            alt.Tooltip("n:Q", title=name, format=","),
        ]
        x = alt.X("month:T", title=None, axis=charts.dates(frame["month"], 7, "month"))
        # room for the same labels in both, so that their months stand below each other
        y = alt.Y("n:Q", title=None, axis=alt.Axis(tickCount=4, format=",d", minExtent=44))
        base = alt.Chart(rows).mark_bar(color=color, binSpacing=1)
        bar = base.encode(x=x, x2="end:T", y=y, y2=alt.datum(0), tooltip=tips)
        title = alt.TitleParams(**charts.chart_title(f"{words.sentence_case(name)} a month", theme))
        panels.append(bar.properties(title=title, height=96, width="container"))
    return alt.VConcatChart(vconcat=panels, spacing=16)


def say_months(sides: Sides, names: tuple[str, str]) -> str:
    """What somebody hears of both sides by month: where each is highest and lowest."""
    frame = sides.monthly.groupby("month", as_index=False)[["community", "official"]].sum()
    told = zip(names[::-1], ("official", "community"))
    return " ".join(
        f"{words.sentence_case(name)} a month: {pictures.spread_words(frame, 'month', column)}"
        for name, column in told
    )


def say_area(sides: Sides, area: str) -> str:
    """What somebody hears of an area's ratios: the highest and the lowest month."""
    rows = sides.monthly[(sides.monthly["area"] == area) & np.isfinite(sides.monthly["ratio"])]
    told = rows.assign(ratio=side_words.HUNDRED * rows["ratio"])
    unit = f"Community reports for {side_words.HUNDRED} official records"
    return f"{unit}: {pictures.spread_words(told, 'month', 'ratio', ',.1f')}"


def largest_areas(sides: Sides) -> list[str]:
    """The names of the areas with the most community reports, for small charts."""
    table = sides.table[sides.table["community"] > 0]
    ordered = table.sort_values("community", ascending=False, kind="stable")
    return [str(name) for name in ordered["area"].head(PANELS)]


def draw_area(sides: Sides, area: str, theme: Theme) -> alt.LayerChart:
    """The ratio of an area month by month with its interval; a month without either is empty."""
    rows = sides.monthly[sides.monthly["area"] == area]
    rows = rows[(rows["community"] + rows["official"]) > 0]
    top = _top(sides)
    scaled = {
        c: side_words.HUNDRED * rows[c].clip(0, top / side_words.HUNDRED)
        for c in ("ratio", "low", "high")
    }
    said = [
        side_words.ratio_number(v) if np.isfinite(v) else "no official record"
        for v in rows["ratio"]
    ]
    ends = [side_words.ratio_ends(*pair) for pair in zip(rows["low"], rows["high"])]
    frame = rows.assign(**scaled, said=said, ends=ends)
    x = alt.X(
        "month:T",
        title=None,
        scale=alt.Scale(
            domain=[pd.Timestamp(sides.months[0]), pd.Timestamp(sides.months[-1])], padding=10
        ),
        axis=charts.dates(sides.monthly["month"], 3, "month"),
    )
    y = alt.Y(
        "low:Q",
        title=None,
        # roots: areas differ tenfold, and all have one scale
        scale=alt.Scale(type="sqrt", domain=[0, top], nice=False),
        axis=alt.Axis(values=[0, top / 4, top], format=",.0f", gridOpacity=0.5),
    )
    tips = [
        alt.Tooltip("month:T", title="month", format="%B %Y"),
        alt.Tooltip("said:N", title=f"for {side_words.HUNDRED} official records"),
        alt.Tooltip("ends:N", title="95% interval"),
        alt.Tooltip("community:Q", title="community reports", format=","),
        alt.Tooltip("official:Q", title="official records", format=","),
    ]
    base = alt.Chart(frame).encode(x=x, tooltip=tips)
    line = alt.Chart(pd.DataFrame({"low": [side_words.HUNDRED * sides.overall[0]]}))
    whole = line.mark_rule(color=theme.ink, strokeDash=[3, 3]).encode(y=y)
    bars = base.mark_rule(color=theme.quiet, strokeWidth=2).encode(y=y, y2="high:Q")
    dots = base.mark_point(filled=True, size=36, opacity=1, color=theme.accent).encode(
        y=alt.Y("ratio:Q")
    )
    title = alt.TitleParams(**charts.chart_title(words.spell_area(area), theme))
    return alt.LayerChart(layer=[whole, bars, dots], title=title).properties(height=96)


def _top(sides: Sides) -> float:
    """The upper end of the small charts, all on one scale, for 100 official records."""
    held = sides.monthly[sides.monthly["area"].isin(largest_areas(sides))]
    values = held.loc[np.isfinite(held["high"]) & (held["official"] > 0), "high"]
    top = float(values.quantile(0.95)) if len(values) else sides.overall[0]
    return 4 * float(np.ceil(side_words.HUNDRED * max(top, 1.6 * sides.overall[0]) / 4))
