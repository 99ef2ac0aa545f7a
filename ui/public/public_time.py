"""Public numbers over time: a line through the numbers and a band for their ranges."""

from textwrap import wrap

import altair as alt
import pandas as pd
import streamlit as st

from data import words
from data.embed.language import Words, capital
from data.embed.sentences import series_title
from data.palette import Theme
from data.privacy.tables import (
    ARTICLES,
    BANDS,
    LATE,
    PROVISIONAL,
    SENSITIVE,
    UNKNOWN_BAND,
    Table,
    estimate_path,
)
from data.published import choice_words
from data.published.grid import Grid
from data.published.grids import AreaMap
from data.published.levels import CITY
from data.published.period_names import first_day
from data.published.ranges import Range
from data.published.released import rule
from ui.frame import look
from ui.frame.language import english, say, speak
from ui.parts import charts
from ui.public import public_choice, public_frame, public_tables, public_words
from ui.public.public_frame import Shown

_MOST_AREAS = 7  # through time at once
_FIRST_AREAS = 3  # by name, where none is chosen
_LEAST_POINTS = 4  # of a line through time
_LINE = 42  # letters in a line of a chart's title


def city_path(found: Shown) -> str:
    """The table of the whole city over time."""
    return public_choice.city_path(found.choice, found.city_unit)


def city(found: Shown, height: int = 170) -> pd.DataFrame:
    """The whole city over time, as a chart; what it shows."""
    unit = found.city_unit
    grid = public_choice.city_grid(found.kept.numbers, found.choice, unit)
    if grid is None:
        return pd.DataFrame()
    frame = public_choice.series(grid, {grid.columns[0]: "whole city"})
    kind = choice_words.kind_code(found.choice.kind)
    heading = series_title(kind, found.kept.place, unit, speak())
    _show(frame, heading, height, found.choice.exact)
    return frame


def _show(frame: pd.DataFrame, heading: str, height: int, exact: bool) -> None:
    key = say("series.exact" if exact else "series.key")
    hollow = f" {say('series.hollow')}" if (frame["status"] == PROVISIONAL).any() else ""
    st.altair_chart(band_chart(frame, heading, height), alt=f"{heading}. {key}{hollow}")
    st.caption(f"{key}{hollow}")


def band_chart(frame: pd.DataFrame, title: str, height: int) -> alt.LayerChart:
    """A line with a band. Columns: period, number, low, high, status."""
    theme: Theme = look.theme()
    exact = bool((frame["low"] == frame["high"]).all())
    told = pd.DataFrame(
        {
            "start": pd.to_datetime([first_day(p) for p in frame["period"]]),
            "number": frame["number"].astype(float),
            "low": frame["low"].astype(float),
            "high": frame["high"].astype(float),
            "when": [capital(speak().period(p)) for p in frame["period"]],
            "said": _ranged(frame, exact=exact),
            "hollow": frame["status"] == PROVISIONAL,
        }
    )
    base = alt.Chart(told).encode(
        x=alt.X("start:T", title=None, axis=charts.dates(told["start"])),
        tooltip=[
            alt.Tooltip("when:N", title=say("table.period")),
            alt.Tooltip("said:N", title=say("table.exact")),
        ],
    )
    number = alt.Y("number:Q", title=None, scale=alt.Scale(domainMin=0), axis=charts.COUNTS)
    band = base.mark_area(color=theme.accent, opacity=0.22).encode(y=alt.Y("low:Q"), y2="high:Q")
    line = base.mark_line(strokeWidth=1.8, color=theme.accent).encode(y=number)
    many = len(told) > 150
    dots = base.mark_point(size=14 if many else 34, opacity=1, strokeWidth=1.6, color=theme.accent)
    fill = alt.condition("datum.hollow", alt.value(theme.paper), alt.value(theme.accent))
    layers = [*([] if exact else [band]), line, dots.encode(y=number, fill=fill)]
    said = _chart_title(title, theme)
    return alt.LayerChart(layer=layers, title=said).properties(height=height)


def range_chart(frame: pd.DataFrame, title: str) -> alt.LayerChart:
    """A dot and its range in a row for each name, in the order of the rows."""
    theme: Theme = look.theme()
    told = frame.assign(said=_ranged(frame, exact=False))
    label = alt.Axis(labelLimit=170, labelOverlap=False, ticks=False, domain=False)
    base = alt.Chart(told).encode(
        y=alt.Y("name:N", title=None, sort=list(told["name"]), axis=label),
        tooltip=[alt.Tooltip("name:N", title=" "), alt.Tooltip("said:N", title=say("table.exact"))],
    )
    across = alt.X("low:Q", title=None, scale=alt.Scale(domainMin=0), axis=charts.COUNTS)
    spans = base.mark_rule(strokeWidth=7, color=theme.accent, opacity=0.3)
    dots = base.mark_circle(size=60, color=theme.accent, opacity=1).encode(x="number:Q")
    said = _chart_title(title, theme)
    layers = [spans.encode(x=across, x2="high:Q"), dots]
    return alt.LayerChart(layer=layers, title=said).properties(height=26 * len(told) + 20)


def _chart_title(text: str, theme: Theme) -> alt.TitleParams:
    """A title in lines that fit the panel beside the map: some languages are long."""
    return alt.TitleParams(**charts.chart_title("", theme) | {"text": wrap(text, _LINE)})


def _ranged(frame: pd.DataFrame, *, exact: bool) -> list[str]:
    """The numbers of a table in words, with their ranges."""
    ends = zip(frame["number"], frame["low"], frame["high"])
    return [speak().ranged(Range(*map(int, own)), exact=exact) for own in ends]


def take_series(found: Shown, frame: pd.DataFrame, path: str, key: str) -> None:
    """The table of a chart as CSV."""
    if not frame.empty:
        columns = ["period", "name", "number", *([] if found.choice.exact else ["low", "high"])]
        more = [] if found.choice.exact else ["status"]
        public_tables.take(found, frame[[*columns, *more]], path, key)


def draw_areas(found: Shown) -> None:
    """Some areas through the released periods, one chart below the other."""
    choice = found.choice
    if choice.where == CITY:
        return
    st.header(say("time.areas"), anchor=False)
    own, level = (
        public_choice.area_map(found.kept.numbers, choice),
        found.kept.levels.get(choice.where),
    )
    if own is None or level is None:
        st.text(say("time.none", what=public_words.kind_words(choice, speak())))
        return
    codes: dict[int | str, str] = dict(zip(level.codes, level.names))
    first: dict[int | str, str] = dict(
        sorted(codes.items(), key=lambda pair: pair[1])[:_FIRST_AREAS]
    )
    named: dict[int | str, str] = {
        c: n for c, n in codes.items() if n in choice.areas[:_MOST_AREAS]
    }
    chosen = named or first
    own, unit = _through_time(found, own)
    path = found.path if choice.exact else estimate_path(own.table)
    frame = public_choice.series(own.grid, chosen)
    key = say("series.exact" if choice.exact else "series.key")
    for area in chosen.values():
        mine, name = frame[frame["name"] == area], words.spell_area(area)
        title = series_title(choice_words.kind_code(choice.kind), name, unit, speak())
        st.text(title)  # above the chart: a long name would take its height
        st.altair_chart(band_chart(mine, "", 110), alt=f"{title}. {key}")
    if not choice.areas:
        st.text(say("time.first", all=say("choose.all")))
    elif len(choice.areas) > _MOST_AREAS:
        st.text(say("time.most", n=f"{_MOST_AREAS}", all=f"{len(choice.areas)}"))
    take_series(found, frame, path, "areas_time")


def _through_time(found: Shown, own: AreaMap) -> tuple[AreaMap, str]:
    """The map of the chosen areas in so short periods that a line can be drawn, and its unit."""
    choice = found.choice
    sort = found.kept.numbers.sorts[choice_words.SOURCES[choice.source]]
    kind = choice_words.kind_code(choice.kind)
    maps = {u: sort.maps.get(f"{choice.where}-{u}", {}).get(kind) for u in ("quarter", "month")}
    shorter = [(m, u) for u, m in maps.items() if m and len(own.grid.periods) < _LEAST_POINTS]
    return shorter[0] if shorter else (own, choice.unit)


def hours(found: Shown) -> None:
    """The whole city by six hours of the day: in the chosen period where it is one of theirs, else
    in the newest."""
    if found.choice.exact or not found.kept.numbers.hours:
        return
    units = [unit for unit in ("quarter", "year") if unit in found.kept.numbers.hours]
    grids = [found.kept.numbers.hours[unit] for unit in units]
    at = next((i for i, g in enumerate(grids) if found.choice.period in g.periods), 0)
    unit, grid = units[at], grids[at]
    period = found.choice.period if found.choice.period in grid.periods else grid.periods[-1]
    st.header(say("time.hours"), anchor=False)
    newest = public_choice.series(grid.during((period,)), _hour_words(speak()))
    title = say("hours.title", period=speak().period(period))
    st.altair_chart(range_chart(newest, title), alt=title)
    frame = public_choice.series(grid, _hour_words(english()))
    take_series(found, frame, estimate_path(Table("city", unit, "band")), "hours")


def _hour_words(words: Words) -> dict[int | str, str]:
    """The six hours of a day, by code."""
    named: dict[int | str, str] = {UNKNOWN_BAND: words("hours.unknown")}
    for band in BANDS:
        named[band] = words("bands.band", **{"from": band[:2], "to": band[3:]})
    return {code: named[code] for code in (*BANDS, UNKNOWN_BAND)}


def sensitive(found: Shown) -> None:
    """Sensitive kinds and places: the whole city and the year only."""
    if found.choice.exact or not found.kept.numbers.sensitive:
        return
    st.header(say("sensitive.title"), anchor=False)
    st.text(say("sensitive.text"))
    for by, grid in found.kept.numbers.sensitive.items():
        own, named = ({c: w(f"{by}.{c}") for c in grid.columns} for w in (speak(), english()))
        newest = public_choice.series(grid.during(grid.periods[-1:]), own)
        label = say("label.kind" if by == "kind" else "sensitive.setting")
        title = f"{label}, {grid.periods[-1]}"
        st.altair_chart(range_chart(newest, title), alt=f"{say('sensitive.title')}. {title}")
        path = estimate_path(Table("city", "year", by, SENSITIVE))
        take_series(found, public_choice.series(grid, named), path, f"sensitive_{by}")


def late(found: Shown) -> None:
    """How many events of each year were graded too late for the other tables."""
    grid = found.kept.numbers.late
    if found.choice.exact or grid is None:
        return
    st.header(say("late.title"), anchor=False)
    days = rule(found.release.manifest, "decided_after_days")
    for text in (say("late.text", days=speak().number(days)), *late_sentences(grid)):
        st.text(text)
    frame = public_choice.series(grid, {grid.columns[0]: "whole city"})
    take_series(found, frame, estimate_path(Table("city", "year", "", LATE)), "late")


def late_sentences(grid: Grid) -> list[str]:
    """A line for each year."""
    told = [speak().ranged(grid.range(at)) for at in range(len(grid.periods))]
    return [say("series.last", period=p, range=t) for p, t in zip(grid.periods, told)]


def articles(found: Shown) -> None:
    """What newsrooms wrote: never added to numbers, and never matched with them."""
    frame = found.kept.numbers.articles
    if frame is None or frame.empty:
        return
    st.header(say("articles.title"), anchor=False)
    st.text(say("articles.text"))
    shown = frame.assign(
        kind=[capital(say(f"kind.{code}")) for code in frame["kind"]],
        period=[capital(speak().period(period)) for period in frame["period"]],
    )
    columns = {
        "period": st.column_config.TextColumn(say("empty.when"), width="small"),
        "paper": st.column_config.TextColumn(say("articles.paper")),
        "title": st.column_config.TextColumn(say("articles.name"), width="large"),
        "kind": st.column_config.TextColumn(say("label.kind")),
        "area_written": st.column_config.TextColumn(say("articles.where")),
        "url": st.column_config.LinkColumn(say("articles.link")),
    }
    st.dataframe(
        shown,
        hide_index=True,
        key="articles",
        row_height=30,
        height=min(30 * (len(shown) + 1) + 12, 380),
        column_config=columns,
    )
    public_tables.take(found, frame, ARTICLES, "articles")


def heading(found: Shown) -> str:
    """The title of the page."""
    return say("time.title", What=capital(public_words.kind_words(found.choice, speak())))


def foot(found: Shown) -> None:
    """How the numbers are made, and the link."""
    public_frame.public_foot(found, (city_path(found),))
